"""The places of settings, in groups: the index lists them all, the side of each page those beside it.

Apps above have places here, too; they are named by the names of their addresses.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Place:
    name: str  # of the address
    title: Promise
    text: Promise
    also: tuple[str, ...] = ()  # addresses that are part of the place
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    title: Promise
    places: tuple[Place, ...]
    is_beside: bool = True  # on the side of each page of settings


GROUPS = (
    Group(
        _("You"),
        (
            Place("accounts:settings_profile", _("Profile"), _("Name, pronouns, about you, and who sees which of it.")),
            Place("accounts:settings_studies", _("Studies"), _("Programme, courses, languages, skills, interests.")),
            Place("accounts:settings_links", _("Links"), _("Your pages elsewhere, and the proof that they are yours.")),
            Place("accounts:settings_verification", _("Verification"), _("The badge beside your name, until when.")),
        ),
    ),
    Group(
        _("Privacy"),
        (Place("accounts:settings_privacy", _("Who sees you"), _("Profile, posts, lists, messages, search engines.")),),
    ),
    Group(
        _("Posts"),
        (
            Place("posts:settings_posting", _("Posting"), _("Whom a new post is for at first, content warnings.")),
            Place("posts:trash", _("Deleted"), _("What you deleted, to be brought back within 30 days.")),
        ),
    ),
    Group(
        _("People"),
        (
            Place("graph:requests", _("Requests"), _("Who would like to follow you.")),
            Place("graph:circles", _("Circles"), _("Sets of people, seen by you alone."), ("graph:circle",)),
            Place("graph:muted", _("Muted"), _("Whose posts stay away, and until when.")),
            Place("posts:muted_words", _("Muted words"), _("Words and threads you want to hear no more of.")),
            Place("posts:tags", _("Hashtags"), _("Those whose posts come to your home page.")),
            Place("graph:blocked", _("Blocked"), _("Who does not exist for you, nor you for them.")),
            Place("accounts:invitations", _("Invitations"), _("Bring somebody in who has no address here.")),
        ),
    ),
    Group(
        _("Keys"),
        (
            Place("account_email", _("Email address"), _("Where codes and mails go.")),
            Place("account_change_password", _("Password"), _("Change it, or set one."), ("account_set_password",)),
            Place(
                "mfa_index",
                _("Passkeys and two steps"),
                _("Finger, face or a code beside the password."),
                also=(
                    *("mfa_list_webauthn", "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn"),
                    *("mfa_activate_totp", "mfa_deactivate_totp"),
                    *("mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
                ),
            ),
            Place("accounts:sessions", _("Devices"), _("Where you are logged in."), ("usersessions_list",)),
            Place("accounts:connections", _("Campus log-in"), _("Your university's own log-in for this account.")),
        ),
    ),
    Group(
        _("Look and language"),
        (Place("accounts:settings_look", _("Look"), _("Light or dark, size, letters, motion, keys, clock.")),),
    ),
    Group(
        _("About the site"),
        (
            Place("web:page", _("Help"), _("Short answers."), args=("help",)),
            Place("web:page", _("Rules"), _("What we owe one another here."), args=("rules",)),
            Place("web:page", _("Privacy notice"), _("What is kept, why, and how long."), args=("privacy",)),
            Place("web:page", _("Accessibility"), _("What is tested, and whom to tell."), args=("accessibility",)),
            Place("web:page", _("About"), _("Who runs this."), args=("about",)),
        ),
        is_beside=False,
    ),
)
