"""Jobs in real workers: seen live, and not lost with the process that runs them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from apps.accounts.models import User
from apps.kernel.jobs.models import Job
from tests.processes import Beat, Worker, wait_for
from tests.realtime.server import Server

Start = Callable[..., Job]


def test_the_owner_follows_it_live_and_nobody_else_does(
    server: Server, start: Start, alices_session: str, bobs_session: str, worker_env: dict[str, str]
) -> None:
    with Worker("default", env=worker_env):
        hers, his = server.client(alices_session).settle(), server.client(bobs_session).settle()
        job = start("sample.count", steps=6, pause=0.3)
        heard = [hers.hear_type("job", 30)]
        while heard[-1]["state"] == "running":
            stored = Job.objects.values_list("state", flat=True).get()
            assert stored in (Job.State.RUNNING, Job.State.DONE)  # visible before the run has committed
            heard.append(hers.hear_type("job"))
        assert {frame["id"] for frame in heard} == {str(job.pk)}
        assert (heard[0]["state"], heard[0]["progress"]) == ("running", 0)
        progress = [frame["progress"] for frame in heard]
        assert progress == sorted(progress)
        assert 3 <= len(progress) <= 6  # throttled to two a second, and some on the way
        assert (heard[-1]["state"], heard[-1]["result"]) == ("done", {"counted": 6})
        with pytest.raises(TimeoutError):
            his.hear_type("job", 0.3)


@pytest.mark.slow
def test_a_killed_worker_only_delays_it_and_its_effect_counts_once(
    start: Start, alice: User, worker_env: dict[str, str], tmp_path: Path
) -> None:
    with Worker("high,default", env=worker_env), Beat(env=worker_env):
        start("sample.die", mark=str(tmp_path / "mark"))
        wait_for(lambda: Job.objects.get().state == Job.State.DONE, 40, "the job survives its worker")
    assert (tmp_path / "mark").exists()
    alice.refresh_from_db()
    assert alice.name == "Alice Ashdown!"
