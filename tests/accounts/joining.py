"""What tests of the ways in share: the sign-up form, codes out of mails, staff who let people in."""

import re
from typing import Any

from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client

from apps.accounts import selectors, services
from apps.accounts.models import Invitation, University, User
from tests.cast import make_person

SIGN_UP, CODE = "/accounts/signup/", "/accounts/confirm-email/"
WAITING, LOGIN = "/accounts/waiting/", "/accounts/login/"
PASSWORD = "correct horse battery"


def form(**changes: str) -> dict[str, str]:
    return {
        "email": "erin@northmere.example",
        "name": "Erin Eastwood",
        "username": "erin",
        "password1": PASSWORD,
        "agree": "on",
    } | changes


def sign_up(client: Client, **changes: str) -> Any:
    return client.post(SIGN_UP, form(**changes))


def code_in(message: Any) -> str:
    found = re.search(r"\b([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\b", message.body)
    assert found, message.body
    return found.group(1)


def confirm(client: Client) -> Any:
    """Types the code of the newest mail."""
    return client.post(CODE, {"code": code_in(mail.outbox[-1])})


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session and client.get("/settings/profile/").status_code == 200


def make_staff(username: str, *permissions: str, university: University | None = None) -> User:
    """Staff who may do this in accounts."""
    person = make_person(username, university=university, is_staff=True)
    person.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts", codename__in=permissions))
    return User.objects.get(pk=person.pk)  # permissions are kept on the object


def make_invitation(by: User, **choices: Any) -> Invitation:
    """As the page of invitations makes one."""
    return services.invite(actor=by, **choices)[0]


def link(invitation: Invitation) -> str:
    return selectors.path_of(invitation)
