"""The site's own processes under one runner: their lines with their names, and a common end."""

import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Mapping, Sequence

from apps.kernel.machine.paths import ROOT
from apps.kernel.machine.processes import die_with_parent, wait_until

LAST_LINES = 15


class Child:
    """One process of the site. Its output is printed line by line behind its name, and its last lines are kept."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._last: deque[str] = deque(maxlen=LAST_LINES)
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=ROOT,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C is ours to hand on
            preexec_fn=die_with_parent(),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._last.append(line.rstrip("\n"))
            with contextlib.suppress(OSError):  # nobody reads us any more; the child must not stall for that
                print(f"{self.name:<11} | {line}", end="", flush=True)

    @property
    def status(self) -> int | None:
        return self._process.poll()

    def wait(self) -> int:
        return self._process.wait()

    def signal_group(self, number: signal.Signals) -> None:
        try:
            os.killpg(self._process.pid, number)
        except (ProcessLookupError, PermissionError):
            return

    def ask_to_end(self) -> None:
        if self.status is None:
            self._process.terminate()

    def last_words(self) -> str:
        self._reader.join(1)
        how = f"signal {-self.status}" if self.status and self.status < 0 else f"status {self.status}"
        lines = "\n".join(self._last) or "(it said nothing)"
        return f"{self.name} ended by itself with {how}; its last lines:\n{lines}"


def end_all(children: Sequence[Child], seconds: float) -> None:
    """Ask all at once, wait for all together, then kill what is left with its own children."""
    for child in children:
        child.ask_to_end()
    wait_until(lambda: all(child.status is not None for child in children), seconds)
    for child in children:
        child.signal_group(signal.SIGKILL)
        child.wait()


def first_dead(children: Sequence[Child]) -> Child | None:
    return next((child for child in children if child.status is not None), None)
