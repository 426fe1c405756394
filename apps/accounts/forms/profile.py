"""Forms of what a person says about themselves. The services know the rules; what they refuse stands by its field."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BoundField
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from apps.accounts import selectors, services
from apps.accounts.forms.people import clean_name
from apps.accounts.languages import language_code, language_name
from apps.accounts.models import BIO_LIMIT, FIELDS, Experience, Profile, ProfileField, User
from apps.accounts.selectors import YEARS, Facts, Term
from apps.accounts.validators import LONGEST, check_username
from apps.kernel.errors import Conflict, Invalid

WHO_SEES = "reach_"


class PartForm(forms.Form):
    """A part of the profile, with a choice of who sees it beside each field of `reaching` (field -> its name there)."""

    reaching: dict[str, str] = {}

    def __init__(
        self, data: Any = None, *, person: User, initial: Any = None, further: dict[str, forms.Field] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.person = person
        self.fields |= further or {}
        chosen = selectors.field_reach(person)
        for field, name in self.reaching.items():
            label = format_lazy(lazy("Who sees this: {field}"), field=self.fields[field].label)
            self.fields[f"{WHO_SEES}{field}"] = forms.TypedChoiceField(
                label=label,
                choices=FIELDS,
                coerce=int,
                required=False,
                empty_value=None,
                initial=selectors.reach_of(chosen, name),
                widget=forms.Select({"aria-label": label}),
            )

    def pairs(self) -> Iterator[tuple[BoundField, BoundField | None]]:
        """Each field and who sees it."""
        for field in self.visible_fields():
            if not field.name.startswith(WHO_SEES):
                yield field, self[f"{WHO_SEES}{field.name}"] if field.name in self.reaching else None

    def reach(self) -> dict[str, int]:
        """What was chosen; a form that does not ask leaves it as it is."""
        chosen = {name: self.cleaned_data[f"{WHO_SEES}{field}"] for field, name in self.reaching.items()}
        return {name: level for name, level in chosen.items() if level is not None}

    def saved(self) -> bool:
        """Whether all of it could be kept. If not nothing was, and the form says why."""
        if not self.is_valid():
            return False
        try:
            with transaction.atomic():
                self.keep()
                if reach := self.reach():
                    services.set_field_reach(actor=self.person, reach=reach)
        except (Invalid, Conflict) as error:
            for name, sentence in (error.fields or {"": error.detail}).items():
                self.add_error(name if name in self.fields else None, str(sentence))
            return False
        return True

    def keep(self) -> None:
        raise NotImplementedError


class ProfileForm(PartForm):
    """Who somebody is, and the answers to what staff ask of everybody."""

    name = forms.CharField(label=lazy("Name"), max_length=80, widget=forms.TextInput({"autocomplete": "name"}))
    username = forms.CharField(
        label=lazy("Username"),
        max_length=LONGEST,
        help_text=lazy("Links to your old name stop working when you change it."),
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    pronouns = forms.CharField(label=lazy("Pronouns"), max_length=30, required=False)
    bio = forms.CharField(
        label=lazy("About you"),
        max_length=BIO_LIMIT,
        required=False,
        help_text=lazy("**bold**, *slanted*, [words](https://…) for a link, - at the start of a line for a list."),
        widget=forms.Textarea({"rows": 5}),
    )

    def __init__(self, data: Any = None, *, person: User, profile: Profile) -> None:
        about = {"name": person.name, "username": person.username, "bio": profile.bio, "pronouns": profile.pronouns}
        self.questions = {f"field_{question.pk}": question for question in selectors.staff_fields(person)}
        self.reaching = {"pronouns": "pronouns", "bio": "bio"}
        self.reaching |= {name: f"field:{question.pk}" for name, question in self.questions.items()}
        answers = selectors.answers_of(person) if self.questions else {}
        further: dict[str, forms.Field] = {
            name: answer_field(question, answers.get(question.pk, "")) for name, question in self.questions.items()
        }
        super().__init__(data, person=person, initial=about, further=further)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"].strip().lower()
        if username != self.person.username:
            check_username(username)
            if selectors.is_username_taken(username, but_by=self.person):
                raise ValidationError(_("Somebody has this username already."))
        return username

    def keep(self) -> None:
        """The username last: it is what the page around the form shows, whatever becomes of the rest."""
        said = self.cleaned_data
        if self.questions:
            answers = {question.pk: said[name] for name, question in self.questions.items()}
            services.set_answers(actor=self.person, answers=answers)
        names = ("name", "username", "pronouns", "bio")
        services.update_profile(actor=self.person, **{name: said[name] for name in names})


def answer_field(question: ProfileField, answer: str) -> forms.CharField:
    """The field of a form for a question of staff. What fits is decided by validators.check_answer."""
    kinds = ProfileField.Kind
    choices = [("", _("no answer")), *((option, option) for option in question.options)]
    widgets: dict[str, forms.Widget] = {
        kinds.LONG: forms.Textarea({"rows": 3}),
        kinds.CHOICE: forms.Select(choices=choices),
        kinds.NUMBER: forms.TextInput({"inputmode": "decimal"}),
        kinds.DATE: forms.DateInput({"type": "date"}),
        kinds.LINK: forms.URLInput(),
    }
    return forms.CharField(
        label=question.label,
        help_text=question.help_text,
        required=question.is_required,
        initial=answer,
        max_length=500,
        widget=widgets.get(question.kind, forms.TextInput()),
    )


class StatusForm(PartForm):
    """What somebody is up to; a press of one of the usual ones sets it at once."""

    USUAL = {
        "exams": ("📝", lazy("In exams"), "fortnight"),
        "partner": ("🤝", lazy("Looking for a study partner"), "month"),
        "away": ("🌴", lazy("Away"), "week"),
    }
    LASTS = {
        "hour": lazy("for an hour"),
        "day": lazy("today"),
        "week": lazy("for a week"),
        "fortnight": lazy("for two weeks"),
        "month": lazy("for four weeks"),
        "": lazy("until I change it"),
    }
    DAYS = {"week": 7, "fortnight": 14, "month": 28}
    reaching = {"text": "status"}

    emoji = forms.CharField(label=lazy("Sign"), max_length=16, required=False)
    text = forms.CharField(label=lazy("Words"), max_length=80, required=False)
    lasts = forms.ChoiceField(label=lazy("Shown"), choices=list(LASTS.items()), required=False, initial="day")

    def keep(self) -> None:
        said = self.cleaned_data
        until = self.until(said["lasts"])
        services.set_status(actor=self.person, emoji=said["emoji"], text=said["text"], until=until)

    @classmethod
    def until(cls, lasts: str) -> datetime | None:
        now = timezone.localtime()
        if lasts == "hour":
            return now + timedelta(hours=1)
        if lasts == "day":  # to the end of it, where the person is
            return timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), time()))
        return now + timedelta(days=cls.DAYS[lasts]) if lasts in cls.DAYS else None


def words_of(typed: str) -> list[str]:
    """ "LaTeX, Python; soldering" as a list; lines end a word, too."""
    return [word for part in re.split(r"[,;\n،、，]", typed) if (word := part.strip())]


class StudiesForm(PartForm):
    """What somebody studies or works on, knows, likes and speaks."""

    reaching = {
        name: name for name in ("programme", "year", "graduates_on", "level", "skills", "interests", "languages")
    }
    programme = forms.CharField(
        label=lazy("Programme"),
        max_length=80,
        required=False,
        help_text=lazy("For example: Physics"),
        widget=forms.TextInput({"data-offers": reverse_lazy("accounts:words", args=["programmes"])}),
    )
    year = forms.TypedChoiceField(
        label=lazy("Year of study"), choices=[("", "–"), *YEARS.items()], coerce=int, empty_value=None, required=False
    )
    graduates_on = forms.DateField(
        label=lazy("Expected graduation"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    level = forms.ChoiceField(label=lazy("Experience"), choices=[("", "–"), *Experience.choices], required=False)
    skills = forms.CharField(
        label=lazy("You can help with"),
        max_length=1_000,
        required=False,
        help_text=lazy("Up to 20, with commas between them. For example: LaTeX, statistics, bicycles"),
        widget=forms.TextInput({"data-chips": "", "data-offers": reverse_lazy("accounts:words", args=["skills"])}),
    )
    interests = forms.CharField(
        label=lazy("You like"),
        max_length=1_000,
        required=False,
        help_text=lazy("Up to 20, with commas between them."),
        widget=forms.TextInput({"data-chips": "", "data-offers": reverse_lazy("accounts:words", args=["interests"])}),
    )
    languages = forms.CharField(
        label=lazy("You speak"),
        max_length=500,
        required=False,
        widget=forms.TextInput({"data-chips": "", "data-offers": reverse_lazy("accounts:words", args=["languages"])}),
    )
    learning = forms.CharField(
        label=lazy("You are learning"),
        max_length=500,
        required=False,
        help_text=lazy("Seen by those who see the languages you speak."),
        widget=forms.TextInput({"data-chips": "", "data-offers": reverse_lazy("accounts:words", args=["languages"])}),
    )

    def __init__(self, data: Any = None, *, person: User, facts: Facts) -> None:
        initial = {
            "programme": facts.programme,
            "year": facts.year,
            "graduates_on": facts.graduates_on,
            "level": facts.level,
            "skills": ", ".join(facts.skills),
            "interests": ", ".join(facts.interests),
            "languages": ", ".join(language_name(one.code) for one in facts.languages if not one.is_learning),
            "learning": ", ".join(language_name(one.code) for one in facts.languages if one.is_learning),
        }
        super().__init__(data, person=person, initial=initial)

    def clean_languages(self) -> list[str]:
        return _codes(self.cleaned_data["languages"])

    def clean_learning(self) -> list[str]:
        return _codes(self.cleaned_data["learning"])

    def keep(self) -> None:
        actor, said = self.person, self.cleaned_data
        spoken = [(code, False) for code in said["languages"]]
        learnt = [(code, True) for code in said["learning"] if code not in said["languages"]]
        services.set_skills(actor=actor, names=words_of(said["skills"]))
        services.set_interests(actor=actor, names=words_of(said["interests"]))
        services.set_languages(actor=actor, languages=spoken + learnt)
        names = ("programme", "year", "graduates_on", "level")
        services.update_studies(actor=actor, **{name: said[name] for name in names})


def _codes(typed: str) -> list[str]:
    """The languages named. ValidationError for a name that is none we know."""
    codes = {name: language_code(name) for name in words_of(typed)}
    unknown = [name for name, code in codes.items() if code is None]
    if unknown:
        raise ValidationError(_("We know no language called %(name)s."), params={"name": unknown[0]})
    return [code for code in codes.values() if code]


class CoursesForm(PartForm):
    """The courses of one term, a line for each."""

    reaching = {"courses": "courses"}

    courses = forms.CharField(
        label=lazy("Courses"),
        max_length=2_000,
        required=False,
        help_text=lazy("A line for each, up to 12. For example: MATH 210: Linear algebra"),
        widget=forms.Textarea(
            {"rows": 4, "data-chips": "lines", "data-offers": reverse_lazy("accounts:words", args=["courses"])}
        ),
    )

    def __init__(self, data: Any = None, *, person: User, facts: Facts, term: Term) -> None:
        self.term = term
        mine = [course for course in facts.courses if course.term == term]
        lines = "\n".join(f"{course.code}: {course.title}" if course.title else course.code for course in mine)
        super().__init__(data, person=person, initial={"courses": lines})

    def keep(self) -> None:
        lines = [line for line in self.cleaned_data["courses"].splitlines() if line.strip()]
        services.set_courses(actor=self.person, year=self.term.year, season=self.term.season, codes=lines)


class LinkForm(PartForm):
    """One more address of somebody's."""

    label = forms.CharField(label=lazy("Label"), max_length=40, help_text=lazy("For example: My blog"))
    url = forms.CharField(
        label=lazy("Address"), max_length=300, widget=forms.URLInput({"placeholder": "https://", "autocomplete": "url"})
    )

    def keep(self) -> None:
        services.add_link(actor=self.person, label=self.cleaned_data["label"], url=self.cleaned_data["url"])


class LinksReachForm(PartForm):
    """Who sees the list of links."""

    reaching = {"links": "links"}
    links = forms.CharField(label=lazy("Links"), widget=forms.HiddenInput, required=False)

    def keep(self) -> None:
        """The list itself is changed link by link."""
