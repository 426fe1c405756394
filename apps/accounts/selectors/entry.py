"""Reads of the ways in: what an address is worth at sign-up, invitations, who waits."""

from dataclasses import dataclass
from typing import Any

import disposable_email_domains
from allauth.account.models import EmailAddress
from django.core import signing
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from apps.accounts import addresses
from apps.accounts.models import BlockedDomain, Entry, Invitation, JoinRequest, Role, University, User
from apps.accounts.selectors.people import domain_of
from apps.kernel.cursors import Page, keyset_page

MEMBERS_OPEN = 5  # invitations a member has out at a time
INVITATIONS_PAGE = 20
_SALT = "accounts.invitation"


@dataclass(frozen=True, slots=True)
class WayIn:
    """As whom somebody may come in, and whether staff look at it first."""

    university: University
    role: str
    waits: bool = False
    invitation: Invitation | None = None


@dataclass(frozen=True, slots=True)
class InvitationRow:
    invitation: Invitation
    state: str  # "open", "used", "revoked", "over"
    path: str
    came: int  # people who arrived with it


def is_refused(email: str) -> bool:
    """Whether nobody may come in with this address: its domain is blocked, or hands out addresses to throw away."""
    above = addresses.domains_above(email)
    if BlockedDomain.objects.filter(domain__in=above).exists():
        return True
    return not disposable_email_domains.blocklist.isdisjoint(above) and domain_of(email) is None


def way_in(email: str, *, invitation: Invitation | None = None, asked: University | None = None) -> WayIn | None:
    """How the address comes in; None when it does not. `asked`: the university that somebody from elsewhere chose."""
    if is_refused(email) or (invitation and invitation.university.sso_only):
        return None
    if invitation is not None:
        waits = invitation.university.entry == Entry.APPROVAL and not is_by_staff(invitation)
        return WayIn(invitation.university, invitation.role, waits, invitation)
    row = domain_of(email)
    if row is not None:
        closed = row.university.entry == Entry.CLOSED or row.university.sso_only
        return None if closed else WayIn(row.university, row.role, row.university.entry == Entry.APPROVAL)
    if asked is not None and asked.takes_requests and not asked.sso_only:
        return WayIn(asked, Role.STUDENT, waits=True)
    return None


def may_ask_to_join(email: str) -> bool:
    """Whether the address belongs to no university here, and there is one that takes requests."""
    return not is_refused(email) and domain_of(email) is None and request_takers().exists()


def request_takers() -> "QuerySet[University]":
    """Universities that people without an address of theirs may ask."""
    return University.objects.filter(takes_requests=True, sso_only=False).order_by("name")


def token_of(invitation: Invitation) -> str:
    return signing.dumps(invitation.pk, salt=_SALT)


def path_of(invitation: Invitation) -> str:
    return reverse("accounts:invitation", args=[token_of(invitation)])


def invitation_for(token: str) -> Invitation | None:
    """The invitation of a link, open or over; None when we did not make the link, or it was cleaned away."""
    try:
        pk = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    return Invitation.objects.filter(pk=pk).select_related("university", "created_by").first()


def open_invitations() -> "QuerySet[Invitation]":
    """Those that open something. What somebody made who is kept out now opens nothing.

    Without a join, so that an update of them looks at each row once more when it has waited for it.
    """
    kept_out = User.objects.filter(pk=OuterRef("created_by"), is_active=False)
    return Invitation.objects.filter(~Exists(kept_out), revoked_at=None, expires_at__gt=Now(), uses__lt=F("max_uses"))


def open_invitation(pk: object) -> Invitation | None:
    """The invitation somebody came with, as long as it opens."""
    if not isinstance(pk, int):
        return None
    return open_invitations().filter(pk=pk).select_related("university", "created_by").first()


def is_by_staff(invitation: Invitation) -> bool:
    """Whether it was made by somebody who may let people in without another look."""
    return invitation.created_by is not None and may_invite_widely(invitation.created_by)


def may_invite_widely(person: User) -> bool:
    """Any role, several uses, many addresses: staff with the permission."""
    return person.is_active and person.is_staff and person.has_perm("accounts.add_invitation")


def may_invite(person: User) -> bool:
    return may_invite_widely(person) or bool(person.university and person.university.members_invite)


def invitations_page(person: User, after: str) -> Page[InvitationRow]:
    """The person's invitations, newest first. How many came is told, not who: they may have blocked the person."""
    came = Count("used_by", filter=Q(used_by__person__is_confirmed=True))
    own: QuerySet[Any] = Invitation.objects.filter(created_by=person).annotate(came=came)
    found = keyset_page(own.select_related("university"), by=["-created_at", "-id"], after=after, size=INVITATIONS_PAGE)
    return Page([InvitationRow(row, _state(row), path_of(row), row.came) for row in found.items], found.next)


def _state(invitation: Invitation) -> str:
    if invitation.uses >= invitation.max_uses:
        return "used"
    if invitation.revoked_at is not None:
        return "revoked"
    return "open" if invitation.expires_at > timezone.now() else "over"


def open_count(person: User) -> int:
    return open_invitations().filter(created_by=person).count()


def join_request_of(person: User) -> JoinRequest | None:
    return JoinRequest.objects.filter(person=person).select_related("university").first()


def waiting_requests() -> "QuerySet[JoinRequest]":
    """What staff look at: everybody who has shown that the address is theirs."""
    proved = EmailAddress.objects.filter(user_id=OuterRef("person_id"), verified=True)
    return JoinRequest.objects.filter(Exists(proved))
