"""Look and language: what a page of settings offers. The choices themselves are kept by web:look, for guests, too."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts import services
from apps.accounts.forms.look import TimeZoneForm
from apps.kernel.http import AuthedRequest, login_required, page


@login_required
@require_safe
def index(request: AuthedRequest) -> HttpResponse:
    """All places of settings, in groups."""
    return page(request, "accounts/settings.html")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_look(request: AuthedRequest) -> HttpResponse:
    """POST `time_zone`."""
    sent = request.POST if request.method == "POST" else None
    form = TimeZoneForm(sent, initial={"time_zone": request.user.time_zone})
    if form.is_valid():
        services.set_time_zone(actor=request.user, name=form.cleaned_data["time_zone"])
        messages.success(request, _("Times are told by this clock now."))
        return redirect("accounts:settings_look")
    context = {"form": form, "languages": settings.LANGUAGES}
    return page(request, "accounts/look.html", context, status=400 if form.errors else 200)
