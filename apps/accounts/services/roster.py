"""A university's list of its people, as a file: who is what, and who is gone (FEATURES A5)."""

import csv
import io
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts import addresses
from apps.accounts.events import UserUpdated
from apps.accounts.models import Profile, Role, University, User, Verification
from apps.accounts.selectors.sso import roster_people
from apps.accounts.services.people import set_active
from apps.accounts.services.verification import verify
from apps.kernel import cache, text
from apps.kernel.errors import Invalid
from apps.kernel.outbox import publish

COLUMNS = ["email", "name", "role", "programme", "year", "graduates_on"]
MOST_YEARS = 12


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    email: str
    name: str
    role: str
    programme: str
    year: int | None
    graduates_on: date | None


@dataclass(slots=True)
class Outcome:
    """Addresses, by what became of them."""

    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept_out: list[str] = field(default_factory=list)  # listed, but suspended or closed here: nothing reopens them
    elsewhere: list[str] = field(default_factory=list)  # of another university here
    not_here: list[Row] = field(default_factory=list)
    deactivated: list[str] = field(default_factory=list)


def read_roster(raw: bytes) -> list[Row]:
    """The rows of a CSV file, with commas or semicolons, with or without a byte order mark.

    Invalid names every line that cannot be read; then nothing of the file counts.
    """
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(_("The file is not in UTF-8.")) from error
    head = content.partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(content, newline=""), delimiter=";" if head.count(";") > head.count(",") else ","
    )
    names = [(name or "").strip().lower() for name in reader.fieldnames or []]
    if "email" not in names:
        raise Invalid(_("The first line must name the columns: %(columns)s.") % {"columns": ", ".join(COLUMNS)})
    reader.fieldnames = names
    rows, wrong, seen = [], [], set()
    for cells in reader:
        try:
            row = _row(reader.line_num, cells)
            if (key := addresses.address_key(row.email)) in seen:
                raise ValidationError(_("this address stands in the file twice"))
            seen.add(key)
            rows.append(row)
        except ValidationError as error:
            wrong.append(_("line %(line)d: %(what)s") % {"line": reader.line_num, "what": "; ".join(error.messages)})
    if wrong:
        raise Invalid("\n".join(wrong))
    return rows


@transaction.atomic
def sync_roster(
    *, university: University, rows: list[Row], deactivate_missing: bool = False, dry_run: bool = False
) -> Outcome:
    """Make roles, programmes and badges what the list says; creates nobody. All of it, or nothing. May run twice.

    With `deactivate_missing` people whom the university vouched for (by this list or its log-in) and who no longer
    stand in it are kept out; their sessions end at once. Invalid when the list is empty: that would be everybody.
    """
    if deactivate_missing and not rows:
        raise Invalid(_("The list is empty, so nobody is kept out by it."))
    outcome = Outcome()
    for row in rows:
        _sync(university, row, outcome)
    if deactivate_missing:
        listed = {addresses.address_key(row.email) for row in rows}
        for person in roster_people(university).filter(is_active=True, is_staff=False).exclude(email_key__in=listed):
            set_active(actor=None, person=person, active=False, reason="roster")
            outcome.deactivated.append(person.email)
    if dry_run:
        transaction.set_rollback(True)
    return outcome


def _sync(university: University, row: Row, outcome: Outcome) -> None:
    people = User.objects.select_for_update(no_key=True, of=("self",)).select_related("university", "profile")
    person = people.filter(email_key=addresses.address_key(row.email), is_confirmed=True).first()
    if person is None:
        outcome.not_here.append(row)
    elif person.university_id != university.pk:
        outcome.elsewhere.append(row.email)
    elif not person.is_active:
        outcome.kept_out.append(row.email)
    else:
        changed = _write(person, row)
        (outcome.updated if changed else outcome.unchanged).append(row.email)
        verify(person=person, source=Verification.Source.ROSTER)


def _write(person: User, row: Row) -> bool:
    """What the list says and we did not know; an empty cell says nothing."""
    said = {"programme": row.programme, "year": row.year, "graduates_on": row.graduates_on}
    new = {name: value for name, value in said.items() if value and value != getattr(person.profile, name)}
    if new:
        Profile.objects.filter(user=person).update(**new)
    role = row.role if row.role and row.role != person.role else ""
    if role:
        User.objects.filter(pk=person.pk).update(role=role)
        person.role = role
    if new or role:
        cache.invalidate(f"person:{person.pk}")
        publish(UserUpdated(person_id=person.pk), actor_id=None)
    return bool(new or role)


def _row(line: int, cells: dict[str, str]) -> Row:
    value = {name: (cells.get(name) or "").strip() for name in COLUMNS}
    email, role = addresses.canonical(value["email"]), value["role"].lower()
    wrong = []
    if not email:
        wrong.append(_("no plain e-mail address"))
    if role and role not in Role.values:
        wrong.append(_("unknown role %(role)s") % {"role": role})
    if value["year"] and not (value["year"].isdecimal() and 1 <= int(value["year"][:4]) <= MOST_YEARS):
        wrong.append(_("the year is none from 1 to %(most)d") % {"most": MOST_YEARS})
    graduates_on = _date(value["graduates_on"])
    if value["graduates_on"] and graduates_on is None:
        wrong.append(_("the day of graduation is not written as %(today)s") % {"today": timezone.localdate()})
    if wrong:
        raise ValidationError(wrong)
    year = int(value["year"]) if value["year"] else None
    programme = text.clean_name(value["programme"])[:80]
    return Row(line, email, text.clean_name(value["name"]), role, programme, year, graduates_on)


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
