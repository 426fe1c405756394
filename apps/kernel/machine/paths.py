"""Where a clone keeps its servers: `.local/` beside the code, or outside it when that cannot work."""

import hashlib
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from apps.kernel.machine.account import Account, lent_account, make_directory
from apps.kernel.machine.errors import MachineError

ROOT = Path(__file__).resolve().parents[3]
LOCAL = ROOT / ".local"

# A unix socket's path holds about 107 bytes, of which PostgreSQL's own name takes 19. Other characters than
# these would need quoting in three kinds of address; a short directory elsewhere needs none.
PLAIN = re.compile(r"[A-Za-z0-9/._-]{1,80}")


@dataclass(frozen=True, slots=True)
class Places:
    """The directories of one instance ("run" or "test")."""

    home: Path  # what the instances of a clone share: the unpacked servers
    data: Path
    sockets: Path

    @property
    def account(self) -> Account | None:
        """Who owns them; raises where nobody here can run PostgreSQL."""
        return lent_account()

    @property
    def database_url(self) -> str:
        return f"postgresql://postgres@/campus?host={quote(str(self.sockets))}"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.sockets))}/redis.sock?db=0"


def places(name: str) -> Places:
    """Where instance `name` of this clone lives. Touches nothing; see `make`."""
    home = LOCAL if os.geteuid() else _home_for_root()
    return Places(home, home / name, _sockets(home / name))


def default_to_running() -> None:
    """Let a command by hand find the servers that `make run` or `make services` keep up in this clone."""
    where = places("run")
    if (where.sockets / ".s.PGSQL.5432").exists():
        os.environ.setdefault("DATABASE_URL", where.database_url)
    if (where.sockets / "redis.sock").exists():
        os.environ.setdefault("REDIS_URL", where.redis_url)


def make(where: Places) -> None:
    """Make the directories of an instance; refuses a socket directory that somebody else put there."""
    try:
        where.home.mkdir(parents=True, exist_ok=True)
        _try_to_lend(where.account)
        make_directory(where.data, where.account)
        if where.sockets.is_symlink() or (where.sockets.exists() and where.sockets.stat().st_uid != _owner(where)):
            raise MachineError(f"{where.sockets} belongs to somebody else: remove it and try again.")
        make_directory(where.sockets, where.account, 0o700)
    except OSError as error:
        raise MachineError(
            f"Cannot write {error.filename} ({error.strerror}): make the folder yours, or clone into one that is."
        ) from error


def _try_to_lend(account: Account | None) -> None:
    """Some containers have a root that cannot become anybody else."""
    if account is None:
        return
    try:
        subprocess.run(["/bin/sh", "-c", ":"], check=True, **account.popen())
    except OSError as error:
        raise MachineError(
            f"PostgreSQL does not run as root, and root cannot become user {account.uid} here ({error.strerror}): "
            "run as an ordinary user, or set DATABASE_URL and REDIS_URL."
        ) from error


def _owner(where: Places) -> int:
    account = where.account
    return account.uid if account else os.geteuid()


def _home_for_root() -> Path:
    """Outside /root, which the lent user cannot enter."""
    parent = Path("/var/lib")
    if not os.access(parent, os.W_OK):
        parent = Path(tempfile.gettempdir())
    return parent / f"campus-connect-{_fingerprint(ROOT)}"


def _sockets(data: Path) -> Path:
    inside = data / "sockets"
    if PLAIN.fullmatch(str(inside)):
        return inside
    return Path(tempfile.gettempdir()) / f"campus-connect-{_fingerprint(data)}"


def _fingerprint(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
