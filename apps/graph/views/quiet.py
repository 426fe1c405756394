"""Mute, and note something about a person."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from apps.graph import policies, selectors, services
from apps.graph.forms import MuteForm
from apps.kernel.http import AuthedRequest, back, fragment_or_redirect, is_fragment, login_required, page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mute(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    policies.require_somebody_else(request.user, person)
    form = MuteForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 400 if form.is_bound else 200
        return page(request, "graph/mute.html", {"person": person, "form": form}, status=status)
    services.mute(
        actor=request.user,
        target=person,
        until=form.until,
        with_notifications=form.cleaned_data["with_notifications"],
    )
    told = _("%(name)s is muted, and is not told.") % {"name": person.name}
    messages.success(request, told, extra_tags=reverse("graph:unmute", args=[person.username]))
    return redirect(person)


@login_required
@require_POST
def unmute(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    services.unmute(actor=request.user, target=person)
    messages.success(request, _("%(name)s is no longer muted.") % {"name": person.name})
    to = back(request, reverse("graph:muted"))
    return HttpResponseClientRedirect(to) if is_fragment(request) else redirect(to)


@login_required
@require_safe
def muted(request: AuthedRequest) -> HttpResponse:
    after = request.GET.get("cursor", "")
    return page(request, "graph/muted.html", {"page": selectors.muted_page(request.user, after)})


@login_required
@require_POST
def note(request: AuthedRequest, username: str) -> HttpResponse:
    person = selectors.person_for(request.user, username)
    written = services.write_note(actor=request.user, person=person, text=request.POST.get("text", ""))
    context = {"person": person, "note": written.text if written else "", "is_kept": True}
    return fragment_or_redirect(request, "graph/_note.html", context, to=person)
