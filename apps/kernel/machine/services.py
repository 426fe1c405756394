"""PostgreSQL and Redis of one instance, shared by every process that asks for them; the last to leave stops them."""

import os
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager

from apps.kernel.machine import external, lock
from apps.kernel.machine.errors import MachineError
from apps.kernel.machine.paths import LOCAL, Places, make, places
from apps.kernel.machine.postgres import Postgres
from apps.kernel.machine.processes import tail
from apps.kernel.machine.redis_server import Redis
from apps.kernel.machine.server import Server

STOP_SECONDS = 1.5  # Ctrl-C ends everything within five, and the site has had half of them
INSTANCES = ("run", "test")


class Services:
    """The servers of an instance that DATABASE_URL and REDIS_URL do not replace.

    `with Services("run") as services:` starts or adopts them; `services.environment()` tells the addresses. A process
    killed inside the block leaves its servers running, and the next block adopts them.
    """

    def __init__(self, where: Places, *, database_url: str = "", redis_url: str = "") -> None:
        self.where = where
        self.database_url = database_url or where.database_url
        self.redis_url = redis_url or where.redis_url
        self.postgres = Postgres(where)
        self.redis = Redis(where)
        self.embedded: list[Server] = []
        if not database_url:
            self.embedded.append(self.postgres)
        if not redis_url:
            self.embedded.append(self.redis)

    def __enter__(self) -> "Services":
        if not self.embedded:
            return self
        make(self.where)
        self._users = lock.Users(self.where.data / "users.lock")
        with self._locked():
            self._users.arrive()
            try:
                # Unpacking is shared by the instances of a clone.
                with lock.held(self.where.home / "unpack.lock"):
                    for server in self.embedded:
                        server.prepare()
                for server in self.embedded:
                    server.start()
            except BaseException:
                self._leave()
                raise
        return self

    def __exit__(self, *_exception: object) -> None:
        if self.embedded:
            with self._locked():
                self._leave()

    def _leave(self) -> None:
        if self._users.leave():
            for server in reversed(self.embedded):
                server.stop(STOP_SECONDS)

    def _locked(self) -> AbstractContextManager[None]:
        return lock.held(self.where.data / "start.lock")

    def environment(self) -> Mapping[str, str]:
        return {**os.environ, "DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}

    def dead(self) -> str:
        """One sentence about a server that ended by itself, with its last lines; "" while all is well."""
        for server in self.embedded:
            if not server.alive():
                return f"{server.name} ended by itself; the end of {server.log} says:\n{tail(server.log)}"
        return ""


def services_of(instance: str) -> Services:
    """The servers of this clone's "run" or "test"; an address in the environment replaces a server, if it answers."""
    if instance not in INSTANCES:
        raise MachineError(f"There is no instance {instance!r}: use {' or '.join(INSTANCES)}.")
    database_url, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    external.require_answers(database_url=database_url, redis_url=redis_url)
    return Services(places(instance), database_url=database_url, redis_url=redis_url)


def remove(instance: str) -> None:
    """Delete an instance and all that is in it; refused while somebody uses it."""
    where = places(instance)
    if not where.data.exists():
        return
    users = lock.Users(where.data / "users.lock")
    with lock.held(where.data / "start.lock"):
        if not users.leave():
            raise MachineError(f"Instance {instance!r} is in use: stop it first.")
        for server in (Postgres(where), Redis(where)):
            server.pid = server.running_pid()
            server.stop()
        shutil.rmtree(where.sockets, ignore_errors=True)
        shutil.rmtree(where.data)
    if where.home != LOCAL and not any((where.home / name).exists() for name in INSTANCES):
        shutil.rmtree(where.home)
