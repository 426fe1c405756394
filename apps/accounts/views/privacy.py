"""Who may see and do what: one page for all of it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts import selectors, services
from apps.accounts.forms import PrivacyForm
from apps.kernel.http import AuthedRequest, login_required, page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_privacy(request: AuthedRequest) -> HttpResponse:
    form = PrivacyForm(request.POST or None, initial=selectors.settings_of(request.user))
    if request.method != "POST":
        return page(request, "accounts/privacy.html", {"form": form})
    if not form.is_valid():
        return page(request, "accounts/privacy.html", {"form": form}, status=400)
    services.update_privacy(actor=request.user, **form.cleaned_data)
    if request.user.posts_for > form.cleaned_data["posts_for"]:
        messages.info(request, _("Saved. Your posts now reach no further than your profile."))
    else:
        messages.success(request, _("Saved. It holds from now on, for what you posted before, too."))
    return redirect("accounts:settings_privacy")
