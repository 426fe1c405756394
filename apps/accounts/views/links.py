from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts import services
from apps.kernel.http import AuthedRequest, login_required


@login_required
@require_POST
def check_link(request: AuthedRequest, link_id: int) -> HttpResponse:
    """Have one's own link looked at again; a worker does, so the answer is there a moment later."""
    services.check_again(actor=request.user, link_id=link_id)
    messages.info(request, _("We are looking at the page. Reload in a moment."))
    return redirect("accounts:settings_links")
