"""Saved posts: the button, the list and its filters, notes, folders. All of it for oneself alone."""

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.graph import services as graph
from apps.posts import keeping, services
from apps.posts.models import Audience, Bookmark, Folder, Post
from tests import cast
from tests.conftest import client_of

FRAGMENT = {"HX-Request": "true"}


def save(client: Client, post: Post, saved: str = "1", **headers: str) -> Any:
    return client.post(f"/posts/{post.pk}/save/", {"saved": saved}, headers=headers)


@pytest.fixture
def kept(bob: User, alices_post: Post) -> Bookmark:
    return services.save_post(actor=bob, post=alices_post)


def edited(bookmark: Bookmark, client: Client, **fields: str) -> Any:
    wanted = {"note": "", "folder": "", "when": "none", "own": ""} | fields
    return client.post(f"/bookmarks/{bookmark.pk}/", wanted)


def test_on_off_and_twice(bob_client: Client, alices_post: Post, events: Callable[[], list[str]]) -> None:
    said = events()
    for saved, count in (("1", 1), ("1", 1), ("0", 0), ("0", 0), ("1", 1)):
        assert save(bob_client, alices_post, saved).status_code == 302
        assert Bookmark.objects.count() == count
    assert events() == said, "nobody is told"


def test_without_javascript_one_comes_back_to_the_post(bob_client: Client, alices_post: Post) -> None:
    response = save(bob_client, alices_post, Referer="http://testserver/explore/")
    assert response["Location"] == f"/explore/#post-{alices_post.pk}"
    page = bob_client.get("/explore/").text
    assert "Saved." in page


def test_a_fragment_is_the_button_as_it_is_now(bob_client: Client, alices_post: Post) -> None:
    answer = save(bob_client, alices_post, **FRAGMENT)
    assert 'aria-pressed="true"' in answer.text
    assert 'value="0"' in answer.text
    bookmark = Bookmark.objects.get()
    assert f"/bookmarks/{bookmark.pk}/" in answer["HX-Trigger"]
    assert 'aria-pressed="false"' in save(bob_client, alices_post, "0", **FRAGMENT).text


def test_the_card_says_whether_it_is_saved(bob_client: Client, alice_client: Client, alices_post: Post) -> None:
    save(bob_client, alices_post)
    button = rf'formaction="/posts/{alices_post.pk}/save/"[^>]*value="(\d)"[^>]*aria-pressed="(\w+)"'
    for client, expected in ((bob_client, ("0", "true")), (alice_client, ("1", "false"))):
        found = re.search(button, client.get(f"/posts/{alices_post.pk}/").text)
        assert found is not None
        assert found.groups() == expected


def test_a_guest_is_asked_to_log_in(anonymous_client: Client, alices_post: Post) -> None:
    assert save(anonymous_client, alices_post)["Location"].startswith("/accounts/login/")
    assert anonymous_client.get("/bookmarks/")["Location"].startswith("/accounts/login/")
    assert not Bookmark.objects.exists()


def test_what_one_may_not_see_cannot_be_saved(dora_client: Client, alices_post: Post) -> None:
    assert save(dora_client, alices_post).status_code == 404
    assert not Bookmark.objects.exists()


def test_get_saves_nothing(bob_client: Client, alices_post: Post) -> None:
    assert bob_client.get(f"/posts/{alices_post.pk}/save/").status_code == 405


def test_so_many_are_enough(
    bob_client: Client, bob: User, alices_post: Post, make_post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert keeping.BOOKMARKS == 5_000
    monkeypatch.setattr(keeping, "BOOKMARKS", 50)
    author = alices_post.author
    posts = Post.objects.bulk_create(
        (
            Post(author=author, audience=Audience.PUBLIC, body="x", body_html="x", key=uuid.uuid4())
            for _ in range(keeping.BOOKMARKS)
        ),
        batch_size=1_000,
    )
    Bookmark.objects.bulk_create([Bookmark(person=bob, post=post) for post in posts], batch_size=1_000)
    assert save(bob_client, alices_post).status_code == 409
    assert save(bob_client, posts[0]).status_code == 302, "what is saved stays so"
    assert Bookmark.objects.count() == keeping.BOOKMARKS


@pytest.mark.django_db(transaction=True)
def test_saved_twice_at_once_is_saved_once(bob: User, alices_post: Post) -> None:
    def press(_number: int) -> int:
        try:
            return int(save(client_of(bob), alices_post).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(press, range(8))) == {302}
    assert Bookmark.objects.count() == 1


def test_taking_out_can_be_undone_with_all_that_was_kept(bob_client: Client, kept: Bookmark, bob: User) -> None:
    folder = Folder.objects.create(owner=bob, name="Exams")
    remind_at = timezone.now() + timedelta(days=1)
    services.edit_bookmark(actor=bob, bookmark=kept, note="Lies das — 漢字 🎓" * 9, folder=folder, remind_at=remind_at)
    answer = save(bob_client, kept.post, "0", **FRAGMENT)
    assert not Bookmark.objects.exists()
    undo = re.search(r'"undo": "([^"]+)"', answer["HX-Trigger"])
    assert undo is not None
    for _twice in range(2):
        assert bob_client.post(undo[1]).status_code == 302
        found = Bookmark.objects.get()
        assert (found.note, found.folder, found.remind_at) == ("Lies das — 漢字 🎓" * 9, folder, remind_at)
    stranger = client_of(cast.make_person("erin"))
    assert stranger.post(undo[1]).status_code == 404, "it is for whoever took it out"
    assert bob_client.post("/bookmarks/restore/?was=forged").status_code == 404


def test_the_list_has_the_card_and_what_one_keeps(bob_client: Client, kept: Bookmark) -> None:
    edited(kept, bob_client, note="Ask about <b>oranges</b>", folder="new", new_folder="Library", when="monday")
    page = bob_client.get("/bookmarks/").text
    assert f'id="post-{kept.post_id}"' in page
    assert "smells of oranges" in page
    assert "Ask about &lt;b&gt;oranges&lt;/b&gt;" in page
    assert "Library" in page
    assert Folder.objects.get().name == "Library"


def test_each_filter_shows_its_own(bob_client: Client, bob: User, alice: User, make_post: Callable[..., Post]) -> None:
    posts = {name: make_post(alice, f"word-{name}") for name in ("plain", "done", "soon", "folder")}
    marks = {name: services.save_post(actor=bob, post=post) for name, post in posts.items()}
    folder = services.create_folder(actor=bob, name="Exams")
    services.set_done(actor=bob, bookmark=marks["done"], done=True)
    later = timezone.now() + timedelta(days=1)
    services.edit_bookmark(actor=bob, bookmark=marks["soon"], note="", folder=None, remind_at=later)
    services.edit_bookmark(actor=bob, bookmark=marks["folder"], note="", folder=folder, remind_at=None)
    shown = {
        "": ["folder", "soon", "done", "plain"],
        "?show=open": ["folder", "soon", "plain"],
        "?show=done": ["done"],
        "?show=reminders": ["soon"],
        f"?folder={folder.pk}": ["folder"],
    }
    for query, names in shown.items():
        assert re.findall(r"word-(\w+)", bob_client.get(f"/bookmarks/{query}").text) == names, query


@pytest.mark.parametrize("query", ["?show=nonsense", "?folder=x", "?folder=٣", "?folder=999999", "?cursor=bad"])
def test_what_there_is_no_list_of(query: str, bob_client: Client) -> None:
    assert bob_client.get(f"/bookmarks/{query}").status_code == (400 if "cursor" in query else 404)


@pytest.mark.parametrize("query", ["", "?show=open", "?show=done", "?show=reminders", "the folder"])
def test_an_empty_list_says_why(query: str, bob_client: Client, bob: User) -> None:
    if query == "the folder":
        query = f"?folder={services.create_folder(actor=bob, name='Empty').pk}"
    page = bob_client.get(f"/bookmarks/{query}").text
    assert page.count('<section class="empty">') == 1


def test_pages_go_on_where_the_last_one_ended(
    bob_client: Client, bob: User, alice: User, make_post: Callable[..., Post]
) -> None:
    for number in range(25):
        services.save_post(actor=bob, post=make_post(alice, f"word-{number:02}"))
    first = bob_client.get("/bookmarks/").text
    more = re.search(r'href="(/bookmarks/\?[^"]+cursor=[^"]+)"', first)
    assert more is not None
    second = bob_client.get(more[1].replace("&amp;", "&"), headers=FRAGMENT).text
    assert "<html" not in second
    found = re.findall(r"word-(\d\d)", first) + re.findall(r"word-(\d\d)", second)
    assert found == [f"{number:02}" for number in reversed(range(25))]


@pytest.mark.parametrize("why", ["deleted", "hidden", "blocked", "narrowed"])
def test_a_post_that_is_gone_is_one_neutral_line(why: str, bob_client: Client, kept: Bookmark, bob: User) -> None:
    edited(kept, bob_client, note="my own words")
    post = kept.post
    if why == "deleted":
        services.delete_post(actor=post.author, post=post)
    elif why == "hidden":
        Post.objects.update(hidden_at=timezone.now())
    elif why == "blocked":
        graph.block(actor=post.author, target=bob)
    else:
        Post.objects.update(audience=Audience.ONLY_ME)
    page = bob_client.get("/bookmarks/").text
    assert "This post is not there for you any more." in page
    assert "my own words" in page
    assert "oranges" not in page
    assert "Alice Ashdown" not in page
    assert bob_client.get(f"/bookmarks/{kept.pk}/").status_code == 200
    assert bob_client.post(f"/bookmarks/{kept.pk}/remove/").status_code == 302
    assert not Bookmark.objects.exists()


def test_nobody_else_reaches_it(kept: Bookmark, charlie_client: Client, alice_client: Client, bob: User) -> None:
    folder = services.create_folder(actor=bob, name="Private plans")
    for client in (charlie_client, alice_client):
        assert client.get(f"/bookmarks/{kept.pk}/").status_code == 404
        for act in ("", "done/", "dismiss/", "remove/"):
            assert client.post(f"/bookmarks/{kept.pk}/{act}").status_code == 404
        for act in ("rename/", "delete/"):
            assert client.post(f"/bookmarks/folders/{folder.pk}/{act}", {"name": "x"}).status_code == 404
        assert client.get(f"/bookmarks/?folder={folder.pk}").status_code == 404
        assert "Private plans" not in client.get("/bookmarks/").text
    assert Bookmark.objects.get().done_at is None


def test_others_folder_is_no_choice(kept: Bookmark, bob_client: Client, charlie: User) -> None:
    theirs = services.create_folder(actor=charlie, name="Not bob's")
    assert edited(kept, bob_client, folder=str(theirs.pk)).status_code == 400
    assert Bookmark.objects.get().folder is None


def test_done_and_back(kept: Bookmark, bob_client: Client, bob: User) -> None:
    services.edit_bookmark(
        actor=bob, bookmark=kept, note="n", folder=None, remind_at=timezone.now() + timedelta(days=1)
    )
    for done, is_done in (("1", True), ("1", True), ("0", False)):
        answer = bob_client.post(f"/bookmarks/{kept.pk}/done/", {"done": done}, headers=FRAGMENT)
        assert f'aria-pressed="{"true" if is_done else "false"}"' in answer.text
        found = Bookmark.objects.get()
        assert (found.done_at is not None) == is_done
        assert found.remind_at is None, "what is done needs no reminder"
    plain = bob_client.post(
        f"/bookmarks/{kept.pk}/done/", {"done": "1"}, headers={"Referer": "http://testserver/bookmarks/"}
    )
    assert plain["Location"] == f"/bookmarks/#saved-{kept.pk}"


def test_a_wrong_form_keeps_what_was_typed(kept: Bookmark, bob_client: Client) -> None:
    answer = edited(kept, bob_client, note="keep me", folder="new", new_folder=" ", when="own", own="not a time")
    assert answer.status_code == 400
    assert "keep me" in answer.text
    assert "not a time" in answer.text
    assert "Give the folder a name." in answer.text
    assert not Folder.objects.exists()
    assert Bookmark.objects.get().note == ""
    assert edited(kept, bob_client, note="x" * 501).status_code == 400


def test_folders_are_made_renamed_and_deleted(kept: Bookmark, bob_client: Client, bob: User) -> None:
    assert bob_client.post("/bookmarks/folders/new/", {"name": "  Exam\u202e prep "}).status_code == 302
    folder = Folder.objects.get()
    assert folder.name == "Exam prep"
    for name, why in (
        ("EXAM PREP", "You have a folder of this name."),
        ("", "Give the folder a name."),
        ("x" * 41, "at most 40"),
    ):
        refused = bob_client.post("/bookmarks/folders/new/", {"name": name})
        assert refused.status_code == 400, name
        assert why in refused.text
    services.edit_bookmark(actor=bob, bookmark=kept, note="", folder=folder, remind_at=None)
    bob_client.post(f"/bookmarks/folders/{folder.pk}/rename/", {"name": "Finals"})
    assert "Finals" in bob_client.get("/bookmarks/").text
    assert bob_client.post(f"/bookmarks/folders/{folder.pk}/rename/", {"name": " "}).status_code == 400
    assert bob_client.post(f"/bookmarks/folders/{folder.pk}/delete/").status_code == 302
    assert Bookmark.objects.get().folder is None
    assert not Folder.objects.exists()


def test_a_hundred_folders_are_enough(bob_client: Client, bob: User) -> None:
    Folder.objects.bulk_create(Folder(owner=bob, name=f"f{number}") for number in range(keeping.FOLDERS))
    assert bob_client.post("/bookmarks/folders/new/", {"name": "one more"}).status_code == 400
    assert Folder.objects.count() == keeping.FOLDERS


@pytest.mark.parametrize("query", ["", "?show=reminders", "folder"])
def test_the_list_is_flat(
    query: str, bob_client: Client, bob: User, alice: User, make_post: Callable[..., Post]
) -> None:
    folder = services.create_folder(actor=bob, name="All")
    counts = []
    for rows in (1, 19):
        for number in range(rows):
            mark = services.save_post(actor=bob, post=make_post(alice, f"row {rows} {number}"))
            at = timezone.now() + timedelta(seconds=60)
            services.edit_bookmark(actor=bob, bookmark=mark, note="n", folder=folder, remind_at=at)
            Bookmark.objects.filter(pk=mark.pk).update(remind_at=timezone.now())
        path = f"/bookmarks/?folder={folder.pk}" if query == "folder" else f"/bookmarks/{query}"
        bob_client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert bob_client.get(path).text.count("<article") == min(20, rows + (1 if rows == 19 else 0))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6
