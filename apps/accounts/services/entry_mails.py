"""What the ways in write to people. For handlers: each looks at how things stand now, and may find nothing to say."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts import selectors
from apps.accounts.models import JoinRequest, User
from apps.accounts.services.entry import claim_invitation_mail
from apps.kernel import mail
from apps.kernel.http import absolute


@transaction.atomic
def mail_invitation(*, invitation_id: int) -> bool:
    """Once for each time it was sent or sent again, unless it is over; whether a mail went out."""
    invitation = claim_invitation_mail(invitation_id=invitation_id)
    if invitation is None:
        return False
    by = invitation.created_by
    context = {
        "invitation": invitation,
        "inviter": by.name if by else "",
        "address": absolute(selectors.path_of(invitation)),
    }
    mail.send("invitation", to=invitation.email, context=context)
    return True


def mail_decision(*, person_id: int) -> None:
    asked = JoinRequest.objects.filter(person_id=person_id).select_related("person", "university").first()
    if asked is None or asked.state == JoinRequest.State.WAITING:
        return
    template = "join_accepted" if asked.state == JoinRequest.State.ACCEPTED else "join_rejected"
    context = {"asked": asked, "person": asked.person, "address": absolute(reverse("account_login"))}
    mail.send(template, to=asked.person.email, context=context)


def mail_verification_code(*, person_id: int, stamp: int) -> None:
    person = _person(person_id)
    if person and selectors.code_lives(stamp):
        context = {"code": selectors.renewal_code(person, stamp)}
        mail.send("verification_code", to=person.email, context=context)


def mail_verification_ending(*, person_id: int) -> None:
    person = _person(person_id)
    if person and person.verified_until and person.verified_until > timezone.now():
        context = {"person": person, "until": person.verified_until, "address": _verification()}
        mail.send("verification_ending", to=person.email, context=context)


def mail_graduated(*, person_id: int) -> None:
    person = _person(person_id)
    if person:
        mail.send("graduated", to=person.email, context={"person": person, "address": _verification()})


def _person(person_id: int) -> User | None:
    return User.objects.active().filter(pk=person_id).first()


def _verification() -> str:
    return absolute(reverse("accounts:settings_verification"))
