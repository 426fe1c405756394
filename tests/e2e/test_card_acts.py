"""What one does at a card: react in words, pass on, save, the menu; in the one popover, on a phone, without scripts."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Window
from tests.site import RunningSite

Open = Callable[..., Window]
PHONE = {"viewport": {"width": 390, "height": 844}}


def post_without_marks(site: RunningSite, who: str) -> int:
    """A public post by bob to which the person has done nothing yet."""
    return int(
        site.database.value(
            "SELECT p.id FROM posts_post p JOIN accounts_user u ON u.id = p.author_id, accounts_user me"
            " WHERE u.username = 'bob' AND me.username = %s AND p.audience = 0 AND p.deleted_at IS NULL"
            " AND p.repost_of_id IS NULL AND NOT p.is_quote AND NOT p.has_poll AND p.warning = ''"
            " AND NOT EXISTS (SELECT 1 FROM posts_reaction r WHERE r.post_id = p.id AND r.person_id = me.id)"
            " AND NOT EXISTS (SELECT 1 FROM posts_bookmark r WHERE r.post_id = p.id AND r.person_id = me.id)"
            " AND NOT EXISTS (SELECT 1 FROM posts_post r WHERE r.repost_of_id = p.id AND r.author_id = me.id)"
            " ORDER BY p.id DESC LIMIT 1",
            who,
        )
    )


def card_of(page: Page, post: int) -> Locator:
    return page.locator(f"#post-{post}")


def number(control: Locator) -> int:
    return int(control.locator(".num").inner_text() or 0)


def pop(page: Page) -> Locator:
    return page.locator("#pop:popover-open")


def test_a_word_is_chosen_and_taken_back(window: Open, site: RunningSite) -> None:
    post = post_without_marks(site, "mira")
    page = window("mira").open(f"/posts/{post}/")
    card = card_of(page, post)
    button = card.locator("[data-react]")
    expect(button).to_have_accessible_name("Like")
    before = number(button)
    card.get_by_role("link", name="React in words").click()
    with page.expect_response("**/react/"):
        page.get_by_role("button", name="thanks", exact=True).click()
    expect(pop(page)).to_have_count(0)
    expect(card.get_by_role("button", name="Thanks")).to_have_attribute("aria-pressed", "true")
    assert number(button) == before + 1
    card.get_by_role("link", name="React in words").click()
    expect(page.get_by_role("button", name="thanks", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(pop(page)).to_contain_text("Mira")
    with page.expect_response("**/react/"):
        page.get_by_role("button", name="well done", exact=True).click()
    expect(card.get_by_role("button", name="Well done")).to_have_attribute("aria-pressed", "true")
    assert number(button) == before + 1
    page.reload()
    expect(card.get_by_role("button", name="Well done")).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/react/"):
        button.click()
    expect(card.get_by_role("button", name="Like", exact=True)).to_have_attribute("aria-pressed", "false")
    assert number(button) == before


def test_of_many_presses_the_last_one_wins(window: Open, site: RunningSite) -> None:
    """What was overtaken while it waited is not sent, and the server ends where the person did."""
    post = post_without_marks(site, "mira")
    page = window("mira").open(f"/posts/{post}/")
    button = card_of(page, post).locator("[data-react]")
    before, sent, answered = number(button), [], []
    page.on("request", lambda request: sent.append(request.post_data) if "/react/" in request.url else None)
    page.on("response", lambda response: answered.append(response.url) if "/react/" in response.url else None)
    for _press in range(6):
        button.click()
    for _moment in range(100):
        if sent and sent[-1] == "feeling=" and len(sent) == len(answered):
            break
        page.wait_for_timeout(100)
    assert sent[0] == "feeling=1"
    assert sent[-1] == "feeling="
    assert len(sent) == len(answered)
    expect(button).to_have_attribute("aria-pressed", "false")
    assert number(button) == before
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert number(button) == before


def test_a_word_that_did_not_arrive_is_taken_back(window: Open, site: RunningSite) -> None:
    post = post_without_marks(site, "mira")
    page = window("mira").open(f"/posts/{post}/")
    button = card_of(page, post).locator("[data-react]")
    before = button.inner_html()
    page.route("**/react/", lambda route: route.abort())
    card_of(page, post).get_by_role("link", name="React in words").click()
    page.get_by_role("button", name="me too", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("we took it back")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert button.inner_html() == before


def test_who_reacted_is_filtered_where_it_stands(window: Open, site: RunningSite) -> None:
    post = site.rows(
        "SELECT post_id FROM posts_reaction r JOIN posts_post p ON p.id = r.post_id WHERE p.audience = 0 AND"
        " p.deleted_at IS NULL AND p.author_id = (SELECT id FROM accounts_user WHERE username = 'bob')"
        " GROUP BY 1 HAVING count(DISTINCT feeling) > 1 ORDER BY 1 DESC LIMIT 1"
    )[0][0]
    page = window("mira").open(f"/posts/{post}/")
    card_of(page, post).get_by_role("link", name="React in words").click()
    shown = pop(page)
    words = shown.get_by_role("navigation", name="Who reacted").get_by_role("link")
    words.nth(1).click()
    expect(words.nth(1)).to_have_attribute("aria-current", "true")
    word = words.nth(1).locator(".word").inner_text()
    expect(shown.locator(".said").first).to_have_text(word)
    assert set(shown.locator(".said").all_inner_texts()) == {word}


def test_the_popover_and_the_keyboard(window: Open, site: RunningSite) -> None:
    post = post_without_marks(site, "mira")
    page = window("mira").open(f"/posts/{post}/")
    opener = card_of(page, post).get_by_role("link", name="More about this post")
    opener.focus()
    page.keyboard.press("Enter")
    shown = page.get_by_role("dialog", name="More about this post")
    expect(shown.get_by_role("button", name="Copy link")).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(shown.get_by_role("link", name="Who quoted it")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(shown.get_by_role("link", name="Report to moderators")).to_be_focused()
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(shown).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(shown).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_second_press_closes_and_one_small_page_leads_to_another(window: Open, site: RunningSite) -> None:
    post = post_without_marks(site, "mira")
    page = window("mira").open(f"/posts/{post}/")
    opener = card_of(page, post).get_by_role("link", name="More about this post")
    opener.click()
    expect(pop(page)).to_be_visible()
    opener.click()
    expect(pop(page)).to_have_count(0)
    opener.click()
    pop(page).get_by_role("link", name="Why do I see this?").click()
    expect(pop(page)).to_contain_text("of 100 points")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_what_cannot_be_opened_is_told(window: Open, site: RunningSite) -> None:
    post = post_without_marks(site, "mira")
    page = window("mira").open(f"/posts/{post}/")
    page.route("**/more/", lambda route: route.abort())
    card_of(page, post).get_by_role("link", name="More about this post").click()
    expect(page.locator("#toasts")).to_contain_text("did not reach us")
    page.unroute("**/more/")
    page.get_by_role("button", name="Try again").click()
    expect(pop(page)).to_be_visible()


def test_a_repost_shows_at_the_card_and_is_undone(window: Open, site: RunningSite) -> None:
    post = post_without_marks(site, "mira")
    page = window("mira").open(f"/posts/{post}/")
    link = card_of(page, post).get_by_role("link", name="Repost or quote")
    before = number(link)
    link.click()
    pop(page).get_by_role("button", name=re.compile("^Repost to Everyone")).click()
    expect(page.locator("#toasts")).to_contain_text("You reposted it.")
    expect(link).to_have_attribute("data-shared", "true")
    expect(link).to_have_accessible_name(re.compile("Reposted by you"))
    assert number(link) == before + 1
    link.click()
    pop(page).get_by_role("button", name=re.compile("^Undo repost")).click()
    expect(link).to_have_attribute("data-shared", "false")
    expect(page.locator("#toasts")).to_contain_text("taken back")
    assert number(link) == before


def test_saving_shows_at_once_and_is_taken_back(window: Open, site: RunningSite) -> None:
    post = post_without_marks(site, "mira")
    page = window("mira").open(f"/posts/{post}/")
    button = card_of(page, post).get_by_role("button", name="Save")
    page.route("**/save/", lambda route: route.abort())
    button.click()
    expect(page.locator("#toasts")).to_contain_text("we took it back")
    expect(button).to_have_attribute("aria-pressed", "false")
    page.unroute("**/save/")
    page.get_by_role("button", name="Try again").click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#toasts")).to_contain_text("Saved.")
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    with page.expect_response("**/save/"):
        button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_the_author_takes_a_post_out_of_a_quote(window: Open, site: RunningSite) -> None:
    post = post_without_marks(site, "mira")
    page = window("mira").open(f"/posts/{post}/")
    card_of(page, post).get_by_role("link", name="Repost or quote").click()
    pop(page).get_by_role("link", name="Quote it").click()
    page.get_by_role("textbox", name="Write a post").fill("Read this one")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text("Your post is out.")).to_be_visible()
    page = window("bob").open(f"/posts/{post}/quotes/")
    card = page.get_by_role("article").filter(has_text="Read this one").first
    expect(card.locator("blockquote.quote")).to_be_visible()
    card.get_by_role("button", name="Take my post out of this quote").click()
    expect(card).to_contain_text("The post that was quoted here is not shown.")
    expect(card.locator("blockquote.quote")).to_have_count(0)
    card.get_by_role("button", name="Put it back").click()
    expect(card.locator("blockquote.quote")).to_be_visible()


def test_on_a_phone_it_comes_from_the_bottom(window: Open, site: RunningSite) -> None:
    post = post_without_marks(site, "mira")
    page = window("mira", **PHONE).open(f"/posts/{post}/")
    card = card_of(page, post)
    top = {control.bounding_box()["y"] for control in card.locator(".acts > *").all()}  # type: ignore[index]
    assert len(top) == 1, "the acts of a card stand in one row"
    for name in ("React in words", "Repost or quote", "More about this post"):
        card.get_by_role("link", name=name).click()
        box = pop(page).bounding_box()
        assert box is not None
        assert (round(box["x"]), round(box["width"]), round(box["y"] + box["height"])) == (0, 390, 844)
        pop(page).get_by_role("button", name="Close").click()
        expect(pop(page)).to_have_count(0)


def test_all_of_it_without_scripts(window: Open, site: RunningSite) -> None:
    post = post_without_marks(site, "mira")
    page = window("mira", java_script_enabled=False).open(f"/posts/{post}/")
    card = card_of(page, post)
    card.get_by_role("link", name="React in words").click()
    page.get_by_role("button", name="thanks", exact=True).click()
    expect(page.get_by_role("button", name="thanks", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="thanks", exact=True).click()
    expect(page.get_by_role("button", name="thanks", exact=True)).to_have_attribute("aria-pressed", "false")
    page.get_by_role("link", name=re.compile("^Back to what")).click()
    card.get_by_role("link", name="Repost or quote").click()
    page.get_by_role("button", name=re.compile("^Repost to Campus")).click()
    expect(page.get_by_text("You reposted it.")).to_be_visible()
    card.get_by_role("link", name="Repost or quote").click()
    page.get_by_role("button", name=re.compile("^Undo repost")).click()
    expect(page.get_by_text("Your repost is taken back.")).to_be_visible()
    card.get_by_role("link", name="More about this post").click()
    expect(page.get_by_label("Its address")).to_have_value(re.compile(rf"/posts/{post}/$"))
    page.get_by_role("button", name="Mute this thread").click()
    expect(page.get_by_text("You hear no more of this thread.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
