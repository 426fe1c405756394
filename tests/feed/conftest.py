"""What several tests of the feed need."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from apps.accounts.models import LastSeen, User
from apps.kernel.ids import snowflake
from apps.posts.models import Audience, Post

Send = Callable[..., HttpResponse]
WritePost = Callable[..., Post]


def cards(html: str) -> list[int]:
    """The posts of a page, in order."""
    return [int(found) for found in re.findall(r'<article class="entry" id="post-(\d+)"', html)]


@pytest.fixture
def send(django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]) -> Send:
    """A POST, with what hangs on its commit."""

    def post(client: Client, path: str, data: dict[str, Any] | None = None, **headers: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(path, data or {}, headers=headers)

    return post


@pytest.fixture
def settle(
    drain: Callable[[], int], django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> Callable[[], None]:
    """Every handler has run, and what was kept of before is forgotten."""

    def run() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            drain()

    return run


@pytest.fixture
def old_post(db: None) -> WritePost:
    """A post of some time ago, of which no handler knows."""

    def write(author: User, at: datetime, body: str = "From before", **fields: Any) -> Post:
        fields = {"audience": Audience.PUBLIC, "university": author.university, "body_html": f"<p>{body}</p>"} | fields
        post = Post(pk=snowflake(int(at.timestamp() * 1000)), author=author, body=body, created_at=at, **fields)
        return Post.objects.bulk_create([post])[0]

    return write


def seen_at(person: User, at: datetime) -> None:
    LastSeen.objects.update_or_create(user=person, defaults={"at": at})


def ago(**how: float) -> datetime:
    return timezone.now() - timedelta(**how)
