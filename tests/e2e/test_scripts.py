"""What scripts add to pages that work without them: keys, theme, drafts, names, reactions that are taken back."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Window
from tests.site import RunningSite

Open = Callable[..., Window]


def first_post(page: Page) -> str:
    return str(page.locator("[data-feed] article").first.get_attribute("id"))


def test_the_theme_changes_at_once_and_stays(window: Open) -> None:
    opened = window("alice", color_scheme="light")
    page = opened.open("/")
    page.locator(".rail").get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    for _ in range(50):
        if any(cookie["name"] == "theme" for cookie in opened.context.cookies()):
            break
        page.wait_for_timeout(100)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_keys_list_move_like_and_go(window: Open, site: RunningSite) -> None:
    page = window("alice").open("/explore/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator(f"#{first_post(page)}")).to_be_focused()
    page.keyboard.press("j")
    second = page.locator("[data-feed] article").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("k")
    expect(second).not_to_be_focused()
    like = page.locator("[data-feed] article").first.get_by_role("button", name="Like", exact=True)
    before = like.get_attribute("aria-pressed")
    page.keyboard.press("l")
    expect(like).not_to_have_attribute("aria-pressed", str(before))
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url(f"{site.url}/")
    page.wait_for_load_state()
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Write a post")).to_be_focused()


def test_writing_starts_from_any_page(window: Open) -> None:
    page = window("alice").open("/explore/")
    page.keyboard.press("n")
    expect(page.get_by_role("textbox", name="Write a post")).to_be_focused()


def test_keys_can_be_switched_off(window: Open) -> None:
    page = window("dora").open("/explore/")
    page.keyboard.press("?")
    page.get_by_role("switch", name="Single keys are on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.locator("article.is-current").count() == 0
    page.reload()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.get_by_role("link", name="Keyboard").click()
    expect(page.get_by_role("switch", name="Single keys are on")).not_to_be_checked()


def test_a_dialog_gives_the_focus_back(window: Open) -> None:
    page = window("alice").open("/")
    opener = page.get_by_role("link", name="Keyboard")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Keyboard").get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_the_list_of_keys_is_fetched_once_and_a_page_without_scripts(window: Open, site: RunningSite) -> None:
    page = window("alice").open("/explore/")
    expect(page.locator("#keys *")).to_have_count(0)
    page.route("**/keys/", lambda route: route.abort())
    page.keyboard.press("?")
    expect(page.locator("#toasts")).to_contain_text("did not reach us")
    page.unroute("**/keys/")
    page.get_by_role("button", name="Try again").click()
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_contain_text("Next and previous post")
    expect(dialog.get_by_role("switch", name="Single keys are on")).to_be_checked()
    page.keyboard.press("Escape")
    page.route("**/keys/", lambda route: route.abort())
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    plain = window("bob", java_script_enabled=False).open("/")
    plain.get_by_role("link", name="Keyboard").click()
    expect(plain).to_have_url(f"{site.url}/keys/")
    expect(plain.get_by_text("Next and previous post")).to_be_visible()
    expect(plain.get_by_role("switch")).to_have_count(0)  # it would do nothing


def test_a_draft_survives_a_reload_until_it_is_sent(window: Open) -> None:
    page = window("alice").open("/")
    box = page.get_by_role("textbox", name="Write a post")
    box.fill("Written before the tram came")
    page.reload()
    expect(box).to_have_value("Written before the tram came")
    page.keyboard.press("n")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-feed] article").first).to_contain_text("Written before the tram came")
    expect(box).to_have_value("")
    page.reload()
    expect(box).to_have_value("")


def test_a_draft_is_nobody_elses(window: Open) -> None:
    opened = window("alice")
    opened.open("/").get_by_role("textbox", name="Write a post").fill("Only mine")
    assert opened.page.evaluate("Object.keys(localStorage)") == ["draft:alice:post"]
    opened.page.locator(".rail").get_by_role("button", name="Log out").click()
    page = opened.log_in("bob", "campus-demo")
    expect(page.get_by_role("textbox", name="Write a post")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_somebody_is_named_with_the_keyboard(window: Open) -> None:
    page = window("bob").open("/")
    box = page.get_by_role("textbox", name="Write a post")
    box.press_sequentially("Ask @ali")
    choices = page.get_by_role("listbox", name="People")
    expect(choices.get_by_role("option").first).to_contain_text("@alice")
    expect(box).to_have_attribute("aria-activedescendant", "suggest-0")
    box.press("Enter")
    expect(box).to_have_value("Ask @alice ")
    expect(choices).to_be_hidden()


def test_a_reaction_that_did_not_arrive_is_taken_back(window: Open) -> None:
    page = window("alice").open("/explore/")
    page.route("**/react/", lambda route: route.abort())
    like = page.locator("[data-feed] article").first.get_by_role("button", name="Like", exact=True)
    before = str(like.get_attribute("aria-pressed"))
    count = like.locator(".num").inner_text()
    like.click()
    expect(page.locator("#toasts")).to_contain_text("we took it back")
    expect(like).to_have_attribute("aria-pressed", before)
    expect(like.locator(".num")).to_have_text(count)
    page.unroute("**/react/")
    with page.expect_response("**/react/"):
        page.get_by_role("button", name="Try again").click()
    expect(like).not_to_have_attribute("aria-pressed", before)
    page.reload()
    expect(like).not_to_have_attribute("aria-pressed", before)


def test_a_password_can_be_looked_at(window: Open) -> None:
    page = window(None).open("/accounts/login/")
    box = page.locator("input[name=password]")
    box.fill("secret")
    page.get_by_role("button", name="Show the password").click()
    expect(box).to_have_attribute("type", "text")


def test_news_waits_in_the_lane(window: Open, site: RunningSite) -> None:
    reader = window("bob").open("/")
    top = first_post(reader)
    writer = window("alice").open("/")
    writer.get_by_role("textbox", name="Write a post").fill("Soup is ready")
    writer.get_by_role("button", name="Post", exact=True).click()
    pill = reader.get_by_role("button", name="1 new post")
    expect(pill).to_be_visible()
    assert first_post(reader) == top, "what is being read has moved"
    pill.click()
    expect(reader.locator("[data-feed] article").first).to_contain_text("Soup is ready")
    expect(reader.locator("[data-feed] article").first).to_be_focused()


def test_a_page_asks_for_news_of_which_it_is_not_told(window: Open) -> None:
    """As of an author with so many followers that none of them is told at once."""
    bob = window("bob")
    bob.context.route_web_socket(re.compile("/ws/"), lambda _socket: None)
    reader = bob.open("/")
    expect(reader.locator("[data-news]")).to_have_attribute("data-every", "180")  # seconds
    reader.evaluate("document.querySelector('[data-news]').dataset.every = 1")
    writer = window("alice").open("/")
    writer.get_by_role("textbox", name="Write a post").fill("Said to very many")
    writer.get_by_role("button", name="Post", exact=True).click()
    reader.get_by_role("button", name=re.compile("new post")).click()
    expect(reader.locator("[data-feed]")).to_contain_text("Said to very many")


def test_the_theme_changes_without_scripts(window: Open) -> None:
    page = window("dora", java_script_enabled=False, color_scheme="light").open("/explore/")
    page.locator(".rail").get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.url.endswith("/explore/")
    page.locator(".rail").get_by_role("button", name="Light or dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
