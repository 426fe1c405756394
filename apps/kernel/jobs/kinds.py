"""The kinds of work there are. Apps register theirs in `jobs.py`."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from apps.kernel.jobs.models import Job


class Report(Protocol):
    def __call__(self, progress: int, /) -> None:
        """Say how far the work is, 0 to 100. Cheap: most calls are dropped."""


Run = Callable[[Job, Mapping[str, Any], Report], dict[str, Any]]
_KINDS: dict[str, Run] = {}


def job_kind(name: str) -> Callable[[Run], Run]:
    """Register `run(job, payload, report) -> result`.

    It runs in the transaction that also marks the job done, so its effect counts once, although it may run again. An
    AppError fails the job and its text is shown to the owner; a lost database connection has the outbox run it again.
    """

    def register(run: Run) -> Run:
        if name in _KINDS:
            raise RuntimeError(f"Two jobs of the kind {name!r}.")
        _KINDS[name] = run
        return run

    return register


def run_of(kind: str) -> Run:
    return _KINDS[kind]
