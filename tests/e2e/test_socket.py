"""The socket of an open page: it comes back by itself, and it ends with the session."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.site import RunningSite

REMEMBER = """() => document.addEventListener("cc:frame", ({ detail }) => {
    if (detail.type === "resync") document.documentElement.dataset.resynced = "";
})"""


def test_a_page_finds_the_server_again_and_asks_for_what_it_missed(
    window: Callable[..., Window], site: RunningSite
) -> None:
    charlie = window("charlie")
    html = charlie.open("/").locator("html")
    expect(html).to_have_attribute("data-socket", "open")
    charlie.page.evaluate(REMEMBER)
    site.web.kill9()
    expect(html).to_have_attribute("data-socket", "closed")
    site.web.start()
    expect(html).to_have_attribute("data-resynced", "", timeout=30_000)
    charlie.complaints.clear()  # of a server that was not there


def test_logging_out_in_one_tab_ends_the_other(window: Callable[..., Window], site: RunningSite) -> None:
    first = window("charlie")
    second = first.context.new_page()
    second.goto(f"{site.url}/")
    expect(second.locator("html")).to_have_attribute("data-socket", "open")
    first.open("/settings/")
    first.page.get_by_role("button", name="Log out", exact=True).first.click()
    expect(second.get_by_role("link", name="Log in", exact=True).first).to_be_visible()
