"""Passing on: repost, quote, and taking either back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from apps.kernel.errors import Invalid
from apps.kernel.http import AuthedRequest, is_fragment, login_required, page
from apps.posts import selectors, services
from apps.posts.models import Post
from apps.posts.views.common import back_to, gone


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: AuthedRequest, post_id: int) -> HttpResponse:
    """To whom one may pass the post on, or why not; a POST reposts it to the `audience` it names."""
    post = selectors.post_for(request.user, post_id)
    if request.method == "POST":
        audience, circle_id = _audience(request)
        services.repost(actor=request.user, post=post, audience=audience, circle_id=circle_id)
        return _said(request, post, _("You reposted it."), reverse("posts:unshare", args=[post.pk]), is_shared=True)
    context = {"post": post, "passing": selectors.passing(request.user, post), "is_indexed": False}
    return page(request, "posts/share.html", context)


@login_required
@require_POST
def unshare(request: AuthedRequest, post_id: int) -> HttpResponse:
    """Takes the repost back; when there is none, nothing happens."""
    post = selectors.passed_on_by(request.user, post_id)
    taken = services.unrepost(actor=request.user, post=post)
    undo = reverse("posts:restore", args=[taken.pk]) if taken else ""
    return _said(request, post, _("Your repost is taken back."), undo, is_shared=False)


@require_safe
def quotes(request: HttpRequest, post_id: int) -> HttpResponse:
    """Who quoted the post, as far as the viewer may see that; its author takes it out of them here."""
    post = selectors.post_for(request.user, post_id)
    shown = selectors.quotes_page(request.user, post, cursor=request.GET.get("cursor", ""))
    context = {"post": post, "cards": shown.cards, "next": shown.next, "next_url": request.path, "is_indexed": False}
    return page(request, "posts/quotes.html", context)


@login_required
@require_POST
def detach(request: AuthedRequest, post_id: int) -> HttpResponse:
    """Takes one's own post out of somebody's quote of it."""
    quote = selectors.quote_for(request.user, post_id)
    services.detach_quote(actor=request.user, quote=quote)
    undo = reverse("posts:reattach", args=[quote.pk])
    messages.success(request, _("Your post is taken out of this quote."), extra_tags=undo)
    return redirect(back_to(request, f"#post-{quote.pk}"))


@login_required
@require_POST
def reattach(request: AuthedRequest, post_id: int) -> HttpResponse:
    quote = selectors.quote_for(request.user, post_id)
    services.reattach_quote(actor=request.user, quote=quote)
    return redirect(back_to(request, f"#post-{quote.pk}"))


def _said(request: HttpRequest, post: Post, said: str, undo: str, *, is_shared: bool) -> HttpResponse:
    """A toast that offers the way back, and the new number for the card; without scripts, the post with a message."""
    if not is_fragment(request):
        messages.success(request, said, extra_tags=undo)
        return redirect(post)
    post.refresh_from_db(fields=["repost_count"])
    shared = {"post": str(post.pk), "count": post.repost_count, "shared": is_shared}
    shared["word"] = _("Reposted by you") if is_shared else ""
    return trigger_client_event(gone(request, said, undo=undo), "cc:shared", shared)


def _audience(request: HttpRequest) -> tuple[int, int | None]:
    """`audience` as the composer sends it: a number, with "3:17" for a circle and its id. Invalid for what is none."""
    audience, _colon, circle = request.POST.get("audience", "").partition(":")
    if not _is_id(audience) or (circle and not _is_id(circle)):
        raise Invalid(fields={"audience": _("Choose who should see this.")})
    return int(audience), int(circle) if circle else None


def _is_id(written: str) -> bool:
    return written.isascii() and written.isdecimal() and len(written) < 19
