"""What people feel about posts and comments."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.kernel.errors import Invalid
from apps.kernel.http import AuthedRequest, fragment_or_redirect, login_required, page
from apps.posts import selectors, services
from apps.posts.cards import reaction_button
from apps.posts.models import Comment, Feeling, Post
from apps.posts.views.common import back_to


@login_required
@require_POST
def react(request: AuthedRequest, post_id: int) -> HttpResponse:
    """Sets what the button says (`feeling`, empty to take it back), so that a second press of a lost answer changes
    nothing."""
    post = selectors.post_for(request.user, post_id)
    felt = services.react(actor=request.user, post=post, feeling=_wish(request))
    context = {"button": reaction_button(request.path, felt)}
    return fragment_or_redirect(request, "posts/_reacted.html", context, to=back_to(request, f"#post-{post.pk}"))


@login_required
@require_POST
def react_to_comment(request: AuthedRequest, comment_id: int) -> HttpResponse:
    comment = selectors.comment_for(request.user, comment_id)
    felt = services.react_to_comment(actor=request.user, comment=comment, feeling=_wish(request))
    context = {"button": reaction_button(request.path, felt)}
    to = back_to(request, f"#comment-{comment.pk}") if "next" in request.POST else comment
    return fragment_or_redirect(request, "posts/_reacted.html", context, to=to)


@login_required
@require_safe
def reactions(request: AuthedRequest, post_id: int) -> HttpResponse:
    """The words to react with, and who did: a page, and what opens at the card."""
    post = selectors.post_for(request.user, post_id)
    return _reactions(request, post, reverse("posts:react", args=[post.pk]))


@login_required
@require_safe
def comment_reactions(request: AuthedRequest, comment_id: int) -> HttpResponse:
    comment = selectors.comment_for(request.user, comment_id)
    return _reactions(request, comment, reverse("posts:react_to_comment", args=[comment.pk]))


def _reactions(request: AuthedRequest, thing: Post | Comment, react_url: str) -> HttpResponse:
    reacted = selectors.reacted(
        request.user, thing, word=request.GET.get("word", ""), cursor=request.GET.get("cursor", "")
    )
    context = {"thing": thing, "reacted": reacted, "react_url": react_url, "is_indexed": False}
    return page(request, "posts/reactions.html", context)


def _wish(request: HttpRequest) -> int | None:
    """The number of a feeling; None for an empty one. Invalid for what is no number."""
    sent = request.POST.get("feeling", str(Feeling.LIKE.value))
    if not sent:
        return None
    if not (sent.isascii() and sent.isdecimal() and len(sent) < 4):
        raise Invalid
    return int(sent)
