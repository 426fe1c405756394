from celery import shared_task

from apps.posts import services


@shared_task(time_limit=120)
def purge_deleted() -> None:
    services.purge_deleted()


@shared_task(time_limit=60)
def close_polls() -> None:
    services.close_polls()


@shared_task(time_limit=120)
def publish_due() -> None:
    services.publish_due()


@shared_task(time_limit=60)
def remind() -> None:
    services.remind_due()


@shared_task(time_limit=60)
def purge_muted_words() -> None:
    services.purge_muted_words()


@shared_task(time_limit=60)
def end_boosts() -> None:
    services.drop_ended_boosts()


@shared_task(time_limit=60)
def end_pins() -> None:
    services.drop_ended_pins()
