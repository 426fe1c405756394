"""What several tests of graph do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from django.db import connection

from apps.accounts import services as accounts
from apps.accounts.models import Privacy, User
from apps.kernel.errors import NotFound


def set_reach(person: User, profile_for: int, posts_for: int | None = None, **settings: int) -> None:
    """As the privacy page does."""
    kept = Privacy.objects.get(user=person)
    accounts.update_privacy(
        actor=person,
        profile_for=profile_for,
        posts_for=profile_for if posts_for is None else posts_for,
        followers=settings.get("followers", kept.followers),
        online=kept.online,
        message=settings.get("message", kept.message),
        mention=settings.get("mention", kept.mention),
        in_directory=kept.in_directory,
        is_suggested=kept.is_suggested,
        search_engines=kept.search_engines,
    )


def together(jobs: list[Callable[[], object]]) -> None:
    def run(job: Callable[[], object]) -> None:
        try:
            with suppress(NotFound):
                job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(run, jobs))
