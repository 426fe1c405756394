"""What the timelines make of news from below. Each works from the state as it is now: order and repeats do no harm."""

from collections.abc import Mapping
from typing import Any

from apps.feed import services
from apps.graph.events import Blocked, CircleChanged, Followed, Unfollowed
from apps.kernel.outbox import split, subscribe
from apps.posts.events import PostCreated, PostDeleted, PostRestored


@subscribe(PostCreated, queue="high", name="feed.fan_out", chunked=True)
def fan_out(event: PostCreated, chunk: Mapping[str, Any] | None) -> None:
    rest = services.fan_out_post(post_id=event.post_id, chunk=chunk)
    if rest:
        split(rest, queue="bulk")


@subscribe(PostDeleted, queue="high", name="feed.retract")
def retract(event: PostDeleted) -> None:
    services.sync_post(post_id=event.post_id)


@subscribe(PostRestored, queue="high", name="feed.return_post")
def return_post(event: PostRestored) -> None:
    services.sync_post(post_id=event.post_id)


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
    services.sync_follow(follower_id=event.blocker_id, followee_id=event.blocked_id)
    services.sync_follow(follower_id=event.blocked_id, followee_id=event.blocker_id)
