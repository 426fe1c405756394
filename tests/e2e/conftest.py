"""A running site (web, worker, beat, PostgreSQL, Redis: real processes) and browsers of several people on it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.site import RunningSite

expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium per file: while Playwright runs, Django takes its thread for an asynchronous one."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


class Window:
    """One person's browser: a page, and what it complained about."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        self._page, self._is_blank = context.new_page(), False
        self.complaints: list[str] = []
        self._page.on("console", self._heard)
        self._page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))

    @property
    def page(self) -> Page:
        """What is open in it: the home page of who has just come in."""
        return self.open("/") if self._is_blank else self._page

    def _heard(self, message: ConsoleMessage) -> None:
        # A refused request is an answer of the site that the page shows; everything else is ours to mend.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        self._is_blank = False
        self._page.goto(f"{self.base}{path}")
        return self._page

    def come_in(self, username: str, password: str) -> None:
        """Logged in by the same form, with the same cookies, but no page is drawn for it: that is most of the time."""
        door, address = self.context.request, f"{self.base}/accounts/login/"
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', door.get(address).text())
        assert token, address
        form: dict[str, str | float | bool] = {
            "login": username, "password": password, "csrfmiddlewaretoken": token[1]
        }  # fmt: skip
        answer = door.post(address, form=form, headers={"Referer": address}, max_redirects=0)
        assert (answer.status, answer.headers.get("location")) == (302, "/"), answer.text()
        self._is_blank = True

    def log_in(self, username: str, password: str) -> Page:
        self.open("/accounts/login/")
        self.page.locator("input[name=login]").fill(username)
        self.page.locator("input[name=password]").fill(password)
        self.page.get_by_role("button", name="Log in", exact=True).click()
        expect(self.page).not_to_have_url(f"{self.base}/accounts/login/")
        return self.page


@pytest.fixture
def window(browser: Browser, site: RunningSite) -> Iterator[Callable[..., Window]]:
    """`window("alice")` is a browser logged in as Alice of the demo cast; `window(None)` is a guest's."""
    from tests.cast import PASSWORD

    contexts: list[BrowserContext] = []
    windows: list[Window] = []

    def make(username: str | None = None, **options: Any) -> Window:
        context = browser.new_context(**options)
        contexts.append(context)
        opened = Window(context, site.url)
        windows.append(opened)
        if username:
            opened.come_in(username, PASSWORD)
        return opened

    yield make
    for context in contexts:
        context.close()
    assert [opened.complaints for opened in windows if opened.complaints] == []
