"""The names of groups, made nowhere else."""

import hashlib


def user(person_id: int) -> str:
    return f"user.{person_id}"


def session(key: str) -> str:
    """A session's sockets. The key itself opens an account, so it never travels: its digest does."""
    return f"session.{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def topic(name: str) -> str:
    return f"topic.{name}"
