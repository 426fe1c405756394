"""Hostile and awkward text in everything people write: no page runs it, and no page is pushed out of shape."""

from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.cast import PASSWORD
from tests.e2e.conftest import Window
from tests.e2e.hostile import SCRIPTS
from tests.processes import run_manage, wait_for
from tests.site import RunningSite

Windows = Callable[..., Window]
pytestmark = pytest.mark.slow  # every page of every hostile person

FOREIGN = """() => {
  const foreign = [];
  if (window.ran) foreign.push("it ran");
  for (const element of document.querySelectorAll("*")) {
    const tag = element.localName;
    const source = element.getAttribute("src") || "";
    const runs = tag === "script" && element.type !== "application/json";
    if (runs && !source.startsWith("/static/")) foreign.push(element.outerHTML);
    if (["iframe", "object", "embed", "base"].includes(tag)) foreign.push(element.outerHTML);
    if (tag === "math" && !element.closest(".formula")) foreign.push(element.outerHTML);
    if (/mathml/i.test(element.namespaceURI) && /^(annotation|maction|semantics|mglyph)/.test(tag)) foreign.push(tag);
    if (element.hasAttribute("style") && element.closest(".prose")) foreign.push(element.outerHTML);
    if (tag === "style" && !element.closest("svg")) foreign.push(element.outerHTML);
    for (const {name, value} of element.attributes) {
      const leads = ["href", "src", "action", "formaction", "xlink:href"].includes(name);
      if (name.startsWith("on") || name.startsWith("hx-on")) foreign.push(element.outerHTML);
      if (leads && /^\\s*(javascript|data|vbscript):/i.test(value) && tag !== "img") foreign.push(element.outerHTML);
    }
  }
  return foreign.map((text) => text.slice(0, 200));
}"""


@pytest.fixture(scope="module")
def people(site: RunningSite) -> dict[str, dict[str, int]]:
    """Hostile and long people by username, each with the id of their post and their own."""
    run_manage("shell", "-c", "from tests.e2e import hostile; hostile.fill()", env=site.env)
    found = site.rows(
        "SELECT u.username, p.id, u.id FROM accounts_user u JOIN posts_post p ON p.author_id = u.id"
        " WHERE u.username LIKE 'hostile%%' OR u.username LIKE 'long%%'"
    )
    timeline = "SELECT 1 FROM feed_item i JOIN accounts_user u ON u.id = i.user_id WHERE u.username = 'watcher'"
    wait_for(lambda: len(site.rows(timeline)) >= len(found), 60, "the posts in the timeline of who follows them")
    return {username: {"post": post, "person": person} for username, post, person in found}


def pages_of(people: dict[str, dict[str, int]], kind: str) -> Iterator[str]:
    """Every page that shows what those people wrote, as somebody who follows them."""
    yield from ["/", "/?view=latest", "/explore/", "/tags/hostile/", "/@watcher/followers/", "/@watcher/following/"]
    yield from ["/@watcher/friends/", "/people/?q=hostile", "/people/?sort=newest", "/settings/circles/", "/welcome/3/"]
    for username, ids in people.items():
        if username.startswith(kind):
            yield f"/@{username}/"
            yield from (f"/@{username}/{lists}/" for lists in ("followers", "friends"))
            yield f"/posts/{ids['post']}/"
            yield f"/report/post/{ids['post']}/"
            yield f"/report/person/{ids['person']}/"


@pytest.fixture(scope="module")
def seen(browser: Browser, site: RunningSite, people: dict[str, dict[str, int]]) -> dict[str, list[str]]:
    """Every such page once, 320 px wide: what ran, and what scrolls sideways."""
    context = browser.new_context(viewport={"width": 320, "height": 800})
    opened = Window(context, site.url)
    opened.come_in("watcher", PASSWORD)
    wide: list[str] = []
    ran = what_ran(opened, [*pages_of(people, "hostile"), *pages_of(people, "long")], wide=wide)
    expect(opened.page.locator("body[data-member]")).to_have_count(1)  # and nobody was logged out
    assert opened.complaints == []
    context.close()
    return {"ran": ran, "wide": wide}


def what_ran(opened: Window, paths: list[str], script: str = FOREIGN, *, wide: list[str] | None = None) -> list[str]:
    dialogs: list[str] = []

    def heard(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    opened.page.on("dialog", heard)
    found = []
    for path in dict.fromkeys(paths):
        page = opened.open(path)
        found += [f"{path}: {foreign}" for foreign in page.evaluate(script)]
        if wide is not None and scrolls_sideways(page):
            wide.append(path)
    return found + dialogs


def test_no_page_runs_what_people_wrote(seen: dict[str, list[str]]) -> None:
    assert seen["ran"] == []


def test_what_people_wrote_is_shown_as_they_wrote_it(window: Windows, people: dict[str, dict[str, int]]) -> None:
    page = window("watcher").open("/@hostile00/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(SCRIPTS[0])


def test_nor_the_list_of_blocked_people_and_its_messages(window: Windows, people: dict[str, dict[str, int]]) -> None:
    opened = window("blocker")
    assert what_ran(opened, ["/settings/blocked/"]) == []
    opened.page.get_by_role("button", name="Unblock").first.click()
    expect(opened.page.get_by_text("is no longer blocked")).to_be_visible()
    assert opened.page.evaluate(FOREIGN) == []


def test_nor_the_list_of_people_to_mention(window: Windows, people: dict[str, dict[str, int]]) -> None:
    page = window("watcher").open("/")
    for begins in ("hostile0", "script", "img", "svg"):
        box = page.get_by_role("textbox", name="Write a post")
        box.fill("")
        box.press_sequentially(f"@{begins}")
        expect(page.get_by_role("option").first).to_be_visible()
        assert page.evaluate(FOREIGN) == [], begins


def test_nor_an_address_or_a_form_that_comes_back(window: Windows, people: dict[str, dict[str, int]]) -> None:
    opened = window("watcher")
    typed = [quote(script, safe="") for script in SCRIPTS]
    questions = [f"/explore/?cursor={typed[0]}", f"/?view={typed[1]}", f"/settings/profile/?next={typed[2]}"]
    assert what_ran(opened, [*(f"/tags/{text}/" for text in typed), *(f"/@{text}/" for text in typed[:5])]) == []
    assert what_ran(opened, [*questions, f"/no-such-page/{typed[0]}"]) == []
    page = opened.open("/settings/profile/")
    page.locator("input[name=username]").fill('"><x')
    page.locator("textarea[name=bio]").fill(SCRIPTS[6])
    page.locator("input[name=pronouns]").fill(SCRIPTS[2][:30])
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("textarea[name=bio]")).to_have_value(SCRIPTS[6])
    assert page.evaluate(FOREIGN) == []


def test_nor_the_admin(window: Windows, people: dict[str, dict[str, int]], site: RunningSite) -> None:
    """Its own scripts stand in its pages, so here it only counts that nothing of ours ran."""
    opened = window("admin")
    report = site.rows("SELECT max(id) FROM moderation_report WHERE text LIKE '%%script%%'")[0][0]
    desks = ["moderation/report/", "accounts/user/?q=hostile", "graph/block/", "kernel/delivery/", "pghistory/events/"]
    things = [f"moderation/report/{report}/change/", f"accounts/user/{people['hostile00']['person']}/change/"]
    paths = [f"/admin/{path}" for path in [*desks, *things, f"accounts/user/?q={quote(SCRIPTS[2], safe='')}"]]
    assert what_ran(opened, paths, "() => window.ran ? ['it ran'] : []") == []
    opened.complaints.clear()  # the admin's own scripts may grumble; they are not ours


def test_names_of_any_length_and_script_fit_into_320_px(seen: dict[str, list[str]]) -> None:
    assert seen["wide"] == []


def test_nor_do_they_widen_the_list_of_blocked_people(window: Windows, people: dict[str, dict[str, int]]) -> None:
    assert not scrolls_sideways(window("blocker", viewport={"width": 320, "height": 800}).open("/settings/blocked/"))


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > 320"))
