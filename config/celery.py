"""Celery: the doorbell and the clock. Nothing is kept here that the outbox does not have (RELIABILITY.md 3b)."""

import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.schedules import crontab
from django.conf import settings
from kombu import Queue

from config import env

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

QUEUES = ("high", "default", "bulk", "media", "mail", "index")

app = Celery("campus")
app.conf.update(
    broker_url=env.broker_url(settings.REDIS_URL),
    broker_transport_options={
        "visibility_timeout": 600,  # above four times the longest task
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        "global_keyprefix": f"{settings.REDIS_PREFIX}:celery:",
    },
    visibility_timeout=600,
    task_queues=[Queue(name) for name in QUEUES],
    task_default_queue="default",
    task_create_missing_queues=False,
    task_acks_late=True,
    task_reject_on_worker_lost=True,  # safe because the outbox counts attempts before it runs anything
    task_acks_on_failure_or_timeout=True,
    task_ignore_result=True,
    task_time_limit=120,
    task_soft_time_limit=90,
    task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_max": 0.2},
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=30,
    worker_enable_soft_shutdown_on_idle=True,
    worker_max_tasks_per_child=1000,
    worker_max_memory_per_child=250_000,  # KiB
    worker_enable_remote_control=False,
    beat_scheduler="apps.kernel.clock:SingleClock",
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    accept_content=["json"],
    timezone=settings.TIME_ZONE,
    CELERY_DB_REUSE_MAX=1000,  # else every task opens a connection pool of its own
)
app.autodiscover_tasks()


def _each(task: str, schedule: timedelta | crontab, queue: str) -> dict[str, Any]:
    """What waited past its next turn is dropped: the next one does the same."""
    expires = schedule.total_seconds() if isinstance(schedule, timedelta) else 3600
    return {"task": task, "schedule": schedule, "options": {"queue": queue, "expires": expires}}


app.conf.beat_schedule = {
    "sweep": _each("apps.kernel.tasks.sweep_outbox", timedelta(seconds=5), "high"),
    "pulse": _each("apps.kernel.tasks.pulse", timedelta(seconds=10), "high"),
    "prune": _each("apps.kernel.tasks.prune", timedelta(hours=1), "bulk"),
    "feed-partitions": _each("apps.feed.tasks.ensure_partitions", crontab(hour="*/6", minute=10), "default"),
    "scores": _each("apps.feed.tasks.refresh_scores", crontab(hour="2-5", minute="*/2"), "bulk"),
    "trending": _each("apps.feed.tasks.refresh_trending", timedelta(minutes=15), "bulk"),
    "purge-tags": _each("apps.feed.tasks.purge_tags", crontab(hour=4, minute=5), "bulk"),
    "purge-graph": _each("apps.graph.tasks.purge", crontab(hour=3, minute=45), "bulk"),
    "purge-accounts": _each("apps.accounts.tasks.purge", crontab(hour=3, minute=50), "bulk"),
    "verifications": _each("apps.accounts.tasks.remind_of_ends", crontab(hour=6, minute=20), "bulk"),
    "graduations": _each("apps.accounts.tasks.graduate_due", crontab(hour=6, minute=10), "bulk"),
    "recheck-links": _each("apps.accounts.tasks.recheck_links", timedelta(hours=1), "bulk"),
    "purge-cards": _each("apps.media.tasks.purge_cards", crontab(hour=4, minute=25), "bulk"),
    "close-polls": _each("apps.posts.tasks.close_polls", timedelta(seconds=60), "default"),
    "remind": _each("apps.posts.tasks.remind", timedelta(minutes=1), "high"),
    "publish-due": _each("apps.posts.tasks.publish_due", timedelta(seconds=30), "high"),
    "end-boosts": _each("apps.posts.tasks.end_boosts", timedelta(minutes=1), "default"),
    "end-pins": _each("apps.posts.tasks.end_pins", timedelta(hours=1), "bulk"),
    "purge-mutes": _each("apps.posts.tasks.purge_muted_words", crontab(hour=4, minute=15), "bulk"),
    "purge-posts": _each("apps.posts.tasks.purge_deleted", crontab(minute=40), "bulk"),
}
