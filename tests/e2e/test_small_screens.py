"""What fingers and narrow windows meet: nothing is pushed out, badges keep to their names, targets are large enough."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.site import RunningSite

Open = Callable[..., Window]

PHONE = {"width": 390, "height": 844}
# Badges whose line is not the last line of the name before them.
ALONE = """() => [...document.querySelectorAll("main .name + .verified svg")].filter((badge) => {
  const name = [...badge.parentElement.previousElementSibling.getClientRects()].at(-1);
  return badge.getBoundingClientRect().top > name.bottom;
}).length"""
SLANTED = """() => [...document.querySelectorAll("body *")]
  .filter((one) => getComputedStyle(one).fontStyle !== "normal").length"""


def test_a_long_circle_leaves_the_composer_in_the_window(window: Open) -> None:
    page = window("alice", viewport=PHONE).open("/settings/circles/")
    name = "Everybody who sings on Thursday evenings"
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the circle").click()
    page.goto(page.url.split("/settings/")[0])
    page.get_by_role("textbox", name="Write a post").click()
    page.get_by_label("to whom").select_option(label=f"Circle: {name}")
    send = page.get_by_role("button", name="Post", exact=True).bounding_box()
    assert send
    assert send["x"] + send["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_no_badge_stands_alone_on_a_line(window: Open) -> None:
    page = window("alice", viewport=PHONE).open("/people/")
    expect(page.locator("main .verified").first).to_be_visible()
    for width in range(320, 480, 20):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(ALONE) == 0, width


def test_plain_letters_never_slant(window: Open, site: RunningSite) -> None:
    opened = window("bob")
    opened.context.add_cookies([{"name": "letters", "value": "wide", "url": site.url}])
    for path in ("/", "/@alice/", "/people/"):
        assert opened.open(path).evaluate(SLANTED) == 0, path


def test_chips_and_folded_terms_are_large_enough_for_a_finger(window: Open) -> None:
    opened = window("alice", viewport=PHONE)
    for path, what in (("/settings/studies/", ".chips-box button"), ("/@bob/", ".ledger summary")):
        page = opened.open(path)
        heights = page.locator(what).evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")
        assert heights, path
        assert min(heights) >= 44, path


def test_the_bar_of_the_largest_letters_keeps_its_buttons_in_one_row(window: Open, site: RunningSite) -> None:
    opened = window("bob", viewport=PHONE)
    cookies = {"text": "130", "letters": "wide"}
    opened.context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])
    buttons = opened.open("/").locator(".topbar-end > *").all()
    boxes = [box for button in buttons if (box := button.bounding_box())]
    assert len(boxes) == 3
    assert len({box["y"] for box in boxes}) == 1
    assert boxes[0]["y"] >= 0
