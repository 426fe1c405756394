"""What the doorbell and the clock start. Each takes ids or nothing, calls a service, and may run twice."""

from celery import shared_task

from apps.kernel import attempts, audit
from apps.kernel.jobs import services as jobs
from apps.kernel.outbox import relay, services


@shared_task
def deliver(queue: str) -> None:
    relay.work(queue)


@shared_task
def sweep_outbox() -> None:
    relay.sweep()


@shared_task
def pulse() -> None:
    relay.pulse()


@shared_task
def prune() -> None:
    services.prune()
    attempts.prune()
    audit.prune()
    jobs.fail_unfinished()
    jobs.prune()
