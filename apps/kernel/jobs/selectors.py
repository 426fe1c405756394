from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from apps.kernel.errors import NotFound
from apps.kernel.jobs.models import Job


def job_for(viewer: AbstractBaseUser, job_id: UUID) -> Job:
    """The viewer's own job; another person's is as unknown as one that never was."""
    job = Job.objects.filter(pk=job_id, owner_id=viewer.pk).first()
    if job is None:
        raise NotFound
    return job


def latest_job(owner: AbstractBaseUser, kind: str) -> Job | None:
    return Job.objects.filter(owner_id=owner.pk, kind=kind).order_by("-created_at").first()


def as_json(job: Job) -> dict[str, Any]:
    """What the status address and the socket say of a job."""
    said: dict[str, Any] = {"id": str(job.pk), "kind": job.kind, "state": job.state, "progress": job.progress}
    if job.state == Job.State.DONE:
        said["result"] = job.result
    if job.state == Job.State.FAILED:
        said["error"] = job.error
    return said
