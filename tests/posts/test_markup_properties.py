"""Mentions and hashtags, for whatever people type."""

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.kernel import text
from apps.posts import rendering

USERNAMES = st.from_regex(r"[a-z][a-z0-9]{2,11}", fullmatch=True)
TAGS = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=20)
ANYTHING = st.text(max_size=200)
MARKS = st.text("`$~\\[]()<>*_ \n\tab#@/.", max_size=30)
PLAIN = st.text(st.characters(exclude_characters="`$~\\"), max_size=200)  # neither code nor formulas


@given(ANYTHING | MARKS, USERNAMES, ANYTHING | MARKS)
def test_only_the_given_people_are_linked(before: str, name: str, after: str) -> None:
    person = User(username=name, name="X")
    body = text.clean(f"{before} @{name} {after} @someoneelse")
    html = rendering.render(body, [person])
    people = re.findall(r'href="/@([^"/]+)/"', html)
    assert set(people) <= {name}
    assert (name in people) == (name in text.find_mentions(body)), "who is told and what is shown are one"


@given(PLAIN, USERNAMES, PLAIN)
def test_whoever_is_named_outside_of_code_is_found(before: str, name: str, after: str) -> None:
    assert name in text.find_mentions(text.clean(f"{before} @{name} {after}"))


@given(ANYTHING)
def test_nothing_but_what_is_allowed_and_links(body: str) -> None:
    html = rendering.render(text.clean(body), [User(username="bob", name="Bob")])
    assert set(re.findall(r"</?([a-zA-Z]+)", html)) <= text.ALLOWED_TAGS
    for address in re.findall(r'href="([^"]*)"', html):
        assert re.match(r"(https?://|/@|/tags/)", unescape(address))


@given(st.lists(TAGS, max_size=6), ANYTHING)
def test_every_tag_is_found_and_leads_to_its_page(tags: list[str], rest: str) -> None:
    body = text.clean(" ".join(f"#{tag}" for tag in tags) + " " + rest)
    found = text.find_hashtags(body)
    assert len(found) == len(set(found))
    html = rendering.render(body)
    for tag in found:
        assert f'href="{rendering.tag_url(tag)}"' in unescape(html)
    for tag in tags:
        if text.clean(tag) == tag and text.fold(tag) == tag.casefold():  # else the fold is no word any more
            assert text.fold(tag) in found


@given(TAGS)
def test_two_spellings_of_a_tag_are_one(tag: str) -> None:
    from apps.posts import selectors

    assert selectors.tag_name(tag) == selectors.tag_name(text.fold(tag)) == selectors.tag_name(f"#{tag}")


@given(st.emails().filter(lambda address: re.search(r"[\w./+#&-]@", address)))
def test_an_address_is_no_mention(address: str) -> None:
    """Before other signs, as in '=@bob.example', stands an @ that more likely names somebody."""
    named = text.find_mentions(f"write to {address} please")
    assert address.rpartition("@")[2].partition(".")[0].lower() not in named
