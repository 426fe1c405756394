"""A job runs once, and its owner learns how it went."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.kernel.jobs import services
from apps.kernel.jobs.models import Job
from apps.kernel.outbox.models import Delivery

Start = Callable[..., Job]


def test_a_job_waits_then_runs_and_says_what_came_of_it(start: Start, drain: Callable[[], int]) -> None:
    job = start("sample.count", steps=3, pause=0)
    assert (job.state, job.progress) == (Job.State.QUEUED, 0)
    assert drain() == 1
    job.refresh_from_db()
    assert (job.state, job.progress, job.result, job.error) == (Job.State.DONE, 100, {"counted": 3}, "")
    assert job.finished_at is not None


def test_a_rolled_back_start_starts_nothing(start: Start, drain: Callable[[], int]) -> None:
    with transaction.atomic():
        start("sample.count", steps=1, pause=0)
        transaction.set_rollback(True)
    assert drain() == 0
    assert not Job.objects.exists()


def test_an_unknown_kind_fails_in_front_of_its_caller(start: Start, events: Callable[[], list[str]]) -> None:
    with pytest.raises(KeyError):
        start("no.such.kind")
    assert not Job.objects.exists()
    assert "job.started" not in events()


def test_what_a_person_can_mend_is_told_to_them_and_leaves_no_trace(
    start: Start, alice: User, drain: Callable[[], int]
) -> None:
    job = start("sample.refuse")
    assert drain() == 1
    job.refresh_from_db()
    assert (job.state, job.error) == (Job.State.FAILED, "There is nothing to export.")
    alice.refresh_from_db()
    assert alice.name == "Alice Ashdown"


def test_a_bug_is_told_without_its_details(start: Start, alice: User, drain: Callable[[], int]) -> None:
    job = start("sample.break")
    assert drain() == 1
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "Something went wrong" in job.error
    assert "secret" not in job.error
    alice.refresh_from_db()
    assert alice.name == "Alice Ashdown"


def test_a_lost_database_has_it_run_again(start: Start, drain: Callable[[], int], tmp_path: Path) -> None:
    job = start("sample.flaky", mark=str(tmp_path / "mark"))
    drain()
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING or job.state == Job.State.QUEUED
    Delivery.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    drain()
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_a_finished_job_is_left_alone_when_run_again(start: Start, drain: Callable[[], int]) -> None:
    job = start("sample.count", steps=1, pause=0)
    drain()
    before = Job.objects.values().get()
    services.run(job_id=job.pk)
    assert Job.objects.values().get() == before
    Job.objects.all().delete()
    services.run(job_id=job.pk)


def test_a_job_that_nothing_will_finish_is_given_up_after_a_day(start: Start) -> None:
    old, new = start("sample.count", steps=1, pause=0), start("sample.count", steps=1, pause=0)
    Job.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    assert services.fail_unfinished() == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, new.state) == (Job.State.FAILED, Job.State.QUEUED)
    assert "start it again" in old.error


def test_rows_go_30_days_after_their_end(start: Start, drain: Callable[[], int]) -> None:
    old, new, waiting = (start("sample.count", steps=1, pause=0) for _ in range(3))
    drain()
    Job.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=30, minutes=1))
    Job.objects.filter(pk=waiting.pk).update(state=Job.State.QUEUED, finished_at=None)
    assert services.prune() == 1
    assert set(Job.objects.values_list("pk", flat=True)) == {new.pk, waiting.pk}
