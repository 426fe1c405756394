"""Reads of the campus log-ins: what their claims mean, and whom they let in (XP2)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.claims import ABOUT_A_PERSON, Claims
from apps.accounts.models import JoinRequest, Role, SignOn, University, User
from apps.accounts.selectors.people import domain_of, normalise_email, university_for_email
from apps.accounts.validators import LONGEST, RESERVED, SHORTEST

# What eduPersonAffiliation means when staff said nothing else. "affiliate" and "library-walk-in" mean nobody here.
USUAL_ROLES = {
    "student": Role.STUDENT,
    "faculty": Role.FACULTY,
    "staff": Role.STAFF,
    "employee": Role.STAFF,
    "alum": Role.ALUMNI,
    "member": Role.STUDENT,
}
STRONGEST = [Role.FACULTY, Role.STAFF, Role.STUDENT, Role.ALUMNI]  # of several, the first counts
TRIES = 100  # numbers tried behind a username that is taken


def sign_ons() -> "QuerySet[SignOn]":
    """Every campus log-in with its app, by the university's name."""
    return SignOn.objects.select_related("app", "university").order_by("app__name")


def sign_on_of(app: SocialApp) -> SignOn | None:
    return SignOn.objects.select_related("university").filter(app=app.pk).first() if app.pk else None


def app_of(kind: str, key: str) -> SocialApp | None:
    """The provider behind an address of ours: by its short name."""
    named = SocialApp.objects.filter(provider=kind, provider_id=key, sign_on__isnull=False)
    return named.first()


@dataclass(frozen=True, slots=True)
class Connection:
    """A campus log-in that opens somebody's account, or could."""

    key: str  # its short name
    name: str
    url: str
    account_id: int | None = None
    last_used: datetime | None = None


def connections_of(person: User) -> tuple[list[Connection], list[Connection]]:
    """Those that open the person's account, and those of their university (or of a federation) that do not yet."""
    known = {row.app.provider_id: row for row in sign_ons()}
    names = {key: row.app.name for key, row in known.items()}
    connected = [
        Connection(row.provider, names.get(row.provider, row.provider), "", row.pk, row.last_login)
        for row in SocialAccount.objects.filter(user=person).order_by("pk")
    ]
    taken = {one.key for one in connected}
    own = [row for row in known.values() if row.university_id in (None, person.university_id)]
    return connected, [
        Connection(row.app.provider_id, row.app.name, _path(row.app)) for row in own if row.app.provider_id not in taken
    ]


def _path(app: SocialApp) -> str:
    name = "oidc" if app.provider == "openid_connect" else "saml"
    return reverse(f"accounts:{name}_log_in", args=[app.provider_id])


def wanted_claims(sign_on: SignOn | None) -> list[str]:
    """The names of the claims that are read, and so kept."""
    own = [sign_on.scope_claim, sign_on.role_claim, sign_on.programme_claim] if sign_on else []
    return [*ABOUT_A_PERSON, *filter(None, own)]


def campus_of(sign_on: SignOn, claims: Claims) -> University | None:
    """Which university a campus log-in speaks for: its own, else that of the scope, else that of a proved address."""
    if sign_on.university:
        return sign_on.university
    for said in claims.all(sign_on.scope_claim) if sign_on.scope_claim else []:
        if university := university_for_email(f"somebody@{said.rpartition('@')[2]}"):
            return university
    return university_for_email(claims.email) if claims.email_verified else None


def is_proved(claims: Claims, university: University) -> bool:
    """Whether the address is as good as confirmed by us: the provider vouches, and it is of its own university.

    A provider says nothing about the addresses of other universities, whatever it says.
    """
    under = university_for_email(claims.email)
    return claims.email_verified and under is not None and under.pk == university.pk


def role_said(sign_on: SignOn, claims: Claims, university: University) -> Role | None:
    """The role by the claims; None when they say nothing that counts here. Never a right on the site."""
    meanings = {**USUAL_ROLES, **{key.lower(): str(value) for key, value in sign_on.roles.items()}}
    found = set()
    for said in claims.all(sign_on.role_claim):
        word, _, scope = said.lower().partition("@")
        if not scope or university_for_email(f"somebody@{scope}") == university:
            found.add(meanings.get(word))
    return next((role for role in STRONGEST if role in found), None)


def role_by_address(claims: Claims, university: University) -> str:
    row = domain_of(claims.email)
    return row.role if row and row.university_id == university.pk else Role.STUDENT


def person_at(claims: Claims, university: University) -> User | None:
    """Whose account a campus log-in may take up: the inbox is proved, and the account is of that university.

    Nobody's whom staff turned away; and no superuser's: a university's mistake would open the site. They connect it.
    """
    if not is_proved(claims, university):
        return None
    owners = User.objects.filter(email_key=normalise_email(claims.email), university=university, is_superuser=False)
    return owners.exclude(join_request__state=JoinRequest.State.REJECTED).first()


def has_proved_address(person: User) -> bool:
    """Whether the person showed, by a code, that the account's address is theirs."""
    return EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=True).exists()  # type: ignore[no-any-return]


def only_campus_of(person: User) -> University | None:
    """XP2: the university without passwords that somebody is of; None for those who could mend a broken log-in."""
    university = person.university
    return university if university and university.sso_only and not person.is_superuser else None


def no_passwords_at(university: University) -> str:
    return _("%(university)s has no passwords here. Use its campus log-in.") % {"university": university}


def free_username(hints: list[str]) -> str:
    """A username made of the first hint that gives one, numbered when it is taken."""
    base = next(filter(None, (_plain(hint) for hint in hints)), "member")
    names = [base, *(f"{base[: LONGEST - 3]}{number}" for number in range(2, TRIES))]
    taken = set(User.objects.filter(username__in=names).values_list("username", flat=True)) | RESERVED
    return next((name for name in names if name not in taken), f"{base[: LONGEST - 10]}{_last_id() + 1}")


def _plain(hint: str) -> str:
    letters = unicodedata.normalize("NFKD", hint).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[.]*_[._]*|[.]{2,}", "_", re.sub(r"[^a-z0-9_.]+", "_", letters)).strip("._")[:LONGEST].strip("._")
    return name if len(name) >= SHORTEST else ""


def _last_id() -> int:
    return User.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def roster_people(university: University) -> "QuerySet[User]":
    """People the university itself vouched for, by its list or its log-in."""
    vouched = Q(verification__source__in=["sso", "roster"])
    return User.objects.filter(vouched, university=university)
