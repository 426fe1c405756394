"""/people/ in a browser: letters, choices, Back, and the whole of it on a phone."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Window


def test_typing_choosing_and_going_back(window: Callable[..., Window]) -> None:
    page = window("bob").open("/people/")
    rows = page.locator(".found .rows > li")
    before = rows.count()
    page.locator("#finder-q").press_sequentially("ali")
    expect(page.get_by_role("link", name="Alice Ashdown")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/people/\?q=ali$"))
    assert rows.count() < before
    expect(page.locator("#told")).to_have_text(re.compile(r"^\d+ (person|people)\s*$"))  # said aloud
    box = page.get_by_role("group", name="Role").get_by_label("Student")
    box.check()
    expect(page).to_have_url(re.compile(r"/people/\?q=ali&role=student$"))
    expect(page.locator("#finder-q")).to_have_value("ali")
    expect(box).to_be_focused()  # the list was swapped, the keyboard stayed
    page.reload()
    expect(box).to_be_checked()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/people/\?q=ali$"))
    expect(page.get_by_role("group", name="Role").get_by_label("Student")).not_to_be_checked()


def test_a_chip_takes_a_choice_away(window: Callable[..., Window]) -> None:
    page = window("bob").open("/people/?role=faculty&role=student")
    page.locator(".chips").get_by_role("link", name="Faculty").click()
    expect(page).to_have_url(re.compile(r"/people/\?role=student$"))
    expect(page.get_by_role("group", name="Role").get_by_label("Faculty")).not_to_be_checked()


def test_more_people_come_below_and_can_be_followed(window: Callable[..., Window]) -> None:
    page = window("bob").open("/people/")
    rows = page.locator(".found .rows > li")
    before = rows.count()
    page.get_by_role("link", name="More people").click()
    expect(page.get_by_role("link", name="More people")).to_be_visible()
    expect(rows).not_to_have_count(before)
    page.get_by_role("button", name=re.compile("^Follow ")).last.click()
    expect(page.get_by_role("button", name=re.compile("^(Unfollow|Requested) ")).last).to_be_visible()


def test_on_a_phone_facets_unfold_and_stay(window: Callable[..., Window]) -> None:
    page = window("bob", viewport={"width": 390, "height": 844}).open("/people/")
    box = page.get_by_role("group", name="Role").get_by_label("Staff")
    expect(box).to_be_hidden()
    page.get_by_text("Narrow", exact=True).click()
    box.check()
    expect(page).to_have_url(re.compile(r"role=staff$"))
    expect(box).to_be_visible()


def test_without_scripts_the_button_does_it(window: Callable[..., Window]) -> None:
    page = window("bob", java_script_enabled=False).open("/people/")
    page.locator("#finder-q").fill("ali")
    page.get_by_role("group", name="Role").get_by_label("Student").check()
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Alice Ashdown")).to_be_visible()
    assert "q=ali" in page.url
    assert "role=student" in page.url
