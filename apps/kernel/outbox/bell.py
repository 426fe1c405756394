"""The doorbell: tells the workers that a queue has something due. The only place that hands a task to Celery."""

import structlog
from celery import Celery
from django.conf import settings
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from apps.kernel import redis

log = structlog.get_logger(__name__)
BROKEN = (RedisError, OperationalError, OSError)
SILENT = 5  # seconds after which a ring that nobody answered may be repeated


def ring(queue: str) -> None:
    """Ask a worker to look at the queue. Rings while one is unanswered are one ring: a burst costs one message.

    A Redis that is down is no error and costs REDIS_TIMEOUT at most: the sweep rings later.
    """
    try:
        if redis.available() and redis.client().set(_key(queue), 1, nx=True, ex=SILENT):
            _celery().send_task("apps.kernel.tasks.deliver", args=[queue], queue=queue)
    except BROKEN as error:
        redis.failed()
        log.warning("outbox.unrung", queue=queue, error=repr(error))


def answer(queue: str) -> None:
    """A worker is about to look: what is published from here on must ring anew."""
    try:
        if redis.available():
            redis.client().delete(_key(queue))
    except BROKEN as error:  # the key runs out by itself
        redis.failed()
        log.warning("outbox.unanswered", queue=queue, error=repr(error))


def queues() -> list[str]:
    """Every queue that workers may serve."""
    return [queue.name for queue in _celery().conf.task_queues]


def _celery() -> Celery:
    app: Celery = import_string(settings.CELERY_APP)
    return app


def _key(queue: str) -> str:
    return f"{settings.REDIS_PREFIX}:bell:{queue}"
