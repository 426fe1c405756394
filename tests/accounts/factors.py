"""An authenticator app, as somebody else would write it (RFC 6238), and the way through our pages with it."""

import base64
import hashlib
import hmac
import re
import struct
from typing import Any

from django.test import Client
from django.utils import timezone

from tests.cast import PASSWORD

LOG_IN, STEP = "/accounts/login/", "/accounts/2fa/authenticate/"
ACTIVATE, CODES = "/accounts/2fa/totp/activate/", "/accounts/2fa/recovery-codes/"
SECONDS = 30


def totp(secret: str, *, steps: int = 0) -> str:
    counter = int(timezone.now().timestamp()) // SECONDS + steps
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06d}"


def log_in(client: Client, username: str = "alice", password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOG_IN, {"login": username, "password": password}, **extra)


def prove(client: Client) -> None:
    """Show once more who one is; keys may be touched for a while then."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def set_up(client: Client) -> tuple[str, list[str]]:
    """An app for the person of the client: its secret, and the codes for bad days."""
    prove(client)
    secret = client.get(ACTIVATE).context["form"].secret
    answer = client.post(ACTIVATE, {"code": totp(secret)})
    assert answer["Location"] == CODES, answer.status_code
    codes = re.findall(r"<li>(\d{8})</li>", client.get(CODES).text)
    assert len(codes) == 10
    return secret, codes
