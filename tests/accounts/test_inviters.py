"""What stops an inviter: being kept out, and an inbox that had its share."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from apps.accounts import services
from apps.accounts.models import Invitation, University, User
from apps.kernel.errors import RateLimited
from tests.accounts.joining import link, make_invitation, make_staff, sign_up
from tests.cast import make_person
from tests.conftest import client_of


@pytest.fixture
def registrar(northmere: University) -> User:
    return make_staff("registrar", "add_invitation")


def test_whoever_is_kept_out_lets_nobody_in(registrar: User, admin: User, anonymous_client: Client, drain: Any) -> None:
    """Neither by a link nor by a mail that waits, nor with the form that was open meanwhile; until they are back."""
    made = make_invitation(registrar, emails=["zoe@gmail.com"])
    anonymous_client.post(link(made))
    services.set_active(actor=admin, person=registrar, active=False)
    drain()
    assert mail.outbox == []
    assert anonymous_client.get(link(made)).status_code == 410
    assert sign_up(anonymous_client, email="zoe@gmail.com").status_code == 200
    assert not User.objects.filter(username="erin").exists()
    services.set_active(actor=admin, person=registrar, active=True)
    assert anonymous_client.get(link(made)).status_code == 200


def test_one_inbox_gets_five_a_day_whoever_invites(registrar: User, northmere: University) -> None:
    northmere.members_invite = True
    northmere.save(update_fields=["members_invite"])
    for number in range(5):
        make_invitation(make_person(f"host{number}"), emails=[f"zoe+{number}@gmail.com"])
    with pytest.raises(RateLimited):
        make_invitation(registrar, emails=["Zoe@gmail.com"])
    assert Invitation.objects.count() == 5
    first = Invitation.objects.select_related("created_by").earliest("pk")
    assert first.created_by is not None
    assert client_of(first.created_by).post("/settings/invitations/", {"resend": first.pk}).status_code == 429
