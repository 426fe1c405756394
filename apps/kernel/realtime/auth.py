"""Who is at the other end. Only the row counts: a cached session may have ended while Redis was away (LIBRARIES 29)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import connection
from django.http.cookie import parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils import timezone
from django.utils.crypto import constant_time_compare


@dataclass(frozen=True, slots=True)
class Identity:
    person_id: int
    session_key: str
    stamp: str  # changes with the password


def origin_allowed(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether the page that opens the socket is ours: the Origin must be there and name this very host."""
    found = {name: value.decode("latin-1") for name, value in headers if name in (b"origin", b"host")}
    origin, host = found.get(b"origin", ""), found.get(b"host", "")
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        url = urlsplit(origin)
    except ValueError:
        return False
    schemes = ("https",) if settings.SESSION_COOKIE_SECURE else ("http", "https")
    if url.scheme not in schemes or not host or url.netloc.lower() != host.lower():
        return False
    allowed = settings.ALLOWED_HOSTS or (["localhost", "127.0.0.1", "[::1]"] if settings.DEBUG else [])
    return validate_host(split_domain_port(host)[0], allowed)


def session_key(headers: Iterable[tuple[bytes, bytes]]) -> str:
    cookies = "; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie")
    return parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")


def identify(key: str) -> Identity | None:
    """The person a session belongs to; None when it has ended, its password has changed or its person is inactive."""
    row = Session.objects.filter(session_key=key, expire_date__gt=timezone.now()).first()
    if row is None:
        return None
    data = row.get_decoded()
    user = get_user_model()._default_manager.filter(pk=data.get(SESSION_KEY) or 0, is_active=True).first()
    if user is None or not _same_password(user, data.get(HASH_SESSION_KEY, "")):
        return None
    return Identity(person_id=user.pk, session_key=key, stamp=_stamp(user.password))


def ended(identities: Iterable[Identity]) -> list[str]:
    """The session keys among `identities` that `identify` would refuse by now, in one statement."""
    rows = [(one.session_key, one.person_id, one.stamp) for one in identities]
    if not rows:
        return []
    user, session = get_user_model()._meta.db_table, Session._meta.db_table
    statement = f"""
        SELECT o.key FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS o(key, person, stamp)
        LEFT JOIN {session} s ON s.session_key = o.key AND s.expire_date > now()
        LEFT JOIN {user} u ON u.id = o.person AND u.is_active
             AND left(encode(sha256(convert_to(u.password, 'UTF8')), 'hex'), 16) = o.stamp
        WHERE s.session_key IS NULL OR u.id IS NULL"""  # noqa: S608 - table names of our own models
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
        return [key for (key,) in cursor.fetchall()]


def _same_password(user: AbstractBaseUser, given: str) -> bool:
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(given, one) for one in hashes)


def _stamp(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()[:16]
