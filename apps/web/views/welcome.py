"""The first steps of a newcomer, and the checklist on home."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.kernel.errors import NotFound
from apps.kernel.http import AuthedRequest, fragment_or_redirect, login_required, page
from apps.web import forms, selectors, services

SHOWN = "welcome_shown"  # in the session: home has led to the steps


@login_required
@require_safe
def resume(request: AuthedRequest) -> HttpResponse:
    request.session[SHOWN] = True
    return redirect("web:welcome", selectors.next_step(request.user))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: AuthedRequest, step: int) -> HttpResponse:
    """One step. POST keeps what was said; with `skip` it goes on without, with `later` it leaves the rest."""
    if not 1 <= step <= selectors.STEPS:
        raise NotFound("step")
    if "later" in request.POST:
        services.leave_welcome(actor=request.user)
        return redirect("web:home")
    skipped = "skip" in request.POST
    form = forms.STEPS[step - 1](request.POST if request.method == "POST" else None, person=request.user)
    if skipped or form.saved():
        return _go_on(request, step, done=not skipped)
    context = {"form": form, "step": step, "steps": selectors.STEPS, "suggestions": []}
    if step == selectors.PEOPLE_STEP:
        context["suggestions"] = selectors.suggestions(request.user, limit=selectors.OFFERED)
    return page(request, "web/welcome.html", context, status=400 if form.is_bound else 200)


def _go_on(request: AuthedRequest, step: int, *, done: bool) -> HttpResponse:
    if services.pass_step(actor=request.user, step=step, done=done):
        return redirect("web:welcome", step + 1)
    if step == selectors.STEPS:
        messages.success(request, _("That is all. Welcome to campus."))
    return redirect("web:home")


@login_required
@require_POST
def close(request: AuthedRequest) -> HttpResponse:
    """The checklist on home, for good."""
    services.close_checklist(actor=request.user)
    return fragment_or_redirect(request, "web/_checklist.html", {"checklist": None}, to="web:home")
