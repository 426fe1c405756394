"""How an empty site gets its first campus and the person who looks after it (XP3)."""

from collections.abc import Callable, Sequence
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from apps.accounts import addresses, selectors
from apps.accounts.events import UserRegistered
from apps.accounts.models import University, UniversityDomain, User, Verification
from apps.accounts.services.verification import verify
from apps.accounts.validators import check_username
from apps.kernel import text
from apps.kernel.errors import Conflict, Invalid
from apps.kernel.outbox import publish

LOCK = 0x0C10C6  # names the lock among PostgreSQL's advisory locks


def check_administrator(*, name: str, username: str, email: str, password: str) -> None:
    """Invalid, with a sentence for each field, unless a first administrator may be called and reached so."""
    person = User(username=username.lower(), name=text.clean_name(name), email=addresses.canonical(email))
    wrong = {
        "username": _complaint(check_username, username),
        "password": _complaint(validate_password, password, person),
        "name": "" if any(sign.isalnum() for sign in person.name) else _("Write your name with at least one letter."),
        "email": "" if person.email else _("Write the address in plain letters, for example name@university.example."),
    }
    if not wrong["username"] and selectors.is_username_taken(username):
        wrong["username"] = _("Somebody has this username already.")
    if person.email and selectors.is_address_taken(person.email):
        wrong["email"] = _("Somebody here has this address.")
    if any(wrong.values()):
        raise Invalid(fields={name: sentence for name, sentence in wrong.items() if sentence})


def _complaint(check: Callable[..., Any], *values: Any) -> str:
    try:
        check(*values)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@transaction.atomic
def found_campus(
    *, campus: dict[str, Any], domains: Sequence[str], name: str, username: str, email: str, password: str
) -> User:
    """Campus, domains and administrator, or none of them. `campus`: name, slug, city, hue.

    Conflict when the site has an administrator already: of two wizards at once one wins.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if not selectors.needs_administrator():
        raise Conflict(_("This site has an administrator already."))
    check_administrator(name=name, username=username, email=email, password=password)
    try:
        university, _created = University.objects.update_or_create(slug=campus["slug"], defaults=campus)
        for domain in domains:
            UniversityDomain.objects.update_or_create(domain=domain, defaults={"university": university})
        person = User.objects.create_superuser(
            username, addresses.canonical(email), password, name=text.clean_name(name), university=university
        )
    except IntegrityError as error:
        raise Conflict(_("Somebody was faster with this username or address. Please try another one.")) from error
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    verify(person=person, source=Verification.Source.MANUAL, note="set up this site")
    publish(UserRegistered(person_id=person.pk), actor_id=person.pk)
    return person
