"""Members who have not agreed to the rules and the privacy notice in force are asked before they go on (XP4)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from apps.kernel.http import back, is_fragment, wants_json
from apps.web import selectors, services

if TYPE_CHECKING:
    from apps.accounts.models import User

AGREED = "agreed"  # in the session: {page: the newest version agreed to}
AGREED_AT = "agreed_at"  # put there by sign-up, ISO
SIGN_UP_TAKES = timedelta(minutes=5)  # between the box that was ticked and the account
# Reading what is asked, leaving, and what is no page of a member.
FREE = (
    *("/agree/", "/rules/", "/privacy/", "/about/", "/help/", "/accessibility/", "/accounts/logout/", "/admin/logout/"),
    *("/look/", "/health/", "/campus/", "/static/", "/robots.txt", "/favicon.ico", "/setup/"),
)


def agreement(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Costs no query: what is in force is kept in the process, what somebody agreed to in their session."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_member = settings.SESSION_COOKIE_NAME in request.COOKIES
        if is_member and not request.path_info.startswith(FREE) and _must_agree(request):
            return _ask(request)
        return get_response(request)

    return middleware


def _must_agree(request: HttpRequest) -> bool:
    demanded = selectors.in_force()
    if not demanded or SESSION_KEY not in request.session:
        return False
    held: dict[str, int] | None = request.session.get(AGREED)
    binding = {slug: state.binding for slug, state in demanded.items()}
    if held is not None and AGREED_AT not in request.session and all(held.get(s, 0) >= n for s, n in binding.items()):
        return False
    if not request.user.is_authenticated:
        return False
    person = request.user
    _note_sign_up(request.session, person)
    held = selectors.agreed_numbers(person)
    if not selectors.is_settled(person, held):
        return True
    request.session[AGREED] = held
    return False


def _note_sign_up(session: Any, person: "User") -> None:
    """What was ticked at sign-up counts for the account that was made by it, not for whoever logs in here later."""
    ticked = parse_datetime(str(session.pop(AGREED_AT, "")))
    if isinstance(ticked, datetime) and abs(person.created_at - ticked) < SIGN_UP_TAKES:
        services.agree(actor=person, versions=selectors.versions_at(ticked), at=ticked)


def _ask(request: HttpRequest) -> HttpResponse:
    sentence = _("The rules have changed. Read them and agree, then go on.")
    if wants_json(request):
        return JsonResponse({"code": "must_agree", "detail": sentence}, status=403)
    fragment = is_fragment(request)
    safe = request.method in ("GET", "HEAD")
    target = request.get_full_path() if safe and not fragment else back(request, "/")
    address = f"{reverse('web:agree')}?{urlencode({'next': target})}"
    if fragment:
        return HttpResponse(sentence, status=403, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
