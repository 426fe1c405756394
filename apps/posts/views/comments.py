"""The talk under a post."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.kernel.http import AuthedRequest, login_required, page
from apps.posts import selectors, services
from apps.posts.comments import USUAL, cursor_to, focus
from apps.posts.forms import CommentForm
from apps.posts.views.common import back_to, detail_context, detail_or_redirect, gone, reading_of


@login_required
@require_POST
def comment(request: AuthedRequest, post_id: int) -> HttpResponse:
    post = selectors.post_for(request.user, post_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        written = {"text": form.data.get("body", ""), "parent": form.data.get("parent", "")}
        context = detail_context(request, post_id, error=form.first_error, **written)
        return page(request, "posts/detail.html", context, status=400)
    parent_id = form.cleaned_data["parent"]
    parent = selectors.comment_for(request.user, parent_id) if parent_id else None
    made = services.add_comment(
        actor=request.user, post=post, body=form.cleaned_data["body"], parent=parent, key=form.cleaned_data["key"]
    )
    return detail_or_redirect(request, post_id, to=made)


@require_safe
def comment_detail(request: HttpRequest, comment_id: int) -> HttpResponse:
    """A comment with what it answers and what answers it; the whole talk is one link away."""
    comment = selectors.comment_for(request.user, comment_id)
    reading, why_not = reading_of(request, comment.post)
    cursor = cursor_to(comment)
    context = {
        "comment": comment,
        "post": comment.post,
        "quote": selectors.quoted_card(request.user, comment.post_id),
        "focus": focus(comment, reading, cursor=request.GET.get("cursor", "")),
        "why_not": why_not,
        "whole": f"?{urlencode({'sort': USUAL} | ({'cursor': cursor} if cursor else {}))}#comment-{comment.pk}",
        "is_indexed": request.user.is_authenticated or selectors.is_for_search_engines(comment.post),
    }
    return page(request, "posts/comment_page.html", context)


@login_required
@require_POST
def comment_fold(request: AuthedRequest, comment_id: int) -> HttpResponse:
    """Sets what the button says, so that a second press of a lost answer changes nothing."""
    comment = selectors.comment_for(request.user, comment_id)
    is_folded = request.POST.get("folded", "1") == "1"
    services.fold_comment(actor=request.user, comment=comment, is_folded=is_folded)
    # Not to the comment itself: a browser opens what hides the place it is sent to.
    anchor = f"#{'folded' if is_folded else 'comment'}-{comment.pk}"
    return detail_or_redirect(request, comment.post_id, to=back_to(request, anchor))


@login_required
@require_POST
def comment_delete(request: AuthedRequest, comment_id: int) -> HttpResponse:
    comment = selectors.deleted_comment_for(request.user, comment_id)
    services.delete_comment(actor=request.user, comment=comment)
    return gone(request, _("Your comment is deleted."), undo=reverse("posts:comment_restore", args=[comment.pk]))


@login_required
@require_POST
def comment_restore(request: AuthedRequest, comment_id: int) -> HttpResponse:
    comment = selectors.deleted_comment_for(request.user, comment_id)
    services.restore_comment(actor=request.user, comment=comment)
    return detail_or_redirect(request, comment.post_id, to=comment)
