"""What a person says about themselves: profile, status, studies, links."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import selectors, services
from apps.accounts.forms import CoursesForm, LinkForm, LinksReachForm, ProfileForm, StatusForm, StudiesForm
from apps.kernel import text
from apps.kernel.errors import NotFound
from apps.kernel.http import AuthedRequest, absolute, back, login_required, page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_profile(request: AuthedRequest) -> HttpResponse:
    """With `preview` nothing is kept: the page comes back with what the Markdown will look like."""
    profile = selectors.profile_of(request.user)
    form = ProfileForm(request.POST if request.method == "POST" else None, person=request.user, profile=profile)
    asked = "preview" in request.POST
    if request.method == "POST" and not asked and form.saved():
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:settings_profile")
    context = {
        "form": form,
        "status_form": StatusForm(person=request.user),
        "status": selectors.status_of(profile),
        "preview": text.render_markdown(request.POST.get("bio", "")) if asked else None,
    }
    return page(request, "accounts/profile_form.html", context, status=400 if form.errors and not asked else 200)


@login_required
@require_POST
def set_status(request: AuthedRequest) -> HttpResponse:
    """The form's own, one of the usual ones (`usual`), or none (`clear`)."""
    form = StatusForm(_usual(request) or request.POST, person=request.user)
    if form.saved():
        messages.success(request, _("Your status is changed."))
        return redirect(back(request, "/settings/profile/"))
    profile = selectors.profile_of(request.user)
    context = {
        "form": ProfileForm(person=request.user, profile=profile),
        "status_form": form,
        "status": selectors.status_of(profile),
    }
    return page(request, "accounts/profile_form.html", context, status=400)


def _usual(request: AuthedRequest) -> dict[str, Any] | None:
    """What pressing one of the buttons stands for; None for the form's own button."""
    if "clear" in request.POST:
        return {"emoji": "", "text": ""}
    if request.POST.get("usual") not in StatusForm.USUAL:
        return None
    emoji, words, lasts = StatusForm.USUAL[request.POST["usual"]]
    return {"emoji": emoji, "text": str(words), "lasts": lasts}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_studies(request: AuthedRequest) -> HttpResponse:
    """Two forms: studies, and the courses of one term (`term`; this one unless the address says another)."""
    facts, today = selectors.facts_to_edit(request.user), timezone.localdate()
    asked = request.POST.get("term") or request.GET.get("term", "")
    term = selectors.term_named(asked) or selectors.current_term(today)
    posted = request.POST if request.method == "POST" else None
    of_courses = "term" in request.POST
    form = StudiesForm(None if of_courses else posted, person=request.user, facts=facts)
    courses_form = CoursesForm(posted if of_courses else None, person=request.user, facts=facts, term=term)
    if posted is not None and (courses_form if of_courses else form).saved():
        messages.success(request, _("Saved."))
        return redirect(request.get_full_path())
    context = {
        "form": form,
        "courses_form": courses_form,
        "term": term,
        "terms": selectors.terms_to_choose(today),
        "taken": selectors.by_term(facts.courses),
    }
    return page(request, "accounts/studies.html", context, status=200 if posted is None else 400)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_links(request: AuthedRequest) -> HttpResponse:
    """POST `remove` takes that link away, `who` changes who sees them, else one is added."""
    if request.method == "POST" and "remove" in request.POST:
        return _remove_link(request)
    of_whom = "who" in request.POST
    who = LinksReachForm(request.POST if of_whom else None, person=request.user)
    form = LinkForm(request.POST if request.method == "POST" and not of_whom else None, person=request.user)
    if request.method == "POST" and (who if of_whom else form).saved():
        messages.success(request, _("Saved.") if of_whom else _("Your link is in your profile."))
        return redirect("accounts:settings_links")
    context = {
        "form": form,
        "who": who,
        "links": selectors.links_of(request.user),
        "profile_url": absolute(request.user.get_absolute_url()),
    }
    return page(request, "accounts/links.html", context, status=400 if request.method == "POST" else 200)


def _remove_link(request: AuthedRequest) -> HttpResponse:
    wanted = request.POST["remove"]
    if not wanted.isdecimal() or len(wanted) > 18:
        raise NotFound("link")
    services.remove_link(actor=request.user, link_id=int(wanted))
    messages.success(request, _("The link is gone."))
    return redirect("accounts:settings_links")


@login_required
@require_GET
def words(request: AuthedRequest, kind: str) -> HttpResponse:
    """What is offered for the beginning `q` of a word, as JSON."""
    if kind not in selectors.OFFERS:
        raise NotFound("kind of words")
    return JsonResponse({"items": selectors.words_beginning(kind, request.user, request.GET.get("q", ""))})
