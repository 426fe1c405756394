"""Forms with odd texts in them, and forms sent ten times at once: nothing typed is lost, and it counts once."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test import Client

from apps.accounts.models import University, User
from apps.moderation.models import Report
from apps.posts.models import BODY_LIMIT, Comment, Post, Reaction
from tests.conftest import client_of

ODD = "</textarea>\u202e<script>alert(1)</script> Ünï 👩🏽‍🚀 مرحبا"
KEPT = {
    "a post": ("/posts/", {"body": ODD, "audience": "9"}),
    "a post that is too long": ("/posts/", {"body": ODD + "x" * BODY_LIMIT, "audience": "0"}),
    "a comment": ("/posts/{post}/comments/", {"body": ODD, "parent": "x"}),
    "a report": ("/report/post/{post}/", {"category": "nonsense", "text": ODD}),
    "a profile": (
        "/settings/profile/",
        {"name": "Ann Odd", "username": "no such!", "bio": ODD, "pronouns": "she/her & <b>"},
    ),
    "studies": ("/settings/studies/", {"programme": '"Law" & <b>', "year": "99", "skills": "a, <i>"}),
    "courses": ("/settings/studies/", {"term": "2026-3", "courses": ": <b>\nMATH 210"}),
    "a status": ("/settings/status/", {"emoji": "no", "text": 'In <exams> & "out"'}),
    "a link": ("/settings/links/", {"label": "<My> blog", "url": "javascript:alert(1)"}),
    "a sign-up": ("/accounts/signup/", {"email": "a@nowhere.example", "name": "Ann <Odd>", "username": "ann.odd"}),
}


class Typed(HTMLParser):
    """What stands in the fields of a page's forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.area = given.get("name", "") if tag == "textarea" else ""
        if tag == "input" and "name" in given and (given.get("type") != "radio" or "checked" in given):
            self.values[given["name"]] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area] = self.values.get(self.area, "") + data

    def handle_endtag(self, tag: str) -> None:
        self.area = ""


@pytest.mark.parametrize(("path", "form"), KEPT.values(), ids=KEPT.keys())
def test_what_was_typed_stays(
    path: str, form: dict[str, str], northmere: University, charlie: User, alices_post: Post
) -> None:
    """However odd it is: one field is refused, and all that was typed still stands in the form."""
    client = Client() if "signup" in path else client_of(charlie)
    response = client.post(path.format(post=alices_post.pk), form)
    shown = Typed(response.content.decode()).values
    lost = {name: shown.get(name) for name in form if name in TEXTS and shown.get(name, "").lstrip("\n") != form[name]}
    assert response.status_code in (200, 400)
    assert lost == {}


TEXTS = {
    "body", "text", "name", "username", "bio", "pronouns", "programme", "email", "skills", "interests", "courses",
    "emoji", "label", "url",
}  # fmt: skip


def ten_times_at_once(person: User, path: str, form: dict[str, str]) -> list[int]:
    """Statuses of one form sent ten times at once by one person's browser."""

    def press(_turn: int) -> int:
        try:
            return client_of(person).post(path, form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        return list(pool.map(press, range(10)))


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_ten_times_at_once_counts_once(charlie: User, alice: User, make_post: Callable[..., Post]) -> None:
    post = make_post(alice)
    key = str(uuid.uuid4())
    sent = [
        ten_times_at_once(charlie, "/posts/", {"body": "Once", "audience": "0", "key": key}),
        ten_times_at_once(charlie, f"/posts/{post.pk}/comments/", {"body": "Once", "key": key}),
        ten_times_at_once(charlie, f"/posts/{post.pk}/react/", {"feeling": "1"}),
        ten_times_at_once(charlie, f"/report/post/{post.pk}/", {"category": "spam", "text": ""}),
        ten_times_at_once(charlie, "/@alice/follow/", {}),
    ]
    assert sent == [[302] * 10] * 5
    assert Post.objects.filter(author=charlie).count() == 1
    assert [Comment.objects.count(), Reaction.objects.count(), Report.objects.count()] == [1, 1, 1]
    post.refresh_from_db()
    assert (post.comment_count, post.reaction_count) == (1, 1)
