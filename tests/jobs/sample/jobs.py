"""Work that exists only in tests."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import OperationalError

from apps.kernel.errors import Invalid
from apps.kernel.jobs.kinds import Report, job_kind
from apps.kernel.jobs.models import Job


@job_kind("sample.count")
def count(job: Job, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    for step in range(payload["steps"]):
        time.sleep(payload["pause"])
        report(step * 100 // payload["steps"])
    return {"counted": payload["steps"]}


@job_kind("sample.refuse")
def refuse(job: Job, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    rename(job)
    raise Invalid("There is nothing to export.")


@job_kind("sample.break")
def fail(job: Job, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    rename(job)
    raise RuntimeError("a secret of the machine")


@job_kind("sample.flaky")
def flaky(job: Job, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Loses its database once."""
    mark = Path(payload["mark"])
    if not mark.exists():
        mark.touch()
        raise OperationalError("the connection is closed")
    return {}


@job_kind("sample.die")
def die(job: Job, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Takes its process along once, with its effect half done."""
    report(50)
    rename(job)
    mark = Path(payload["mark"])
    if not mark.exists():
        mark.touch()
        os._exit(9)
    return {"survived": True}


def rename(job: Job) -> None:
    """An effect in the database, to see whether it counts once or not at all."""
    person = get_user_model().objects.get(pk=job.owner_id)
    person.name += "!"
    person.save(update_fields=["name"])
