"""Pictures of the main pages: `make shots` writes them to .local/shots/.

A running site on the demo campus, each page at phone and desk width, light and dark, as a guest or as alice.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.site import RunningSite

SHOTS = Path(__file__).resolve().parents[1] / ".local" / "shots"
WIDTHS = {390: 844, 1280: 900}  # CSS pixels: width -> height of the window
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
GUEST = {
    "landing": "/",
    "explore": "/explore/",
    "login": "/accounts/login/",
    "signup": "/accounts/signup/",
    "reset": "/accounts/password/reset/",
    "not-found": "/nowhere/",
}


def member_pages(site: RunningSite) -> dict[str, str]:
    post = site.newest_public_post("bob")
    return {
        "home": "/",
        "latest": "/?view=latest",
        "post": f"/posts/{post}/",
        "profile": "/@bob/",
        "tag": f"/tags/{site.some_tag()}/",
        "settings": "/settings/profile/",
        "devices": "/accounts/sessions/",
        "report": f"/report/post/{post}/",
        "styleguide": "/styleguide/",
    }


def shoot(browser: Browser, site: RunningSite, *, width: int, theme: Literal["light", "dark"]) -> Iterator[Path]:
    """Guest's pages, then alice's, in one window size and scheme."""
    window: ViewportSize = {"width": width, "height": WIDTHS[width]}
    context = browser.new_context(base_url=site.url, viewport=window, color_scheme=theme)
    page = context.new_page()
    for name, path in GUEST.items():
        yield take(page, name, path, width=width, theme=theme)
    page.goto("/accounts/login/")
    page.fill("[name=login]", "alice")
    page.fill("[name=password]", "campus-demo")
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_selector("[data-composer]")
    for name, path in member_pages(site).items():
        yield take(page, name, path, width=width, theme=theme)
    context.close()


def take(page: Page, name: str, path: str, *, width: int, theme: str) -> Path:
    page.goto(path)
    page.evaluate("document.fonts.ready")
    target = SHOTS / f"{name}-{width}-{theme}.png"
    page.screenshot(path=target)
    return target


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
        browser.close()
    print(f"{len(taken)} pictures in {SHOTS.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
