"""Writes of bookmarks and their folders. Everything here is the person's own; nobody else learns of any of it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.kernel import cache, limits, text
from apps.kernel.errors import Invalid, NotFound
from apps.kernel.outbox import publish
from apps.posts import events, keeping, selectors
from apps.posts.models import Bookmark, Folder, Post

if TYPE_CHECKING:
    from apps.accounts.models import User

BATCH = 500  # reminders that are claimed in one transaction
UNDO_SALT = "posts.bookmark"
UNDO_FOR = timedelta(hours=1)


@transaction.atomic
def save_post(*, actor: "User", post: Post) -> Bookmark:
    """The actor's bookmark of the post, made now or before. The caller has made sure that the post is visible.

    Conflict when there are keeping.BOOKMARKS already (give or take what is saved in this very moment).
    """
    limits.check("post.save", person_id=actor.pk)
    found = Bookmark.objects.filter(person=actor, post=post).first()
    if found is not None:
        return found
    keeping.require_another_bookmark(actor)
    Bookmark.objects.bulk_create([Bookmark(person=actor, post=post)], ignore_conflicts=True)
    return Bookmark.objects.get(person=actor, post=post)


@transaction.atomic
def unsave_post(*, actor: "User", post_id: int) -> str:
    """Ends the bookmark of a post, seen or not, if there is one. Returns what `return_bookmark` takes to undo it, ""
    when there was nothing. May run twice."""
    limits.check("post.save", person_id=actor.pk)
    found = Bookmark.objects.select_for_update().filter(person=actor, post=post_id).first()
    if found is None:
        return ""
    was = signing.dumps(_state(found), salt=UNDO_SALT, compress=True)
    found.delete()
    _forget_counts(actor.pk)
    return was


@transaction.atomic
def return_bookmark(*, actor: "User", was: str) -> Bookmark:
    """Undo of `unsave_post` within UNDO_FOR: with its folder, note and reminder. May run twice.

    NotFound for what we did not sign, or for somebody else, or too long ago, or when the post is gone for the actor.
    """
    limits.check("post.save", person_id=actor.pk)
    try:
        state = signing.loads(was, salt=UNDO_SALT, max_age=UNDO_FOR)
    except signing.BadSignature as error:
        raise NotFound("bookmark") from error
    if state["person"] != actor.pk:
        raise NotFound("bookmark")
    post = selectors.post_for(actor, state["post"])
    keeping.require_another_bookmark(actor)
    folder = Folder.objects.filter(owner=actor, pk=state["folder"]).first() if state["folder"] else None
    moments = {name: _moment(state[name]) for name in ("done_at", "remind_at", "reminded_at")}
    made = Bookmark(person=actor, post=post, folder=folder, note=state["note"], **moments)
    Bookmark.objects.bulk_create([made], ignore_conflicts=True)
    _forget_counts(actor.pk)
    return Bookmark.objects.get(person=actor, post=post)


@transaction.atomic
def edit_bookmark(
    *, actor: "User", bookmark: Bookmark, note: str, folder: Folder | None, remind_at: datetime | None
) -> Bookmark:
    """Makes these its note, folder and reminder; a bookmark one wants to be reminded of is not done.

    Invalid (with fields) for a note that is too long, or a moment that has passed (but the one it has already).
    """
    limits.check("bookmark.edit", person_id=actor.pk)
    keeping.require_own(actor, bookmark.person_id)
    if folder is not None:
        keeping.require_own(actor, folder.owner_id)
    faults = {"note": keeping.fault_of_note(note)}
    if remind_at != bookmark.remind_at:
        faults["remind_at"] = keeping.fault_of_reminder(remind_at)
        bookmark.remind_at, bookmark.reminded_at = remind_at, None
        bookmark.done_at = bookmark.done_at if remind_at is None else None
    if found := {field: fault for field, fault in faults.items() if fault}:
        raise Invalid(fields=found)
    bookmark.note, bookmark.folder = text.clean(note), folder
    bookmark.save(update_fields=["note", "folder", "remind_at", "reminded_at", "done_at"])
    _forget_counts(actor.pk)
    return bookmark


@transaction.atomic
def set_done(*, actor: "User", bookmark: Bookmark, done: bool) -> None:
    """What is done needs no reminder: it is taken out. May run twice."""
    limits.check("bookmark.edit", person_id=actor.pk)
    keeping.require_own(actor, bookmark.person_id)
    rows = Bookmark.objects.filter(pk=bookmark.pk)
    if done:
        rows.filter(done_at=None).update(done_at=Now(), remind_at=None, reminded_at=None)
    else:
        rows.update(done_at=None)
    _forget_counts(actor.pk)


@transaction.atomic
def dismiss_reminder(*, actor: "User", bookmark: Bookmark) -> None:
    """The bookmark stays, without a reminder. May run twice."""
    limits.check("bookmark.edit", person_id=actor.pk)
    keeping.require_own(actor, bookmark.person_id)
    Bookmark.objects.filter(pk=bookmark.pk).update(remind_at=None, reminded_at=None)
    _forget_counts(actor.pk)


def remind_due() -> int:
    """Claims the reminders whose moment has come and announces each, once, however many clocks there are."""
    count = 0
    while claimed := _claim():
        count += claimed
        if claimed < BATCH:
            break
    return count


@transaction.atomic
def _claim() -> int:
    due = Bookmark.objects.filter(remind_at__lte=timezone.now(), reminded_at=None).order_by("remind_at", "pk")
    rows = list(due.select_for_update(skip_locked=True, no_key=True)[:BATCH])
    Bookmark.objects.filter(pk__in=[row.pk for row in rows]).update(reminded_at=Now())
    for row in rows:
        due_now = events.BookmarkDue(bookmark_id=row.pk, post_id=row.post_id, person_id=row.person_id)
        publish(due_now, actor_id=None)
    cache.invalidate(*{selectors.bookmarks_tag(row.person_id) for row in rows})
    return len(rows)


@transaction.atomic
def create_folder(*, actor: "User", name: str) -> Folder:
    """Invalid (with fields) for a name that is empty, too long or taken, or when there are keeping.FOLDERS."""
    limits.check("bookmark.edit", person_id=actor.pk)
    if fault := keeping.fault_of_another_folder(actor):
        raise Invalid(fields={"name": fault})
    return _named(Folder(owner=actor), name)


@transaction.atomic
def rename_folder(*, actor: "User", folder: Folder, name: str) -> Folder:
    """Invalid (with fields) as for a new one."""
    limits.check("bookmark.edit", person_id=actor.pk)
    keeping.require_own(actor, folder.owner_id)
    return _named(folder, name)


@transaction.atomic
def delete_folder(*, actor: "User", folder: Folder) -> None:
    """Its bookmarks stay, in no folder."""
    limits.check("bookmark.edit", person_id=actor.pk)
    keeping.require_own(actor, folder.owner_id)
    folder.delete()


def _named(folder: Folder, name: str) -> Folder:
    if fault := keeping.fault_of_folder_name(name):
        raise Invalid(fields={"name": fault})
    folder.name = text.clean_name(name)
    try:
        with transaction.atomic():
            folder.save(update_fields=["name"] if folder.pk else None)
    except IntegrityError as error:
        raise Invalid(fields={"name": _("You have a folder of this name.")}) from error
    return folder


def _state(bookmark: Bookmark) -> dict[str, object]:
    """All that is needed to make it again, as JSON."""
    moments = {name: getattr(bookmark, name) for name in ("done_at", "remind_at", "reminded_at")}
    written = {name: moment.isoformat() if moment else None for name, moment in moments.items()}
    ids = {"person": bookmark.person_id, "post": bookmark.post_id, "folder": bookmark.folder_id}
    return ids | {"note": bookmark.note} | written


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _forget_counts(person_id: int) -> None:
    cache.invalidate(selectors.bookmarks_tag(person_id))
