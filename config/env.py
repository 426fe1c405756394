"""Strict readers of the environment: what cannot be understood stops the start, with one clear sentence."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The variable, or the file named by `<name>_FILE` (container secrets)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        with open(path, encoding="utf-8") as handle:
            return handle.read().strip()
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    raw = text(name, str(default))
    if raw not in ("True", "False"):
        raise ImproperlyConfigured(f"{name} must be True or False, not {raw!r}.")
    return raw == "True"


def number(name: str, default: int) -> int:
    raw = text(name, str(default))
    if not raw.lstrip("-").isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.")
    return int(raw)


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas; blanks are dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str, *, least: int = 40) -> str:
    """A secret that production must be given; there is no default."""
    value = text(name)
    if len(value) < least:
        raise ImproperlyConfigured(f"{name} must be set to at least {least} random characters.")
    return value


def database(name: str, default: str = "") -> dict[str, Any]:
    """`postgresql://user:password@host:5432/name`, or with `?host=/socket/directory`."""
    raw = text(name, default)
    if not raw:
        raise ImproperlyConfigured(
            f"{name} is not set. `make run` starts a PostgreSQL of its own; otherwise set "
            f"{name}=postgresql://user:password@host:5432/name."
        )
    url = urlsplit(raw)
    if url.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured(f"{name} must begin with postgresql://, not {url.scheme or raw[:20]!r}.")
    query = dict(parse_qsl(url.query))
    host = query.pop("host", "") or unquote(url.hostname or "")
    try:
        port = query.pop("port", "") or str(url.port or "")
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} has a port that is no number.") from error
    return {
        "ENGINE": "apps.kernel.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": dict(query),
    }


def redis_url(name: str, default: str = "") -> str:
    """`redis://…`, `rediss://…` or `unix:///path/redis.sock?db=0`."""
    raw = text(name, default)
    if not raw:
        raise ImproperlyConfigured(
            f"{name} is not set. `make run` starts a Redis of its own; otherwise set {name}=redis://host:6379/0."
        )
    if urlsplit(raw).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured(f"{name} must begin with redis://, rediss:// or unix://.")
    return raw


def broker_url(redis: str) -> str:
    """The same Redis in Celery's spelling: `redis+socket://` with `virtual_host` for a unix socket."""
    url = urlsplit(redis)
    if url.scheme != "unix":
        return redis
    number_of_database = dict(parse_qsl(url.query)).get("db", "0")
    return f"redis+socket://{url.path}?virtual_host={number_of_database}"


def mail(name: str) -> dict[str, Any]:
    """`smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`, as Django's settings; {} when unset."""
    raw = text(name)
    if not raw:
        return {}
    url = urlsplit(raw)
    if url.scheme not in ("smtp", "smtps"):
        raise ImproperlyConfigured(f"{name} must begin with smtp:// or smtps://.")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname or "localhost",
        "EMAIL_PORT": url.port or (465 if url.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_SSL": url.scheme == "smtps",
        "EMAIL_USE_TLS": url.scheme == "smtp" and bool(url.username),
    }
