"""What a person should hear about their sessions and keys, and how long ago each session was used."""

from zoneinfo import ZoneInfo

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import selectors
from apps.accounts.events import DeviceAdded, SafetyChanged
from apps.accounts.models import User
from apps.kernel import mail
from apps.kernel.http import absolute
from apps.kernel.outbox import publish


def touch_session(*, session_key: str, address: str) -> bool:
    """Note that the session is used, and from where, at most once in ten minutes; whether it was noted."""
    stale = timezone.now() - selectors.SEEN_EVERY
    sessions = UserSession.objects.filter(session_key=session_key, last_seen_at__lt=stale)
    return bool(sessions.update(last_seen_at=timezone.now(), ip=address))


@transaction.atomic
def note_device(*, person: User, session_key: str) -> None:
    """A log-in with a browser that the person had not used before; they get a mail about it."""
    session_id = _session_id(person, session_key)
    if session_id:
        publish(DeviceAdded(person_id=person.pk, session_id=session_id), actor_id=person.pk)


@transaction.atomic
def note_safety_change(*, person: User, change: str, session_key: str) -> None:
    """Password or second factor changed; the person gets a mail. `change` is allauth's name of it (`sentence_of`)."""
    session_id = _session_id(person, session_key)
    publish(SafetyChanged(person_id=person.pk, change=change, session_id=session_id), actor_id=person.pk)


def mail_device(*, person_id: int, session_id: int) -> None:
    """Tell of a new device, unless its session has ended. For a handler; may run twice, then two mails go out."""
    session = UserSession.objects.filter(pk=session_id, user_id=person_id).first()
    if session:
        _mail("new_device", person_id, session, {})


def mail_safety_change(*, person_id: int, change: str, session_id: int) -> None:
    """Tell of a change of password or keys. For a handler; may run twice, then two mails go out."""
    session = UserSession.objects.filter(pk=session_id, user_id=person_id).first()
    _mail("safety_change", person_id, session, {"sentence": sentence_of(change)})


def sentence_of(change: str) -> str:
    """What allauth's name of a change means."""
    sentences = {
        "password_changed": _("Your password was changed."),
        "password_set": _("Your account has a password now."),
        "password_reset": _("Your password was changed with a code that we mailed to you."),
        "totp_activated": _("An app for codes was set up."),
        "totp_deactivated": _("The app for codes was removed."),
        "webauthn_added": _("A passkey was added."),
        "webauthn_removed": _("A passkey was removed."),
        "recovery_codes_generated": _("New codes for bad days were made. The old ones open nothing any more."),
        "factor_removed_by_staff": _("Somebody who runs this site removed one of your second steps."),
        "account_connected": _("A campus log-in was connected."),
        "account_disconnected": _("A campus log-in was removed."),
    }
    return sentences.get(change, _("Something that touches the safety of your account changed."))


def _mail(template: str, person_id: int, session: UserSession | None, context: dict[str, str]) -> None:
    person = User.objects.active().filter(pk=person_id).exclude(email="").first()
    if person is None:
        return
    moment = session.created_at if session and template == "new_device" else timezone.now()
    words = {
        "person": person,
        "timestamp": moment,
        "zone": person.time_zone or settings.TIME_ZONE,
        "ip": session.ip if session else "",
        "user_agent": session.user_agent if session else "",
        "sessions_url": absolute(reverse("accounts:sessions")),
        "password_url": absolute(reverse("account_change_password")),
    }
    with timezone.override(ZoneInfo(person.time_zone or settings.TIME_ZONE)):
        mail.send(template, to=person.email, context=words | context)


def _session_id(person: User, session_key: str) -> int:
    known = UserSession.objects.filter(user=person, session_key=session_key)
    return known.values_list("pk", flat=True).first() or 0
