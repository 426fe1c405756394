from celery import shared_task

from apps.feed import services


@shared_task(time_limit=120)
def ensure_partitions() -> None:
    services.ensure_partitions()
