"""The form in the feed comes without its parts; they are fetched when somebody writes, and nothing is lost before."""

import json
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import Window
from tests.site import RunningSite

Open = Callable[..., Window]
PARTS = "**/posts/new/parts/"


def words(said: str) -> str:
    """A text that is on no other page."""
    return f"{said} {uuid.uuid4().hex[:8]}"


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Write a post")


def send(page: Page) -> None:
    page.get_by_role("button", name="Post", exact=True).click()


def card(page: Page, text: str) -> Locator:
    return page.get_by_role("article").filter(has_text=text).first


def kept_poll(page: Page, text: str) -> None:
    """A draft with a poll that only this browser has."""
    page.route("**/drafts/*/", lambda route: route.abort())
    box(page).fill(text)
    page.get_by_role("button", name="Ask a poll").click()
    page.get_by_label("Answer 1").fill("Monday")
    page.get_by_label("Answer 2").fill("Tuesday")
    page.get_by_label("Nobody sees who voted").uncheck()
    expect(page.get_by_text("Kept on this device only")).to_be_visible()


def poll_of(site: RunningSite, text: str) -> list[tuple[object, ...]]:
    return site.rows(
        "SELECT o.text, l.is_anonymous FROM posts_poll l JOIN posts_post p ON p.id = l.post_id"
        " JOIN posts_polloption o ON o.poll_id = l.post_id WHERE p.body = %s ORDER BY o.place",
        text,
    )


def draft_of(site: RunningSite, page: Page, text: str) -> dict[str, object]:
    """What the server has of it, as soon as it has."""
    for _turn in range(50):
        if found := site.rows("SELECT content FROM posts_draft WHERE content->>'body' = %s", text):
            content = found[0][0]
            return dict(json.loads(content) if isinstance(content, str) else content)
        page.wait_for_timeout(100)
    raise AssertionError("no draft")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_they_come_once_when_one_writes_and_move_nothing(window: Open, direction: str) -> None:
    page = window("bob").open("/")
    asked: list[Route] = []
    page.route(PARTS, lambda route: asked.append(route))
    for width in (320, 390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.reload()
        page.evaluate(f"document.documentElement.dir = '{direction}'")
        opener = page.get_by_role("button", name="Poll, warning, time, code…")
        expect(page.get_by_role("button", name="Ask a poll")).to_have_count(0)
        assert not asked
        box(page).click()
        expect(opener).to_be_visible()
        expect(opener).to_have_count(1)
        page.wait_for_timeout(100)  # until the row that comes with the focus stands
        before = page.locator("#compose").bounding_box()
        asked[0].continue_()
        for name in ("Ask a poll", "Add a content warning", "Code or formula", "Put in a sign", "Schedule", "Preview"):
            expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
        expect(opener).to_have_count(0)
        assert page.locator("#compose").bounding_box() == before, width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(box(page)).to_be_focused()
        page.get_by_role("button", name="Ask a poll").click()
        expect(page.get_by_label("Answer 2")).to_be_visible()
        expect(page.get_by_label("Answer 3")).to_have_count(0)
        expect(page.get_by_label("Nobody sees who voted")).to_be_checked()
        assert len(asked) == 1
        asked.clear()


def test_the_button_in_their_place_works_by_keyboard(window: Open) -> None:
    page = window("bob").open("/")
    page.route(PARTS, lambda route: route.abort())
    box(page).focus()
    opener = page.get_by_role("button", name="Poll, warning, time, code…")
    opener.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("did not reach us")
    expect(opener).to_be_visible()
    page.unroute(PARTS)
    opener.press("Enter")
    expect(page.get_by_role("button", name="Ask a poll")).to_be_focused()


def test_a_kept_poll_is_back_with_its_parts(window: Open) -> None:
    text = words("Kept with a poll")
    page = window("charlie").open("/")
    kept_poll(page, text)
    page.reload()
    expect(page.get_by_label("Answer 2")).to_have_value("Tuesday")
    expect(page.get_by_label("Nobody sees who voted")).not_to_be_checked()
    expect(page.get_by_role("button", name="Ask a poll")).to_have_attribute("aria-expanded", "true")


def test_whoever_posts_before_they_are_there_loses_nothing(window: Open, site: RunningSite) -> None:
    text = words("Faster than the line")
    page = window("charlie").open("/")
    kept_poll(page, text)
    page.route(PARTS, lambda route: None)  # never answered
    page.reload()
    expect(box(page)).to_have_value(text)
    send(page)
    expect(card(page, text)).to_contain_text("Tuesday")
    assert poll_of(site, text) == [("Monday", False), ("Tuesday", False)]
    expect(box(page)).to_have_value("")
    page.unroute(PARTS)
    second = words("And a plain one")  # the poll is gone with its post
    box(page).fill(second)
    send(page)
    expect(card(page, second)).to_be_visible()
    assert poll_of(site, second) == []


def test_a_time_that_was_kept_is_said_on_the_button(window: Open) -> None:
    page = window("mira").open("/")
    page.route("**/drafts/*/", lambda route: route.abort())
    box(page).fill(words("Later"))
    page.get_by_role("button", name="Schedule").click()
    page.get_by_label("Goes out").fill("2099-01-01T10:00")
    page.route(PARTS, lambda route: None)
    page.reload()
    expect(page.locator("#compose").get_by_role("button", name="Schedule", exact=True)).to_be_visible()


def test_what_is_saved_meanwhile_is_whole(window: Open, site: RunningSite) -> None:
    """Without its parts a form says what they would: a poll to come is secret, and one that is kept stays."""
    plain, asked = words("Just words"), words("With a poll")
    page = window("dora").open("/")
    page.route(PARTS, lambda route: route.abort())
    box(page).fill(plain)
    assert draft_of(site, page, plain)["poll_anonymous"] is True

    page = window("charlie").open("/")
    kept_poll(page, asked)
    page.route(PARTS, lambda route: route.abort())
    page.unroute("**/drafts/*/")
    page.reload()
    expect(page.get_by_text("Saved as a draft")).to_be_visible()
    content = draft_of(site, page, asked)
    assert (content["poll_options"], content["poll_anonymous"]) == (["Monday", "Tuesday"], False)
    page.unroute(PARTS)
    box(page).press("End")
    expect(page.get_by_label("Answer 1")).to_have_value("Monday")


def test_without_scripts_what_is_typed_goes_along(window: Open) -> None:
    text = words("Typed before")
    page = window("charlie", java_script_enabled=False).open("/")
    box(page).fill(text)
    page.get_by_label("to whom").select_option("Followers")
    page.get_by_role("button", name="Poll, warning, time, code…").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Your post")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(box(page)).to_have_value(text)
    expect(page.get_by_label("to whom")).to_have_value("2")
    page.get_by_text("Poll", exact=True).first.click()
    expect(page.get_by_label("Nobody sees who voted")).to_be_checked()
