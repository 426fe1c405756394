"""A passkey, in a browser whose authenticator Chromium plays: made, used instead of a password, renamed, gone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from tests.cast import PASSWORD
from tests.e2e.conftest import Window
from tests.site import RunningSite

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """A browser whose machine can keep passkeys. The site must be asked for by name: there are none for addresses."""

    def __init__(self, window: Window) -> None:
        self.window = window
        window.base = window.base.replace("127.0.0.1", "localhost")
        self.page: Page = window.page
        self.cdp: CDPSession = window.context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        self.id: str = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]

    @property
    def context(self) -> BrowserContext:
        return self.window.context

    def open(self, path: str) -> Page:
        return self.window.open(path)

    def keys(self) -> list[dict[str, Any]]:
        held = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return list(held["credentials"])

    def refuse(self) -> None:
        """Whoever sits there is not the person: no finger fits."""
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False})

    def prove(self) -> None:
        if "/reauthenticate/" in self.page.url:
            self.page.locator("input[name=password]").fill(PASSWORD)
            self.page.get_by_role("button", name="Confirm").click()

    def add(self, name: str) -> None:
        self.open("/accounts/2fa/webauthn/add/")
        self.prove()
        self.page.locator("input[name=name]").fill(name)
        self.page.get_by_role("button", name="Make the passkey").click()
        expect(self.page.get_by_text("Your passkey is ready.")).to_be_visible()

    def log_out(self) -> None:
        self.open("/accounts/logout/")
        self.page.locator("main form[action='/accounts/logout/'] button").click()
        expect(self.page).to_have_url(f"{self.window.base}/")

    def use_passkey(self) -> None:
        self.open("/accounts/login/")
        self.page.get_by_role("button", name="Use a passkey").click()

    def is_logged_in(self) -> bool:
        self.open("/accounts/sessions/")
        return "/login/" not in self.page.url


@pytest.fixture
def device(window: Callable[..., Window], site: RunningSite) -> Iterator[Callable[[str], Device]]:
    """`device("wanda")`: the device of a member of the demo campus, who has no passkey again afterwards."""
    used: list[str] = []

    def make(username: str) -> Device:
        used.append(username)
        opened = Device(window())
        opened.window.log_in(username, PASSWORD)
        return opened

    yield make
    for username in used:
        site.rows(
            "WITH gone AS (DELETE FROM mfa_authenticator USING accounts_user u WHERE u.id = user_id AND u.username = %s"
            " RETURNING 1) SELECT count(*) FROM gone",
            username,
        )


def test_a_passkey_from_its_making_to_its_end(device: Callable[[str], Device]) -> None:
    hers = device("alice")
    hers.add("Alice's laptop")
    assert len(hers.keys()) == 1
    expect(hers.page.locator("ol.codes li")).to_have_count(10)  # codes for bad days, at once

    hers.log_out()
    assert not hers.is_logged_in()
    hers.use_passkey()
    expect(hers.page).to_have_url(f"{hers.window.base}/")
    assert hers.is_logged_in()

    hers.open("/accounts/2fa/webauthn/")
    hers.page.get_by_role("link", name="Rename").click()
    hers.prove()
    hers.page.locator("input[name=name]").fill("The old laptop")
    hers.page.get_by_role("button", name="Keep the name").click()
    expect(hers.page.locator("ul.rows").get_by_text("The old laptop", exact=False).first).to_be_visible()

    hers.page.get_by_role("link", name="Remove").click()
    hers.page.get_by_role("button", name="Remove the passkey").click()
    expect(hers.page.get_by_text("You have none yet.")).to_be_visible()

    hers.log_out()
    assert len(hers.keys()) == 1  # the device still has it, and offers it
    hers.use_passkey()
    expect(hers.page.locator(".callout.is-bad")).to_be_visible()
    assert not hers.is_logged_in()


def test_it_leads_where_one_wanted_to_go(device: Callable[[str], Device]) -> None:
    hers = device("alice")
    hers.add("x")
    hers.log_out()
    hers.open("/settings/blocked/")
    hers.page.get_by_role("button", name="Use a passkey").click()
    expect(hers.page).to_have_url(f"{hers.window.base}/settings/blocked/")


def test_it_is_the_second_step_of_a_password(device: Callable[[str], Device]) -> None:
    hers = device("alice")
    hers.add("x")
    hers.log_out()
    hers.open("/accounts/login/")
    hers.page.locator("input[name=login]").fill("alice")
    hers.page.locator("input[name=password]").fill(PASSWORD)
    hers.page.get_by_role("button", name="Log in", exact=True).click()
    expect(hers.page.get_by_role("heading", name="The second step")).to_be_visible()
    hers.page.get_by_role("button", name="Use a passkey").click()
    expect(hers.page).to_have_url(f"{hers.window.base}/")
    assert hers.is_logged_in()


def test_it_shows_who_one_is_before_keys_are_touched(device: Callable[[str], Device]) -> None:
    hers = device("alice")
    hers.add("x")
    hers.log_out()
    hers.use_passkey()
    expect(hers.page).to_have_url(f"{hers.window.base}/")
    hers.open("/accounts/2fa/webauthn/add/")
    hers.page.get_by_role("link", name="Use a passkey").click()
    hers.page.get_by_role("button", name="Use a passkey").click()
    expect(hers.page.get_by_role("heading", name="Add a passkey")).to_be_visible()


def test_another_hand_opens_nothing(device: Callable[[str], Device]) -> None:
    hers = device("alice")
    hers.add("x")
    hers.log_out()
    hers.refuse()
    hers.use_passkey()
    expect(hers.page.locator("[data-passkey-says=failed]")).to_be_visible()
    assert not hers.is_logged_in()


def test_one_device_holds_one_key(device: Callable[[str], Device]) -> None:
    hers = device("alice")
    hers.add("x")
    hers.open("/accounts/2fa/webauthn/add/")
    hers.page.get_by_role("button", name="Make the passkey").click()
    expect(hers.page.locator("[data-passkey-says=known]")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_axe_finds_nothing_where_keys_are_kept(device: Callable[[str], Device], theme: str) -> None:
    """Pages that ask who one is first; the others stand in test_every_page."""
    hers = device("alice")
    hers.context.add_cookies([{"name": "theme", "value": theme, "url": hers.window.base}])
    hers.open("/accounts/2fa/webauthn/add/")
    found = faults(hers.page)
    hers.add("Alice's laptop")
    found += faults(hers.page)
    hers.open("/accounts/2fa/webauthn/")
    pages = [hers.page.get_by_role("link", name=name).get_attribute("href") for name in ("Rename", "Remove")]
    pages += ["/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/activate/", "/accounts/2fa/recovery-codes/generate/"]
    pages += ["/accounts/2fa/webauthn/reauthenticate/", "/accounts/2fa/reauthenticate/", "/accounts/2fa/"]
    for path in pages:
        hers.open(str(path))
        found += faults(hers.page)
    assert found == []


def faults(page: Page) -> list[str]:
    page.set_viewport_size({"width": 320, "height": 800})
    found = [f"{page.url}: {one['id']}" for one in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth") > 320:
        found.append(f"{page.url} scrolls sideways")
    return found


def test_without_scripts_the_page_says_what_to_do(window: Callable[..., Window]) -> None:
    page = window(java_script_enabled=False).open("/accounts/login/")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    expect(page.get_by_text("With JavaScript")).to_be_visible()
