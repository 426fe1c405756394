"""Start, run and finish jobs. A job is run by the outbox, so a killed worker only delays it."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.kernel import outbox
from apps.kernel.errors import AppError
from apps.kernel.events import JobStarted
from apps.kernel.jobs import kinds, selectors
from apps.kernel.jobs.models import Job
from apps.kernel.realtime.push import push, push_now

REPORT_EVERY = 0.5  # seconds between two stored reports of progress
UNFINISHED_AFTER = timedelta(days=1)
KEEP = timedelta(days=30)

log = structlog.get_logger(__name__)
_OPEN = (Job.State.QUEUED, Job.State.RUNNING)


@transaction.atomic
def start(*, kind: str, owner: AbstractBaseUser, payload: Mapping[str, Any]) -> Job:
    """Queue one run of a registered kind for its owner."""
    kinds.run_of(kind)  # an unknown kind fails here, in front of its caller
    job = Job.objects.create(kind=kind, owner_id=owner.pk, payload=dict(payload))
    outbox.publish(JobStarted(job_id=str(job.pk)), actor_id=owner.pk)
    return job


def run(*, job_id: UUID) -> None:
    """Run a job; its effect and its end commit together. May be called twice: a finished or vanished job is left alone.

    Raises only what the outbox should try again: a database that was lost on the way.
    """
    job = Job.objects.filter(pk=job_id, state__in=_OPEN).first()
    if job is None:
        return
    report = _Report(job)
    report.begin()
    try:
        with transaction.atomic():
            result = kinds.run_of(job.kind)(job, job.payload, report)
            _finish(job, Job.State.DONE, result=result)
    except (OperationalError, InterfaceError):
        raise
    except AppError as error:
        _finish(job, Job.State.FAILED, error=str(error))
    except Exception:
        log.exception("job.failed", kind=job.kind, job=str(job.pk))
        _finish(job, Job.State.FAILED, error=_("Something went wrong on our side. Please try again later."))


@transaction.atomic
def fail_unfinished() -> int:
    """Fail the jobs that nothing will finish any more (their delivery is dead), so that nobody waits for ever."""
    waiting = Job.objects.filter(state__in=_OPEN, created_at__lt=timezone.now() - UNFINISHED_AFTER)
    jobs = list(waiting.select_for_update(skip_locked=True, no_key=True)[:1000])
    for job in jobs:
        _finish(job, Job.State.FAILED, error=_("This took too long and was given up. Please start it again."))
    return len(jobs)


def prune() -> int:
    """Delete what ended more than KEEP ago; returns the number of rows."""
    count, _rows = Job.objects.filter(finished_at__lt=timezone.now() - KEEP).delete()
    return count


@transaction.atomic
def _finish(job: Job, state: Job.State, *, result: dict[str, Any] | None = None, error: str = "") -> None:
    job.state, job.result, job.error, job.finished_at = state, result or {}, error[:500], timezone.now()
    job.progress = 100 if state == Job.State.DONE else job.progress
    fields = {name: getattr(job, name) for name in ("state", "result", "error", "finished_at", "progress")}
    if not Job.objects.filter(pk=job.pk, state__in=_OPEN).update(**fields):
        raise OperationalError("Another run of this job was faster.")  # rolls back the effect of this one
    push(user_ids=[job.owner_id], payload={"type": "job", **selectors.as_json(job)})


class _Report:
    """Stores progress beside the run's transaction, which would hide it until the end."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._at = 0.0

    def begin(self) -> None:
        self._store(0)

    def __call__(self, progress: int, /) -> None:
        if time.monotonic() - self._at >= REPORT_EVERY:
            self._store(max(0, min(99, progress)))

    def _store(self, progress: int) -> None:
        self._at = time.monotonic()
        self._job.state, self._job.progress = Job.State.RUNNING, progress
        apart = connection.copy()
        try:
            with apart.cursor() as cursor:
                cursor.execute(
                    "UPDATE kernel_job SET state = 'running', progress = %s"
                    " WHERE id = %s AND state IN ('queued', 'running')",
                    [progress, self._job.pk],
                )
        finally:
            apart.close()
        push_now(user_ids=[self._job.owner_id], payload={"type": "job", **selectors.as_json(self._job)})
