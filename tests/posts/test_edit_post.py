"""`/posts/<id>/edit/`: the text with its history, the readers only ever fewer, two devices, and all at once."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.graph import services as graph
from apps.kernel.errors import AppError
from apps.kernel.outbox.models import Event
from apps.posts import policies, services
from apps.posts.content import Extras, PollPlan
from apps.posts.models import Audience, Mention, Post, PostTag, Quoting, Replies, Revision
from tests.conftest import client_of
from tests.posts.racing import edit

MakePost = Callable[..., Post]
AUDIENCES = {Audience.PUBLIC, Audience.CAMPUS, Audience.FOLLOWERS, Audience.CIRCLE, Audience.ONLY_ME}


def sent(post: Post, **changes: object) -> dict[str, Any]:
    """What the form of the post sends when these things are changed in it."""
    post = Post.objects.get(pk=post.pk)
    audience = str(post.audience) if post.circle_id is None else f"{post.audience}:{post.circle_id}"
    fields = {"body": post.body, "warning": post.warning, "replies": post.replies, "quoting": post.quoting}
    return {**fields, "audience": audience, "seen": services.edition_of(post), **changes}


def told(kind: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(type=kind).order_by("id").values_list("data", flat=True))


def test_it_changes_the_text_and_keeps_the_former(
    alice: User, alice_client: Client, bob_client: Client, make_post: MakePost
) -> None:
    post = make_post(alice, "Soup at noon #soup #noon")
    url = f"/posts/{post.pk}/edit/"
    page = alice_client.get(url).text
    assert "Soup at noon #soup #noon" in page
    answer = alice_client.post(url, sent(post, body="Soup at one #soup #one", warning="food"))
    assert answer["Location"] == post.get_absolute_url()
    now = Post.objects.get()
    assert (now.body, now.warning, now.version) == ("Soup at one #soup #one", "food", post.version + 1)
    assert "/tags/one/" in now.body_html
    assert now.edited_at
    kept = Revision.objects.get()
    assert (kept.number, kept.body, kept.warning, kept.written_at) == (1, post.body, "", post.created_at)
    assert set(PostTag.objects.values_list("tag__name", flat=True)) == {"soup", "one"}
    assert told("post.updated") == [{"post_id": post.pk, "author_id": alice.pk, "is_text": True, "is_audience": False}]
    shown = bob_client.get(post.get_absolute_url()).text
    assert "Soup at one" in shown
    assert f'href="/posts/{post.pk}/history/"' in shown


def test_versions_are_numbered_one_after_another(alice: User, alice_client: Client, make_post: MakePost) -> None:
    post = make_post(alice, "one")
    for body in ("two", "three"):
        alice_client.post(f"/posts/{post.pk}/edit/", sent(post, body=body))
    assert list(Revision.objects.order_by("number").values_list("number", "body")) == [(1, "one"), (2, "two")]
    assert Revision.objects.get(number=2).written_at > Revision.objects.get(number=1).written_at


def test_nothing_changed_writes_nothing(alice: User, alice_client: Client, make_post: MakePost) -> None:
    post = make_post(alice, "as it is")
    for changes in ({}, {"body": "  as it is \r\n"}, {"seen": "older", "warning": " "}):
        assert alice_client.post(f"/posts/{post.pk}/edit/", sent(post, **changes)).status_code == 302
    now = Post.objects.get()
    assert (now.version, now.edited_at) == (post.version, None)
    assert not Revision.objects.exists()
    assert told("post.updated") == []


def test_sent_twice_is_one_change(alice: User, alice_client: Client, make_post: MakePost) -> None:
    post = make_post(alice, "one")
    form = sent(post, body="two")
    for _twice in range(2):
        assert alice_client.post(f"/posts/{post.pk}/edit/", form).status_code == 302
    assert Revision.objects.count() == 1
    assert len(told("post.updated")) == 1


def test_who_may_do_what_changes_without_a_version(alice: User, alice_client: Client, make_post: MakePost) -> None:
    post = make_post(alice, "hello")
    form = sent(post, replies=Replies.FRIENDS, quoting=Quoting.NOBODY)
    alice_client.post(f"/posts/{post.pk}/edit/", form)
    now = Post.objects.get()
    assert (now.replies, now.quoting, now.edited_at) == (Replies.FRIENDS, Quoting.NOBODY, None)
    assert not Revision.objects.exists()
    assert told("post.updated") == [{"post_id": post.pk, "author_id": alice.pk, "is_text": False, "is_audience": False}]


def test_only_those_newly_named_are_told(
    alice: User, bob: User, charlie: User, alice_client: Client, make_post: MakePost
) -> None:
    post = make_post(alice, "hello @bob")
    for body, named in (
        ("hello @bob and @charlie", {bob.pk, charlie.pk}),
        ("hello", set()),  # who may answer because they are named may so no more
        ("hello again @bob", {bob.pk}),
    ):
        alice_client.post(f"/posts/{post.pk}/edit/", sent(post, body=body))
        assert set(Mention.objects.values_list("person", flat=True)) == named
    assert [event["person_id"] for event in told("mention.created")] == [bob.pk, charlie.pk]


def test_who_is_named_in_an_edit_that_takes_the_post_away_from_them_is_not_told(
    alice: User, charlie: User, alice_client: Client, make_post: MakePost
) -> None:
    post = make_post(alice, "hello")
    form = sent(post, body="hello @charlie", audience=str(int(Audience.FOLLOWERS)))
    assert alice_client.post(f"/posts/{post.pk}/edit/", form).status_code == 302
    assert not Mention.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("body", "  ", "Write something"),
        ("body", "x" * 5_001, "1 character too many"),
        ("warning", "w" * 101, "at most 100"),
        ("replies", "9", "valid choice"),
        ("quoting", "x", "valid choice"),
        ("audience", "77", "was not written for"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_lost(
    field: str, value: str, says: str, alice: User, alice_client: Client, make_post: MakePost
) -> None:
    post = make_post(alice, "hello")
    answer = alice_client.post(f"/posts/{post.pk}/edit/", sent(post, **{"body": "dear friends", field: value}))
    assert answer.status_code == 400
    assert says in answer.text
    assert ("dear friends" if field != "body" else value.strip()) in answer.text
    assert Post.objects.get().body == "hello"


def test_a_poll_stays_and_may_have_no_text(alice: User, alice_client: Client, make_post: MakePost) -> None:
    plan = PollPlan(options=("tea", "coffee"), question="What now?")
    post = make_post(alice, "about drinks", extras=Extras(poll=plan))
    assert "The poll stays as it was asked" in alice_client.get(f"/posts/{post.pk}/edit/").text
    assert alice_client.post(f"/posts/{post.pk}/edit/", sent(post, body="")).status_code == 302
    assert Post.objects.get().body == ""
    assert list(post.asked.options.values_list("text", flat=True)) == ["tea", "coffee"]


# --- who ----------------------------------------------------------------------------------------------------------


def test_guests_log_in_first(anonymous_client: Client, alices_post: Post) -> None:
    assert "/accounts/login/" in anonymous_client.get(f"/posts/{alices_post.pk}/edit/")["Location"]


def test_others_may_not(alices_post: Post, bob_client: Client, dora_client: Client, mira_client: Client) -> None:
    url = f"/posts/{alices_post.pk}/edit/"
    for client, status in ((bob_client, 403), (mira_client, 403), (dora_client, 404)):
        assert client.get(url).status_code == status
        assert client.post(url, sent(alices_post, body="mine now")).status_code == status
    assert Post.objects.get().body == alices_post.body


def test_a_repost_and_what_is_gone_cannot_be_edited(
    alice: User, bob: User, alices_post: Post, alice_client: Client, bob_client: Client
) -> None:
    repost = services.repost(actor=bob, post=alices_post, audience=Audience.PUBLIC)
    assert bob_client.get(f"/posts/{repost.pk}/edit/").status_code == 404
    form = sent(alices_post, body="late")
    services.delete_post(actor=alice, post=alices_post)
    assert alice_client.post(f"/posts/{alices_post.pk}/edit/", form).status_code == 404
    assert alice_client.delete(f"/posts/{alices_post.pk}/edit/").status_code == 405


def test_somebody_suspended_meanwhile_may_not(alice: User, alices_post: Post) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(AppError, match="suspended"):
        edit(alice, alices_post, body="still here")


# --- whom it is for -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "may_become"),
    [
        (Audience.PUBLIC, AUDIENCES),
        (Audience.CAMPUS, {Audience.CAMPUS, Audience.ONLY_ME}),
        (Audience.FOLLOWERS, {Audience.FOLLOWERS, Audience.CIRCLE, Audience.ONLY_ME}),
        (Audience.CIRCLE, {Audience.CIRCLE, Audience.ONLY_ME}),
        (Audience.ONLY_ME, {Audience.ONLY_ME}),
    ],
)
def test_only_narrower_ones_are_offered_and_taken(
    audience: Audience, may_become: set[Audience], alice: User, alice_client: Client, make_post: MakePost
) -> None:
    circle = graph.create_circle(actor=alice, name="Choir")
    other = graph.create_circle(actor=alice, name="Rowing")
    for wanted, is_other in [*((one, False) for one in sorted(AUDIENCES)), (Audience.CIRCLE, True)]:
        post = make_post(alice, audience=audience, circle_id=circle.pk if audience == Audience.CIRCLE else None)
        assert set(policies.narrower(post)) == may_become
        value = f"3:{(other if is_other else circle).pk}" if wanted == Audience.CIRCLE else str(int(wanted))
        form = alice_client.get(f"/posts/{post.pk}/edit/").context["form"]
        offered = value in dict(form.fields["audience"].choices)
        answer = alice_client.post(f"/posts/{post.pk}/edit/", sent(post, audience=value))
        allowed = wanted in may_become and not (is_other and audience == Audience.CIRCLE)
        assert offered == allowed, (audience, wanted)
        assert answer.status_code == (302 if allowed else 400), (audience, wanted)
        now = Post.objects.get(pk=post.pk)
        assert now.audience == (wanted if allowed else audience)


def test_the_service_refuses_what_no_form_offers(alice: User, bob: User, make_post: MakePost) -> None:
    theirs = graph.create_circle(actor=bob, name="Choir")
    post, private = make_post(alice), make_post(alice, audience=Audience.ONLY_ME)
    for one, audience, circle_id in (
        (post, Audience.CIRCLE, theirs.pk),
        (post, Audience.CIRCLE, None),
        (post, Audience.CAMPUS, theirs.pk),
        (post, 9, None),
        (private, Audience.PUBLIC, None),
        (private, Audience.CIRCLE, theirs.pk),
    ):
        with pytest.raises(AppError) as refused:
            edit(alice, one, audience=audience, circle_id=circle_id)
        assert set(refused.value.fields) == {"audience"}
    assert set(Post.objects.values_list("audience", flat=True)) == {Audience.PUBLIC, Audience.ONLY_ME}


def test_a_post_to_a_circle_that_is_gone_can_still_be_edited(alice: User, alice_client: Client) -> None:
    circle = graph.create_circle(actor=alice, name="Choir")
    post = services.create_post(
        actor=alice, body="to the choir", audience=Audience.CIRCLE, circle_id=circle.pk, key=uuid.uuid4()
    )
    graph.delete_circle(actor=alice, circle=circle)
    assert alice_client.post(f"/posts/{post.pk}/edit/", sent(post, body="to nobody")).status_code == 302
    assert Post.objects.get().body == "to nobody"


def test_who_may_not_see_it_any_more_sees_neither_it_nor_its_versions_nor_what_passes_it_on(
    alice: User, bob: User, charlie: User, alice_client: Client, make_post: MakePost
) -> None:
    post = make_post(alice, "canary one")
    quote = make_post(bob, "look at this", extras=Extras(quoted_id=post.pk))
    repost = services.repost(actor=bob, post=post, audience=Audience.PUBLIC)
    form = sent(post, body="canary two", audience=str(int(Audience.FOLLOWERS)))
    assert alice_client.post(f"/posts/{post.pk}/edit/", form).status_code == 302
    stranger = client_of(charlie)
    for path in (f"/posts/{post.pk}/", f"/posts/{post.pk}/history/", f"/posts/{repost.pk}/"):
        assert stranger.get(path).status_code == 404
    for path in ("/explore/", "/@alice/", "/@bob/", f"/posts/{quote.pk}/"):
        assert "canary" not in stranger.get(path).text, path
    assert "canary two" in client_of(bob).get(f"/posts/{quote.pk}/").text


# --- two devices,  -------------------------------------------------------------------------------------


def test_another_device_was_faster(alice: User, alice_client: Client, make_post: MakePost) -> None:
    post = make_post(alice, "first words")
    phone = sent(post, body="from the phone")
    alice_client.post(f"/posts/{post.pk}/edit/", sent(post, body="from the desk"))
    answer = alice_client.post(f"/posts/{post.pk}/edit/", phone)
    assert answer.status_code == 409
    newest, _mark, form = answer.text.partition("<textarea")
    assert "from the desk" in newest
    assert "from the phone" in form
    assert Post.objects.get().body == "from the desk"
    again = phone | {"seen": services.edition_of(Post.objects.get())}
    assert f'name="seen" value="{again["seen"]}"' in answer.text
    assert alice_client.post(f"/posts/{post.pk}/edit/", again).status_code == 302
    assert list(Revision.objects.order_by("number").values_list("body", flat=True)) == ["first words", "from the desk"]


def test_a_card_drawn_anew_is_no_change(alice: User, alice_client: Client, alices_post: Post) -> None:
    form = sent(alices_post, body="other words")
    Post.objects.update(version=9)  # what a link card or a quote taken out does
    assert alice_client.post(f"/posts/{alices_post.pk}/edit/", form).status_code == 302
    assert Post.objects.get().version == 10
