"""Polls: voting, changing one's mind, and who voted."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.kernel.errors import Invalid, NotFound
from apps.kernel.http import AuthedRequest, is_fragment, login_required, page
from apps.posts import polls, selectors, services
from apps.posts.models import OPTIONS


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def vote(request: AuthedRequest, post_id: int) -> HttpResponse:
    """POST `choice`, once for each answer, or `none` to take the vote back.

    GET is the poll: with `change`, or with choices that a card without a script has gathered, as a form.
    """
    post = selectors.poll_page(request.user, post_id)
    if request.method == "POST":
        taken_back = bool(request.POST.get("none"))
        choices = [] if taken_back else _choices(request.POST.getlist("choice"), least=1)
        services.vote(actor=request.user, post=post, choices=choices)
        return _after(request, post_id)
    chosen = _choices(request.GET.getlist("choice"), least=0)
    is_changing = bool(chosen) or bool(request.GET.get("change"))
    if is_fragment(request):
        return HttpResponse(polls.draw(post, request.user, is_changing=is_changing))
    drawn = polls.draw(post, request.user, is_changing=is_changing, chosen=chosen, csrf=get_token(request))
    return page(request, "posts/poll.html", {"post": post, "poll": drawn})


def _after(request: AuthedRequest, post_id: int) -> HttpResponse:
    post = selectors.poll_page(request.user, post_id)
    if is_fragment(request):
        return HttpResponse(polls.draw(post, request.user))
    return redirect(post)


@login_required
@require_safe
def voters(request: AuthedRequest, post_id: int) -> HttpResponse:
    """Who chose one of the answers (`answer`, from 0), where that is no secret."""
    asked = request.GET.get("answer", "0")
    place = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else -1
    if place < 0:
        raise NotFound("answer")
    shown = selectors.voters_page(request.user, post_id, place, request.GET.get("cursor", ""))
    context = {"post_id": post_id, "poll": shown.poll, "place": shown.place, "page": shown.page}
    return page(request, "posts/voters.html", context)


def _choices(sent: Iterable[str], *, least: int) -> list[int]:
    """Places of answers. Invalid for what is none; which of them there are is the service's to know."""
    places = list(sent)[: len(OPTIONS) + 2]
    if len(places) < least or not all(one.isascii() and one.isdecimal() and len(one) < 3 for one in places):
        raise Invalid(polls.choose_one())
    return [int(one) for one in places]
