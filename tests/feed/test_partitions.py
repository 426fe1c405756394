"""The days of the timeline."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from apps.accounts.models import LastSeen, User
from apps.feed import partitions
from apps.feed.models import FeedItem
from apps.posts.models import Post

pytestmark = pytest.mark.django_db


def today() -> date:
    return timezone.now().astimezone(UTC).date()


def test_days_are_made_ahead_and_kept_for_the_horizon(capsys: pytest.CaptureFixture[str]) -> None:
    partitions.ensure()
    expected = {today() + timedelta(days=number) for number in range(-8, 4)}
    assert partitions.days() == expected
    call_command("ensure_partitions")
    assert capsys.readouterr().out == "0 days made, 0 dropped\n"


def test_a_week_later(capsys: pytest.CaptureFixture[str]) -> None:
    partitions.ensure()
    FeedItem.objects.bulk_create([FeedItem(user_id=1, post_id=1, created_at=timezone.now() - timedelta(days=5))])
    partitions.ensure(today() + timedelta(days=7))
    assert partitions.days() == {today() + timedelta(days=number) for number in range(-1, 11)}
    assert not FeedItem.objects.exists()


def test_a_machine_that_was_off_makes_its_day(
    alice: User, bob: User, make_post: Callable[..., Post], drain: Callable[[], int]
) -> None:
    partitions.ensure()
    partitions._known.clear()
    later = timezone.now() + timedelta(days=30)
    post = make_post(alice)
    Post.objects.update(created_at=later)
    with time_machine.travel(later + timedelta(minutes=1)):
        LastSeen.objects.filter(user=bob).update(at=later)
        drain()
    assert FeedItem.objects.filter(post_id=post.pk).count() == 2
    assert later.astimezone(UTC).date() in partitions.days()


def test_the_bounds_are_days_of_utc() -> None:
    """Whatever the time zone of the connection is."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Pacific/Auckland'")
        day = today() + timedelta(days=9)
        partitions.ensure_day(datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC))
    last = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)
    FeedItem.objects.bulk_create([FeedItem(user_id=1, post_id=1, created_at=last)])
    assert FeedItem.objects.count() == 1
