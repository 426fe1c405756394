"""Parts of the home page (the page itself is web's), how somebody wishes to read it, and the feed as JSON."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from apps.feed import selectors, services, state
from apps.feed.filters import filters_of
from apps.feed.selectors.places import known_cursor, known_id, moment
from apps.kernel.http import AuthedRequest, back, is_fragment, login_required, page
from apps.posts import selectors as posts


@login_required
@require_safe
def more(request: AuthedRequest) -> HttpResponse:
    """The cards of a page and the way to the next; a browser is sent to the home page there."""
    if not is_fragment(request):
        return redirect(f"{reverse('web:home')}?{request.GET.urlencode()}")
    shown = selectors.home_page(request.user, view=request.GET.get("view", ""), cursor=request.GET.get("cursor", ""))
    return render(request, "posts/_list.html", {"cards": shown.cards, "next": shown.next, "next_url": request.path})


@login_required
@require_safe
def new(request: AuthedRequest) -> HttpResponse:
    """What the pill of new posts brings; the answer says from when on to ask next."""
    if not is_fragment(request):
        return redirect("web:home")
    shown = selectors.news(request.user, request.GET.get("since", ""))
    answer = render(request, "posts/_list.html", {"cards": shown.cards})
    answer["X-Since"] = shown.since
    return answer


@login_required
@require_safe
def api(request: AuthedRequest) -> HttpResponse:
    answer = selectors.api_page(request.user, view=request.GET.get("view", ""), cursor=request.GET.get("cursor", ""))
    return JsonResponse(answer)


@login_required
@require_POST
def settings(request: AuthedRequest) -> HttpResponse:
    """Keeps the order (`view`), or what is filtered (all fields of the form, when `filters` is sent), for good."""
    if "view" in request.POST:
        state.keep_view(actor=request.user, view=request.POST["view"])
    if "filters" in request.POST:
        state.keep_filters(actor=request.user, filters=filters_of(request.POST))
    return redirect("web:home")


@login_required
@require_safe
def filters(request: AuthedRequest) -> HttpResponse:
    """What one may choose to see of the home page, with what is chosen."""
    chosen = state.state_of(request.user.pk).filters
    return page(request, "feed/filters.html", {"filters": chosen, "choices": selectors.choices()})


@login_required
@require_POST
def place(request: AuthedRequest) -> HttpResponse:
    """Where reading stopped (`post`, and the `cursor` of its page), or that all is read (`seen`), or `forget`."""
    sent = request.POST
    if "forget" in sent:
        state.forget_place(actor=request.user)
    elif "seen" in sent:
        state.mark_seen(actor=request.user, until=moment(sent["seen"]))
    else:
        state.keep_place(
            actor=request.user,
            post_id=known_id(sent.get("post", "")),
            cursor=known_cursor(sent.get("cursor", "")),
            since=moment(sent.get("since", "")),
            has_caught_up=sent.get("reached") == "1",
        )
    return HttpResponse(status=204) if is_fragment(request) else redirect("web:home")


@login_required
@require_POST
def close_away(request: AuthedRequest) -> HttpResponse:
    """Nothing more of what was missed."""
    state.close_away(actor=request.user)
    return HttpResponse() if is_fragment(request) else redirect("web:home")


@login_required
@require_safe
def why(request: AuthedRequest, post_id: int) -> HttpResponse:
    """Why a post is shown, from the facts as they are now."""
    post = posts.post_for(request.user, post_id)
    return page(request, "feed/why.html", {"post": post, "why": selectors.why_shown(request.user, post)})


@login_required
@require_POST
def less(request: AuthedRequest, post_id: int) -> HttpResponse:
    """Less like this: the post is gone from the home page, its author stands lower. Can be undone."""
    post = posts.post_for(request.user, post_id)
    services.less_like(actor=request.user, post=post)
    said, undo = _("You will see less like this."), reverse("feed:less_undo", args=[post.pk])
    if is_fragment(request):
        return trigger_client_event(HttpResponse(), "cc:toast", {"text": said, "undo": undo})
    messages.success(request, said, extra_tags=undo)
    return redirect("web:home")


@login_required
@require_POST
def less_undo(request: AuthedRequest, post_id: int) -> HttpResponse:
    post = posts.post_for(request.user, post_id)
    services.undo_less_like(actor=request.user, post=post)
    if is_fragment(request):
        return render(request, "posts/_list.html", {"cards": posts.cards(request.user, [post.pk])})
    return redirect(back(request, reverse("web:home")))
