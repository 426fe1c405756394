from celery import shared_task

from apps.graph import services


@shared_task(time_limit=120)
def purge() -> None:
    services.purge_requests()
    services.purge_mutes()
