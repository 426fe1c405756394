"""The home feed in a browser: the order one has chosen, filters, the place on another device, where news ends, what was
missed, and less of something.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Window
from tests.site import RunningSite

Windows = Callable[..., Window]


@pytest.fixture(autouse=True)
def from_the_start(site: RunningSite) -> None:
    site.rows("DELETE FROM feed_feedstate")
    site.rows("DELETE FROM feed_lesslike")
    site.redis.call("FLUSHALL")  # what is kept of it


def expect_order(page: Page, name: str) -> None:
    expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-current", "true")


def read_on(page: Page, card: int) -> str:
    """Scrolls a card into the middle of the window, and waits until the place is noted."""
    article = page.locator("[data-feed] > article").nth(card)
    with page.expect_response(lambda response: response.url.endswith("/feed/place/")) as noted:
        article.evaluate("card => scrollTo(0, card.getBoundingClientRect().top + scrollY - innerHeight / 3)")
    assert noted.value.status == 204
    return str(article.get_attribute("id"))


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_order_is_kept(scripts: bool, window: Windows) -> None:
    page = window("bob", java_script_enabled=scripts).open("/")
    expect_order(page, "For you")
    page.get_by_role("button", name="Latest", exact=True).click()
    expect_order(page, "Latest")
    page.reload()
    expect_order(page, "Latest")
    expect_order(window("bob").open("/"), "Latest")


def test_filters_open_where_they_stand(window: Windows) -> None:
    page = window("bob").open("/")
    opener = page.get_by_role("link", name="Filters")
    opener.focus()
    page.keyboard.press("Enter")
    shown = page.get_by_role("dialog", name="Filters")
    expect(shown.get_by_label("Kind of post")).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "true")
    at, box = opener.bounding_box(), shown.bounding_box()
    assert at
    assert box
    assert abs(at["x"] + at["width"] - box["x"] - box["width"]) < 2, "both end at the same line"
    assert 0 <= box["y"] - at["y"] - at["height"] < 10
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_filters_are_seen_and_left(scripts: bool, window: Windows) -> None:
    page = window("bob", java_script_enabled=scripts).open("/")
    page.get_by_role("link", name="Filters").click()
    page.get_by_label("Kind of post").select_option("polls")
    page.get_by_label("With the hashtag").fill("#nobodyusesthis")
    page.get_by_role("button", name="Show only this").click()
    expect(page.get_by_text("Filtered:")).to_be_visible()
    expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()
    page.get_by_role("link", name="Filters").click()
    expect(page.get_by_label("Kind of post")).to_have_value("polls")
    expect(page.get_by_label("With the hashtag")).to_have_value("nobodyusesthis")
    page.goto(page.url.replace("/feed/filters/", "/"))
    page.get_by_role("button", name="Show everything").first.click()
    expect(page.get_by_text("Filtered:")).to_have_count(0)
    expect(page.locator("[data-feed] > article").first).to_be_visible()


def test_reading_goes_on_on_another_device(window: Windows) -> None:
    phone = window("bob").open("/?view=latest")
    stopped = read_on(phone, 12)
    desk = window("bob").open("/?view=latest")
    first = desk.locator("[data-feed] > article").first.get_attribute("id")
    link = desk.get_by_role("link", name="Go on where you left off")
    expect(link).to_be_visible()
    expect(desk.locator("[data-feed] > article").first).to_have_attribute("id", str(first))
    link.click()
    expect(desk.locator(f"#{stopped}")).to_be_in_viewport()
    desk.get_by_role("link", name="Back to the newest").click()
    desk.get_by_role("button", name="Forget where I left off").click()
    expect(desk.get_by_role("link", name="Go on where you left off")).to_have_count(0)


def test_the_line_stands_where_news_ends(window: Windows, site: RunningSite) -> None:
    opened = window("bob")
    page = opened.open("/?view=latest")
    expect(page.locator("[data-caught-up]")).to_have_count(0)
    written = page.locator("[data-feed] > article").evaluate_all(  # what is passed on stands where that was done
        "all => all.map(one => one.querySelector('.passed-on') ? '' : one.id.replace('post-', ''))"
    )
    news = next(place for place, post in enumerate(written) if place > 4 and post)
    opened.open("/keys/")  # no page of the feed is left to say how far it was read
    site.rows("DELETE FROM feed_feedstate")
    site.rows(
        "INSERT INTO feed_feedstate (person_id, view, filters, place_cursor, seen_until)"
        " SELECT bob.id, 'latest', '{}', '', post.created_at FROM accounts_user bob, posts_post post"
        " WHERE bob.username = 'bob' AND post.id = %s",
        written[news],
    )
    site.redis.call("FLUSHALL")
    page = opened.open("/?view=latest")
    line = page.locator("[data-caught-up]")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("You are all caught up")
    above = page.locator("[data-feed] > article:has(~ [data-caught-up])")
    assert 0 < above.count() <= news  # their own are no news
    read_on(page, news + 3)  # past the line
    page = opened.open("/?view=latest")
    expect(page.locator("[data-feed] > article:has(~ [data-caught-up])")).to_have_count(0)


def test_what_was_missed_is_told_until_it_is_closed(window: Windows, site: RunningSite) -> None:
    opened = window("bob")
    site.rows(
        "UPDATE accounts_lastseen SET at = now() - interval '3 days'"
        " WHERE user_id = (SELECT id FROM accounts_user WHERE username = 'bob')"
    )
    page = opened.open("/")
    section = page.locator("[data-away]")
    expect(section.get_by_role("heading", name=re.compile("Since you were away"))).to_be_visible()
    expect(section.locator("article").first).to_be_visible()
    section.locator("summary").first.click()
    expect(section.locator("article").first).to_be_hidden()
    section.get_by_role("button", name="I have seen these").click()
    expect(section).to_have_count(0)
    page.reload()
    expect(page.locator("[data-away]")).to_have_count(0)


def test_less_like_this_can_be_undone(window: Windows, site: RunningSite) -> None:
    opened = window("bob")
    post = site.newest_public_post("alice")
    page = opened.open(f"/posts/{post}/why/")
    expect(page.get_by_role("heading", name="Why am I seeing this?")).to_be_visible()
    page.get_by_role("button", name="Less like this").click()
    expect(page.get_by_text("You will see less like this.")).to_be_visible()
    expect(page.locator(f"#post-{post}")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("You will see less like this.")).to_have_count(0)
    opened.open(f"/posts/{post}/why/")
    expect(page.get_by_role("button", name="Less like this")).to_be_visible()
