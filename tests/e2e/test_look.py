"""The look in a browser: seen before it is kept, kept for the next page, and the way between settings."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Window

Open = Callable[..., Window]


def keep(page: Page, *choices: str) -> None:
    for choice in choices:
        page.get_by_role("radio", name=choice).check()
    with page.expect_navigation():
        page.get_by_role("button", name="Keep this look").click()


def test_a_choice_is_seen_before_it_is_kept_and_stays(window: Open) -> None:
    page = window("mira").open("/settings/look/")
    size = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    page.get_by_role("radio", name="Largest").check()
    expect(page.locator("html")).to_have_attribute("data-text", "130")
    larger = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    assert float(larger[:-2]) == 1.3 * float(size[:-2])
    keep(page, "Nothing moves")
    expect(page.get_by_role("radio", name="Largest")).to_be_checked()
    page.goto(page.url.replace("/settings/look/", "/explore/"))
    expect(page.locator("html")).to_have_attribute("data-text", "130")
    assert page.evaluate("getComputedStyle(document.querySelector('.btn, button')).transitionProperty") == "none"
    page.goto(page.url.replace("/explore/", "/settings/look/"))
    keep(page, "As the browser has it")
    expect(page.locator("html")).not_to_have_attribute("data-text", "130")


def test_single_keys_are_switched_off_in_settings_too(window: Open) -> None:
    page = window("mira").open("/settings/look/")
    keep(page, "Off")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    keep(page, "On")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_the_clock_of_the_device_is_offered(window: Open) -> None:
    opened = window("charlie", timezone_id="Asia/Tokyo")
    page = opened.open("/settings/look/")
    page.get_by_role("button", name="Take the clock of this device").click()
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    page.get_by_role("button", name="Keep this clock").click()
    expect(page.get_by_text("Times are told by this clock now.")).to_be_visible()
    expect(page.get_by_role("button", name="Take the clock of this device")).to_be_hidden()


def test_places_stand_beside_the_page_or_behind_the_way_back(window: Open) -> None:
    wide = window("bob", viewport={"width": 1280, "height": 900}).open("/settings/look/")
    places = wide.get_by_role("navigation", name="Settings")
    expect(places.get_by_role("link", name="Blocked")).to_be_visible()
    expect(places.locator("[aria-current]")).to_have_text("Look")
    narrow = window("bob", viewport={"width": 390, "height": 844}).open("/settings/look/")
    places = narrow.get_by_role("navigation", name="Settings")
    expect(places.get_by_role("link", name="Blocked")).to_be_hidden()
    places.get_by_role("link", name="Settings").click()
    narrow.get_by_role("link", name="Blocked").click()
    expect(narrow).to_have_url(f"{narrow.url.split('/settings')[0]}/settings/blocked/")
