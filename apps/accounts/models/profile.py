"""What people say about themselves. Who sees which of it stands in Privacy.fields."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.words import NameWords
from apps.kernel import text

BIO_LIMIT = 1_000  # characters


class Experience(models.TextChoices):
    BEGINNER = "beginner", _("just beginning")
    INTERMEDIATE = "intermediate", _("some experience")
    ADVANCED = "advanced", _("experienced")
    EXPERT = "expert", _("expert")


class Season(models.IntegerChoices):
    """Part of a year in which courses run; in order, so that terms sort by (year, season)."""

    SPRING = 1, _("spring")
    SUMMER = 2, _("summer")
    AUTUMN = 3, _("autumn")
    WINTER = 4, _("winter")


class Profile(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="profile")
    bio = models.TextField(_("about you"), max_length=BIO_LIMIT, blank=True)  # Markdown
    pronouns = models.CharField(_("pronouns"), max_length=30, blank=True)
    programme = models.CharField(_("programme"), max_length=80, blank=True, help_text=_("For example: Physics"))
    year = models.PositiveSmallIntegerField(
        _("year of study"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    # A student whose day has come becomes an alumnus (ID2, FEATURES A3).
    graduates_on = models.DateField(_("expected graduation"), null=True, blank=True)
    level = models.CharField(_("experience"), max_length=12, choices=Experience.choices, blank=True)
    status_emoji = models.CharField(_("sign"), max_length=16, blank=True)
    status_text = models.CharField(_("status"), max_length=80, blank=True)
    status_until = models.DateTimeField(_("shown until"), null=True, blank=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = [
            models.CheckConstraint(condition=Q(year=None) | Q(year__gte=1, year__lte=12), name="year_of_study"),
        ]
        indexes = [
            # How people are found by what they study.
            GinIndex(NameWords("programme"), name="profile_by_programme_word", condition=~Q(programme="")),
            models.Index(
                Lower("programme"), "year", F("user").desc(), name="profile_by_programme", condition=~Q(programme="")
            ),
            models.Index(fields=["graduates_on"], name="profile_by_graduation", condition=~Q(graduates_on=None)),
        ]

    def __str__(self) -> str:
        return f"profile of {self.user_id}"


class Word(models.Model):
    """A word of a shared list: people add to it, and find one another by it. `key` is the name folded (text.fold)."""

    name = models.CharField(_("name"), max_length=40)
    key = models.CharField(max_length=80, unique=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Skill(Word):
    class Meta(Word.Meta):
        verbose_name = _("skill")
        verbose_name_plural = _("skills")


class Interest(Word):
    class Meta(Word.Meta):
        verbose_name = _("interest")
        verbose_name_plural = _("interests")


class Course(models.Model):
    university = models.ForeignKey("accounts.University", models.CASCADE, related_name="courses", db_index=False)
    code = models.CharField(_("code"), max_length=16)  # upper case, one blank between its parts: MATH 210
    title = models.CharField(_("title"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["university", "code"], name="course_once_per_university")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()


class PersonSkill(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="skill_edges", db_index=False)
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="person_edges", db_index=False)

    class Meta:
        verbose_name = _("skill of a person")
        verbose_name_plural = _("skills of people")
        constraints = [models.UniqueConstraint(fields=["person", "skill"], name="skill_once_per_person")]
        indexes = [models.Index(fields=["skill", "person"], name="people_by_skill")]

    def __str__(self) -> str:
        return f"{self.person_id} offers {self.skill_id}"


class PersonInterest(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="interest_edges", db_index=False)
    interest = models.ForeignKey(Interest, models.CASCADE, related_name="person_edges", db_index=False)

    class Meta:
        verbose_name = _("interest of a person")
        verbose_name_plural = _("interests of people")
        constraints = [models.UniqueConstraint(fields=["person", "interest"], name="interest_once_per_person")]
        indexes = [models.Index(fields=["interest", "person"], name="people_by_interest")]

    def __str__(self) -> str:
        return f"{self.person_id} likes {self.interest_id}"


class PersonLanguage(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="language_edges", db_index=False)
    code = models.CharField(_("language"), max_length=10)  # as in django.conf.locale.LANG_INFO
    is_learning = models.BooleanField(_("learning"), default=False)

    class Meta:
        verbose_name = _("language of a person")
        verbose_name_plural = _("languages of people")
        constraints = [models.UniqueConstraint(fields=["person", "code"], name="language_once_per_person")]
        indexes = [models.Index(fields=["code", "person"], name="people_by_language")]

    def __str__(self) -> str:
        return f"{self.person_id} speaks {self.code}"


class PersonCourse(models.Model):
    """A course a person takes or took in one term (FEATURES B4); later apps match people by it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="course_edges", db_index=False)
    course = models.ForeignKey(Course, models.CASCADE, related_name="person_edges", db_index=False)
    year = models.PositiveSmallIntegerField(_("year"))
    season = models.PositiveSmallIntegerField(_("term"), choices=Season.choices)

    class Meta:
        verbose_name = _("course of a person")
        verbose_name_plural = _("courses of people")
        constraints = [
            models.UniqueConstraint(fields=["person", "course", "year", "season"], name="course_once_per_term"),
            models.CheckConstraint(condition=Q(year__gte=1950, year__lte=2100), name="course_in_a_sensible_year"),
        ]
        indexes = [models.Index(fields=["course", "year", "season", "person"], name="people_by_course")]

    def __str__(self) -> str:
        return f"{self.person_id} takes {self.course_id} in {self.year}/{self.season}"


class ProfileLink(models.Model):
    """An address a person calls theirs; proved once the page there links back to the profile with rel="me"."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profile_links", db_index=False)
    label = models.CharField(_("label"), max_length=40)
    url = models.URLField(_("address"), max_length=300)
    proved_at = models.DateTimeField(null=True, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("link of a profile")
        verbose_name_plural = _("links of profiles")
        constraints = [models.UniqueConstraint(fields=["person", "url"], name="link_once_per_person")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.url}"


class ProfileField(models.Model):
    """A question staff add to the profile (FEATURES B1); of one university, or of all when there is none."""

    class Kind(models.TextChoices):
        TEXT = "text", _("a line of text")
        LONG = "long", _("several lines")
        CHOICE = "choice", _("one of a list")
        NUMBER = "number", _("a number")
        DATE = "date", _("a date")
        LINK = "link", _("a web address")

    university = models.ForeignKey("accounts.University", models.CASCADE, null=True, blank=True, related_name="fields")
    label = models.CharField(_("label"), max_length=60)
    help_text = models.CharField(_("help"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind.choices, default=Kind.TEXT)
    choices = models.TextField(_("choices"), blank=True, help_text=_("One per line; for lists only."))
    is_required = models.BooleanField(_("required"), default=False)
    is_searchable = models.BooleanField(_("a facet of the directory"), default=False)
    is_shown = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("profile field")
        verbose_name_plural = _("profile fields")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="choice") | ~Q(choices=""),
                name="a_list_has_choices",
                violation_error_message=_("Give at least one choice."),
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def options(self) -> list[str]:
        """What a list offers, each once."""
        return list(dict.fromkeys(choice for line in self.choices.splitlines() if (choice := text.clean_name(line))))


class ProfileAnswer(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="answers", db_index=False)
    field = models.ForeignKey(ProfileField, models.CASCADE, related_name="answers", db_index=False)
    value = models.CharField(_("answer"), max_length=500)

    class Meta:
        verbose_name = _("answer in a profile")
        verbose_name_plural = _("answers in profiles")
        constraints = [models.UniqueConstraint(fields=["person", "field"], name="answer_once_per_person")]
        indexes = [models.Index(fields=["field", "value", "person"], name="people_by_answer")]

    def __str__(self) -> str:
        return f"{self.person_id}, field {self.field_id}"
