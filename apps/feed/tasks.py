from celery import shared_task

from apps.feed import scores, services, tags, trending


@shared_task(time_limit=120)
def ensure_partitions() -> None:
    services.ensure_partitions()


@shared_task(time_limit=120)
def refresh_scores() -> None:
    """Called every few minutes at night: each call does a minute's worth, whoever is stopped is continued."""
    scores.refresh_scores(seconds=60)


@shared_task(time_limit=120)
def refresh_trending() -> None:
    trending.refresh_trending()


@shared_task(time_limit=120)
def purge_tags() -> None:
    tags.purge_tags()
