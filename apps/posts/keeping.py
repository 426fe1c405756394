"""Rules of what people keep for themselves: bookmarks and folders, muted words, followed hashtags."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.kernel import text
from apps.kernel.errors import Conflict, Forbidden, Invalid
from apps.posts.models import FOLDER_NAME, NOTE_LIMIT, Bookmark, Folder, Hashtag, MutedWord, TagFollow

if TYPE_CHECKING:
    from apps.accounts.models import User

BOOKMARKS = 5_000
FOLDERS = 100
MUTED_WORDS = 100
TAGS_FOLLOWED = 200
WORD_LIMIT = 60
REASON_LIMIT = 200
FARTHEST = timedelta(days=2 * 366)  # a reminder


def require_own(actor: "User", owner_id: int) -> None:
    if actor.pk != owner_id:
        raise Forbidden


def require_another_bookmark(actor: "User") -> None:
    if Bookmark.objects.filter(person=actor).count() >= BOOKMARKS:
        raise Conflict(_("You have saved %(number)d posts. Remove some first.") % {"number": BOOKMARKS})


def fault_of_note(note: str) -> str:
    over = len(text.clean(note)) > NOTE_LIMIT
    return _("A note has at most %(limit)d characters.") % {"limit": NOTE_LIMIT} if over else ""


def fault_of_reminder(moment: datetime | None) -> str:
    if moment is not None and moment <= timezone.now():
        return _("This time has passed.")
    if moment is not None and moment > timezone.now() + FARTHEST:
        return _("Choose a time within two years.")
    return ""


def fault_of_another_folder(actor: "User") -> str:
    enough = Folder.objects.filter(owner=actor).count() >= FOLDERS
    return _("You have %(number)d folders. Delete one first.") % {"number": FOLDERS} if enough else ""


def fault_of_folder_name(name: str) -> str:
    name = text.clean_name(name)
    if not name:
        return _("Give the folder a name.")
    if len(name) > FOLDER_NAME:
        return _("A name has at most %(limit)d characters.") % {"limit": FOLDER_NAME}
    return ""


def fault_of_muted_word(actor: "User", word: str) -> str:
    """`word` is folded."""
    if not any(c.isalnum() for c in word) and word.isascii():
        return _("Write a word or a phrase with a letter or a number in it.")
    if len(word) > WORD_LIMIT:
        return _("A word or phrase has at most %(limit)d characters.") % {"limit": WORD_LIMIT}
    others = MutedWord.objects.filter(person=actor).exclude(word=word)
    if others.count() >= MUTED_WORDS:
        return _("You have muted %(number)d words. Unmute one first.") % {"number": MUTED_WORDS}
    return ""


def require_another_tag(actor: "User") -> None:
    if TagFollow.objects.filter(person=actor).count() >= TAGS_FOLLOWED:
        raise Conflict(_("You follow %(number)d hashtags. Unfollow one first.") % {"number": TAGS_FOLLOWED})


def require_may_judge_tags(actor: "User") -> None:
    """Whoever may change hashtags at the desk: the moderators."""
    label, name = Hashtag._meta.app_label, Hashtag._meta.model_name
    if not actor.has_perm(f"{label}.change_{name}"):
        raise Forbidden


def checked_reason(reason: str) -> str:
    """The reason as it is kept. Invalid (with fields) for none, or too long a one."""
    reason = text.clean_name(reason)
    if not reason or len(reason) > REASON_LIMIT:
        fault = _("Say why, in at most %(limit)d characters.") % {"limit": REASON_LIMIT}
        raise Invalid(fault, fields={"reason": fault})
    return reason
