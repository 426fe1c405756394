from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from apps.kernel.http import AuthedRequest, fragment_or_redirect, login_required, page
from apps.moderation import policies, selectors, services
from apps.moderation.forms import ReportForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: AuthedRequest, kind: str, target_id: int) -> HttpResponse:
    target = selectors.target_for(request.user, kind=kind, target_id=target_id)
    policies.require_can_report(request.user, target)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.file_report(actor=request.user, target=target, **form.cleaned_data)
        return fragment_or_redirect(request, "moderation/_thanks.html", {}, to="moderation:thanks")
    context = {"form": form, "target": target}
    return page(request, "moderation/report.html", context, status=400 if request.method == "POST" else 200)


@login_required
@require_safe
def thanks(request: AuthedRequest) -> HttpResponse:
    return page(request, "moderation/thanks.html", {})
