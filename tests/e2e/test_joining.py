"""The ways in with a browser: the form asks what an address takes, an invitation opens, who waits is told so."""

import re
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Window
from tests.site import RunningSite

Windows = Callable[..., Window]


def fill(page: Page, handle: str, address: str) -> None:
    page.get_by_label("Email").fill(address)
    page.get_by_label("Name", exact=True).fill("Zoë Ångström")
    page.get_by_label("Username").fill(handle)
    page.locator("input[name=password1]").fill("an evening by the lake")
    page.locator("input[name=agree]").check()


def show_code(page: Page, site: RunningSite, address: str) -> None:
    page.locator("input[name=code]").fill(site.mailed_code(address))
    page.get_by_role("button", name="Confirm").click()


def is_sound(page: Page) -> None:
    """No accessibility rule broken, and nothing beside the edge of a small phone."""
    page.set_viewport_size({"width": 320, "height": 800})
    page.wait_for_function("document.documentElement.scrollWidth <= 320")  # once it is laid out anew
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []


def test_the_form_knows_the_campus_of_an_address(window: Windows) -> None:
    page = window(None).open("/accounts/signup/")
    expect(page.get_by_label("Why you want to join")).to_have_count(0)
    page.get_by_label("Email").fill("zoe@harbour.example")
    page.get_by_label("Email").press("Tab")
    expect(page.get_by_text("Harbour Institute of Technology")).to_be_visible()
    hue = "getComputedStyle(document.documentElement).getPropertyValue('--campus-hue').trim()"
    for _moment in range(100):  # not wait_for_function: our policy lets no string be run, and it polls by one
        if page.evaluate(hue) == "215":
            break
        page.wait_for_timeout(100)
    assert page.evaluate(hue) == "215"
    page.get_by_label("Email").fill("zoe@gmail.com")
    page.get_by_label("Email").press("Tab")
    page.get_by_label("Why you want to join").fill("I conduct the orchestra.")
    page.get_by_label("Email").fill("zoe@orchestra.example")
    page.get_by_label("Email").press("Tab")
    expect(page.get_by_label("Why you want to join")).to_have_value("I conduct the orchestra.")
    is_sound(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_who_has_no_campus_address_waits_for_staff(window: Windows, site: RunningSite, scripts: bool) -> None:
    page = window(None, java_script_enabled=scripts).open("/accounts/signup/")
    handle = f"zoe{uuid.uuid4().hex[:8]}"
    address = f"{handle}@gmail.com"
    fill(page, handle, address)
    if not scripts:
        page.get_by_role("button", name="Join", exact=True).click()  # the answer asks for what is missing
        page.locator("input[name=password1]").fill("an evening by the lake")
    page.get_by_label("Why you want to join").fill("I conduct the orchestra.")
    page.get_by_role("button", name="Join", exact=True).click()
    show_code(page, site, address)
    expect(page.get_by_role("heading", level=1)).to_have_text("Almost there")
    expect(page.get_by_label("Why you want to join")).to_have_value("I conduct the orchestra.")
    if scripts:
        is_sound(page)
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_an_invitation_opens(window: Windows, site: RunningSite) -> None:
    alice = window("alice").open("/settings/invitations/")
    alice.get_by_role("button", name="Invite").click()
    invitation = urlsplit(alice.get_by_label("Link", exact=True).first.input_value()).path
    page = window(None).open(invitation)
    expect(page.get_by_text("Alice Ashdown")).to_be_visible()
    is_sound(page)
    page.get_by_role("button", name="Join", exact=True).click()
    handle = f"ida{uuid.uuid4().hex[:8]}"
    fill(page, handle, f"{handle}@gmail.com")
    page.get_by_role("button", name="Join", exact=True).click()
    show_code(page, site, f"{handle}@gmail.com")
    expect(page).to_have_url(re.compile("/welcome/"))
    expect(window(None).open(invitation).get_by_role("heading", level=1)).to_have_text("This invitation is over")
