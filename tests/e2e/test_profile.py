"""One's own profile in a browser: chips by keyboard and mouse, the preview, and "view as"."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Window


def test_words_become_chips_and_go_again_by_keyboard(window: Callable[..., Window]) -> None:
    page = window("charlie").open("/settings/studies/")
    box, kept = page.get_by_role("combobox", name="You can help with", exact=True), page.locator("[name=skills]")
    for _ in range(page.locator(".chips-box").first.get_by_role("button").count()):
        page.locator(".chips-box").first.get_by_role("button").first.click()
    box.fill("Soup")
    box.press("Enter")
    box.press_sequentially("Juggling, ")
    box.fill("soup")
    box.press("Enter")
    assert kept.input_value() == "Soup, Juggling"
    page.get_by_role("button", name="Remove Soup").press("Enter")
    assert kept.input_value() == "Juggling"
    expect(page.get_by_role("button", name="Remove Juggling")).to_be_focused()
    box.fill("Left in the box")
    page.get_by_role("button", name="Save studies").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert page.locator("[name=skills]").input_value() == "Juggling, Left in the box"
    page.goto(page.url.split("/settings/")[0] + "/@charlie/")
    expect(page.get_by_text("Left in the box")).to_be_visible()


def test_backspace_takes_the_last_word_back(window: Callable[..., Window]) -> None:
    page = window("charlie").open("/settings/studies/")
    box = page.get_by_role("combobox", name="You like", exact=True)
    box.press_sequentially("Owls,")
    box.press("Backspace")
    expect(box).to_have_value("Owls")
    assert "Owls" not in page.locator("[name=interests]").input_value()


def test_words_that_others_use_are_offered(window: Callable[..., Window]) -> None:
    page = window("charlie").open("/settings/studies/")
    page.get_by_role("combobox", name="You like", exact=True).press_sequentially("light")
    expect(page.locator("datalist option[value=Lighthouses]")).to_be_attached()


def test_without_scripts_it_is_a_text_box_with_commas(window: Callable[..., Window]) -> None:
    page = window("dora", java_script_enabled=False).open("/settings/studies/")
    page.get_by_label("You can help with", exact=True).fill("Knots, tea")
    page.get_by_label("Courses", exact=True).fill("KNOT 101: Bends and hitches")
    page.get_by_role("button", name="Save studies").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert page.get_by_label("You can help with", exact=True).input_value() == "Knots, tea"


@pytest.mark.parametrize("scripts", [True, False])
def test_the_preview_shows_the_markdown_and_keeps_what_is_typed(scripts: bool, window: Callable[..., Window]) -> None:
    page = window("dora", java_script_enabled=scripts).open("/settings/profile/")
    page.get_by_label("About you", exact=True).fill("I am **very** tired")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#bio-preview strong")).to_have_text("very")
    expect(page.get_by_label("About you", exact=True)).to_have_value("I am **very** tired")


def test_view_as_and_back(window: Callable[..., Window]) -> None:
    page = window("alice").open("/settings/profile/")
    page.get_by_role("link", name="everyone").click()
    expect(page.get_by_text("This is what everyone sees")).to_be_visible()
    page.get_by_role("link", name="As your followers").click()
    expect(page.get_by_text("This is what your followers see")).to_be_visible()
    page.get_by_role("link", name="Back to your view").click()
    expect(page.get_by_role("link", name="Edit profile")).to_be_visible()
