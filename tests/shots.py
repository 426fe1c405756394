"""Pictures of the main pages: `make shots` writes them to .local/shots/.

A running site on the demo campus, each page at phone and desk width, light and dark, as a guest, alice or a newcomer.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.processes import run_manage
from tests.site import RunningSite

SHOTS = Path(__file__).resolve().parents[1] / ".local" / "shots"
WIDTHS = {390: 844, 1280: 900}  # CSS pixels: width -> height of the window
TALLEST = 2_400  # CSS pixels of a page that are shown
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
GUEST = {
    "landing": "/",
    "explore": "/explore/",
    "trending": "/explore/trending/",
    "login": "/accounts/login/",
    "signup": "/accounts/signup/",
    "reset": "/accounts/password/reset/",
    "campus-log-in-failed": "/accounts/3rdparty/login/error/",
    "profile-as-guest": "/@bob/",
    "rules": "/rules/",
    "privacy-notice": "/privacy/",
    "about": "/about/",
    "help": "/help/",
    "rules-history": "/rules/history/",
    "rules-version": "/rules/history/2/",
    "help-none": "/help/?q=xyzzy",
    "accessibility": "/accessibility/",
    "not-found": "/nowhere/",
}
MEMBER = {
    "home": "/",
    "latest": "/?view=latest",
    "filters": "/feed/filters/",
    "keys": "/keys/",
    "trending-campus": "/explore/trending/",
    "profile": "/@bob/",
    "profile-own": "/@alice/",
    "profile-as-others": "/@alice/?as=everyone",
    "profile-private": "/@quinn/",
    "followers": "/@bob/followers/",
    "friends": "/@alice/friends/",
    "mute": "/@bob/mute/",
    "people": "/people/",
    "people-found": "/people/?q=a&role=student",
    "people-none": "/people/?q=nobodyhasthisname",
    **{f"welcome-{step}": f"/welcome/{step}/" for step in range(1, 6)},
    "settings": "/settings/",
    "settings-profile": "/settings/profile/",
    "settings-studies": "/settings/studies/",
    "settings-links": "/settings/links/",
    "settings-privacy": "/settings/privacy/",
    "saved": "/bookmarks/",
    "saved-reminders": "/bookmarks/?show=reminders",
    "saved-folders": "/bookmarks/folders/",
    "tags": "/tags/?q=l",
    "settings-muted-words": "/settings/muted-words/",
    "settings-posting": "/settings/posting/",
    "deleted": "/posts/deleted/",
    "compose": "/posts/new/",
    "drafts": "/drafts/",
    "scheduled": "/scheduled/",
    "settings-look": "/settings/look/",
    "settings-verification": "/settings/verification/",
    "settings-invitations": "/settings/invitations/",
    "settings-requests": "/settings/requests/",
    "settings-circles": "/settings/circles/",
    "settings-muted": "/settings/muted/",
    "settings-blocked": "/settings/blocked/",
    "email": "/accounts/email/",
    "password": "/accounts/password/change/",
    "devices": "/accounts/sessions/",
    "second-factor": "/accounts/2fa/",
    "passkeys": "/accounts/2fa/webauthn/",
    "campus-log-ins": "/accounts/3rdparty/",
    "styleguide": "/styleguide/",
}
# Steps of the first-run wizard, and what is answered there.
WIZARD: dict[str, dict[str, str]] = {
    "campus": {"name": "Université de Fontclaire et des Deux-Vallées", "slug": "fontclaire", "city": "Fontclaire"},
    "domains": {"domains": "fontclaire.example"},
    "administrator": {
        "name": "Adaeze",
        "email": "adaeze@fontclaire.example",
        "username": "adaeze",
        "password": "four words in a row",
    },
    "mail": {},
    "demo": {},
    "done": {},
}
# People of the demo whose names try a page: a long one, one from right to left, one with signs in it.
TRYING = {
    "long": "ORDER BY length(name) DESC",
    "rtl": "WHERE name ~ '[\u0600-\u06ff]' ORDER BY length(name) DESC",
    "emoji": "WHERE name ~ '[\U0001f300-\U0001faff]' ORDER BY length(name) DESC",
}


def member_pages(site: RunningSite) -> dict[str, str]:
    post = site.newest_public_post("bob")
    named = {
        f"profile-{name}": f"/@{site.rows(f'SELECT username FROM accounts_user {which} LIMIT 1')[0][0]}/"
        for name, which in TRYING.items()
    }
    small = {tail: f"/posts/{post}/{tail}/" for tail in ("reactions", "share", "quotes", "more")}
    small["comment"] = site.deepest_comment("bob")
    found = small | {"post": f"/posts/{post}/", "why": f"/posts/{post}/why/"}
    found |= {"quote": f"/posts/new/?quote={post}", "poll": site.poll(is_open=True)}
    found |= {"poll-closed": site.poll(is_open=False), "poll-voters": f"{site.poll(is_open=False)}voters/"}
    found |= {"report": f"/report/post/{post}/", "tag": f"/tags/{site.some_tag()}/"}
    return MEMBER | found | named


def shoot(browser: Browser, site: RunningSite, *, width: int, theme: Literal["light", "dark"]) -> Iterator[Path]:
    """Guest's pages, then alice's, then home as charlie finds it, who is new, in one window size and scheme."""
    window: ViewportSize = {"width": width, "height": WIDTHS[width]}
    context = browser.new_context(base_url=site.url, viewport=window, color_scheme=theme)
    page = context.new_page()
    for name, path in GUEST.items():
        yield take(page, name, path, width=width, theme=theme)
    log_in(page, "alice")
    for name, path in member_pages(site).items():
        yield take(page, name, path, width=width, theme=theme)
    page.goto("/settings/invitations/")
    invitation = urlsplit(page.input_value("input[readonly]")).path
    context.clear_cookies()
    yield take(page, "invitation", invitation, width=width, theme=theme)
    log_in(page, "charlie")
    yield take(page, "home-new", "/", width=width, theme=theme)
    context.close()


def log_in(page: Page, username: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", "campus-demo")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_selector("[data-composer]")


def take(page: Page, name: str, path: str, *, width: int, theme: str) -> Path:
    page.goto(path)
    page.evaluate("document.fonts.ready")
    target = SHOTS / f"{name}-{width}-{theme}.png"
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    page.set_viewport_size({"width": width, "height": max(tall, WIDTHS[width])})
    page.screenshot(path=target)
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    return target


def wizard(browser: Browser, site: RunningSite) -> Iterator[Path]:
    """The first run of an empty site, walked through once; each step in every window size and scheme."""
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    yield from everywhere(page, "setup-closed", "/setup/")
    key = urlsplit(run_manage("setup_link", env=site.env).strip().splitlines()[-1]).query
    page.goto(f"/setup/?{key}")
    for step, answers in WIZARD.items():
        yield from everywhere(page, f"setup-{step}", f"/setup/?step={step}")
        for name, value in answers.items():
            page.fill(f"[name={name}]", value)
        page.locator("main form").last.locator("button").last.click()
        page.wait_for_load_state()
    context.close()


def everywhere(page: Page, name: str, path: str) -> Iterator[Path]:
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            yield take(page, name, path, width=width, theme=theme)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("make shots needs Chromium on the PATH (Debian: apt-get install chromium).")
    SHOTS.mkdir(parents=True, exist_ok=True)
    with RunningSite() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        taken = [
            path for width in WIDTHS for theme in THEMES for path in shoot(browser, site, width=width, theme=theme)
        ]
        with RunningSite(demo=False) as empty:
            taken += wizard(browser, empty)
        browser.close()
    print(f"{len(taken)} pictures in {SHOTS.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
