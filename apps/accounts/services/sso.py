"""Writes of the campus log-ins: somebody new comes in, an account is taken up, and what the university says holds."""

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.claims import Claims
from apps.accounts.events import UserUpdated
from apps.accounts.models import JoinRequest, Profile, SignOn, University, User, Verification
from apps.accounts.selectors import sso
from apps.accounts.services.people import end_all_sessions
from apps.accounts.services.verification import verify
from apps.kernel import cache, text
from apps.kernel.errors import Conflict
from apps.kernel.outbox import publish


def join_by_sso(
    *, sign_on: SignOn, university: University, claims: Claims, account: SocialAccount, email: str = ""
) -> User:
    """A new person as their university describes them, unseen until `confirm`; `account` is theirs from now on.

    `email` is what they typed when the claims have no address; it still has to be confirmed by a code, as has one
    that is not proved. Never staff of the site. Conflict when somebody was faster with the name or the address.
    """
    address = email or claims.email
    username = sso.free_username(claims.username_hints or [address.partition("@")[0]])
    role = sso.role_said(sign_on, claims, university) or sso.role_by_address(claims, university)
    try:
        with transaction.atomic():
            person = User.objects.create_user(
                username,
                address,
                None,
                name=claims.name or username,
                university=university,
                role=role,
                is_confirmed=False,
            )
            proved = not email and sso.is_proved(claims, university)
            EmailAddress.objects.create(user=person, email=address, verified=proved, primary=True)
            _tie(account, person)
            _belongs(person, sign_on, claims)
    except IntegrityError as error:
        raise Conflict(_("Somebody was faster with this username or address. Please log in again.")) from error
    return person


@transaction.atomic
def take_up_by_sso(*, person: User, account: SocialAccount) -> None:
    """The account of whoever owns the inbox that the university vouches for is theirs by the campus log-in, too.

    When nobody ever confirmed the address, somebody else may have signed up with it: their password, or their own
    campus log-in, opens nothing.
    """
    if not sso.has_proved_address(person):
        SocialAccount.objects.filter(user=person).delete()
        person.set_unusable_password()
        person.save(update_fields=["password"])
        EmailAddress.objects.filter(user=person).exclude(email__iexact=person.email).delete()
        EmailAddress.objects.update_or_create(
            user=person, email=person.email, defaults={"verified": True, "primary": True}
        )
        end_all_sessions(actor=None, person=person, reason="password")
    JoinRequest.objects.filter(person=person, state=JoinRequest.State.WAITING).delete()  # nothing is left to decide
    _tie(account, person)


@transaction.atomic
def renew_by_sso(*, person: User, sign_on: SignOn, university: University, claims: Claims) -> None:
    """What the university says at a log-in: they still belong to it, in this role. Idempotent.

    Nothing happens when it speaks for another university than the person's, or the person is kept out.
    """
    if not person.is_active or person.university_id != university.pk:
        return
    said = sso.role_said(sign_on, claims, university)
    if said and User.objects.filter(pk=person.pk).exclude(role=said).update(role=said):
        person.role = said
        cache.invalidate(f"person:{person.pk}")
        publish(UserUpdated(person_id=person.pk), actor_id=person.pk)
    _belongs(person, sign_on, claims)


def _tie(account: SocialAccount, person: User) -> None:
    account.user = person
    account.save(force_insert=True)


def _belongs(person: User, sign_on: SignOn, claims: Claims) -> None:
    verify(person=person, source=Verification.Source.SSO)
    programme = text.clean_name(claims.one(sign_on.programme_claim))[:80] if sign_on.programme_claim else ""
    if programme and Profile.objects.filter(user=person, programme="").update(programme=programme):
        cache.invalidate(f"person:{person.pk}")
