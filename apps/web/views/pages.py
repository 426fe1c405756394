"""The site's own pages: rules, privacy, about, help, accessibility, and what they said before."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.kernel.edge import is_stranger, share
from apps.kernel.errors import NotFound
from apps.kernel.http import page as answer
from apps.web import selectors
from apps.web.models import PageVersion

SEARCHED = 100  # characters looked for


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """What is in force, for everybody. `q` keeps the sections that have the words (help)."""
    shared = is_stranger(request)
    body, version = selectors.body_in_force(slug)
    words = request.GET.get("q", "")[:SEARCHED] if slug == PageVersion.Slug.HELP else ""
    sections = selectors.sections(body)
    context = _about(slug) | {
        "shared": shared,
        "version": version,
        "contents": [section for section in sections if section.title],
        "sections": selectors.matching(sections, words),
        "words": words,
    }
    response = answer(request, "web/page.html", context)
    return share(response) if shared else response


@require_safe
def page_history(request: HttpRequest, slug: str) -> HttpResponse:
    """Every published version, newest first, with what changed. Few: pages change a few times a year."""
    shared = is_stranger(request)
    context = _about(slug) | {"shared": shared, "versions": selectors.published(slug)}
    response = answer(request, "web/page_history.html", context)
    return share(response) if shared else response


@require_safe
def page_version(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """One published version as it was, and what is different from the one before. Drafts are nobody's to read here."""
    shared = is_stranger(request)
    version = selectors.published(slug).filter(number=number).first()
    if version is None:
        raise NotFound("version")
    context = _about(slug) | {
        "shared": shared,
        "version": version,
        "sections": selectors.sections(version.body),
        "lines": selectors.difference(selectors.text_before(version), version.body),
    }
    response = answer(request, "web/page_version.html", context)
    return share(response) if shared else response


def _about(slug: str) -> dict[str, object]:
    lists = {"held": selectors.personal_data_held, "figures": selectors.figures}  # asked where a section shows them
    return {"slug": slug, "title": PageVersion.Slug(slug).label, "section": "", **lists}
