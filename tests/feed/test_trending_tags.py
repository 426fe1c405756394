"""What is talked about: hashtags by a score that decays by itself."""

from collections.abc import Callable
from datetime import timedelta
from math import exp, log

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import University, User
from apps.feed import selectors, tags
from apps.feed.models import TagScore, TagUse
from apps.kernel.cache import invalidate
from apps.posts import services as posts
from apps.posts.models import Audience, Hashtag, Post
from apps.posts.selectors.trends import LATELY
from tests import cast
from tests.feed.conftest import WritePost, ago

MakePost = Callable[..., Post]
Drain = Callable[[], int]
Settle = Callable[[], None]


def score(name: str, university_id: int = 0) -> float:
    return TagScore.objects.get(tag__name=name, university_id=university_id).score


def both_say(make_post: MakePost, one: User, other: User, body: str) -> list[Post]:
    """One person's word is no talk of the campus."""
    return [make_post(one, body), make_post(other, body)]


def names(university_id: int | None = None) -> list[str]:
    return [trend.name for trend in selectors.talked_about(university_id)]


def test_a_use_counts_by_its_time_for_all_and_for_its_university(
    alice: User, northmere: University, make_post: MakePost, settle: Settle
) -> None:
    post = make_post(alice, "About #Soup")
    settle()
    at = tags.score_at(post.created_at)
    assert score("soup") == pytest.approx(at)
    assert score("soup", northmere.pk) == pytest.approx(at)


def test_two_uses_add_up(alice: User, charlie: User, make_post: MakePost, settle: Settle) -> None:
    made = [make_post(alice, "#soup"), make_post(charlie, "#soup")]
    settle()
    assert score("soup") == pytest.approx(log(sum(exp(tags.score_at(post.created_at) - 100) for post in made)) + 100)


def test_one_person_counts_once_for_a_tag_and_an_hour(alice: User, make_post: MakePost, settle: Settle) -> None:
    for number in range(5):
        make_post(alice, f"#soup {number}")
    settle()
    assert TagUse.objects.count() == 1
    first = Post.objects.order_by("created_at")[0]
    assert score("soup") == pytest.approx(tags.score_at(first.created_at), abs=0.01)


def test_the_same_news_twice_counts_once(alice: User, make_post: MakePost, settle: Settle) -> None:
    post = make_post(alice, "#soup")
    settle()
    before = score("soup")
    tags.count_post(post_id=post.pk)
    posts.delete_post(actor=alice, post=post)
    posts.restore_post(actor=alice, post=post)
    settle()
    assert score("soup") == before


def test_twelve_hours_are_worth_a_factor_of_e(
    alice: User, charlie: User, old_post: WritePost, make_post: MakePost, settle: Settle
) -> None:
    """Time alone changes no order, and nothing has to be computed anew."""
    tag = Hashtag.objects.create(name="old")
    before = timezone.now() - timedelta(hours=12)
    both_say(make_post, alice, charlie, "#new")
    settle()
    for author in (alice, charlie):
        old = old_post(author, before, "#old")
        old.tag_edges.create(tag=tag, created_at=old.created_at)
        tags.count_post(post_id=old.pk)
    assert score("new") - score("old") == pytest.approx(1, abs=0.01)
    assert names() == ["new", "old"]


@pytest.mark.parametrize("audience", [Audience.CAMPUS, Audience.FOLLOWERS, Audience.ONLY_ME])
def test_what_is_not_said_to_everyone_is_no_trend(
    audience: int, alice: User, make_post: MakePost, settle: Settle
) -> None:
    make_post(alice, "#secretword", audience=audience)
    settle()
    assert not TagScore.objects.exists()
    assert names() == []


def test_a_tag_goes_with_its_last_open_post(alice: User, charlie: User, make_post: MakePost, settle: Settle) -> None:
    first, second = both_say(make_post, alice, charlie, "#soup")
    settle()
    assert names() == ["soup"]
    for author, post in ((alice, first), (charlie, second)):
        posts.delete_post(actor=author, post=post)
    settle()
    cache.clear()
    assert score("soup")  # it was counted; it is not shown
    assert names() == []


def test_a_tag_that_is_kept_out_is_never_shown(alice: User, mira: User, make_post: MakePost, settle: Settle) -> None:
    both_say(make_post, alice, mira, "#soup #rumour")
    settle()
    assert names() == ["rumour", "soup"] or names() == ["soup", "rumour"]
    Hashtag.objects.filter(name="rumour").update(is_kept_out=True)
    cache.clear()
    assert names() == ["soup"]


def test_a_university_has_its_own(
    alice: User, bob: User, northmere: University, southdale: University, make_post: MakePost, settle: Settle
) -> None:
    erik, edda = (cast.make_person(name, university=southdale) for name in ("erik", "edda"))
    both_say(make_post, alice, bob, "#north")
    both_say(make_post, erik, edda, "#south")
    settle()
    assert names(northmere.pk) == ["north"]
    assert names(southdale.pk) == ["south"]
    assert set(names()) == {"north", "south"}


def test_one_person_alone_is_no_talk(alice: User, charlie: User, make_post: MakePost, settle: Settle) -> None:
    for number in range(3):
        make_post(alice, f"#soup {number}")
    settle()
    assert names() == []
    make_post(charlie, "#soup")
    settle()
    cache.clear()
    assert names() == ["soup"]


def test_days_and_their_line(
    alice: User, charlie: User, make_post: MakePost, old_post: WritePost, settle: Settle
) -> None:
    make_post(charlie, "#soup")
    settle()
    tag = Hashtag.objects.get()
    for days in (1, 1, 3, 9):
        old = old_post(alice, ago(days=days))
        old.tag_edges.create(tag=tag, created_at=old.created_at)
    (trend,) = selectors.talked_about()
    assert (trend.days, trend.posts) == ((0, 0, 0, 1, 0, 2, 1), 4)
    assert trend.line == "1.0,22.0 11.3,22.0 21.7,22.0 32.0,12.0 42.3,22.0 52.7,2.0 63.0,12.0"


def used_often(author: User, old_post: WritePost, name: str, times: int) -> Hashtag:
    tag, _made = Hashtag.objects.get_or_create(name=name)
    for number in range(times):
        old = old_post(author, ago(days=1, seconds=number), f"#{name}")
        old.tag_edges.create(tag=tag, created_at=old.created_at)
        tags.count_post(post_id=old.pk)
    return tag


def test_what_is_used_very_often_is_counted_whole_but_not_at_each_look(
    alice: User, charlie: User, old_post: WritePost, make_post: MakePost, settle: Settle
) -> None:
    tag = used_often(alice, old_post, "soup", 2 * LATELY)
    make_post(charlie, "#soup")
    settle()
    (trend,) = selectors.talked_about()
    assert trend.days == (0, 0, 0, 0, 0, 2 * LATELY, 1)
    tag.post_edges.filter(post__author=alice).first().delete()  # type: ignore[union-attr]
    invalidate(tags.TAGS_TAG)
    assert selectors.talked_about() == [trend], "a number so large may be a quarter of an hour old"


def test_one_who_says_it_very_often_is_still_one(alice: User, charlie: User, old_post: WritePost) -> None:
    """Also where a second one said it before all that."""
    used_often(alice, old_post, "bot", LATELY + 1)
    assert names() == []
    used_often(charlie, old_post, "canteen", 1)
    used_often(alice, old_post, "canteen", LATELY + 1)
    cache.clear()
    assert names() == ["canteen"]


def test_it_takes_as_many_statements_for_one_tag_as_for_many(
    alice: User, charlie: User, make_post: MakePost, settle: Settle
) -> None:
    counts = []
    for several in (("a",), ("b", "c", "d", "e")):
        both_say(make_post, alice, charlie, " ".join(f"#{name}" for name in several))
        settle()
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            names()
        counts.append(len(queries))
    assert counts == [2, 2]


def test_it_stands_beside_the_page_with_a_line(
    alice: User, charlie: User, anonymous_client: Client, make_post: MakePost, settle: Settle
) -> None:
    both_say(make_post, alice, charlie, "#soup")
    settle()
    page = anonymous_client.get("/explore/").text
    assert "Talked about this week" in page
    assert '<polyline points="1.0,' in page
    assert "2 posts open to everyone" in page


def test_cold_tags_are_purged(alice: User, make_post: MakePost, settle: Settle) -> None:
    make_post(alice, "#soup")
    settle()
    TagScore.objects.create(tag=Hashtag.objects.create(name="cold"), score=tags.score_at(ago(days=7, minutes=1)))
    TagUse.objects.create(tag=Hashtag.objects.get(name="cold"), person=alice, hour=ago(days=9))
    assert tags.purge_tags() == 1
    assert set(TagScore.objects.values_list("tag__name", flat=True)) == {"soup"}
    assert TagUse.objects.count() == 1
    assert tags.purge_tags() == 0


def test_everything_can_be_made_anew(
    alice: User, charlie: User, southdale: University, make_post: MakePost, settle: Settle
) -> None:
    erik = cast.make_person("erik", university=southdale)
    for author, text in ((alice, "#a #b"), (alice, "#a again"), (charlie, "#a"), (erik, "#b"), (erik, "no tag")):
        make_post(author, text)
    settle()
    counted = {(row.university_id, row.tag_id): row.score for row in TagScore.objects.all()}
    uses = set(TagUse.objects.values_list("tag", "person"))
    assert tags.rebuild_tags() == len(counted)
    rebuilt = {(row.university_id, row.tag_id): row.score for row in TagScore.objects.all()}
    assert rebuilt == pytest.approx(counted)
    assert set(TagUse.objects.values_list("tag", "person")) == uses
