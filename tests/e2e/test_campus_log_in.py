"""The whole way through a university's own log-in, in a browser: our button, their page, back here."""

import json
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.accounts.sso.oidc_provider import PASSWORD
from tests.accounts.sso.provider import OidcProvider
from tests.e2e.conftest import Window
from tests.site import RunningSite


@pytest.fixture(scope="module")
def provider(site: RunningSite) -> Iterator[OidcProvider]:
    """Northmere's log-in, connected to the running site for as long as this file is tested."""
    with OidcProvider([f"{site.url}/accounts/oidc/northmere/login/callback/"]) as running:
        settings = json.dumps({"server_url": running.url, "oauth_pkce_enabled": True})
        app = site.database.value(
            "INSERT INTO socialaccount_socialapp (provider, provider_id, name, client_id, secret, key, settings)"
            " VALUES ('openid_connect', 'northmere', 'Northmere University', 'campus-connect', 'a shared secret', '',"
            " %s) RETURNING id",
            settings,
        )
        site.rows(
            "INSERT INTO accounts_signon (app_id, university_id, scope_claim, role_claim, roles, programme_claim)"
            " SELECT %s, id, '', 'eduPersonAffiliation', '{}', '' FROM accounts_university WHERE slug = 'northmere'",
            app,
        )
        yield running
        site.rows("DELETE FROM accounts_signon")
        site.rows("DELETE FROM socialaccount_socialapp")


def test_in_by_the_university_and_out_again(
    window: Callable[..., Window], site: RunningSite, provider: OidcProvider
) -> None:
    page = window(None).open("/accounts/login/?next=/explore/")
    page.get_by_role("button", name="Log in with Northmere University").click()
    page.wait_for_url(f"{provider.url}/**")  # by itself, past a page of ours: no policy stopped it
    page.locator("input[name=login]").fill("nora")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button").first.click()
    page.wait_for_url(f"{site.url}/**")
    page.get_by_role("button", name="I agree").click()  # new people have seen no sign-up form
    expect(page.get_by_role("heading", name="Before you go on")).to_have_count(0)
    page.goto(f"{site.url}/@nora/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nora Novak")
    page.goto(f"{site.url}/accounts/3rdparty/")
    expect(page.get_by_role("main").get_by_text("Northmere University").first).to_be_visible()
    page.goto(f"{site.url}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("who", [None, "bob"], ids=["guest", "member"])
def test_its_pages_are_for_everybody(
    window: Callable[..., Window], site: RunningSite, provider: OidcProvider, who: str | None, theme: str
) -> None:
    """With a provider connected: nothing that an accessibility audit finds, and no scrolling sideways at 320 px."""
    opened = window(who, viewport={"width": 320, "height": 800})
    opened.context.add_cookies([{"name": "theme", "value": theme, "url": site.url}])
    guest = ["/accounts/login/", "/accounts/signup/", "/accounts/oidc/northmere/login/?next=/explore/"]
    for path in ["/accounts/3rdparty/"] if who else guest:
        page = opened.open(path)
        expect(page.get_by_text("Northmere University").first).to_be_visible()
        found = [f"{path}: {one['id']}" for one in Axe().run(page).response["violations"]]
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
