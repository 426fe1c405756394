"""People, what they say about themselves, what they decide about it, and how they came in."""

from apps.accounts.models.entry import (
    BlockedDomain,
    Invitation,
    InvitationUse,
    JoinRequest,
    SignOn,
    Verification,
)
from apps.accounts.models.people import Entry, LastSeen, Role, University, UniversityDomain, User
from apps.accounts.models.privacy import Preferences, Privacy
from apps.accounts.models.profile import (
    BIO_LIMIT,
    Course,
    Experience,
    Interest,
    PersonCourse,
    PersonInterest,
    PersonLanguage,
    PersonSkill,
    Profile,
    ProfileAnswer,
    ProfileField,
    ProfileLink,
    Season,
    Skill,
)
from apps.accounts.models.reach import CONTACT, FIELDS, PAGES, Reach
from apps.accounts.models.words import NameWords

__all__ = [
    "BIO_LIMIT",
    "CONTACT",
    "FIELDS",
    "PAGES",
    "BlockedDomain",
    "Course",
    "Entry",
    "Experience",
    "Interest",
    "Invitation",
    "InvitationUse",
    "JoinRequest",
    "LastSeen",
    "NameWords",
    "PersonCourse",
    "PersonInterest",
    "PersonLanguage",
    "PersonSkill",
    "Preferences",
    "Privacy",
    "Profile",
    "ProfileAnswer",
    "ProfileField",
    "ProfileLink",
    "Reach",
    "Role",
    "Season",
    "SignOn",
    "Skill",
    "University",
    "UniversityDomain",
    "User",
    "Verification",
]
