"""Circles: a list of one's own, and one of them with its people."""

import re

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.graph import selectors, services
from apps.graph.forms import CircleForm
from apps.kernel.http import AuthedRequest, login_required, page

LISTED = 60  # followers offered beside those who are in it


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def circles(request: AuthedRequest) -> HttpResponse:
    form = CircleForm(request.POST or None, owner=request.user)
    if request.method == "POST" and form.is_valid():
        made = services.create_circle(actor=request.user, name=form.cleaned_data["name"])
        return redirect("graph:circle", made.pk)
    context = {"circles": selectors.circles_with_sizes(request.user), "form": form}
    return page(request, "graph/circles.html", context, status=400 if request.method == "POST" else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def circle(request: AuthedRequest, circle_id: int) -> HttpResponse:
    found = selectors.circle_for(request.user, circle_id)
    form = CircleForm(request.POST or None, owner=request.user, circle=found)
    if request.method == "POST" and form.is_valid():
        services.rename_circle(actor=request.user, circle=found, name=form.cleaned_data["name"])
        services.set_circle_members(actor=request.user, circle=found, people=form.people())
        messages.success(request, _("Your circle is saved."))
        return redirect("graph:circle", found.pk)
    asked = request.GET.get("q", "")[:60]
    words = re.findall(r"[^\W_]+", asked.lower())[:4]
    chosen = selectors.member_ids(found)
    people = selectors.followers_to_choose(request.user, chosen=chosen, words=words, limit=LISTED)
    context = {"circle": found, "form": form, "people": people, "chosen": chosen, "asked": asked}
    return page(request, "graph/circle.html", context, status=400 if request.method == "POST" else 200)


@login_required
@require_POST
def delete_circle(request: AuthedRequest, circle_id: int) -> HttpResponse:
    found = selectors.circle_for(request.user, circle_id)
    services.delete_circle(actor=request.user, circle=found)
    messages.success(request, _("The circle is gone. What you wrote to it is for you alone now."))
    return redirect("graph:circles")
