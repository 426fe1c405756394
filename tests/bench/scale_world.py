"""Whom and what the load of `bench-scale` asks for. Runs inside Django, on a seeded database."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count, QuerySet
from django.utils import timezone

from apps.accounts.models import LastSeen, User
from apps.feed import trending
from apps.feed.services import ensure_partitions
from apps.graph.models import Follow, FollowCount
from apps.kernel.ids import snowflake
from apps.posts.models import STEP, Audience, Bookmark, Comment, Post, PostTag
from tests.bench.serving import World, log_in

PEOPLE = 200  # in each group
EACH = 25  # bookmarks of each of them
ANSWERS = 20  # comments on a post that is looked at


def prepare() -> World:
    """Two groups of people who are here: drawn at random, and those who follow most."""
    ensure_partitions()
    trending.refresh_trending()
    here = User.objects.active().filter(last_seen__at__gt=timezone.now() - timedelta(days=settings.FEED_ABSENT_DAYS))
    groups = {"many": _drawn(here, PEOPLE), "heavy": list(here.order_by("-follow_count__following", "pk")[:PEOPLE])}
    people = [person.pk for group in groups.values() for person in group]
    # Nobody comes back from an absence while pages are measured.
    LastSeen.objects.filter(user__in=people).update(at=timezone.now() - timedelta(hours=1))
    posts = _talked_about(people)
    _bookmark(people, posts)
    return World(
        members={name: log_in(group) for name, group in groups.items()},
        posts=posts,
        authors=[person.username for person in [*_drawn(here, 100), *here.order_by("-follow_count__followers")[:100]]],
        tags=_tags(),
    )


def described() -> str:
    """What stands in the database, as a sentence."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # after a start all of it is read from the disk
        cursor.execute("SELECT count(*) FROM feed_item")
        rows = cursor.fetchone()[0]
    most = FollowCount.objects.order_by("-followers").values_list("followers", flat=True).first()
    week = Post.objects.filter(created_at__gt=timezone.now() - timedelta(days=7)).count()
    large = FollowCount.objects.filter(followers__gte=5_000).count()
    newest = Post.objects.order_by("-pk").values_list("created_at", flat=True).first()
    age = (timezone.now() - newest).total_seconds() / 3600 if newest else 0
    return (
        f"{User.objects.count():,} people, {Follow.objects.count():,} follows, {large} authors with 5,000 followers or"
        f" more (the first has {most:,}), {Post.objects.count():,} posts, {week:,} of the last 7 days,"
        f" {rows:,} timeline rows;"
        f" the newest post is {age:.1f} h old. {PEOPLE} people drawn at random, and the {PEOPLE} who follow most"
        f" ({_follows('heavy')})."
    )


def _follows(_group: str) -> str:
    most = list(FollowCount.objects.order_by("-following").values_list("following", flat=True)[:PEOPLE])
    return f"{most[-1]} to {most[0]} people" if most else "nobody"


def _drawn(people: QuerySet[User], number: int) -> list[User]:
    """The same ones for the same crowd: their ids are spread evenly."""
    ids = list(people.order_by("pk").values_list("pk", flat=True))
    step = max(1, len(ids) // number)
    return list(User.objects.filter(pk__in=ids[::step][:number]).order_by("pk"))


def _talked_about(people: list[int]) -> list[int]:
    """Public posts of this week under which ANSWERS comments stand, by whomever, at the start of each run."""
    week = timezone.now() - timedelta(days=7)
    found = Post.objects.filter(audience=Audience.PUBLIC, repost_of=None, deleted_at=None, created_at__gt=week)
    posts = list(found.order_by("-pk").values_list("pk", flat=True)[:PEOPLE])
    Comment.objects.filter(post__in=posts).delete()
    made = [
        _answer(post, people[(at + number) % len(people)]) for at, post in enumerate(posts) for number in range(ANSWERS)
    ]
    Comment.objects.bulk_create(made, batch_size=2_000)
    Post.objects.filter(pk__in=posts).update(comment_count=ANSWERS)
    return posts


def _answer(post: int, author: int) -> Comment:
    pk, text = snowflake(), "So that is what the lecture was about."
    return Comment(pk=pk, post_id=post, author_id=author, path=f"{pk:0{STEP}x}", body=text, body_html=f"<p>{text}</p>")


def _tags() -> list[str]:
    most = PostTag.objects.filter(created_at__gt=timezone.now() - timedelta(days=7)).values("tag__name")
    return [row["tag__name"] for row in most.annotate(uses=Count("pk")).order_by("-uses", "tag__name")[:50]]


def _bookmark(people: list[int], posts: list[int]) -> None:
    marks = [
        Bookmark(person_id=person, post_id=posts[(number * 7 + at) % len(posts)])
        for number, person in enumerate(people)
        for at in range(min(EACH, len(posts)))
    ]
    Bookmark.objects.bulk_create(marks, ignore_conflicts=True, batch_size=2_000)
