"""Every page in both themes: an accessibility audit that finds nothing, and no sideways scrolling at 320 px."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import Window
from tests.site import RunningSite

GUEST = ["/", "/explore/", "/explore/trending/", "/accounts/login/", "/accounts/signup/",
         "/accounts/password/reset/", "/no-such-page/", "/rules/", "/rules/history/", "/rules/history/2/",
         "/privacy/", "/about/", "/help/", "/help/?q=passkey", "/accessibility/", "/keys/",
         "/accounts/3rdparty/login/cancelled/", "/accounts/3rdparty/login/error/"]  # fmt: skip
MEMBER = [
    "/",
    "/?view=latest",
    "/feed/filters/",
    "/keys/",
    "/explore/",
    "/explore/trending/",
    "/explore/trending/?of=everywhere",
    "{why}",
    "/@alice/",
    "/@bob/",
    "/@alice/followers/",
    "/@alice/following/",
    "/settings/",
    "/settings/profile/",
    "/settings/studies/",
    "/settings/links/",
    "/settings/blocked/",
    "/settings/requests/",
    "/settings/muted/",
    "/settings/circles/",
    "/@alice/friends/",
    "/@bob/mute/",
    "/settings/privacy/",
    "/settings/posting/",
    "/settings/muted-words/",
    "/tags/",
    "/tags/?q=a",
    "/bookmarks/",
    "/bookmarks/?show=open",
    "/bookmarks/?show=reminders",
    "/bookmarks/folders/",
    "{bookmark}",
    "/posts/deleted/",
    "/posts/deleted/?what=comments",
    "{post}history/",
    "{post}reactions/",
    "{post}reactions/?word=1",
    "{post}share/",
    "{post}quotes/",
    "{post}more/",
    "{comment}reactions/",
    "/people/",
    "/people/?q=a&role=student&sort=newest",
    "/people/?q=nobodyhasthisname",
    "/settings/look/",
    "/privacy/",
    *(f"/welcome/{step}/" for step in range(1, 6)),
    "/settings/invitations/",
    "/settings/verification/",
    "/accounts/sessions/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/password/change/",
    "/accounts/email/",
    "/accounts/3rdparty/",
    "/accounts/logout/",
    "/posts/new/",
    "/posts/new/?quote={id}",
    "/drafts/",
    "/scheduled/",
    "{open_poll}",
    "{open_poll}vote/?change=1",
    "{closed_poll}voters/",
    "{post}",
    "{post}?sort=best",
    "{comment}",
    "{report}",
    "{tag}",
]


def concrete(path: str, site: RunningSite) -> str:
    """Fills in a post of the demo campus."""
    post = site.newest_public_post("alice")
    of_bob = "SELECT id FROM posts_bookmark WHERE person_id = (SELECT id FROM accounts_user WHERE username = 'bob')"
    saved = site.rows(f"{of_bob} LIMIT 1")[0][0]
    talks = (
        "SELECT c.id FROM posts_comment c JOIN posts_post p ON p.id = c.post_id"
        " JOIN accounts_user u ON u.id = p.author_id"
    )
    comment = site.rows(f"{talks} WHERE u.username = 'alice' AND p.audience = 0 AND c.deleted_at IS NULL LIMIT 1")[0][0]
    found = {"post": f"/posts/{post}/", "report": f"/report/post/{post}/", "tag": f"/tags/{site.some_tag()}/"}
    found |= {"why": f"/posts/{post}/why/", "id": str(post)}
    found |= {"open_poll": site.poll(is_open=True), "closed_poll": site.poll(is_open=False)}
    return path.format(bookmark=f"/bookmarks/{saved}/", comment=f"/comments/{comment}/", **found)


# The themes differ in their colours alone: what is not about those is looked at in one of them.
AXE = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]},
}


WIDTHS = {"light": 1280, "dark": 320}  # and nothing may scroll sideways in either


SLOW = pytest.mark.slow  # a minute each
AS = [
    pytest.param(None, GUEST, "light", id="guest-light"),
    pytest.param("bob", MEMBER[::4], "light", id="some-member-light"),
    pytest.param(None, GUEST, "dark", id="guest-dark", marks=SLOW),
    pytest.param("bob", MEMBER, "light", id="member-light", marks=SLOW),
    pytest.param("bob", MEMBER, "dark", id="member-dark", marks=SLOW),
]


@pytest.mark.parametrize(("who", "paths", "theme"), AS)
def test_axe_finds_nothing(
    window: Callable[..., Window], site: RunningSite, who: str | None, paths: list[str], theme: str
) -> None:
    opened = window(who, viewport={"width": WIDTHS[theme], "height": 800})
    opened.context.add_cookies([{"name": "theme", "value": theme, "url": site.url}])
    found: list[str] = []
    for path in paths:
        page = opened.open(concrete(path, site))
        assert page.locator("html").get_attribute("data-theme") == theme, path
        if page.evaluate("document.documentElement.scrollWidth") > WIDTHS[theme]:
            found.append(f"{path} scrolls sideways")
        for violation in Axe().run(page, options=AXE[theme]).response["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            found.append(f"{path}: {violation['id']}: {nodes}")
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize(("who", "paths"), [(None, GUEST), ("bob", MEMBER)], ids=["guest", "member"])
def test_nothing_scrolls_sideways_at_320_px_with_the_largest_letters(
    window: Callable[..., Window], site: RunningSite, who: str | None, paths: list[str]
) -> None:
    opened, look = window(who, viewport={"width": 320, "height": 800}), {"text": "130", "letters": "wide"}
    opened.context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in look.items()])
    wide = []
    for path in paths:
        page = opened.open(concrete(path, site))
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    assert wide == []


@pytest.mark.parametrize("who", [None, "bob"], ids=["guest", "member"])
def test_only_who_and_when_stand_in_the_margin(
    window: Callable[..., Window], site: RunningSite, who: str | None
) -> None:
    """What a list says at its end, or in the place of comments, stands right of the ruled line."""
    opened = window(who, viewport={"width": 1280, "height": 900})
    crossing = []
    for path in ["/explore/", "{post}", "{tag}", "/@bob/"]:
        page = opened.open(concrete(path, site))
        line = page.evaluate("document.querySelector('.is-ruled').getBoundingClientRect().left + 80")
        lefts = page.eval_on_selector_all(
            ".is-ruled :is(.sheet-body, .sheet-foot)", "all => all.map(one => one.getBoundingClientRect().left)"
        )
        crossing += [path for left in lefts if left < line]
    assert crossing == []
