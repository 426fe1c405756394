"""Writes of the ways in: joining, invitations, requests to join, and what became of nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import addresses, selectors
from apps.accounts.events import InvitationIssued, JoinRequestDecided
from apps.accounts.models import Invitation, InvitationUse, JoinRequest, Role, University, User, Verification
from apps.accounts.selectors import WayIn, sso
from apps.accounts.services.people import confirm, register
from apps.accounts.services.verification import verify
from apps.kernel import limits, text
from apps.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from apps.kernel.outbox import publish

LASTS = timedelta(days=14)  # a member's invitation
LONGEST = timedelta(days=90)
KEEP_DECIDED = timedelta(days=90)  # invitations after their end, requests after the decision
KEEP_UNCONFIRMED = timedelta(days=7)
KEEP_WAITING = timedelta(days=90)
BATCH = 500


@transaction.atomic
def join(*, email: str, username: str, name: str, password: str, way: WayIn, reason: str = "") -> User:
    """A new person, unseen until `arrive`; who waits for staff has their reason kept with them.

    Conflict when somebody was faster with the name, the address, or the last use of the invitation.
    """
    if way.invitation is not None:
        use_invitation(invitation=way.invitation)
    person = register(
        email=email, username=username, name=name, password=password, university=way.university, role=way.role
    )
    if way.invitation is not None:
        InvitationUse.objects.create(invitation=way.invitation, person=person)
    if way.waits:
        JoinRequest.objects.create(person=person, university=way.university, reason=text.clean(reason))
    return person


def use_invitation(*, invitation: Invitation) -> None:
    """One use less. Conflict when there is none left: of many at once, as many come in as it has uses.

    Called for taken addresses, too, so that the invitation does not tell which addresses are.
    """
    used = selectors.open_invitations().filter(pk=invitation.pk).update(uses=F("uses") + 1)
    if not used:
        raise Conflict(_("This invitation has just been used up. Ask for another one."))


@transaction.atomic
def arrive(*, person: User) -> bool:
    """The person has shown that the address is theirs: here they are, verified if it is one of their campus.

    Idempotent; whether it is new. False, too, for who still waits for staff.
    """
    fresh = confirm(person=person)
    if fresh and selectors.is_campus_address(person) and selectors.verification_of(person) is None:
        verify(person=person, source=Verification.Source.MAIL)
    return fresh


@transaction.atomic
def claim_inbox(*, person: User) -> bool:
    """Somebody shows, by a code for a new password, that the address is theirs. Was it nobody's until now, then what
    whoever began the account had set up opens nothing any more. Returns whether the account is still there: one that
    was begun by a campus log-in goes, because it is of that other person's university. Idempotent.
    """
    if person.is_confirmed or sso.has_proved_address(person):
        return True
    if SocialAccount.objects.filter(user=person).exists():
        return not _delete_people([person.pk])
    User.objects.filter(pk=person.pk).update(password=make_password(None))
    return True


@transaction.atomic
def invite(
    *,
    actor: User,
    emails: Sequence[str] = (),
    university: University | None = None,
    role: str = Role.STUDENT,
    max_uses: int = 1,
    days: int = LASTS.days,
    note: str = "",
) -> list[Invitation]:
    """One invitation for each address, mailed to it; without addresses one for whoever has the link.

    Members invite one at a time, as students, to their own university, and have at most five out. Forbidden for who
    may not; Invalid for what this person may not choose and for addresses nobody comes in with.
    """
    university = university or actor.university
    if university is None or not selectors.may_invite(actor):
        raise Forbidden(_("Your university has not asked its members to invite."))
    widely = selectors.may_invite_widely(actor)
    if not widely:
        _require_member_may(actor, emails, university, role, max_uses, days)
    addressees = list(dict.fromkeys(_address(email) for email in emails)) or [""]
    for email in addressees:
        limits.check("invitation.make_staff" if widely else "invitation.make", person_id=actor.pk)
        _spare(email)
    shared = {"university": university, "role": role, "note": text.clean(note), "created_by": actor}
    ends = timezone.now() + min(timedelta(days=days), LONGEST)
    made = Invitation.objects.bulk_create(
        Invitation(email=email, max_uses=1 if email else max_uses, expires_at=ends, **shared) for email in addressees
    )
    for invitation in made if emails else ():
        publish(InvitationIssued(invitation_id=invitation.pk), actor_id=actor.pk)
    return made


def _require_member_may(
    actor: User, emails: Sequence[str], university: University, role: str, max_uses: int, days: int
) -> None:
    own = university.pk == actor.university_id and role == Role.STUDENT
    if not own or max_uses != 1 or days != LASTS.days or len(emails) > 1:
        raise Forbidden(_("You may invite one student at a time, to your own university."))
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)  # two at once would both see room for one
    if selectors.open_count(actor) >= selectors.MEMBERS_OPEN:
        raise Conflict(_("Five of your invitations are open. Take one back, or wait until one is used."))


def _spare(email: str) -> None:
    """RateLimited when the inbox had its share of invitations today: several people could fill it together."""
    if email:
        limits.check("invitation.to", key=selectors.normalise_email(email))


def _address(raw: str) -> str:
    email = addresses.canonical(raw)
    if not email:
        problem = _("%(address)s is not an address in plain letters.") % {"address": raw.strip()[:80]}
    elif selectors.is_refused(email):
        problem = _("Nobody may come in with %(address)s.") % {"address": email}
    else:
        return email
    raise Invalid(problem, fields={"emails": problem})


@transaction.atomic
def resend_invitation(*, actor: User, invitation_id: int) -> Invitation:
    """Mail it again. NotFound when it is not the actor's; Conflict when it is over or is for nobody's address."""
    invitation = _own(actor, invitation_id)
    limits.check("invitation.resend", key=str(invitation.pk))
    _spare(invitation.email)
    waits = selectors.open_invitations().filter(pk=invitation.pk).exclude(email="").update(sent_at=None)
    if not waits:
        raise Conflict(_("This invitation is over, or was made for no address."))
    publish(InvitationIssued(invitation_id=invitation.pk), actor_id=actor.pk)
    return invitation


@transaction.atomic
def revoke_invitation(*, actor: User, invitation_id: int) -> Invitation:
    """Nobody comes in with it any more; who did stays. NotFound when it is not the actor's. Idempotent."""
    invitation = _own(actor, invitation_id)
    Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=Now())
    return invitation


def _own(actor: User, invitation_id: int) -> Invitation:
    """The actor's own; any for staff who may change them."""
    found = Invitation.objects.filter(pk=invitation_id)
    if not (actor.is_staff and actor.has_perm("accounts.change_invitation")):
        found = found.filter(created_by=actor)
    invitation = found.first()
    if invitation is None:
        raise NotFound("invitation")
    return invitation


def claim_invitation_mail(*, invitation_id: int) -> Invitation | None:
    """The invitation, if its mail is still to be sent; then it counts as sent. For the handler that mails it."""
    due = selectors.open_invitations().filter(pk=invitation_id, sent_at=None).exclude(email="")
    if not due.update(sent_at=Now()):
        return None
    return Invitation.objects.select_related("university", "created_by").get(pk=invitation_id)


@transaction.atomic
def set_reason(*, person: User, reason: str) -> bool:
    """What somebody who waits says to staff; whether they still wait."""
    limits.check("join.reason", person_id=person.pk)
    waiting = JoinRequest.objects.filter(person=person, state=JoinRequest.State.WAITING)
    return bool(waiting.update(reason=text.clean(reason)[:500]))


@transaction.atomic
def decide_join_request(*, actor: User, request_id: int, accept: bool, answer: str = "") -> JoinRequest:
    """Let somebody in, or not, and tell them by mail. Who is let in is verified by the look of staff.

    Forbidden for who may not; Conflict when somebody was faster, so that of two decisions one counts.
    """
    if not actor.has_perm("accounts.change_joinrequest"):
        raise Forbidden
    state = JoinRequest.State.ACCEPTED if accept else JoinRequest.State.REJECTED
    waiting = selectors.waiting_requests().filter(pk=request_id, state=JoinRequest.State.WAITING)
    words = text.clean(answer)[:500]
    if not waiting.update(state=state, answer=words, decided_by=actor, decided_at=Now()):
        raise Conflict(_("Somebody was faster: this request is decided already."))
    decided = JoinRequest.objects.select_related("person__university").get(pk=request_id)
    if accept:
        confirm(person=decided.person)
        verify(person=decided.person, source=Verification.Source.MANUAL, by=actor, note=_("Request to join accepted"))
    publish(JoinRequestDecided(person_id=decided.person_id), actor_id=actor.pk)
    return decided


def purge() -> int:
    """Delete who never showed that the address was theirs, and who waited or was refused too long ago; invitations
    and decided requests whose time is over, too. Returns the number of people. For the clock; may run twice.
    """
    now = timezone.now()
    Invitation.objects.filter(_over_since(now - KEEP_DECIDED)).delete()
    JoinRequest.objects.filter(state=JoinRequest.State.ACCEPTED, decided_at__lt=now - KEEP_DECIDED).delete()
    total = 0
    while ids := list(_forgotten(now).values_list("pk", flat=True)[:BATCH]):
        total += _delete_people(ids)
    return total


def _over_since(moment: datetime) -> Q:
    return Q(expires_at__lt=moment) | Q(revoked_at__lt=moment)


def _forgotten(now: datetime) -> QuerySet[User]:
    """Accounts that never came to be. Who waits for staff, with an address shown to be theirs, has more time."""
    own = JoinRequest.objects.filter(person_id=OuterRef("pk"))
    asks = selectors.waiting_requests().filter(person_id=OuterRef("pk"))
    refused = own.filter(state=JoinRequest.State.REJECTED, decided_at__lt=now - KEEP_DECIDED)
    never = ~Exists(asks) & Q(created_at__lt=now - KEEP_UNCONFIRMED)
    waited = Exists(asks.filter(state=JoinRequest.State.WAITING)) & Q(created_at__lt=now - KEEP_WAITING)
    return User.objects.filter(never | waited | Q(Exists(refused)), is_confirmed=False, is_staff=False).order_by("pk")


@transaction.atomic
def _delete_people(ids: list[int]) -> int:
    """Everything of theirs. Only those who are still not here: somebody may have arrived a moment ago."""
    gone = User.objects.select_for_update().filter(pk__in=ids, is_confirmed=False)
    ids = list(gone.values_list("pk", flat=True))
    User.objects.filter(pk__in=ids).delete()
    apps.get_model("accounts.UserEvent")._default_manager.filter(pgh_obj_id__in=ids).delete()
    return len(ids)
