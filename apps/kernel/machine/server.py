"""What the two embedded servers have in common."""

import os
import shutil
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from apps.kernel.machine.account import Account
from apps.kernel.machine.errors import MachineError
from apps.kernel.machine.paths import Places
from apps.kernel.machine.processes import command_line, die_with_parent, send, tail, wait_until

LOG_LIMIT = 10_000_000  # bytes; a longer log starts anew with the server


class Server(ABC):
    """One embedded server of one instance. The caller holds the instance's lock around `start` and `stop`."""

    name: str
    stop_signal: signal.Signals
    start_seconds = 60.0

    def __init__(self, where: Places) -> None:
        self.where = where
        self.log = where.data / f"{self.name}.log"
        self.pid = 0
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Unpack and initialise what the first start needs; complete or not at all."""

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def answers(self) -> bool: ...

    @abstractmethod
    def running_pid(self) -> int:
        """The process that serves this very directory, whoever started it; 0 when none does."""

    def environment(self) -> Mapping[str, str]:
        return {
            "HOME": str(self.where.data),
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
        }

    def start(self) -> None:
        """Serve: adopt what a killed supervisor left behind if it answers, else replace it."""
        self.prepare()
        self.pid = self.running_pid()
        if self.pid:
            if wait_until(self.answers, 5):
                return
            self.stop()
        for _attempt in range(3):  # what a killed server leaves in memory needs a moment to go
            if self._start_once():
                return
            if self.alive():
                break
        self.stop()
        raise MachineError(f"{self.name} did not start; the end of {self.log} says:\n{tail(self.log)}")

    def _start_once(self) -> bool:
        too_long = self.log.exists() and self.log.stat().st_size > LOG_LIMIT
        with self.log.open("wb" if too_long else "ab") as log:
            self._process = self.spawn(self.command(), stdout=log)
        self.pid = self._process.pid
        wait_until(lambda: self.answers() or not self.alive(), self.start_seconds)
        return self.alive() and self.answers()

    def spawn(
        self,
        command: Sequence[str],
        *,
        stdout: IO[bytes] | int = subprocess.DEVNULL,
        environment: Mapping[str, str] | None = None,
        tied: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a program as the servers' user, deaf to the terminal's Ctrl-C; a helper (`tied`) ends with us."""
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            env=environment or self.environment(),
            cwd=self.where.data,
            start_new_session=True,
            preexec_fn=die_with_parent() if tied else None,
            **self.lent(),
        )

    def lent(self) -> dict[str, Any]:
        account = self.where.account
        return account.popen() if account else {}

    def alive(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        return bool(self.pid and command_line(self.pid))

    def stop(self, seconds: float = 10) -> None:
        """End it in order; past the time, by force (the log on disk makes that safe)."""
        if self.alive():
            send(self.pid, self.stop_signal)
            if not wait_until(lambda: not self.alive(), seconds):
                self.kill()
        self._process = None

    def kill(self) -> None:
        send(self.pid, signal.SIGKILL)
        wait_until(lambda: not self.alive(), 5)


def reachable_copy(binary: Path, home: Path, account: Account | None) -> Path:
    """The program itself, or for root a copy that the lent user can run (a clone under /root is closed to it)."""
    if account is None:
        return binary
    copy = home / "bin" / binary.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    if not copy.exists() or copy.stat().st_size != binary.stat().st_size:
        fresh = copy.with_suffix(".new")
        shutil.copy2(binary, fresh)
        fresh.chmod(0o755)
        fresh.replace(copy)
    return copy
