"""The form to write a post: what it offers, what it refuses beside which field, and that nothing typed is lost."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.graph import services as graph
from apps.posts import services
from apps.posts.content import Extras
from apps.posts.models import BODY_LIMIT, Audience, Draft, Post, PostPreferences, Quoting, Replies
from tests.conftest import client_of

FRAGMENT = {"HX-Request": "true"}
FULL = {
    "body": "First line\nsecond",
    "audience": "2",
    "warning": "spiders",
    "replies": "1",
    "quoting": "2",
    "poll_question": "Which?",
    "poll_options": ["One", "Two", "Three"],
    "poll_multiple": "1",
    "poll_hides": "1",
    "poll_hours": "72",
}


def send(client: Client, **fields: object) -> Any:
    return client.post("/posts/", {"body": "Hello", "audience": "0", "key": uuid.uuid4()} | fields)


def beside(page: str, field: str) -> str:
    """The fault that a field names as its description."""
    found = re.search(rf'<(?:input|select|textarea)[^>]*name="{field}"[^>]*aria-describedby="([^"]*)"', page)
    assert found, field
    ids = [one for one in found[1].split() if one.endswith("error")]
    fault = re.search(rf'id="{ids[0]}">.*?</svg>(.*?)</p>', page, re.S)
    assert fault, field
    return fault[1].strip()


def test_a_poll_that_asks_needs_no_text_beside_it(alice_client: Client) -> None:
    assert send(alice_client, **(FULL | {"body": ""})).status_code == 302
    assert Post.objects.get().asked.question == "Which?"


def test_everything_a_post_can_have_is_sent(alice_client: Client) -> None:
    assert send(alice_client, **FULL).status_code == 302
    post = Post.objects.get()
    assert (post.body, post.warning, post.audience) == ("First line\nsecond", "spiders", Audience.FOLLOWERS)
    assert (post.replies, post.quoting, post.has_poll) == (Replies.FRIENDS, Quoting.NOBODY, True)
    assert post.asked.is_multiple
    assert not post.asked.is_anonymous
    assert post.asked.options.count() == 3


def test_a_guest_is_sent_to_log_in(anonymous_client: Client) -> None:
    for path in ("/posts/new/", "/posts/new/parts/", "/posts/signs/"):
        assert anonymous_client.get(path)["Location"].startswith("/accounts/login/")
    assert anonymous_client.post("/posts/preview/")["Location"].startswith("/accounts/login/")


def test_methods(alice_client: Client) -> None:
    assert alice_client.post("/posts/new/").status_code == 405
    assert alice_client.get("/posts/preview/").status_code == 405


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"body": "x" * (BODY_LIMIT + 3)}, "body", "3 characters too many."),
        ({"body": " ", "poll_question": ""}, "body", "Write something first."),
        ({"warning": "w" * 101}, "warning", "A warning has at most 100 characters."),
        ({"audience": "9"}, "audience", "Choose who should see this."),
        ({"audience": "3:999"}, "audience", "This circle is gone. Choose who should see this."),
        ({"publish_at": "tomorrow"}, "publish_at", "Write a day and a time."),
        ({"publish_at": "2020-01-01T10:00"}, "publish_at", "Choose a time at least five minutes from now."),
        ({"publish_at": "2099-01-01T10:00"}, "publish_at", "Choose a time within a year."),
    ],
)
@pytest.mark.parametrize("headers", [{}, FRAGMENT], ids=["page", "fragment"])
def test_a_fault_stands_beside_its_field_and_nothing_is_lost(
    alice_client: Client, wrong: dict[str, str], field: str, said: str, headers: dict[str, str]
) -> None:
    key = uuid.uuid4()
    answer = alice_client.post("/posts/", FULL | {"key": key} | wrong, headers=headers)
    page = answer.text
    assert answer.status_code == 400
    assert beside(page, field) == said
    assert f'name="key" value="{key}"' in page
    sent = FULL | wrong
    assert f">{sent['body']}</textarea>" in page
    for value in ("One", "Two", "Three", sent["warning"], sent["poll_question"]):
        assert f'value="{value}"' in page
    assert re.search(r'name="poll_multiple" value="1" checked', page)
    assert not re.search(r'name="poll_anonymous" value="1" checked', page)
    assert '<option value="72" selected>' in page
    assert not Post.objects.exists()
    assert not Draft.objects.exists()
    assert ("<html" in page) == (headers == {})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"poll_options": ["One"]}, "A poll has two to ten answers."),
        ({"poll_options": [str(number) for number in range(11)]}, "A poll has two to ten answers."),
        ({"poll_options": ["One", "oNE"]}, "Two answers of the poll are the same."),
        ({"poll_options": ["One", "x" * 81]}, "The question has at most 140 characters, an answer 80."),
        ({"poll_hours": "721"}, "A poll is open for an hour to thirty days."),
    ],
)
def test_a_bad_poll_is_told_in_the_poll(alice_client: Client, wrong: dict[str, object], said: str) -> None:
    answer = send(alice_client, **(FULL | wrong))
    assert answer.status_code == 400
    assert said in answer.text.partition('id="compose-poll-error"')[2][:400]
    assert re.search(r'id="part-poll" open', answer.text)
    assert "spiders" in answer.text


@pytest.mark.parametrize("wrong", [{"replies": "9"}, {"quoting": "7"}, {"replies": "x"}, {"quoting": "-1"}])
def test_a_choice_there_is_not_is_refused(alice_client: Client, wrong: dict[str, str]) -> None:
    answer = send(alice_client, **wrong)
    assert answer.status_code == 400
    assert re.search(r'id="part-who" open', answer.text)


def test_what_a_limit_refuses_comes_back_with_the_text(alice: User, alice_client: Client) -> None:
    for turn in range(30):
        services.create_post(actor=alice, body=f"Post {turn}", audience=0, key=uuid.uuid4())
    answer = send(alice_client, body="One too many")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert ">One too many</textarea>" in answer.text


def test_only_me_is_offered_and_nobody_else_sees_it(alice_client: Client, bob_client: Client) -> None:
    assert '<option value="4">Only me</option>' in alice_client.get("/posts/new/").text
    send(alice_client, body="for nobody", audience="4")
    path = Post.objects.get().get_absolute_url()
    assert (alice_client.get(path).status_code, bob_client.get(path).status_code) == (200, 404)


def chosen(page: str) -> str:
    select = page.partition('<select name="audience"')[2].partition("</select>")[0]
    found = re.search(r'<option value="([^"]+)" selected>', select)
    assert found
    return found[1]


def test_the_usual_audience_is_the_one_somebody_has_set_where_it_is_possible(alice: User, alice_client: Client) -> None:
    assert chosen(alice_client.get("/").text) == "1"
    PostPreferences.objects.create(person=alice, audience=Audience.FOLLOWERS)
    from django.core.cache import cache

    cache.clear()
    assert chosen(alice_client.get("/posts/new/").text) == "2"
    PostPreferences.objects.update(audience=Audience.CAMPUS)
    User.objects.filter(pk=alice.pk).update(university=None)
    cache.clear()
    assert chosen(client_of(User.objects.get(pk=alice.pk)).get("/posts/new/").text) == "0"


def audiences(page: str) -> list[str]:
    select = page.partition('<select name="audience"')[2].partition("</select>")[0]
    return re.findall(r'<option value="([^"]+)"', select)


def test_a_quote_shows_its_post_and_offers_no_wider_audience(
    alice: User, bob: User, bob_client: Client, make_post: Callable[..., Post]
) -> None:
    circle = graph.create_circle(actor=bob, name="Choir")
    public, campus = make_post(alice, "To all"), make_post(alice, "To campus", Audience.CAMPUS)
    page = bob_client.get(f"/posts/new/?quote={public.pk}").text
    assert "To all" in page
    assert audiences(page) == ["0", "1", "2", "4", f"3:{circle.pk}"]
    page = bob_client.get(f"/posts/new/?quote={campus.pk}").text
    assert "To campus" in page
    assert audiences(page) == ["1", "2", "4", f"3:{circle.pk}"]
    answer = send(bob_client, body="Hear", audience="0", quote=campus.pk)
    assert answer.status_code == 400
    assert "was not written for that many people" in beside(answer.text, "audience")
    assert "To campus" in answer.text
    assert send(bob_client, body="Hear", audience="1", quote=campus.pk).status_code == 302
    assert Post.objects.get(author=bob).quoted == campus


def test_what_may_not_be_quoted(
    alice: User, dora: User, bob_client: Client, charlie_client: Client, make_post: Callable[..., Post]
) -> None:
    followers = make_post(alice, "canary", Audience.FOLLOWERS)
    unquotable = make_post(alice, "Mine alone", extras=Extras(quoting=Quoting.NOBODY))
    gone = make_post(alice, "canary")
    services.delete_post(actor=alice, post=gone)
    assert bob_client.get(f"/posts/new/?quote={followers.pk}").status_code == 403
    assert bob_client.get(f"/posts/new/?quote={unquotable.pk}").status_code == 403
    for path in (f"quote={followers.pk}", f"quote={gone.pk}", "quote=1", "quote=x", f"draft={uuid.uuid4()}", "draft=x"):
        assert charlie_client.get(f"/posts/new/?{path}").status_code == 404
    for client, post, status in (
        (bob_client, unquotable, 403),
        (charlie_client, followers, 404),
        (bob_client, gone, 404),
        (client_of(dora), unquotable, 404),
    ):
        answer = send(client, body="What I think", quote=post.pk)
        assert answer.status_code == status
        assert ">What I think</textarea>" in answer.text
        assert beside(answer.text, "quote")
        assert "canary" not in answer.text or (client is bob_client and post is followers)


def test_a_preview_is_rendered_like_a_post_and_keeps_the_form(alice_client: Client, bob: User) -> None:
    sent = {"body": "Hi @bob #quad <b>", "audience": "0", "warning": "w", "poll_options": ["a", "b"]}
    part = alice_client.post("/posts/preview/", sent, headers=FRAGMENT).text
    assert '<a class="mention" href="/@bob/">@bob</a>' in part
    assert 'href="/tags/quad/"' in part
    assert "<b>" not in part
    assert "<textarea" not in part
    assert part.count('class="poll-option"') == 2
    page = alice_client.post("/posts/preview/", sent)
    assert page.status_code == 200
    assert ">Hi @bob #quad &lt;b&gt;</textarea>" in page.text
    assert 'class="mention"' in page.text
    assert not Post.objects.exists()


def test_a_preview_of_too_much_says_so_and_renders_nothing(alice_client: Client) -> None:
    part = alice_client.post("/posts/preview/", {"body": "a " * 9000}, headers=FRAGMENT)
    assert "characters too many" in part.text
    assert 'class="prose"' not in part.text
    assert alice_client.post("/posts/preview/", {"body": "a " * 9000}).status_code == 400


def test_previews_have_a_limit(alice_client: Client) -> None:
    with time_machine.travel(timezone.now(), tick=False):  # within one window
        answers = {
            alice_client.post("/posts/preview/", {"body": "x"}, headers=FRAGMENT).status_code for _ in range(301)
        }
    assert answers == {200, 429}


PARTS = ('name="poll_options"', 'name="warning"', 'name="replies"', 'name="publish_at"', 'data-around="code"')


def test_the_form_in_the_feed_comes_without_its_parts(alice_client: Client) -> None:
    home, fresh = alice_client.get("/").text, alice_client.get("/posts/new/", headers=FRAGMENT).text
    parts, whole = alice_client.get("/posts/new/parts/", headers=FRAGMENT).text, alice_client.get("/posts/new/").text
    for one in PARTS:
        assert one in parts
        assert one in whole
        assert one not in home
        assert one not in fresh
    assert "<html" not in parts
    assert "<form" not in parts
    assert alice_client.get("/posts/new/parts/")["Location"] == "/posts/new/"


def test_a_form_without_parts_keeps_votes_secret(alice_client: Client) -> None:
    """What it sends says as much as an untouched whole one."""
    sent = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', alice_client.get("/").text)
    alice_client.post(f"/drafts/{uuid.uuid4()}/", dict(sent) | {"body": "Later", "audience": "1"})
    assert Draft.objects.get().content["poll_anonymous"] is True


def test_a_form_without_a_script_goes_on_with_all_its_parts_unjudged(alice_client: Client) -> None:
    key = uuid.uuid4()
    sent = {"body": "", "audience": "2", "key": key, "poll_anonymous": "1"}
    for body in ("", "Typed\nbefore", "x" * (BODY_LIMIT + 1)):
        answer = alice_client.post("/posts/new/parts/", sent | {"body": body})
        assert answer.status_code == 200
        assert f">{body}</textarea>" in answer.text
        assert f'name="key" value="{key}"' in answer.text
        assert 'role="alert"' not in answer.text
        assert chosen(answer.text) == "2"
        assert all(one in answer.text for one in PARTS)
    assert not Post.objects.exists()
    assert not Draft.objects.exists()


def test_signs_have_names(alice_client: Client) -> None:
    part = alice_client.get("/posts/signs/", headers=FRAGMENT).text
    buttons = re.findall(r'<button type="button" data-sign="([^"]+)" title="([^"]+)"', part)
    assert len(buttons) >= 60
    assert len({sign for sign, _name in buttons}) == len({name for _sign, name in buttons}) == len(buttons)
    assert part.count('role="group"') == 5


def test_the_home_page_asks_nothing_more_for_the_composer(alice_client: Client, alice: User) -> None:
    for draft in range(3):
        content = {"body": f"Draft {draft}"}
        alice_client.post(f"/drafts/{uuid.uuid4()}/", content)
    assert "3 drafts" in alice_client.get("/").text
    with CaptureQueriesContext(connection) as queries:
        page = alice_client.get("/").text
    assert "3 drafts" in page
    assert not [query for query in queries.captured_queries if "posts_draft" in query["sql"]]


def test_drafts_are_offered_only_when_there_are_any(alice_client: Client) -> None:
    page = alice_client.get("/").text
    assert 'href="/drafts/"' not in page
    assert 'href="/scheduled/"' not in page


def test_a_fragment_of_a_scheduled_post_is_a_word_and_no_card(alice_client: Client) -> None:
    soon = (timezone.localtime() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    answer = alice_client.post("/posts/", {"body": "Later", "audience": "0", "publish_at": soon}, headers=FRAGMENT)
    assert (answer.status_code, answer.text) == (200, "")
    assert "It goes out" in answer["HX-Trigger"]
    assert not Post.objects.exists()
