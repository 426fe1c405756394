"""Mails that accounts sends because of its own news. Each may be sent twice when a worker dies at the wrong moment."""

from apps.accounts import services
from apps.accounts.events import (
    DeviceAdded,
    Graduated,
    InvitationIssued,
    JoinRequestDecided,
    ProfileLinkAdded,
    ProfileLinkDue,
    SafetyChanged,
    VerificationCodeAsked,
    VerificationEnding,
)
from apps.kernel.outbox import subscribe


@subscribe(DeviceAdded, queue="mail", name="accounts.mail_device")
def mail_device(event: DeviceAdded) -> None:
    services.mail_device(person_id=event.person_id, session_id=event.session_id)


@subscribe(SafetyChanged, queue="mail", name="accounts.mail_safety_change")
def mail_safety_change(event: SafetyChanged) -> None:
    services.mail_safety_change(person_id=event.person_id, change=event.change, session_id=event.session_id)


@subscribe(ProfileLinkAdded, queue="default", name="accounts.check_new_link", atomic=False)  # waits for a stranger
def check_new_link(event: ProfileLinkAdded) -> None:
    services.check_link(link_id=event.link_id)


@subscribe(ProfileLinkDue, queue="default", name="accounts.check_link", atomic=False)
def check_link(event: ProfileLinkDue) -> None:
    services.check_link(link_id=event.link_id)


@subscribe(InvitationIssued, queue="mail", name="accounts.mail_invitation")
def mail_invitation(event: InvitationIssued) -> None:
    services.mail_invitation(invitation_id=event.invitation_id)


@subscribe(JoinRequestDecided, queue="mail", name="accounts.mail_decision")
def mail_decision(event: JoinRequestDecided) -> None:
    services.mail_decision(person_id=event.person_id)


@subscribe(VerificationCodeAsked, queue="mail", name="accounts.mail_verification_code")
def mail_verification_code(event: VerificationCodeAsked) -> None:
    services.mail_verification_code(person_id=event.person_id, stamp=event.stamp)


@subscribe(VerificationEnding, queue="mail", name="accounts.mail_verification_ending")
def mail_verification_ending(event: VerificationEnding) -> None:
    services.mail_verification_ending(person_id=event.person_id)


@subscribe(Graduated, queue="mail", name="accounts.mail_graduated")
def mail_graduated(event: Graduated) -> None:
    services.mail_graduated(person_id=event.person_id)
