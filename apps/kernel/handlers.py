"""What the kernel does when something happened."""

from uuid import UUID

from apps.kernel.events import JobStarted
from apps.kernel.jobs import services
from apps.kernel.outbox import subscribe


@subscribe(JobStarted, queue="default", name="kernel.run_job", atomic=False)  # its progress is seen on the way
def run_job(event: JobStarted) -> None:
    services.run(job_id=UUID(event.job_id))
