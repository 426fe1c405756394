"""Servers that somebody else runs, named by DATABASE_URL and REDIS_URL: do they answer?"""

import psycopg
import redis

from apps.kernel.machine.errors import MachineError

SECONDS = 5


def require_answers(*, database_url: str, redis_url: str) -> None:
    """Raises with one sentence when an address is given and nothing answers there."""
    if database_url:
        try:
            psycopg.connect(database_url, connect_timeout=SECONDS).close()
        except psycopg.Error as error:
            raise MachineError(_sentence("DATABASE_URL", "PostgreSQL", error)) from error
    if redis_url:
        try:
            client = redis.Redis.from_url(redis_url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS)
            client.ping()
            client.close()
        except (redis.RedisError, ValueError, OSError) as error:
            raise MachineError(_sentence("REDIS_URL", "Redis", error)) from error


def _sentence(variable: str, server: str, error: Exception) -> str:
    why = " ".join(str(error).split())
    return f"{variable} is set, but no {server} answers there ({why}): correct it, or unset it to use the embedded one."
