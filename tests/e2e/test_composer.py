"""Writing a post in a browser: polls, drafts on two devices, quotes, times, and all of it without a script."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Window
from tests.site import RunningSite

Open = Callable[..., Window]


def words(said: str) -> str:
    """A text that is on no other page."""
    return f"{said} {uuid.uuid4().hex[:8]}"


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Write a post")


def card(page: Page, text: str) -> Locator:
    return page.get_by_role("article").filter(has_text=text).first


def act(what: str, text: str) -> re.Pattern[str]:
    """The name of what can be done with the draft that says so."""
    return re.compile(rf"{what}\s*: {text}")


def in_three_hours() -> str:
    return (datetime.now(UTC) + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")


def test_a_poll_is_built_with_the_keyboard_and_voted_in(window: Open) -> None:
    text = words("Soup on the roof?")
    page = window("alice").open("/")
    box(page).fill(text)
    page.get_by_role("button", name="Ask a poll").press("Enter")
    expect(page.get_by_label("Question")).to_be_focused()
    page.keyboard.type("Which day?")
    page.get_by_label("Answer 1").fill("Monday")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Answer 2")).to_be_focused()
    page.keyboard.type("Tuesday")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Answer 3")).to_be_focused()
    page.keyboard.type("Never")
    page.get_by_role("button", name="Another answer").click()
    page.get_by_role("button", name="Remove this answer").nth(3).click()
    expect(page.get_by_label("Answer 4")).to_have_count(0)
    page.get_by_label("Results only after voting").check()
    page.get_by_role("button", name="Post", exact=True).click()
    mine = card(page, text)
    expect(mine).to_be_visible()  # without a reload
    expect(box(page)).to_have_value("")
    expect(page.get_by_label("Question")).to_be_hidden()

    bob = window("bob").open(f"/posts/{str(mine.get_attribute('id')).removeprefix('post-')}/")
    theirs = card(bob, text)
    expect(theirs.get_by_text("Results are shown once you have voted.")).to_be_visible()
    theirs.get_by_role("radio", name="Monday").focus()
    bob.keyboard.press("ArrowDown")
    theirs.get_by_role("button", name="Vote", exact=True).press("Enter")
    expect(theirs.get_by_text("100%")).to_be_visible()
    expect(theirs.get_by_text("Tuesday, your vote")).to_have_count(1)
    theirs.get_by_role("link", name="Change my vote").click()
    expect(theirs.get_by_role("radio", name="Tuesday")).to_be_checked()
    theirs.get_by_role("radio", name="Never").check()
    theirs.get_by_role("button", name="Vote", exact=True).click()
    expect(theirs.get_by_text("Never, your vote")).to_have_count(1)
    bob.reload()
    expect(card(bob, text).get_by_text("Never, your vote")).to_have_count(1)


def test_a_draft_survives_a_reload_and_is_found_on_another_device(window: Open) -> None:
    text = words("Begun on the tram")
    here = window("alice").open("/")
    box(here).fill(text)
    here.get_by_role("button", name="Add a content warning").click()
    here.get_by_label("What it is about").fill("trams")
    expect(here.get_by_text("Saved as a draft")).to_be_visible()
    here.reload()
    expect(box(here)).to_have_value(text)
    expect(here.get_by_label("What it is about")).to_have_value("trams")

    there = window("alice").open("/")
    there.get_by_role("link", name=re.compile(r"\d+ drafts?")).click()
    there.get_by_role("link", name=text, exact=True).click()
    expect(box(there)).to_have_value(text)
    box(there).fill(f"{text}, gone on with at home")
    expect(there.get_by_text("Saved as a draft")).to_be_visible()

    box(here).fill(f"{text}, but the tram moved on")
    expect(here.get_by_text("This draft was changed on another device.")).to_be_visible()
    expect(here.get_by_text("gone on with at home")).to_be_visible()
    with here.expect_response(lambda answer: "/drafts/" in answer.url and answer.ok):
        here.get_by_role("button", name="Keep what is here").click()
    expect(here.get_by_text("Saved as a draft")).to_be_visible()
    there.reload()
    expect(box(there)).to_have_value(f"{text}, but the tram moved on")

    here.get_by_role("button", name="Post", exact=True).click()
    expect(card(here, text)).to_be_visible()
    box(there).fill("A late thought")  # another draft now: this one is out
    expect(there.get_by_text("Saved as a draft")).to_be_visible()
    here.goto(here.url + "drafts/")
    expect(here.get_by_role("link", name=text, exact=True)).to_have_count(0)
    expect(here.get_by_role("link", name="A late thought", exact=True)).to_have_count(1)


def test_what_was_typed_last_is_saved_when_the_page_is_left(window: Open) -> None:
    text = words("Typed and gone")
    page = window("charlie").open("/")
    box(page).fill(text)
    page.goto(f"{page.url}explore/")
    page.goto(page.url.replace("explore", "drafts"))
    for _ in range(20):
        if page.get_by_role("link", name=text, exact=True).count():
            break
        page.wait_for_timeout(200)
        page.reload()
    expect(page.get_by_role("link", name=text, exact=True)).to_have_count(1)


def test_drafts_are_gone_on_with_posted_and_deleted_from_the_list(window: Open) -> None:
    first, second = words("Kept"), words("Sent")
    page = window("dora").open("/")
    home = page.url
    for text in (first, second):
        box(page).fill(text)
        page.get_by_role("button", name="Keep for later").click()
        expect(box(page)).to_have_value("")
    page.goto(f"{home}drafts/")
    page.get_by_role("button", name=act("Post it now", second)).click()
    expect(card(page, second)).to_be_visible()
    page.goto(f"{home}drafts/")
    expect(page.get_by_role("link", name=second, exact=True)).to_have_count(0)
    row = page.get_by_role("listitem").filter(has_text=first)
    row.get_by_text("Delete", exact=False).first.click()
    row.get_by_role("button", name="Yes, delete it").click()
    expect(page.get_by_role("link", name=first, exact=True)).to_have_count(0)


def test_a_fault_comes_back_in_place_with_everything(window: Open) -> None:
    page = window("bob").open("/")
    box(page).fill(words("Too few answers"))
    page.get_by_role("button", name="Ask a poll").click()
    page.get_by_label("Answer 1").fill("Only this")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("A poll has two to ten answers.")
    expect(page.get_by_label("Answer 1")).to_have_value("Only this")
    page.get_by_label("Answer 2").fill("And that")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(card(page, "And that")).to_be_visible()
    expect(box(page)).to_have_value("")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_a_post_is_quoted(window: Open, site: RunningSite) -> None:
    text = words("As she says")
    page = window("bob").open(f"/posts/new/?quote={site.newest_public_post('alice')}")
    expect(page.locator("blockquote.quote")).to_be_visible()
    box(page).fill(text)
    page.get_by_role("button", name="Post", exact=True).click()
    expect(card(page, text).locator("blockquote.quote")).to_be_visible()


def test_a_post_waits_is_moved_and_sent(window: Open) -> None:
    text = words("Good luck tomorrow")
    page = window("mira").open("/")
    home = page.url
    box(page).fill(text)
    page.get_by_role("button", name="Schedule").click()
    page.get_by_label("Goes out").fill(in_three_hours())
    page.get_by_role("button", name="Schedule", exact=True).last.click()
    expect(page.locator("#toasts")).to_contain_text("It goes out")
    expect(box(page)).to_have_value("")
    page.goto(f"{home}scheduled/")
    row = page.get_by_role("listitem").filter(has_text=text)
    row.get_by_text("Another time").click()
    row.get_by_label("Goes out").fill("2020-01-01T10:00")
    row.get_by_role("button", name="Set this time").click()
    expect(page.get_by_text("Choose a time at least five minutes from now.")).to_be_visible()
    page.get_by_role("listitem").filter(has_text=text).get_by_role("button", name="Send it now").click()
    expect(card(page, text)).to_be_visible()


def test_the_clock_sends_what_is_due(window: Open, site: RunningSite) -> None:
    text = words("By the clock")
    page = window("mira").open("/posts/new/")
    box(page).fill(text)
    page.get_by_role("button", name="Schedule").click()
    page.get_by_label("Goes out").fill(in_three_hours())
    page.get_by_role("button", name="Schedule", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Scheduled")
    site.rows("UPDATE posts_draft SET publish_at = now() WHERE content->>'body' = %s RETURNING 1", text)
    for _ in range(90):
        page.goto(f"{site.url}/")
        if page.get_by_text(text).count():
            break
        page.wait_for_timeout(1_000)
    expect(card(page, text)).to_be_visible()


def test_code_formulas_and_signs_are_put_around_what_is_marked(window: Open) -> None:
    page = window("bob").open("/posts/new/")
    box(page).fill("sum")
    box(page).press("ControlOrMeta+a")
    page.get_by_role("button", name="Code or formula").click()
    page.get_by_role("button", name="Formula", exact=True).click()
    expect(box(page)).to_have_value("$sum$")
    box(page).press("End")
    page.get_by_role("button", name="Put in a sign").click()
    expect(page.get_by_role("button", name="smile", exact=True)).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(box(page)).to_have_value("$sum$😀")
    expect(box(page)).to_be_focused()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("status").filter(has_text="This is how it will look")).to_contain_text("😀")


@pytest.mark.parametrize("width", [390, 1280])
def test_everything_is_there_without_scripts(window: Open, site: RunningSite, width: int) -> None:
    site.rows("UPDATE accounts_user SET time_zone = '' WHERE username = 'charlie'")  # times below are UTC
    text = words("Without a script")
    page = window("charlie", java_script_enabled=False, viewport={"width": width, "height": 900}).open("/posts/new/")
    box(page).fill(text)
    page.get_by_text("Poll", exact=True).first.click()
    for number, answer in enumerate(("Yes", "No", "Perhaps"), 1):
        page.get_by_label(f"Answer {number}").fill(answer)
    page.get_by_text("Content warning", exact=True).click()
    page.get_by_label("What it is about").fill("scripts")
    page.get_by_text("Who may reply and quote").first.click()
    page.get_by_label("Who may reply").select_option("Nobody")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("This is how it will look")).to_be_visible()
    expect(page.get_by_label("Answer 3")).to_have_value("Perhaps")
    page.get_by_role("button", name="Keep for later").click()
    page.get_by_role("link", name=act("Go on writing", text)).first.click()
    expect(page.get_by_label("What it is about")).to_have_value("scripts")
    page.get_by_text("Schedule", exact=True).first.click()
    page.get_by_label("Goes out").fill(in_three_hours())
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Scheduled")
    page.get_by_role("button", name=act("Send it now", text)).click()
    page.get_by_text("scripts", exact=True).click()
    page.get_by_role("radio", name="No").check()
    page.get_by_role("button", name="Vote", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Poll")
    page.get_by_role("button", name="Vote", exact=True).click()
    page.get_by_text("scripts", exact=True).click()
    expect(page.get_by_text("1 vote")).to_be_visible()
