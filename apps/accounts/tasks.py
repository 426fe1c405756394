"""What the clock starts. Each may run twice."""

from celery import shared_task

from apps.accounts import services


@shared_task(time_limit=120)
def purge() -> None:
    services.purge()


@shared_task(time_limit=120)
def remind_of_ends() -> None:
    services.remind_of_ends()


@shared_task(time_limit=120)
def graduate_due() -> None:
    services.graduate_due()


@shared_task(time_limit=120)
def recheck_links() -> None:
    services.recheck_links()
