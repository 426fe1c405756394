"""`/posts/deleted/`: one's own deleted posts and comments, brought back or ended; and what the clock forgets."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.posts import counters, services
from apps.posts.content import Extras, PollPlan
from apps.posts.models import (
    Audience,
    Bookmark,
    Comment,
    CommentReaction,
    Feeling,
    Mention,
    Post,
    Reaction,
    Revision,
)
from apps.posts.services import purging
from apps.posts.terms import KEPT, UNDO
from tests.conftest import client_of

MakePost = Callable[..., Post]
TRASH = "/posts/deleted/"


def say(author: User, post: Post, body: str = "well said", parent: Comment | None = None) -> Comment:
    return services.add_comment(actor=author, post=post, body=body, parent=parent, key=uuid.uuid4())


def delete(post: Post, *, days: int = 0) -> None:
    services.delete_post(actor=post.author, post=post)
    Post.objects.filter(pk=post.pk).update(deleted_at=timezone.now() - timedelta(days=days))


def test_it_lists_what_one_deleted_last_first(
    alice: User, bob: User, alice_client: Client, bob_client: Client, make_post: MakePost
) -> None:
    first, second, kept = (make_post(alice, f"{name} canary") for name in ("first", "second", "kept"))
    delete(first, days=29)
    delete(second)
    page = alice_client.get(TRASH).text
    assert "kept canary" not in page
    assert page.index("second canary") < page.index("first canary")
    assert "30 days left" in page
    assert "1 day left" in page
    assert f'action="/posts/{second.pk}/restore/"' in page
    assert "canary" not in bob_client.get(TRASH).text
    assert kept.body in alice_client.get("/@alice/").text


def test_guests_log_in_first(anonymous_client: Client) -> None:
    assert "/accounts/login/" in anonymous_client.get(TRASH)["Location"]


def test_it_is_reached_from_settings_and_ones_own_profile(alice_client: Client, bob_client: Client) -> None:
    for path in ("/settings/", "/@alice/"):
        assert f'href="{TRASH}"' in alice_client.get(path).text
    assert f'href="{TRASH}"' not in bob_client.get("/@alice/").text


def test_what_is_too_old_or_removed_by_moderators_is_not_there(
    alice: User, alice_client: Client, make_post: MakePost
) -> None:
    for body, fields in (("late", {"deleted_at": timezone.now() - UNDO}), ("hid", {"hidden_at": timezone.now()})):
        post = make_post(alice, f"{body} canary")
        delete(post)
        Post.objects.filter(pk=post.pk).update(**fields)
    page = alice_client.get(TRASH).text
    assert "canary" not in page
    assert "No deleted posts" in page


def test_a_deleted_post_is_there_for_nobody(
    alice: User, alice_client: Client, bob_client: Client, mira_client: Client, alices_post: Post
) -> None:
    comment = say(alice, alices_post)
    delete(alices_post)
    for client in (alice_client, bob_client, mira_client):
        for path in ("", "history/", "edit/", "pin/", "reactions/", "share/"):
            assert client.get(f"/posts/{alices_post.pk}/{path}").status_code == 404, path
        assert client.get(f"/comments/{comment.pk}/").status_code == 404


def test_comments_have_a_list_of_their_own(
    alice: User, bob: User, bob_client: Client, alices_post: Post, make_post: MakePost
) -> None:
    gone = make_post(alice, "another")
    for post, body in ((alices_post, "regretted"), (gone, "orphaned")):
        services.delete_comment(actor=bob, comment=say(bob, post, body))
    delete(gone)
    page = bob_client.get(f"{TRASH}?what=comments").text
    assert "regretted" in page
    assert "orphaned" in page
    assert page.count("/restore/") == 1  # what stood under a post that is gone has no place to come back to
    comment = Comment.objects.get(body="regretted")
    bob_client.post(f"/comments/{comment.pk}/restore/")
    assert Post.objects.get(pk=alices_post.pk).comment_count == 1
    assert "regretted" not in bob_client.get(f"{TRASH}?what=comments").text


def test_it_comes_in_pages_at_one_price(
    alice: User, alice_client: Client, make_post: MakePost, django_assert_num_queries: Any
) -> None:
    for place in range(23):
        post = make_post(alice, f"number {place}")
        delete(post)
        if place == 0:
            alice_client.get(TRASH)
            with django_assert_num_queries(2):  # person, posts
                alice_client.get(TRASH)
    with django_assert_num_queries(2):
        first = alice_client.get(TRASH).context["shown"]
    rest = alice_client.get(f"{TRASH}?cursor={first.next}").context["shown"]
    assert [len(first.things), len(rest.things), rest.next] == [20, 3, ""]
    assert len({thing.pk for thing in first.things + rest.things}) == 23
    part = alice_client.get(f"{TRASH}?cursor={first.next}", headers={"HX-Request": "true"}).text
    assert "<html" not in part


# --- for good -----------------------------------------------------------------------------------------------------


def test_for_good_takes_the_words_at_once_and_the_rest_with_the_clock(
    alice: User, bob: User, alice_client: Client, make_post: MakePost
) -> None:
    post = make_post(alice, "the words #tagged")
    Revision.objects.create(post=post, number=1, body="older words", written_at=timezone.now())
    say(bob, post)
    delete(post)
    url = f"/posts/{post.pk}/forget/"
    assert alice_client.post(url)["Location"] == TRASH
    now = Post.objects.get()
    assert (now.body, now.body_html) == ("", "")
    assert not Revision.objects.exists()
    assert "the words" not in alice_client.get(TRASH).text
    assert alice_client.post(f"/posts/{post.pk}/restore/").status_code == 404
    assert alice_client.post(url).status_code == 302  # twice
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert services.purge_deleted() == 1
    assert not Post.objects.exists()
    assert alice_client.post(url).status_code == 404


def test_a_comment_for_good(alice: User, bob: User, bob_client: Client, alices_post: Post) -> None:
    comment = say(bob, alices_post, "regretted")
    answer = say(alice, alices_post, "an answer", parent=comment)
    services.delete_comment(actor=bob, comment=comment)
    assert bob_client.post(f"/comments/{comment.pk}/forget/")["Location"] == f"{TRASH}?what=comments"
    assert Comment.objects.get(pk=comment.pk).body == ""
    assert Comment.objects.filter(pk=answer.pk).exists()
    assert bob_client.post(f"/comments/{comment.pk}/restore/").status_code == 404


@pytest.mark.parametrize("path", ["posts/{post}/forget/", "comments/{comment}/forget/"])
def test_nothing_live_and_nothing_of_others_is_ended(
    path: str, alice: User, alice_client: Client, bob_client: Client, mira_client: Client, alices_post: Post
) -> None:
    comment = say(alice, alices_post)
    path = "/" + path.format(post=alices_post.pk, comment=comment.pk)
    assert alice_client.post(path).status_code == 404  # it is not deleted
    services.delete_comment(actor=alice, comment=comment)
    delete(alices_post)
    for client in (bob_client, mira_client):
        assert client.post(path).status_code == 404
    assert alice_client.get(path).status_code == 405
    assert Post.objects.get().body == alices_post.body
    assert Comment.objects.get().body == comment.body


# --- counters -----------------------------------------------------------------------------------------------------


def test_the_number_of_reposts_follows_what_is_deleted_and_brought_back(
    alice: User, bob: User, charlie: User, make_post: MakePost
) -> None:
    post = make_post(alice, "look")
    quote = make_post(bob, "indeed", extras=Extras(quoted_id=post.pk))
    repost = services.repost(actor=charlie, post=post, audience=Audience.PUBLIC)

    def count() -> int:
        return Post.objects.get(pk=post.pk).repost_count

    assert count() == 2
    for share in (quote, repost):
        for _twice in range(2):
            services.delete_post(actor=share.author, post=share)
        assert count() == 1
        for _twice in range(2):
            services.restore_post(actor=share.author, post=share)
        assert count() == 2
    services.delete_post(actor=bob, post=quote)
    services.forget_post(actor=bob, post=quote)
    services.purge_deleted()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        services.purge_deleted()
    assert count() == 1
    assert not any(counters.wrong().values())


def test_a_detached_quote_is_counted_no_more_whatever_happens_to_it(
    alice: User, bob: User, make_post: MakePost
) -> None:
    post = make_post(alice, "look")
    quote = make_post(bob, "indeed", extras=Extras(quoted_id=post.pk))
    services.detach_quote(actor=alice, quote=Post.objects.select_related("quoted").get(pk=quote.pk))
    services.delete_post(actor=bob, post=quote)
    services.restore_post(actor=bob, post=quote)
    assert Post.objects.get(pk=post.pk).repost_count == 0


def test_a_repost_made_again_is_not_brought_back_beside_it(alice: User, bob: User, make_post: MakePost) -> None:
    post = make_post(alice, "look")
    first = services.repost(actor=bob, post=post, audience=Audience.PUBLIC)
    services.delete_post(actor=bob, post=first)
    services.repost(actor=bob, post=post, audience=Audience.PUBLIC)
    services.restore_post(actor=bob, post=first)
    assert Post.objects.filter(repost_of=post, deleted_at=None).count() == 1
    assert Post.objects.get(pk=post.pk).repost_count == 1


# --- the clock ----------------------------------------------------------------------------------------------------


def test_everything_that_hangs_on_a_post_goes_with_it_in_small_steps(
    alice: User, bob: User, charlie: User, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With slices of two, so that each kind takes several."""
    monkeypatch.setattr(purging, "SLICE", 2)
    monkeypatch.setattr(purging, "BATCH", 1)
    plan = PollPlan(options=("tea", "coffee"), question="What now?")
    post, other = make_post(alice, "hello @bob #tag", extras=Extras(poll=plan)), make_post(alice, "stays")
    services.vote(actor=bob, post=post, choices=[0])
    quote = make_post(charlie, "indeed", extras=Extras(quoted_id=post.pk))
    parent = None
    for place in range(7):
        parent = say(bob, post, f"comment {place} @alice", parent=parent)
        services.react_to_comment(actor=alice, comment=parent, feeling=Feeling.LIKE)
    for person in (alice, bob, charlie):
        services.react(actor=person, post=post, feeling=Feeling.LIKE)
        Bookmark.objects.create(person=person, post=post)
    services.react(actor=bob, post=other, feeling=Feeling.LIKE)
    delete(post, days=KEPT.days + 1)
    assert services.purge_deleted() == 1
    assert services.purge_deleted() == 0
    assert set(Post.objects.all()) == {other, quote}
    assert Post.objects.get(pk=quote.pk).quoted_id is None
    assert Post.objects.get(pk=quote.pk).is_quote
    assert (Reaction.objects.count(), Bookmark.objects.count()) == (1, 0)
    for model in (Comment, CommentReaction, Mention):
        assert not model.objects.exists(), model


def test_reposts_of_it_go_first_and_timelines_hear_of_each(
    alice: User, bob: User, make_post: MakePost, events: Callable[[], list[str]], drain: Callable[[], int]
) -> None:
    post = make_post(alice, "look")
    services.repost(actor=bob, post=post, audience=Audience.PUBLIC)
    drain()
    delete(post, days=KEPT.days + 1)
    before = events().count("post.deleted")
    for _twice in range(2):
        assert services.purge_deleted() == 0
    assert events().count("post.deleted") == before + 1
    drain()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert services.purge_deleted() == 2
    assert not Post.objects.exists()


def test_what_was_deleted_a_month_ago_cannot_come_back_and_is_purged_a_day_later(
    alice: User, alice_client: Client, alices_post: Post
) -> None:
    delete(alices_post, days=UNDO.days)
    assert services.purge_deleted() == 0
    assert client_of(alice).post(f"/posts/{alices_post.pk}/restore/").status_code == 404
    delete(alices_post, days=KEPT.days)
    assert services.purge_deleted() == 1
