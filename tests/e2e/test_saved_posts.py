"""Saving a post where it stands, and being reminded of it wherever one is."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import Window
from tests.processes import run_manage
from tests.site import RunningSite

BOB = "(SELECT id FROM accounts_user WHERE username = 'bob')"


def unsaved(site: RunningSite) -> int:
    """A post of alice's that bob has not saved; none of his others has a reminder."""
    post = site.newest_public_post("alice")
    site.rows(f"DELETE FROM posts_bookmark WHERE person_id = {BOB} AND post_id = %s", post)
    site.rows(f"UPDATE posts_bookmark SET remind_at = NULL, reminded_at = NULL WHERE person_id = {BOB}")
    site.redis.call("FLUSHALL")  # the number of reminders is kept
    return post


def test_saved_in_place_with_a_note_and_taken_out_again(window: Callable[..., Window], site: RunningSite) -> None:
    post = unsaved(site)
    page = window("bob").open(f"/posts/{post}/")
    button = page.locator(f"#post-{post} button[data-save]")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Note, folder, reminder").click()
    page.get_by_label("Note").fill("Ask her about this")
    page.locator("#id_folder").select_option("A new folder")
    page.get_by_label("Name of the new folder").fill("To ask")
    page.get_by_label("Tomorrow").check()
    page.get_by_role("button", name="Keep", exact=True).click()
    row = page.locator(f".saved:has(#post-{post})")
    expect(row).to_contain_text("Ask her about this")
    page.wait_for_load_state()  # by now its scripts run; before, a press sends the plain form
    expect(row).to_contain_text("To ask")
    row.get_by_role("button", name="Done").click()
    expect(row.get_by_role("button", name="Done")).to_have_attribute("aria-pressed", "true")
    row.get_by_role("button", name="Remove from saved posts").click()
    expect(row).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(row).to_contain_text("Ask her about this")


def test_a_reminder_comes_to_where_one_is(window: Callable[..., Window], site: RunningSite) -> None:
    post = unsaved(site)
    page = window("bob").open("/explore/")
    expect(page.locator("html")).to_have_attribute("data-socket", "open")
    badge = page.locator(".rail [data-reminders]")
    expect(badge).to_be_hidden()
    site.rows(
        f"INSERT INTO posts_bookmark (person_id, post_id, note, remind_at) VALUES ({BOB}, %s, 'Bring the form', now())",
        post,
    )
    run_manage("shell", "-v", "0", "-c", "from apps.posts import services; services.remind_due()", env=site.env)
    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("Alice Ashdown")
    expect(toast).to_contain_text("Bring the form")
    expect(badge).to_be_visible()
    expect(badge).to_contain_text("1")
    toast.get_by_role("link", name="Open").click()
    expect(page).to_have_url(f"{site.url}/posts/{post}/")
    expect(page.locator("html")).to_have_attribute("data-socket", "open")  # by now its scripts run
    page.keyboard.press("g")
    page.keyboard.press("b")
    due = page.get_by_role("region", name="You wished to be reminded")
    expect(due).to_contain_text("Bring the form")
    due.get_by_role("button", name="Dismiss").click()
    expect(due).to_have_count(0)
    expect(page.locator(".rail [data-reminders]")).to_be_hidden()


def test_a_hashtag_is_offered_while_one_writes(window: Callable[..., Window], site: RunningSite) -> None:
    page = window("bob").open("/")
    box = page.locator("#compose-body")
    box.click()
    box.press_sequentially("See you at #librarynig")
    option = page.locator("#suggest [role=option]", has_text="#librarynights")
    expect(option).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value("See you at #librarynights ")


def test_without_scripts_it_is_saved_as_well(window: Callable[..., Window], site: RunningSite) -> None:
    post = unsaved(site)
    page = window("bob", java_script_enabled=False).open(f"/posts/{post}/")
    page.locator(f"#post-{post} button[data-save]").click()
    expect(page.locator(f"#post-{post} button[data-save]")).to_have_attribute("aria-pressed", "true")
    page.goto(f"{site.url}/bookmarks/")
    expect(page.locator(f".saved:has(#post-{post})")).to_have_count(1)
