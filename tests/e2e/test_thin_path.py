"""Two people in two browsers: sign up, follow, post, see it arrive, answer, react, part."""

import re
import uuid
from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.site import RunningSite

Windows = Callable[..., Window]


def test_sign_up_with_a_university_address(window: Windows, site: RunningSite) -> None:
    newcomer = window(None)
    page = newcomer.open("/accounts/signup/")
    handle = f"nadia{uuid.uuid4().hex[:8]}"
    page.locator("input[name=email]").fill(f"{handle}@northmere.example")
    page.locator("input[name=name]").fill("Nadia Haddad")
    page.locator("input[name=username]").fill(handle)
    page.locator("input[name=password1]").fill("an evening by the lake")
    page.locator("input[name=agree]").check()
    page.get_by_label("I accept the rules").check()
    page.get_by_role("button", name="Join").click()
    code = site.mailed_code(f"{handle}@northmere.example")
    page.locator("input[name=code]").fill(code)
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This is you")
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_label("Programme").fill("Physics")
    page.get_by_role("button", name="Save and go on").click()
    page.locator("[name=chosen]").first.check()
    page.get_by_role("button", name="Save and go on").click()
    page.locator("[name=follow]").first.check()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_role("textbox", name="Write a post")).to_be_visible()
    expect(page.get_by_text("1 of 4")).to_be_visible()
    page.get_by_role("button", name="Close the first steps for good").click()
    expect(page.get_by_text("1 of 4")).to_have_count(0)
    newcomer.open(f"/@{handle}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nadia Haddad")
    expect(page.get_by_text("Northmere University").first).to_be_visible()


def test_a_post_arrives_in_a_second_browser_and_is_answered_and_liked(window: Windows) -> None:
    alice, bob = window("alice"), window("bob")
    text = f"Saturn is up until midnight, and there is soup. {uuid.uuid4().hex[:8]}"
    bob.open("/")
    expect(bob.page.locator("html")).to_have_attribute("data-socket", "open")

    alice.open("/")
    alice.page.get_by_role("textbox", name="Write a post").fill(text)
    alice.page.get_by_role("button", name="Post", exact=True).click()
    expect(alice.page.get_by_text(text).first).to_be_visible()

    pill = bob.page.get_by_role("button", name=re.compile("new post"))
    expect(pill).to_be_visible()
    expect(bob.page.get_by_text(text)).to_have_count(0)  # nothing moves what is being read
    pill.click()
    card = bob.page.get_by_role("article").filter(has_text=text).first
    expect(card).to_be_visible()

    like = card.get_by_role("button", name="Like")
    expect(like).to_have_attribute("aria-pressed", "false")
    like.click()
    expect(card.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")

    card.locator("a.when").click()
    bob.page.wait_for_url(re.compile(r"/posts/\d+/$"))
    post = bob.page.url
    bob.page.get_by_role("textbox", name="Write a comment").first.fill("Is the soup vegan?")
    bob.page.get_by_role("button", name="Comment", exact=True).first.click()
    expect(bob.page.get_by_text("Is the soup vegan?")).to_be_visible()
    bob.page.goto(post)
    expect(bob.page.get_by_text("Is the soup vegan?")).to_be_visible()
    expect(bob.page.get_by_role("button", name="Like").first).to_have_attribute("aria-pressed", "true")


def test_follow_and_unfollow(window: Windows) -> None:
    charlie = window("charlie")
    page = charlie.open("/@bob/")
    page.get_by_role("button", name="Follow", exact=True).click()
    expect(page.get_by_role("button", name="Unfollow")).to_be_visible()
    page.get_by_role("button", name="Unfollow").click()
    expect(page.get_by_role("button", name="Follow", exact=True)).to_be_visible()


def test_block_parts_two_people_until_it_is_lifted(window: Windows) -> None:
    charlie, mira = window("charlie"), window("mira")
    page = charlie.open("/@mira/")
    page.get_by_role("button", name=re.compile("^More")).first.click()
    page.get_by_role("button", name="Block").click()
    expect(page).to_have_url(re.compile("/settings/blocked/"))
    for opened, other in ((charlie, "mira"), (mira, "charlie")):
        answer = opened.page.goto(f"{opened.base}/@{other}/")
        assert answer is not None
        assert answer.status == 404
    page = charlie.open("/settings/blocked/")
    page.get_by_role("button", name="Unblock").click()
    expect(page.get_by_role("button", name="Unblock")).to_have_count(0)
    expect(mira.open("/@charlie/").get_by_role("heading", level=1)).to_contain_text("Charlie")


def test_delete_can_be_undone(window: Windows) -> None:
    alice = window("alice")
    text = f"I will regret this {uuid.uuid4().hex[:8]}"
    page = alice.open("/")
    page.get_by_role("textbox", name="Write a post").fill(text)
    page.get_by_role("button", name="Post", exact=True).click()
    card = page.get_by_role("article").filter(has_text=text).first
    expect(card).to_be_visible()
    card.get_by_role("link", name="More about this post").click()
    page.get_by_role("dialog", name="More about this post").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog", name="More about this post")).to_be_hidden()
    expect(page.get_by_role("article").filter(has_text=text)).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    with page.expect_event("load"):  # once it is back, the page is read anew
        page.get_by_role("button", name="Undo").click()
    alice.open("/@alice/")
    expect(page.get_by_text(text)).to_be_visible()


def test_without_javascript_one_reads_posts_comments_and_likes(window: Windows) -> None:
    plain = window("bob", java_script_enabled=False)
    text = f"Written without a script {uuid.uuid4().hex[:8]}"
    page = plain.open("/")
    page.get_by_role("textbox", name="Write a post").fill(text)
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.get_by_text(text).first).to_be_visible()
    card = page.get_by_role("article").filter(has_text=text).first
    card.get_by_role("button", name="Like").click()
    card = page.get_by_role("article").filter(has_text=text).first
    expect(card.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
    card.locator("a.when").click()
    page.get_by_role("textbox", name="Write a comment").first.fill("And answered without one")
    page.get_by_role("button", name="Comment", exact=True).first.click()
    expect(page.get_by_text("And answered without one")).to_be_visible()


def test_a_blocked_person_finds_nothing(window: Windows) -> None:
    dora = window("dora")
    response = dora.page.goto(f"{dora.base}/@alice/")
    assert response is not None
    assert response.status == 404
