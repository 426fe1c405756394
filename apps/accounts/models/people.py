"""People and the universities they belong to."""

from functools import cache
from typing import Any, ClassVar, Self

import pghistory
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery
from django.db import models, transaction
from django.db.models import Func, Value
from django.db.models.functions import Lower, Now, NullIf
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.privacy import Privacy
from apps.accounts.models.profile import Profile
from apps.accounts.models.reach import PAGES, Reach
from apps.accounts.models.words import NameWords
from apps.kernel import text


class Role(models.TextChoices):
    STUDENT = "student", _("student")
    FACULTY = "faculty", _("faculty")
    STAFF = "staff", _("staff")
    ALUMNI = "alumni", _("alumni")


class Entry(models.TextChoices):
    """What an address under one of a university's domains is worth at sign-up."""

    OPEN = "open", _("whoever has an address of ours")
    APPROVAL = "approval", _("whoever has an address of ours and is accepted by staff")
    CLOSED = "closed", _("by invitation or campus log-in only")


class University(models.Model):
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), unique=True)
    city = models.CharField(_("city"), max_length=80, blank=True)
    hue = models.PositiveSmallIntegerField(_("colour"), default=342, help_text=_("Hue of the campus accent, 0 to 359."))
    entry = models.CharField(_("who may join"), max_length=8, choices=Entry.choices, default=Entry.OPEN)
    takes_requests = models.BooleanField(
        _("takes requests"), default=False, help_text=_("People without an address of yours may ask to join.")
    )
    members_invite = models.BooleanField(
        _("members may invite"), default=False, help_text=_("A few people each, as students.")
    )
    sso_only = models.BooleanField(
        _("campus log-in only"), default=False, help_text=_("No passwords: its people come by the university's log-in.")
    )
    verified_days = models.PositiveSmallIntegerField(
        _("a verification holds"), default=400, help_text=_("Days until people show again that they belong to you.")
    )

    class Meta:
        verbose_name = _("university")
        verbose_name_plural = _("universities")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=models.Q(hue__lt=360), name="university_hue_in_range")]

    def __str__(self) -> str:
        return self.name


class UniversityDomain(models.Model):
    """An e-mail domain whose addresses prove that a person belongs to the university (ID2)."""

    university = models.ForeignKey(University, models.CASCADE, related_name="domains")
    domain = models.CharField(_("domain"), max_length=253, unique=True, help_text=_("Lower case, without @."))
    role = models.CharField(
        _("role"), max_length=10, choices=Role.choices, default=Role.STUDENT, help_text=_("Of who signs up under it.")
    )

    class Meta:
        verbose_name = _("e-mail domain")
        verbose_name_plural = _("e-mail domains")
        constraints = [
            models.CheckConstraint(condition=models.Q(domain=Lower("domain")), name="domain_is_lower_case"),
        ]

    def __str__(self) -> str:
        return self.domain


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> Self:
        """Who may be here: not kept out, and at home at the address they gave."""
        return self.filter(is_active=True, is_confirmed=True)

    def named(self, words: list[str]) -> Self:
        """People each of these begins a word of whose name (person_by_name_word). Words are letters and digits."""
        query = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
        return self.annotate(name_words=NameWords("name")).filter(name_words=query)


@cache
def _page_address() -> str:
    """Of everybody's page, with a place for the name, in which nothing has to be quoted (username_is_plain).

    Looked up once: a page asks for ten of them.
    """
    return reverse("web:profile", args=["-"]).replace("-", "%s")


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def active(self) -> UserQuerySet:
        return self.get_queryset().active()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").lower())

    @transaction.atomic
    def create_user(self, username: str, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with the rows each person has beside them. IntegrityError when name or address is taken."""
        fields.setdefault("name", username)
        person = self.model(username=username.lower(), email=email, **fields)
        person.set_password(password)
        person.save(using=self._db)
        Profile.objects.using(self._db).create(user=person)
        Privacy.objects.using(self._db).create(user=person)
        LastSeen.objects.using(self._db).create(user=person)
        return person

    def create_superuser(self, username: str, email: str, password: str | None = None, **fields: Any) -> "User":
        fields |= {"is_staff": True, "is_superuser": True}
        return self.create_user(username, email, password, **fields)


@pghistory.track(
    pghistory.UpdateEvent("changed"),
    model_name="UserEvent",
    fields=["username", "email", "role", "university", "is_active", "is_staff", "is_superuser"],
)
class User(AbstractBaseUser, PermissionsMixin):
    """A person. Kept narrow: this row is read on every request; what only the profile shows is in Profile."""

    # Lower case always (username_is_plain), so a plain unique index means unique in any case.
    username = models.CharField(_("username"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail address"))
    # One inbox, one account (ID2): the address in lower case without its plus-tag, kept by the database, so that
    # it follows every change of the address. NULL for who has none (deleted people). See addresses.address_key.
    email_key = models.GeneratedField(
        expression=NullIf(
            Lower(Func("email", Value(r"[+][^@]*@"), Value("@"), function="regexp_replace")),
            Value(""),
        ),
        output_field=models.CharField(max_length=254, null=True),
        db_persist=True,
        unique=True,
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.STUDENT)
    university = models.ForeignKey(University, models.PROTECT, null=True, blank=True, related_name="people")
    is_active = models.BooleanField(_("active"), default=True)
    # False between sign-up and the code: nobody sees who has not shown that the address is theirs.
    is_confirmed = models.BooleanField(_("address confirmed"), default=True, db_default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    # Who may know of the person, and who may see what they post, at most: asked by every list, so kept here and not
    # in Privacy. FOLLOWERS means a private profile: the campus sees its head, and following it is a request (ID5).
    profile_for = models.PositiveSmallIntegerField(choices=PAGES, default=Reach.EVERYONE, db_default=Reach.EVERYONE)
    posts_for = models.PositiveSmallIntegerField(choices=PAGES, default=Reach.EVERYONE, db_default=Reach.EVERYONE)
    # Until when the badge is shown (accounts.Verification says why); None: not verified.
    verified_until = models.DateTimeField(_("verified until"), null=True, blank=True, editable=False)
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True, db_default="")  # empty: the site's
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email", "name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(username__regex=r"^[a-z0-9_]+([.][a-z0-9_]+)*$"), name="username_is_plain"
            ),
            # Posts never reach further than the page they lead to.
            models.CheckConstraint(
                condition=models.Q(profile_for__lte=models.F("posts_for"), posts_for__lte=Reach.FOLLOWERS),
                name="posts_reach_no_further_than_profile",
            ),
        ]
        indexes = [
            models.Index(fields=["university", "-id"], name="person_by_university"),
            models.Index(fields=["name", "id"], name="person_by_name"),
            GinIndex(NameWords("name"), name="person_by_name_word"),
            # Few, and taken off every number of followers (graph.selectors.uncounted).
            models.Index(fields=["id"], name="inactive_people", condition=models.Q(is_active=False)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return _page_address() % self.username

    def get_full_name(self) -> str:
        return self.name

    @property
    def is_verified(self) -> bool:
        return self.verified_until is not None and self.verified_until > timezone.now()

    @property
    def is_private(self) -> bool:
        """Whether following is a request, and all but the head of the profile is for followers."""
        return self.profile_for == Reach.FOLLOWERS

    @property
    def initials(self) -> str:
        return text.initials(self.name)

    @property
    def hue(self) -> int:
        return text.hue_and_land(self.username)[0]

    @property
    def land(self) -> int:
        return text.hue_and_land(self.username)[1]


class LastSeen(models.Model):
    """A hot column in a table of its own: written at most once in ten minutes and person."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="last_seen")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("last seen")
        verbose_name_plural = _("last seen")

    def __str__(self) -> str:
        return f"{self.user_id} at {self.at:%Y-%m-%d %H:%M}"
