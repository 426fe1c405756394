"""`GET /api/jobs/<id>/status` answers the owner and nobody else."""

from collections.abc import Callable
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from apps.kernel.jobs.models import Job

Start = Callable[..., Job]


def test_the_owner_sees_state_progress_and_in_the_end_the_result(
    start: Start, alice_client: Client, drain: Callable[[], int]
) -> None:
    job = start("sample.count", steps=2, pause=0)
    address = f"/api/jobs/{job.pk}/status"
    said = {"id": str(job.pk), "kind": "sample.count"}
    assert alice_client.get(address).json() == {**said, "state": "queued", "progress": 0}
    drain()
    assert alice_client.get(address).json() == {**said, "state": "done", "progress": 100, "result": {"counted": 2}}


def test_a_failed_job_says_why(start: Start, alice_client: Client, drain: Callable[[], int]) -> None:
    job = start("sample.refuse")
    drain()
    said = alice_client.get(reverse("kernel:job_status", args=[job.pk])).json()
    assert (said["state"], said["error"]) == ("failed", "There is nothing to export.")
    assert "result" not in said


def test_another_persons_job_is_as_unknown_as_none(
    start: Start, bob_client: Client, admin_client: Client, anonymous_client: Client
) -> None:
    job = start("sample.count", steps=1, pause=0)
    theirs, none = (reverse("kernel:job_status", args=[one]) for one in (job.pk, uuid4()))
    for client in (bob_client, admin_client):
        answers = [client.get(address) for address in (theirs, none)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json() == answers[1].json()
    assert anonymous_client.get(theirs).status_code == 401
    assert anonymous_client.get("/api/jobs/7/status").status_code == 404


def test_it_only_reads(start: Start, alice_client: Client) -> None:
    job = start("sample.count", steps=1, pause=0)
    assert alice_client.post(reverse("kernel:job_status", args=[job.pk])).status_code == 405


def test_it_costs_two_queries(start: Start, alice_client: Client, django_assert_max_num_queries: Callable) -> None:  # type: ignore[type-arg]
    job = start("sample.count", steps=1, pause=0)
    with django_assert_max_num_queries(2):
        alice_client.get(reverse("kernel:job_status", args=[job.pk]))
