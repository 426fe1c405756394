"""A post: written, read, deleted, brought back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.kernel.http import AuthedRequest, fragment_or_redirect, is_fragment, login_required, page
from apps.posts import selectors, services
from apps.posts.forms import PostForm
from apps.posts.models import Draft
from apps.posts.views.common import back_to, detail_context, gone, keep_sort
from apps.posts.views.composing import again, scheduled_told


@login_required
@require_POST
def create(request: AuthedRequest) -> HttpResponse:
    form = PostForm(request.POST, author=request.user)
    made = form.send()
    if made is None:
        return again(request, form)
    if isinstance(made, Draft):
        return scheduled_told(request, made)
    if not is_fragment(request):
        messages.success(request, _("Your post is out."))
        return redirect("web:home")
    return render(request, "posts/_list.html", {"cards": selectors.cards(request.user, [made.pk])})


@require_safe
def detail(request: HttpRequest, post_id: int) -> HttpResponse:
    """A repost has no page of its own: whoever sees it is sent to what it passes on."""
    context = detail_context(request, post_id)
    if context["post"].pk != post_id:
        return redirect(context["post"])
    return keep_sort(request, page(request, "posts/detail.html", context))


@login_required
@require_POST
def delete(request: AuthedRequest, post_id: int) -> HttpResponse:
    post = selectors.deleted_post_for(request.user, post_id)
    services.delete_post(actor=request.user, post=post)
    answer = gone(request, _("Your post is deleted."), undo=reverse("posts:restore", args=[post.pk]))
    own_page = post.get_absolute_url()
    if isinstance(answer, HttpResponseRedirect) and own_page in answer.url:
        return redirect("web:home")
    return answer


@login_required
@require_POST
def remove_card(request: AuthedRequest, post_id: int) -> HttpResponse:
    post = selectors.post_for(request.user, post_id)
    services.remove_card(actor=request.user, post=post)
    context = {"cards": selectors.cards(request.user, [post.pk])}
    return fragment_or_redirect(request, "posts/_list.html", context, to=back_to(request, f"#post-{post.pk}"))


@login_required
@require_POST
def restore(request: AuthedRequest, post_id: int) -> HttpResponse:
    post = selectors.deleted_post_for(request.user, post_id)
    services.restore_post(actor=request.user, post=post)
    context = {"cards": selectors.cards(request.user, [post.pk])}
    return fragment_or_redirect(request, "posts/_list.html", context, to=post)
