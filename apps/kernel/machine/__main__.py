"""`python -m apps.kernel.machine run | services [INSTANCE] | exec INSTANCE -- COMMAND | remove INSTANCE`"""

import os
import signal
import subprocess
import sys
from types import FrameType

from apps.kernel.machine.errors import MachineError
from apps.kernel.machine.processes import wait_until
from apps.kernel.machine.services import Services, remove, services_of
from apps.kernel.machine.site import run_site
from apps.kernel.machine.stopping import Stop


def main(words: list[str]) -> int:
    try:
        match words:
            case ["run"]:
                return run_site()
            case ["services", *rest]:
                return _services(*rest[:1])
            case ["exec", instance, "--", *command] if command:
                return _exec(instance, command)
            case ["remove", instance]:
                remove(instance)
                return 0
    except MachineError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(__doc__, file=sys.stderr)
    return 2


def _services(instance: str = "run") -> int:
    """Keep the servers up until a signal comes; print their addresses in the shell's words."""
    with Stop() as stop, services_of(instance) as services:
        print(f"export DATABASE_URL='{services.database_url}'\nexport REDIS_URL='{services.redis_url}'", flush=True)
        wait_until(lambda: stop.asked or bool(services.dead()), float("inf"))
        if not stop.asked:
            raise MachineError(services.dead())
    return 0


def _exec(instance: str, command: list[str]) -> int:
    """Run a command with the servers up and their addresses in its environment; its status is ours."""
    with services_of(instance) as services:
        environment = _with_our_python_first(services)
        try:
            child = subprocess.Popen(command, env=environment)
        except OSError as error:
            raise MachineError(f"Cannot run {command[0]}: {error.strerror}.") from error

        def forward(number: int, _frame: FrameType | None) -> None:
            child.send_signal(number)

        # Ctrl-C reaches the child from the terminal itself; it decides what that means.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, forward)
        status = child.wait()
        return status if status >= 0 else 128 - status


def _with_our_python_first(services: Services) -> dict[str, str]:
    """`python` and `pytest` in the command are those of the virtual environment."""
    path = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)))
    return {**services.environment(), "PATH": path}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
