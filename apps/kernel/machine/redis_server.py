"""Redis: the program that config/bootstrap.py fetched, else the machine's own. It locks nothing: services.py does."""

import shutil
import signal
import socket
from pathlib import Path

from apps.kernel.machine.account import make_directory
from apps.kernel.machine.errors import MachineError
from apps.kernel.machine.paths import LOCAL, Places
from apps.kernel.machine.processes import command_line, pid_in
from apps.kernel.machine.server import Server, reachable_copy


class Redis(Server):
    name = "redis"
    stop_signal = signal.SIGTERM

    def __init__(self, where: Places) -> None:
        super().__init__(where)
        self.files = where.data / "redis"
        self.socket = where.sockets / "redis.sock"
        self.pid_file = self.files / "redis.pid"

    def prepare(self) -> None:
        make_directory(self.files, self.where.account, 0o700)

    def command(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.files),
            "pidfile": str(self.pid_file),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "databases": "64",
            "loglevel": "warning",
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        return [str(reachable_copy(program(), self.where.home, self.where.account)), *options]

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def running_pid(self) -> int:
        pid = pid_in(self.pid_file)
        return pid if pid and str(self.socket) in command_line(pid) else 0


def program() -> Path:
    fetched = LOCAL / "bin" / "redis-server"
    if fetched.exists():
        return fetched
    for name in ("redis-server", "valkey-server"):
        installed = shutil.which(name)
        if installed:
            return Path(installed)
    raise MachineError(
        "There is no Redis for this machine: install redis-server (Debian: apt install redis-server, "
        "Mac: brew install redis), or set REDIS_URL."
    )
