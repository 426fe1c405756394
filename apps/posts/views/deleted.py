"""What one has deleted: brought back, or ended for good."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.kernel.http import AuthedRequest, login_required, page
from apps.posts import selectors, services

COMMENTS = "comments"


@login_required
@require_safe
def trash(request: AuthedRequest) -> HttpResponse:
    of_comments = request.GET.get("what") == COMMENTS
    shown = selectors.trash_page(request.user, of_comments=of_comments, cursor=request.GET.get("cursor", ""))
    return page(request, "posts/trash.html", {"shown": shown, "of_comments": of_comments})


@login_required
@require_POST
def forget(request: AuthedRequest, post_id: int) -> HttpResponse:
    services.forget_post(actor=request.user, post=selectors.deleted_post_of(request.user, post_id))
    messages.success(request, _("Gone for good. What others wrote under it goes within the hour."))
    return redirect("posts:trash")


@login_required
@require_POST
def forget_comment(request: AuthedRequest, comment_id: int) -> HttpResponse:
    comment = selectors.deleted_comment_of(request.user, comment_id)
    services.forget_comment(actor=request.user, comment=comment)
    messages.success(request, _("Gone for good."))
    return redirect(reverse("posts:trash", query={"what": COMMENTS}))
