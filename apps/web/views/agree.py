"""Where a member reads what is new in the rules or the privacy notice, and agrees."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.kernel.http import AuthedRequest, back, login_required, page
from apps.web import selectors, services
from apps.web.middleware import AGREED


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: AuthedRequest) -> HttpResponse:
    """The whole texts with what changed. POST with the ids that were shown: a text newer than those is asked again."""
    versions = selectors.versions_to_agree(request.user)
    if request.method == "POST":
        seen = set(request.POST.getlist("version"))
        services.agree(actor=request.user, versions=[one for one in versions if str(one.pk) in seen])
        request.session.pop(AGREED, None)  # what is agreed to now, the next request finds out
        return redirect(back(request, "/"))
    if not versions:
        return redirect(back(request, "/"))
    texts = [
        {
            "version": one,
            "sections": selectors.sections(one.body),
            "lines": selectors.difference(selectors.text_before(one), one.body),
        }
        for one in versions
    ]
    lists = {"held": selectors.personal_data_held, "figures": selectors.figures}
    return page(request, "web/agree.html", {"texts": texts, "next": back(request, "/"), **lists})
