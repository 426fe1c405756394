"""The one spelling of an address under which its card is kept."""

import hashlib
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

from django.utils.encoding import iri_to_uri

LONGEST = 2_000
PORTS = {"http": 80, "https": 443}


def normalised(url: str) -> str:
    """Scheme and host in lower case and ASCII, no fragment, no usual port; empty when it is no plain web address."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
        port = parts.port
    except ValueError:  # UnicodeError is one
        return ""
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not host or "@" in parts.netloc:
        return ""
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port in (None, PORTS[scheme]) else f"{shown}:{port}"
    address = iri_to_uri(urlunsplit((scheme, netloc, parts.path or "/", parts.query, "")))
    return address if len(address) <= LONGEST else ""


def digest_of(address: str) -> str:
    """What a normalised address is found by."""
    return hashlib.sha256(address.encode()).hexdigest()


def host_of(address: str) -> str:
    """The host as a person reads it, without www."""
    host = urlsplit(address).hostname or ""
    with suppress(ValueError):
        host = host.encode("ascii").decode("idna")
    return host.removeprefix("www.")
