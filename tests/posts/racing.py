"""Edits and acts at once, for several tests."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

from apps.accounts.models import User
from apps.kernel.errors import AppError
from apps.posts import services
from apps.posts.content import Wording
from apps.posts.models import Post


def edit(actor: User, post: Post, **changes: Any) -> Post:
    now = Post.objects.get(pk=post.pk)
    was = services.wording_of(now)
    fields = {name: getattr(was, name) for name in Wording.__slots__}
    wording = Wording(**(fields | changes))
    return services.edit_post(actor=actor, post=post, wording=wording, seen=services.edition_of(now))


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each of them came to, run by threads that start together."""
    gate = threading.Barrier(len(acts))
    came: list[object] = [None] * len(acts)

    def run(place: int) -> None:
        gate.wait()
        try:
            came[place] = acts[place]()
        except AppError as error:
            came[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came
