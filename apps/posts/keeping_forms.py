"""What the pages of bookmarks and muted words send, judged by the rules of keeping, so that what was typed stays."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from apps.kernel import text
from apps.kernel.templatetags.ui import exact
from apps.posts import keeping, moments
from apps.posts.models import FOLDER_NAME, NOTE_LIMIT, Bookmark, Folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apps.accounts.models import User

NONE, KEEP, OWN, NEW = "none", "keep", "own", "new"


def quick_moments(now: datetime) -> dict[str, datetime]:
    """Tonight, tomorrow morning, next Monday morning by the clock of `now`; tonight only while it is to come."""
    morning = now.replace(hour=9, minute=0, second=0, microsecond=0)
    found = {
        "tonight": morning.replace(hour=18),
        "tomorrow": morning + timedelta(days=1),
        "monday": morning + timedelta(days=7 - now.weekday()),
    }
    if found["monday"] == found["tomorrow"]:
        del found["monday"]
    return {name: moment for name, moment in found.items() if moment > now}


class BookmarkForm(forms.Form):
    """`folder` is the id of one, NEW (named by `new_folder`) or empty; `when` a quick moment, NONE, KEEP or OWN."""

    note = forms.CharField(
        label=lazy("Note"),
        required=False,
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=lazy("Only you can read it."),
    )
    folder = forms.ChoiceField(label=lazy("Folder"), required=False)
    new_folder = forms.CharField(label=lazy("Name of the new folder"), required=False, max_length=FOLDER_NAME)
    when = forms.ChoiceField(label=lazy("Remind me"), widget=forms.RadioSelect, required=False)
    own = forms.CharField(
        label=lazy("Day and time"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, data: Any, *, bookmark: Bookmark, folders: "Sequence[Folder]") -> None:
        super().__init__(data, initial=_initial(bookmark))
        self.bookmark, self.folders = bookmark, {str(folder.pk): folder for folder in folders}
        self.quick = quick_moments(timezone.localtime())
        named = [(key, folder.name) for key, folder in self.folders.items()]
        self._choices("folder", [("", _("No folder")), *named, (NEW, _("A new folder"))])
        self._choices("when", self._moments())

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if fault := keeping.fault_of_note(note):
            raise forms.ValidationError(fault)
        return note

    def clean_new_folder(self) -> str:
        """Looked at only when one is to be made."""
        name: str = self.cleaned_data["new_folder"]
        if self.cleaned_data.get("folder") != NEW:
            return ""
        if fault := keeping.fault_of_folder_name(name):
            raise forms.ValidationError(fault)
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        when, moment = cleaned.get("when", ""), None
        if when == KEEP:
            moment = self.bookmark.remind_at
        elif when == OWN:
            zone = timezone.get_current_timezone()
            moment, fault = moments.moment_of(cleaned.get("own", ""), ZoneInfo(str(zone)))
            if fault := fault or ("" if moment else _("Write a day and a time.")) or keeping.fault_of_reminder(moment):
                self.add_error("own", fault)
        elif when in self.quick:
            moment = self.quick[when]
        return cleaned | {"remind_at": moment}

    @property
    def chosen_folder(self) -> Folder | None:
        return self.folders.get(self.cleaned_data["folder"])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def _moments(self) -> list[tuple[str, str]]:
        words = {"tonight": _("Tonight"), "tomorrow": _("Tomorrow"), "monday": _("Next Monday")}
        quick = [(name, f"{words[name]}, {exact(moment)}") for name, moment in self.quick.items()]
        kept = self.bookmark.remind_at
        keep = [(KEEP, _("As it is: %(time)s") % {"time": exact(kept)})] if kept else []
        return [(NONE, _("Not at all")), *keep, *quick, (OWN, _("At a time of my own"))]


def _initial(bookmark: Bookmark) -> dict[str, Any]:
    tomorrow = timezone.localtime().replace(hour=9, minute=0) + timedelta(days=1)
    return {
        "note": bookmark.note,
        "folder": str(bookmark.folder_id or ""),
        "when": KEEP if bookmark.remind_at else NONE,
        "own": tomorrow.strftime(moments.WRITTEN),
    }


class FolderForm(forms.Form):
    name = forms.CharField(
        label=lazy("Name of the folder"), max_length=200, error_messages={"required": lazy("Give the folder a name.")}
    )

    def __init__(self, data: Any, *, owner: "User", is_new: bool) -> None:
        super().__init__(data)
        self.owner, self.is_new = owner, is_new

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        fault = keeping.fault_of_another_folder(self.owner) if self.is_new else ""
        if fault := fault or keeping.fault_of_folder_name(name):
            raise forms.ValidationError(fault)
        return name


class WordForm(forms.Form):
    word = forms.CharField(
        label=lazy("Word or phrase"),
        max_length=200,
        error_messages={"required": lazy("Write a word or a phrase with a letter or a number in it.")},
        widget=forms.TextInput(attrs={"dir": "auto", "autocapitalize": "off"}),
        help_text=lazy("In any spelling of small and large letters, and as a whole word: “art” leaves “party” alone."),
    )
    days = forms.TypedChoiceField(
        label=lazy("For how long"),
        choices=[("", lazy("Until I undo it")), ("1", lazy("1 day")), ("7", lazy("7 days")), ("30", lazy("30 days"))],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any, *, person: "User") -> None:
        super().__init__(data, initial={"days": ""})
        self.person = person

    def clean_word(self) -> str:
        word: str = self.cleaned_data["word"]
        if fault := keeping.fault_of_muted_word(self.person, text.fold(text.clean_name(word))):
            raise forms.ValidationError(fault)
        return word

    @property
    def lasts(self) -> timedelta | None:
        days: int | None = self.cleaned_data["days"]
        return None if days is None else timedelta(days=days)
