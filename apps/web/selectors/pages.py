"""Reads of the site's own pages: rules, privacy, about, help, accessibility."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Max, Min, Q, QuerySet
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.accounts import selectors as accounts
from apps.graph import selectors as graph
from apps.kernel import personal_data, text
from apps.kernel.cache import cached
from apps.web.models import Agreement, PageVersion

if TYPE_CHECKING:
    from apps.accounts.models import User

BUILT_IN = Path(__file__).resolve().parents[1] / "pages"
AGREED_TO = ("rules", "privacy")
FIGURES_FROM = 20  # fewer people than this are nobody's figure
HEADING = re.compile(r"^##[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
LISTS = ("[personal data]", "[figures]")  # lines of a text that stand for what the site knows itself
LOCK = 0x0C10C5  # first half of the advisory locks of pages


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a page and what stands under it; the first one may have no heading."""

    anchor: str
    title: str
    html: SafeString
    lists: str  # "personal data" or "figures" when the section shows that list


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the difference between two versions."""

    sign: str  # "+", "-" or " "
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of thing the site keeps about a person."""

    name: str
    export: str
    erase: str
    retention: str


@dataclass(frozen=True, slots=True)
class InForce:
    """What is published of one page: the newest version, and the newest that members had to agree to."""

    newest: int
    binding: int  # 0: none
    since: datetime


def published(slug: str) -> "QuerySet[PageVersion]":
    return PageVersion.objects.filter(slug=slug, published_at__isnull=False).order_by("-number")


def version_in_force(slug: str) -> PageVersion | None:
    """The newest published version; None: the built-in text is the page."""
    return published(slug).first()


def body_in_force(slug: str) -> tuple[str, PageVersion | None]:
    version = version_in_force(slug)
    return (version.body, version) if version else (built_in(slug), None)


def built_in(slug: str) -> str:
    return (BUILT_IN / f"{slug}.md").read_text(encoding="utf-8")


def lock_page(slug: str) -> None:
    """Held to the end of the transaction: versions of one page are numbered and published one after another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, slug])


# --- as sections ------------------------------------------------------------------------------------------------------


def sections(body: str) -> list[Section]:
    """The text cut at its headings of the second level, each with an address of its own in the page."""
    pieces = HEADING.split(body)
    taken: set[str] = set()
    found = [_section("", pieces[0], taken)] if pieces[0].strip() else []
    found += [_section(title, inside, taken) for title, inside in zip(pieces[1::2], pieces[2::2], strict=True)]
    return found


def _section(title: str, inside: str, taken: set[str]) -> Section:
    anchor = slugify(title, allow_unicode=True) or "top"
    while anchor in taken:
        anchor += "-"
    taken.add(anchor)
    lists = next((line for line in LISTS if line in inside), "")
    return Section(anchor, title, text.render_markdown(inside.replace(lists, ""), breaks=False), lists[1:-1])


def matching(found: list[Section], words: str) -> list[Section]:
    """The sections in which each of the words begins a word; all of them when nothing is asked."""
    asked = text.fold(words).split()
    if not asked:
        return found
    return [section for section in found if _holds(section, asked)]


def _holds(section: Section, asked: list[str]) -> bool:
    plain = text.fold(section.title + " " + re.sub(r"<[^>]+>", " ", section.html))
    return all(re.search(rf"\b{re.escape(word)}", plain) for word in asked)


def difference(older: str, newer: str) -> list[Line]:
    """Paragraph by paragraph, with the one before and after each change. Empty when both are the same."""
    before, after = ([line for line in words.splitlines() if line.strip()] for words in (older, newer))
    lines = difflib.unified_diff(before, after, lineterm="", n=1)
    return [Line(line[0], line[1:]) for line in lines if line[0] in "+- " and line[:3] not in ("+++", "---")]


def version_before(version: PageVersion) -> PageVersion | None:
    return published(version.slug).filter(number__lt=version.number).first()


def text_before(version: PageVersion) -> str:
    """What this version replaced: the one before, else the built-in text."""
    before = version_before(version)
    return before.body if before else built_in(version.slug)


# --- what the site knows itself ---------------------------------------------------------------------------------------


def personal_data_held() -> list[Held]:
    """Every kind of thing kept about a person, from what each app declares (PR1)."""
    return list(_held())


def _held() -> Iterator[Held]:
    ends = {"delete": _("deleted"), "anonymise": _("kept without your name"), "keep": _("kept")}
    for model, entry in sorted(personal_data.entries().items()):
        if entry.person:
            name = str(apps.get_model(model)._meta.verbose_name)
            reason = f": {entry.why}" if entry.erase != "delete" and entry.why else ""
            ending = f"{ends[entry.erase]}{reason}"
            yield Held(name[:1].upper() + name[1:], entry.export or entry.why, ending, entry.retention)


def figures() -> dict[str, Any]:
    """Who runs the site and how many are here; a small number is left out, because it would be nearly names."""
    return cached("landing", "figures", make=_figures)


def _figures() -> dict[str, Any]:
    people = graph.people_visible_to(AnonymousUser()).count()
    return {
        "universities": [(one.name, one.city) for one in accounts.universities()],
        "people": people if people >= FIGURES_FROM else 0,
    }


# --- agreement --------------------------------------------------------------------------------------------------------


def in_force() -> dict[str, InForce]:
    """By page: what members agree to. Empty while only built-in texts are in force. No query while kept (10 s here)."""
    return cached("configuration", "pages", make=_in_force, tags=["pages"])


def _in_force() -> dict[str, InForce]:
    rows = (
        PageVersion.objects.filter(slug__in=AGREED_TO, published_at__isnull=False)
        .order_by()
        .values("slug")
        .annotate(
            newest=Max("number"), binding=Max("number", filter=Q(asks_again=True), default=0), since=Min("published_at")
        )
    )
    return {row["slug"]: InForce(row["newest"], row["binding"], row["since"]) for row in rows}


def agreed_numbers(person: "User") -> dict[str, int]:
    """By page: the newest version the person agreed to. One query."""
    rows = Agreement.objects.filter(person=person).values("version__slug").annotate(newest=Max("version__number"))
    return {row["version__slug"]: row["newest"] for row in rows}


def is_settled(person: "User", agreed: dict[str, int]) -> bool:
    """Whether the person agreed to all they must: the binding version, and whoever came after the first one, to any."""
    return all(
        agreed.get(slug, 0) >= max(state.binding, int(person.created_at > state.since))
        for slug, state in in_force().items()
    )


def versions_to_agree(person: "User") -> list[PageVersion]:
    """The newest version of each page whose wording the person has not agreed to and must. Two queries."""
    agreed = agreed_numbers(person)
    open_slugs = [
        slug
        for slug, state in in_force().items()
        if agreed.get(slug, 0) < max(state.binding, int(person.created_at > state.since))
    ]
    newest = [version_in_force(slug) for slug in open_slugs]
    return [version for version in newest if version is not None]


def versions_at(moment: datetime) -> list[PageVersion]:
    """What stood on the rules and the privacy page at that moment; built-in texts are no version."""
    rows = [published(slug).filter(published_at__lte=moment).first() for slug in AGREED_TO]
    return [version for version in rows if version is not None]
