"""How often somebody may do something (STYLE.md R25). Each app lists its own in `limits.py`: LIMITS = {name: Limit}.

Most are counted in Redis, and open when it is down. The durable ones count in PostgreSQL: what guards an account
(log-in, sign-up, reset) must hold when Redis does not.
"""

import ipaddress
import time
from dataclasses import KW_ONLY, dataclass
from functools import cache

from django.utils.crypto import salted_hmac
from django_ratelimit.core import get_usage

from apps.kernel import attempts, registry, text
from apps.kernel.errors import RateLimited

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in each window of `per` seconds."""

    rate: int
    _: KW_ONLY
    per: int
    durable: bool = False


@cache
def table() -> dict[str, Limit]:
    """Every limit of every app. ValueError when two apps use one name."""
    found: dict[str, Limit] = {}
    for module in registry.discover("limits"):
        for name, limit in getattr(module, "LIMITS", {}).items():
            if name in found:
                raise ValueError(f"Two apps declare the limit {name}.")
            found[name] = limit
    return found


def check(name: str, *, person_id: int | None = None, address: str | None = None, key: str | None = None) -> None:
    """Count one more of `name` for each of the given, RateLimited when one has had enough."""
    for who in _keys(person_id, address, key):
        count, left = _count(name, who, more=1)
        if count > table()[name].rate:
            raise RateLimited(retry_after=left)


def require(name: str, *, person_id: int | None = None, address: str | None = None, key: str | None = None) -> None:
    """RateLimited when one of the given has had enough already. Counts nothing."""
    for who in _keys(person_id, address, key):
        count, left = _count(name, who, more=0)
        if count >= table()[name].rate:
            raise RateLimited(retry_after=left)


def count(name: str, *, person_id: int | None = None, address: str | None = None, key: str | None = None) -> None:
    """Count one more, and never refuse: for what is only known afterwards, such as a log-in that failed."""
    for who in _keys(person_id, address, key):
        _count(name, who, more=1)


def _keys(person_id: int | None, address: str | None, key: str | None) -> list[str]:
    keys = []
    if person_id is not None:
        keys.append(f"person:{person_id}")
    if address is not None:
        keys.append(f"address:{network(address)}")
    if key is not None:
        keys.append(f"key:{text.fold(key)}")  # one account has one counter, however its name is written
    return keys


def network(address: str) -> str:
    """What one household or machine has: the address, or the first half of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6 and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


def _count(name: str, who: str, *, more: int) -> tuple[int, int]:
    """How many there were in this window, and how many seconds of it are left."""
    limit = table()[name]
    if limit.durable:
        digest = salted_hmac("apps.kernel.limits", who, algorithm="sha256").hexdigest()
        now = int(time.time())
        start = now - now % limit.per
        return attempts.count(name, digest, start, more=more), start + limit.per - now
    usage = get_usage(
        None, group=name, key=lambda _group, _request: who, rate=(limit.rate, limit.per), increment=bool(more)
    )
    if usage is None:  # Redis is down
        return 0, limit.per
    return usage["count"], max(1, usage["time_left"])
