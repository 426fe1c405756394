"""Writing a post: what arrives, what is refused, and that nothing typed is lost."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.accounts.models import User
from apps.kernel.errors import Forbidden, RateLimited
from apps.posts import services
from apps.posts.models import BODY_LIMIT, Audience, Comment, Hashtag, Mention, Post
from apps.safety import services as safety

Events = Callable[[], list[str]]


def send(client: Client, body: str, **fields: object) -> Any:
    data = {"body": body, "audience": Audience.PUBLIC, "key": uuid.uuid4(), **fields}
    return client.post("/posts/", data)


def test_a_post_is_made_and_announced(alice_client: Client, alice: User, events: Events) -> None:
    response = send(alice_client, "  Hello #Campus  ")
    assert (response.status_code, response["Location"]) == (302, "/")
    post = Post.objects.get()
    assert (post.author, post.body, post.audience, post.university) == (alice, "Hello #Campus", 0, alice.university)
    assert events()[-1] == "post.created"
    assert "Hello" in alice_client.get("/").content.decode()  # at once, before any worker ran


def test_a_fragment_is_the_card(alice_client: Client) -> None:
    response = alice_client.post("/posts/", {"body": "Hi", "audience": 0}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert f'id="post-{Post.objects.get().pk}"' in response.content.decode()
    assert "<html" not in response.content.decode()


def test_a_guest_is_sent_to_log_in(anonymous_client: Client) -> None:
    response = send(anonymous_client, "Hello")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    assert not Post.objects.exists()


def test_only_by_post(alice_client: Client) -> None:
    assert alice_client.get("/posts/").status_code == 405


def test_without_the_token_nothing_is_posted(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert send(client, "Hello").status_code == 403
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    ("body", "said"),
    [("", "Write something"), (" \n\t ", "Write something"), ("x" * (BODY_LIMIT + 2), "2 characters too many")],
)
def test_bad_text_is_told_and_kept(alice_client: Client, body: str, said: str) -> None:
    response = send(alice_client, body)
    page = response.content.decode()
    assert response.status_code == 400
    assert said in page
    assert f">{body}</textarea>" in page
    assert not Post.objects.exists()


def test_a_megabyte_is_no_error_of_ours(alice_client: Client) -> None:
    response = send(alice_client, "a" * 1_000_000)
    assert response.status_code == 400
    assert "characters too many" in response.content.decode()


@pytest.mark.parametrize("audience", ["9", "-1", "x", "", "99999999999999999999"])
def test_an_unknown_audience_is_refused(alice_client: Client, audience: str) -> None:
    response = send(alice_client, "kept words", audience=audience)
    assert response.status_code == 400
    assert "kept words" in response.content.decode()


@pytest.mark.parametrize("body", ["a\x00b", "a\ud800b".encode("utf-8", "surrogatepass"), "a\u202eb\u200b"])
def test_odd_characters_are_never_an_error_of_ours(alice_client: Client, body: str) -> None:
    response = send(alice_client, body)
    assert response.status_code in (302, 400)
    assert all("\x00" not in post.body for post in Post.objects.all())


def test_a_bad_key_is_told(alice_client: Client) -> None:
    assert send(alice_client, "Hello", key="not a key").status_code == 400


def test_the_same_form_twice_is_one_post(alice_client: Client, events: Events) -> None:
    key = uuid.uuid4()
    assert send(alice_client, "First", key=key).status_code == 302
    assert send(alice_client, "Second thoughts", key=key).status_code == 302
    assert Post.objects.get().body == "First"
    assert events().count("post.created") == 1


def test_the_same_key_of_another_person_is_another_post(alice_client: Client, bob_client: Client) -> None:
    key = uuid.uuid4()
    send(alice_client, "Mine", key=key)
    send(bob_client, "Mine too", key=key)
    assert Post.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_form_ten_times_at_once_is_one_post(alice: User) -> None:
    key = uuid.uuid4()

    def post(_turn: int) -> int:
        try:
            return services.create_post(actor=alice, body="Once", audience=0, key=key).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        made = set(pool.map(post, range(10)))
    assert made == set(Post.objects.values_list("pk", flat=True))
    assert len(made) == 1


def test_campus_needs_a_campus(alice: User, alice_client: Client) -> None:
    User.objects.filter(pk=alice.pk).update(university=None)
    assert send(alice_client, "Hello", audience=Audience.CAMPUS).status_code == 400


def test_a_suspended_person_writes_nothing(alice: User, bob: User, admin: User, alices_post: Post) -> None:
    comment = services.add_comment(actor=bob, post=alices_post, body="x", parent=None, key=uuid.uuid4())
    own = services.create_post(actor=bob, body="Mine", audience=0, key=uuid.uuid4())
    safety.suspend(actor=admin, person=bob, reason="spam")
    acts: list[Callable[[], object]] = [
        lambda: services.create_post(actor=bob, body="Hello", audience=0, key=uuid.uuid4()),
        lambda: services.add_comment(actor=bob, post=alices_post, body="x", parent=None, key=uuid.uuid4()),
        lambda: services.react(actor=bob, post=alices_post, feeling=1),
        lambda: services.react_to_comment(actor=bob, comment=comment, feeling=1),
        lambda: services.restore_post(actor=bob, post=own),
        lambda: services.restore_comment(actor=bob, comment=comment),
    ]
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert Post.objects.get(pk=alices_post.pk).reaction_count == 0
    assert (Post.objects.count(), Comment.objects.count()) == (2, 1)


def test_thirty_an_hour(alice: User, make_post: Callable[..., Post]) -> None:
    for turn in range(30):
        make_post(alice, f"Post {turn}")
    with pytest.raises(RateLimited):
        make_post(alice, "One too many")


def test_script_is_text(alice_client: Client) -> None:
    send(alice_client, "<script>alert(1)</script> <img src=x onerror=alert(1)> javascript:alert(1)")
    html = Post.objects.get().body_html
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_who_is_named_is_linked_and_told(
    alice: User, bob: User, charlie: User, make_post: Callable[..., Post], events: Events
) -> None:
    post = make_post(alice, "Hi @bob and @Charlie, not mail@bob.example or @nobody")
    assert set(Mention.objects.values_list("person__username", flat=True)) == {"bob", "charlie"}
    assert post.body_html.count('href="/@') == 2
    assert events().count("mention.created") == 2


def test_who_may_not_see_it_is_not_told(
    alice: User, bob: User, charlie: User, dora: User, make_person: Callable[..., User], southdale: object,
    make_post: Callable[..., Post],
) -> None:  # fmt: skip
    make_person("erik", university=southdale)
    blocked = make_post(alice, "Hi @dora")
    campus = make_post(alice, "Hi @erik @charlie", audience=Audience.CAMPUS)
    followers = make_post(alice, "Hi @bob @charlie", audience=Audience.FOLLOWERS)

    def named(post: Post) -> set[str]:
        return set(post.mentions.values_list("person__username", flat=True))

    assert named(blocked) == set()
    assert "/@dora/" not in blocked.body_html
    assert named(campus) == {"charlie"}
    assert named(followers) == {"bob"}


def test_tags_are_filed_once_under_one_spelling(alice: User, make_post: Callable[..., Post]) -> None:
    post = make_post(alice, "#Straße #STRASSE #ｗｉｄｅ #2026 #" + "x" * 200)
    assert set(Hashtag.objects.values_list("name", flat=True)) == {"strasse", "wide"}
    assert post.tag_edges.count() == 2
