"""What the timelines make of news from below. Each works from the state as it is now: order and repeats do no harm."""

from collections.abc import Mapping
from typing import Any

from apps.accounts.events import UserUpdated
from apps.feed import services, tags
from apps.graph.events import Blocked, CircleChanged, Followed, Unfollowed
from apps.kernel.outbox import split, subscribe
from apps.posts.events import PostCreated, PostDeleted, PostRestored, PostUpdated


@subscribe(PostCreated, queue="high", name="feed.fan_out", chunked=True)
def fan_out(event: PostCreated, chunk: Mapping[str, Any] | None) -> None:
    rest = services.fan_out_post(post_id=event.post_id, chunk=chunk)
    if rest:
        split(rest, queue="bulk")


@subscribe(PostDeleted, queue="high", name="feed.retract", chunked=True)
def retract(event: PostDeleted, chunk: Mapping[str, Any] | None) -> None:
    _sync_post(event.post_id, chunk)


@subscribe(PostRestored, queue="high", name="feed.return_post", chunked=True)
def return_post(event: PostRestored, chunk: Mapping[str, Any] | None) -> None:
    _sync_post(event.post_id, chunk)


@subscribe(PostUpdated, queue="high", name="feed.readdress", chunked=True)
def readdress(event: PostUpdated, chunk: Mapping[str, Any] | None) -> None:
    if event.is_audience:
        _sync_post(event.post_id, chunk)


def _sync_post(post_id: int, chunk: Mapping[str, Any] | None) -> None:
    rest = services.sync_post(post_id=post_id, chunk=chunk)
    if rest:
        split(rest, queue="bulk")


@subscribe(Followed, queue="high", name="feed.back_fill")
def back_fill(event: Followed) -> None:
    services.sync_follow(follower_id=event.follower_id, followee_id=event.followee_id)


@subscribe(Unfollowed, queue="high", name="feed.clear")
def clear(event: Unfollowed) -> None:
    services.sync_follow(follower_id=event.follower_id, followee_id=event.followee_id)


@subscribe(CircleChanged, queue="high", name="feed.circle")
def circle(event: CircleChanged) -> None:
    services.sync_circle(owner_id=event.owner_id, reader_ids=event.person_ids)


@subscribe(Blocked, queue="high", name="feed.part")
def part(event: Blocked) -> None:
    services.sync_pair(one_id=event.blocker_id, other_id=event.blocked_id)


@subscribe(UserUpdated, queue="default", name="feed.refresh_reader")
def refresh_reader(event: UserUpdated) -> None:
    """Who was let in again, or has moved to another campus, may be shown what was not for them before."""
    services.rebuild_timelines(first=event.person_id, last=event.person_id)


@subscribe(PostCreated, queue="default", name="feed.count_tags")
def count_tags(event: PostCreated) -> None:
    tags.count_post(post_id=event.post_id)


@subscribe(PostRestored, queue="default", name="feed.count_tags_again")
def count_tags_again(event: PostRestored) -> None:
    tags.count_post(post_id=event.post_id)
