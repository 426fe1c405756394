"""One's own posts: edited, pinned; and what they said before, for whoever sees them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.kernel.http import AuthedRequest, back, login_required, page
from apps.posts import policies, selectors, services
from apps.posts.editing_forms import EditForm, PinForm, PostingForm
from apps.posts.models import Post
from apps.posts.preferences import preferences_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AuthedRequest, post_id: int) -> HttpResponse:
    form = EditForm(request.POST if request.method == "POST" else None, post=_own(request, post_id))
    if form.is_bound and form.is_valid() and form.save():
        messages.success(request, _("Your post is changed."))
        return redirect(form.post)
    return page(request, "posts/edit.html", {"form": form, "post": form.post}, status=form.status)


@require_safe
def history(request: HttpRequest, post_id: int) -> HttpResponse:
    post = selectors.post_for(request.user, post_id)
    shown = selectors.history_page(post, cursor=request.GET.get("cursor", ""))
    unfolds = preferences_of(request.user).unfolds_warnings
    context = {"post": post, "shown": shown, "unfolds": unfolds, "is_indexed": False}
    return page(request, "posts/history.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pin(request: AuthedRequest, post_id: int) -> HttpResponse:
    form = PinForm(request.POST if request.method == "POST" else None, post=_own(request, post_id))
    if form.is_bound and form.is_valid() and form.save():
        messages.success(request, _("Pinned: it stands at the top of your profile."))
        return redirect(request.user)
    context = {"form": form, "post": form.post, "pin": selectors.pin_of(form.post)}
    return page(request, "posts/pin.html", context, status=400 if form.errors else 200)


@login_required
@require_POST
def unpin(request: AuthedRequest, post_id: int) -> HttpResponse:
    services.unpin_post(actor=request.user, post=_own(request, post_id))
    messages.success(request, _("It is pinned no more."))
    return redirect(back(request, request.user.get_absolute_url()))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_posting(request: AuthedRequest) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = PostingForm(sent, person=request.user, kept=preferences_of(request.user))
    if not form.is_bound or not form.is_valid():
        return page(request, "posts/posting.html", {"form": form}, status=400 if form.errors else 200)
    services.set_preferences(actor=request.user, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("posts:settings_posting")


def _own(request: AuthedRequest, post_id: int) -> Post:
    """A live post of the viewer's own: a stranger's is not found, one that they may see is refused."""
    post = selectors.post_for(request.user, post_id)
    policies.require_author(request.user, post)
    return post
