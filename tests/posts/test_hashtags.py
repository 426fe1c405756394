"""Hashtags: followed, found, offered while one types, and kept out of what is offered by moderators."""

import re
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Reach, User
from apps.kernel.errors import Forbidden, Invalid
from apps.posts import keeping, selectors, services
from apps.posts.models import Audience, Hashtag, Post, TagFollow
from apps.posts.selectors.hashtags import MONTH
from tests import cast
from tests.conftest import client_of

MakePost = Callable[..., Post]
FRAGMENT = {"HX-Request": "true"}


def offered(client: Client, typed: str) -> list[tuple[str, int]]:
    answer = client.get("/tags/suggest", {"q": typed})
    assert answer.status_code == 200
    return [(item["name"], item["posts"]) for item in answer.json()["items"]]


# --- follow ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_follow_and_unfollow_in_any_spelling(bob_client: Client, bob: User, events: Callable[[], list[str]]) -> None:
    said = events()
    for spelling in ("LibraryNights", "librarynights", "ＬｉｂｒａｒｙＮｉｇｈｔｓ"):
        assert bob_client.post(f"/tags/{spelling}/follow/").status_code == 302
    assert [name for _id, name in selectors.followed_tags(bob)] == ["librarynights"]
    assert TagFollow.objects.count() == 1
    for _twice in range(2):
        assert bob_client.post("/tags/LIBRARYNIGHTS/unfollow/").status_code == 302
    assert selectors.followed_tags(bob) == []
    assert events() == said


def test_the_fragment_is_the_button_as_it_is_now(bob_client: Client) -> None:
    assert "/tags/quad/unfollow/" in bob_client.post("/tags/quad/follow/", headers=FRAGMENT).text
    assert "/tags/quad/follow/" in bob_client.post("/tags/quad/unfollow/", headers=FRAGMENT).text
    back = bob_client.post("/tags/quad/follow/", headers={"Referer": "http://testserver/tags/"})
    assert back["Location"] == "/tags/"


@pytest.mark.parametrize("name", ["2026", "two words", "!!", "x" * 51])
def test_what_is_no_hashtag_is_not_followed(name: str, bob_client: Client) -> None:
    assert bob_client.post(f"/tags/{name}/follow/").status_code == 404
    assert not Hashtag.objects.exists()


def test_guests_and_links_do_nothing(anonymous_client: Client, bob_client: Client) -> None:
    for act in ("follow", "unfollow"):
        assert anonymous_client.post(f"/tags/quad/{act}/")["Location"].startswith("/accounts/login/")
        assert bob_client.get(f"/tags/quad/{act}/").status_code == 405
    for path in ("/tags/", "/tags/suggest?q=q"):
        assert anonymous_client.get(path)["Location"].startswith("/accounts/login/")


def test_two_hundred_are_enough(bob_client: Client, bob: User) -> None:
    tags = Hashtag.objects.bulk_create(Hashtag(name=f"t{number}") for number in range(keeping.TAGS_FOLLOWED))
    TagFollow.objects.bulk_create(TagFollow(person=bob, tag=tag) for tag in tags)
    assert bob_client.post("/tags/quad/follow/").status_code == 409
    assert bob_client.post("/tags/t7/follow/").status_code == 302
    assert TagFollow.objects.count() == keeping.TAGS_FOLLOWED


@pytest.mark.django_db(transaction=True)
def test_the_page_of_a_tag_says_how_much_it_is_used(
    bob_client: Client, alice: User, charlie: User, make_post: MakePost
) -> None:
    for author in (alice, alice, charlie):
        make_post(author, "hello #quad")
    make_post(alice, "for followers #quad", Audience.FOLLOWERS)
    page = re.sub(r"<[^>]+>", "", bob_client.get("/tags/quad/").text)
    assert "3 posts open to everyone in 30 days, by 2 people." in page
    assert "/tags/quad/follow/" in bob_client.get("/tags/quad/").text
    assert "/tags/quad/follow/" not in Client().get("/tags/quad/").text
    bob_client.post("/tags/quad/follow/")
    assert "/tags/quad/unfollow/" in bob_client.get("/tags/quad/").text
    assert "Not used in a post open to everyone" in bob_client.get("/tags/nobody/").text


def test_nothing_of_people_apart_is_counted(
    dora_client: Client, bob_client: Client, alice: User, make_post: MakePost
) -> None:
    make_post(alice, "#quad")
    assert offered(bob_client, "qu") == [("quad", 1)]
    assert offered(dora_client, "qu") == []
    assert "Not used in a post open to everyone" in dora_client.get("/tags/quad/").text


# --- find ------------------------------------------------------------------------------------------------------


def test_what_is_used_most_comes_first(bob_client: Client, alice: User, make_post: MakePost) -> None:
    for body in ("#quad", "#quad #quilt", "#quiet #quad", "#other"):
        make_post(alice, body)
    assert offered(bob_client, "#QU") == [("quad", 3), ("quiet", 1), ("quilt", 1)]
    assert offered(bob_client, "quie") == [("quiet", 1)]
    for nothing in ("", "#", "%", "_", "zzz", "\u202e"):
        assert offered(bob_client, nothing) == []


@pytest.mark.parametrize("why", ["campus", "followers", "deleted", "hidden", "closed", "left", "old"])
def test_what_not_everybody_may_see_is_not_offered(
    why: str, bob_client: Client, alice: User, make_post: MakePost
) -> None:
    audience = {"campus": Audience.CAMPUS, "followers": Audience.FOLLOWERS}.get(why, Audience.PUBLIC)
    post = make_post(alice, "#quad", audience)
    if why == "deleted":
        services.delete_post(actor=alice, post=post)
    elif why == "hidden":
        Post.objects.update(hidden_at=timezone.now())
    elif why == "closed":
        User.objects.filter(pk=alice.pk).update(posts_for=Reach.CAMPUS)
    elif why == "left":
        User.objects.filter(pk=alice.pk).update(is_active=False)
    elif why == "old":
        post.tag_edges.update(created_at=timezone.now() - MONTH)
    assert offered(bob_client, "qu") == []


@pytest.mark.django_db(transaction=True)
def test_the_page_lists_what_one_follows_and_finds_more(bob_client: Client, alice: User, make_post: MakePost) -> None:
    make_post(alice, "#quad #quilt")
    assert "You follow no hashtag" in bob_client.get("/tags/").text
    bob_client.post("/tags/quad/follow/")
    page = bob_client.get("/tags/?q=qu").text
    assert "/tags/quad/unfollow/" in page
    assert "/tags/quilt/follow/" in page
    assert "begins with" in bob_client.get("/tags/?q=zzz").text
    fragment = bob_client.get("/tags/", headers=FRAGMENT).text
    assert "<html" not in fragment


def test_nobody_learns_what_one_follows(bob_client: Client, charlie_client: Client) -> None:
    bob_client.post("/tags/secretplan/follow/")
    assert "secretplan" not in charlie_client.get("/tags/").text
    assert offered(charlie_client, "secret") == []


def test_lists_of_tags_are_flat(bob: User, alice: User, make_post: MakePost) -> None:
    client, counts = client_of(bob), []
    for rows in (1, 19):
        for number in range(rows):
            make_post(alice, f"#tag{rows}x{number}")
            services.follow_tag(actor=bob, name=f"tag{rows}x{number}")
        for path in ("/tags/?q=tag", "/tags/suggest?q=tag"):
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 4


# --- kept out --------------------------------------------------------------------------------------------------


def test_a_moderator_keeps_a_tag_out_and_lets_it_in(
    mira: User, alice: User, bob: User, bob_client: Client, make_post: MakePost
) -> None:
    post = make_post(alice, "#quad #quilt")
    make_post(bob, "#quad #quilt")
    tag = Hashtag.objects.get(name="quad")
    for _twice in range(2):
        services.keep_tag_out(actor=mira, tag=tag, reason="Used to send people away.")
    assert offered(bob_client, "qu") == [("quilt", 2)]
    ids = list(Hashtag.objects.order_by("name").values_list("pk", flat=True))
    assert [trend.name for trend in selectors.public_uses(ids, limit=5)] == ["quilt"]
    assert selectors.is_kept_out("quad")
    assert selectors.kept_out(["quad", "quilt"]) == {"quad"}
    page = bob_client.get("/tags/quad/").text
    assert f'id="post-{post.pk}"' in page, "its page stays"
    assert "keep it out of trends" in page
    services.let_tag_in(actor=mira, tag=tag, reason="It is over.")
    assert ("quad", 2) in offered(bob_client, "qu")


def test_it_takes_the_permission_and_a_reason(alice: User, mira: User, db: None) -> None:
    tag = Hashtag.objects.create(name="quad")
    with pytest.raises(Forbidden):
        services.keep_tag_out(actor=alice, tag=tag, reason="because")
    for reason in ("", "  ", "x" * 201):
        with pytest.raises(Invalid):
            services.keep_tag_out(actor=mira, tag=tag, reason=reason)
    assert not Hashtag.objects.get().is_kept_out


def test_at_the_desk_with_a_trace(mira_client: Client, alice: User, mira: User, make_post: MakePost) -> None:
    make_post(alice, "#quad #quilt")
    tag = Hashtag.objects.get(name="quad")
    found = mira_client.get("/admin/posts/hashtag/?q=qua")
    assert "quad" in found.text
    assert "quilt" not in found.text
    path = f"/admin/posts/hashtag/{tag.pk}/change/"
    assert mira_client.get(path).status_code == 200
    refused = mira_client.post(path, {"keep_out": "on", "reason": ""})
    assert refused.status_code == 200
    assert not Hashtag.objects.get(pk=tag.pk).is_kept_out
    assert mira_client.post(path, {"keep_out": "on", "reason": "Advertising"}).status_code == 302
    tag.refresh_from_db()
    assert (tag.is_kept_out, tag.kept_out_because) == (True, "Advertising")
    [act] = apps.get_model("posts.HashtagAct")._default_manager.filter(pgh_obj=tag)
    assert act.kept_out_because == "Advertising"
    assert act.pgh_context.metadata["user"] == mira.pk
    assert mira_client.post(path, {"reason": "Over"}).status_code == 302
    assert not Hashtag.objects.get(pk=tag.pk).is_kept_out


@pytest.mark.parametrize("path", ["/admin/posts/hashtag/", "/admin/posts/hashtag/add/", "the tag", "its end"])
def test_the_desk_is_for_who_may(path: str, alice: User, mira_client: Client, db: None) -> None:
    tag = Hashtag.objects.create(name="quad")
    path = {
        "the tag": f"/admin/posts/hashtag/{tag.pk}/change/",
        "its end": f"/admin/posts/hashtag/{tag.pk}/delete/",
    }.get(path, path)
    staff = client_of(cast.make_person("sam", is_staff=True))
    assert staff.get(path).status_code == 403
    assert client_of(alice).get(path).status_code in (302, 403)
    assert mira_client.get(path).status_code == (200 if path.endswith(("hashtag/", "change/")) else 403)
