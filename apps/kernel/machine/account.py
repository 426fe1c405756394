"""Who runs the servers: whoever calls, but never root, which PostgreSQL refuses."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.kernel.machine.errors import MachineError

UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged user that root lends to the servers."""

    uid: int
    gid: int

    def popen(self) -> dict[str, Any]:
        """Arguments that make `subprocess` run a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def lent_account() -> Account | None:
    """The user root lends, or None when the caller is an ordinary user and runs the servers as itself."""
    if os.geteuid():
        _require_a_name()
        return None
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise MachineError(
        "PostgreSQL does not run as root and this machine has no user 'postgres' or 'nobody': "
        "add one (useradd --system postgres), or set DATABASE_URL and REDIS_URL."
    )


def _require_a_name() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise MachineError(
            f"PostgreSQL does not run as user id {os.geteuid()}, which has no name on this machine: "
            "run as a user that has one, or set DATABASE_URL and REDIS_URL."
        ) from None


def make_directory(path: Path, account: Account | None, mode: int = 0o755) -> Path:
    """The directory, made if missing, with this mode and this owner. Its parents must exist."""
    path.mkdir(exist_ok=True)
    path.chmod(mode)
    if account is not None:
        os.chown(path, account.uid, account.gid)
    return path
