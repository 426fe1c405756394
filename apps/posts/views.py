"""Pages and acts of posts and comments: gate, parse, one service, answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from apps.kernel.errors import NotFound
from apps.kernel.http import AuthedRequest, back, fragment_or_redirect, is_fragment, login_required, page
from apps.posts import selectors, services
from apps.posts.cards import studies
from apps.posts.comments import cursor_to, thread
from apps.posts.forms import CommentForm, PostForm


@login_required
@require_POST
def create(request: AuthedRequest) -> HttpResponse:
    form = PostForm(request.POST, author=request.user)
    if not form.is_valid():
        composer = selectors.composer(
            request.user, text=form.data.get("body", ""), error=form.first_error, audience=form.audience_sent
        )
        return page(request, "posts/new.html", {"composer": composer}, status=400)
    post = services.create_post(actor=request.user, **form.cleaned_data)
    if not is_fragment(request):
        messages.success(request, _("Your post is out."))
        return redirect("web:home")
    return render(request, "posts/_list.html", {"cards": selectors.cards(request.user, [post.pk])})


@require_safe
def detail(request: HttpRequest, post_id: int) -> HttpResponse:
    return page(request, "posts/detail.html", _detail_context(request, post_id))


def _detail_context(request: HttpRequest, post_id: int, **written: str) -> dict[str, object]:
    post, card = selectors.whole_post(request.user, post_id)
    csrf = get_token(request) if request.user.is_authenticated else ""
    return {
        "post": post,
        "card": card,
        "studies": studies(post, request.user),
        "is_indexed": request.user.is_authenticated or selectors.is_for_search_engines(post),
        "thread": thread(post, request.user, cursor=request.GET.get("cursor", ""), csrf=csrf),
        "form": selectors.comment_form(**written),
    }


@login_required
@require_POST
def like(request: AuthedRequest, post_id: int) -> HttpResponse:
    """Sets what the button says (`liked`), so that a second press of a lost answer changes nothing."""
    post = selectors.post_for(request.user, post_id)
    liked = _wish(request)
    count = services.set_like(actor=request.user, post=post, liked=liked)
    context = {"like_url": request.path, "liked": liked, "count": count}
    return fragment_or_redirect(request, "posts/_liked.html", context, to=_back_to(request, f"#post-{post.pk}"))


@login_required
@require_POST
def delete(request: AuthedRequest, post_id: int) -> HttpResponse:
    post = selectors.deleted_post_for(request.user, post_id)
    services.delete_post(actor=request.user, post=post)
    answer = _gone(request, _("Your post is deleted."), undo=reverse("posts:restore", args=[post.pk]))
    own_page = post.get_absolute_url()
    if isinstance(answer, HttpResponseRedirect) and own_page in answer.url:
        return redirect("web:home")
    return answer


@login_required
@require_POST
def restore(request: AuthedRequest, post_id: int) -> HttpResponse:
    post = selectors.deleted_post_for(request.user, post_id)
    services.restore_post(actor=request.user, post=post)
    context = {"cards": selectors.cards(request.user, [post.pk])}
    return fragment_or_redirect(request, "posts/_list.html", context, to=post)


@login_required
@require_POST
def comment(request: AuthedRequest, post_id: int) -> HttpResponse:
    post = selectors.post_for(request.user, post_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        written = {"text": form.data.get("body", ""), "parent": form.data.get("parent", "")}
        context = _detail_context(request, post_id, error=form.first_error, **written)
        return page(request, "posts/detail.html", context, status=400)
    parent_id = form.cleaned_data["parent"]
    parent = selectors.comment_for(request.user, parent_id) if parent_id else None
    made = services.add_comment(
        actor=request.user, post=post, body=form.cleaned_data["body"], parent=parent, key=form.cleaned_data["key"]
    )
    context = _detail_context(request, post_id)
    return fragment_or_redirect(request, "posts/_detail.html", context, to=made)


@require_safe
def comment_detail(request: HttpRequest, comment_id: int) -> HttpResponse:
    """A comment's address: the page of the talk it stands on."""
    comment = selectors.comment_for(request.user, comment_id)
    cursor = cursor_to(comment)
    page_of_talk = f"?cursor={cursor}" if cursor else ""
    return redirect(f"{comment.post.get_absolute_url()}{page_of_talk}#comment-{comment.pk}")


@login_required
@require_POST
def comment_like(request: AuthedRequest, comment_id: int) -> HttpResponse:
    comment = selectors.comment_for(request.user, comment_id)
    liked = _wish(request)
    count = services.set_comment_like(actor=request.user, comment=comment, liked=liked)
    context = {"like_url": request.path, "liked": liked, "count": count}
    return fragment_or_redirect(request, "posts/_liked.html", context, to=comment)


@login_required
@require_POST
def comment_delete(request: AuthedRequest, comment_id: int) -> HttpResponse:
    comment = selectors.deleted_comment_for(request.user, comment_id)
    services.delete_comment(actor=request.user, comment=comment)
    return _gone(request, _("Your comment is deleted."), undo=reverse("posts:comment_restore", args=[comment.pk]))


@login_required
@require_POST
def comment_restore(request: AuthedRequest, comment_id: int) -> HttpResponse:
    comment = selectors.deleted_comment_for(request.user, comment_id)
    services.restore_comment(actor=request.user, comment=comment)
    return fragment_or_redirect(request, "posts/_detail.html", _detail_context(request, comment.post_id), to=comment)


@require_safe
def tag(request: HttpRequest, name: str) -> HttpResponse:
    """Every spelling of a tag has one page."""
    tag_name = selectors.tag_name(name)
    if not tag_name:
        raise NotFound("tag")
    shown = selectors.tag_page(request.user, tag_name, cursor=request.GET.get("cursor", ""))
    context = {"name": tag_name, "cards": shown.cards, "next": shown.next, "next_url": request.path}
    return page(request, "posts/tag.html", context | {"is_indexed": False})  # as Explore: it quotes people


def _wish(request: HttpRequest) -> bool:
    return request.POST.get("liked", "1") != "0"


def _back_to(request: HttpRequest, anchor: str) -> str:
    return back(request, reverse("web:home")).partition("#")[0] + anchor


def _gone(request: HttpRequest, said: str, *, undo: str) -> HttpResponse:
    """The act can be undone: by the toast's button, or without JavaScript by the one in the message."""
    if is_fragment(request):
        return trigger_client_event(HttpResponse(), "cc:toast", {"text": said, "undo": undo})
    messages.success(request, said, extra_tags=undo)
    return redirect(back(request, reverse("web:home")))
