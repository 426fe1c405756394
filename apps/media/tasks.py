from celery import shared_task

from apps.media import services


@shared_task(time_limit=120)
def purge_cards() -> None:
    services.purge_cards()
