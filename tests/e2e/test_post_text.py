"""Code, formulas and long talks, as a browser shows them."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Window
from tests.processes import run_manage
from tests.site import RunningSite

Windows = Callable[..., Window]

FILL = """
import uuid
from django.contrib.auth import get_user_model
from apps.posts import services
alice, bob = (get_user_model().objects.get(username=name) for name in ("alice", "bob"))
body = "Euler: $e^{i\\\\pi} + 1 = 0$ for $5\\n\\n```py\\ndef f(x):\\n    return x + 1\\n```\\n\\n```\\nplain\\n```"
post = services.create_post(actor=alice, body=body, audience=0, key=uuid.UUID("{key}"))
parent = None
for said in ("first", "second", "third"):
    parent = services.add_comment(actor=bob, post=post, body=said, parent=parent, key=uuid.uuid4())
print("post", post.pk)
"""


@pytest.fixture(scope="module")
def post(site: RunningSite) -> str:
    said = run_manage("shell", "-c", FILL.replace("{key}", str(uuid.uuid4())), env=site.env)
    found = re.search(r"post (\d+)", said)
    assert found
    return f"/posts/{found[1]}/"


def test_a_formula_is_drawn_and_a_price_is_not(window: Windows, post: str) -> None:
    page = window("alice").open(post)
    formula = page.locator("article .formula math").first
    expect(formula).to_be_visible()
    small, large = (formula.locator(tag).first.bounding_box() for tag in ("msup > mrow", "msup > mi"))
    assert small
    assert large
    assert small["y"] < large["y"] + large["height"] / 2  # an exponent stands above
    expect(page.locator("article .prose").first).to_contain_text("for $5")


def test_code_is_copied_by_its_button(window: Windows, post: str) -> None:
    opened = window("alice")
    opened.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened.open(post)
    code = page.locator("article .code").first
    expect(code.get_by_text("Python")).to_be_visible()
    code.get_by_role("button", name="Copy the code").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "def f(x):\n    return x + 1"
    expect(page.locator("article .code").nth(1).get_by_role("button", name="Copy the code")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_of_code_can_be_read(theme: str, window: Windows, post: str, site: RunningSite) -> None:
    opened = window("alice")
    opened.context.add_cookies([{"name": "theme", "value": theme, "url": site.url}])
    page = opened.open(post)
    faint = page.evaluate(CONTRASTS)
    assert faint == []


# Every token's contrast on a slip, by the browser's own reading of the colours.
CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  };
  const light = (colour) => { const [r, g, b] = rgb(colour); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const box = document.querySelector(".code");
  const ground = light(getComputedStyle(box).backgroundColor);
  const faint = [];
  for (const name of ["k", "f", "b", "s", "n", "c", "d", "i"]) {
    const span = document.createElement("span");
    span.className = name;
    box.querySelector("code").append(span);
    const ink = light(getComputedStyle(span).color);
    const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    if (contrast < 4.5) faint.push([name, contrast]);
  }
  return faint;
}"""


def talk_of(page: Page) -> list[str]:
    """What can be read of the talk."""
    texts = page.locator("#comments article .prose").filter(visible=True)
    return [text.strip() for text in texts.all_inner_texts()]


def test_a_thread_is_folded_and_unfolded(window: Windows, post: str) -> None:
    page = window("bob").open(post)
    assert talk_of(page) == ["first", "second", "third"]
    page.get_by_text("2 answers").click()
    assert talk_of(page) == ["first"]
    page.get_by_text("2 answers").click()
    page.get_by_text("1 answer", exact=True).click()
    assert talk_of(page) == ["first", "second"]


def test_without_scripts_a_talk_is_sorted_folded_and_hidden(window: Windows, post: str) -> None:
    page = window("alice", java_script_enabled=False).open(post)
    page.get_by_role("link", name="Newest").click()
    expect(page).to_have_url(re.compile(r"\?sort=newest#comments$"))
    page.get_by_role("button", name="Hide this reply for everybody").first.click()
    expect(page.get_by_text("Hidden by the author")).to_be_visible()
    assert "first" not in talk_of(page)
    page.get_by_text("Hidden by the author").click()
    page.get_by_role("button", name="Show this reply to everybody again").click()
    assert "first" in talk_of(page)
