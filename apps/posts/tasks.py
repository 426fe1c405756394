from celery import shared_task

from apps.posts import services


@shared_task(time_limit=120)
def purge_deleted() -> None:
    services.purge_deleted()
