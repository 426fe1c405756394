"""`manage.py sync_roster FILE --university SLUG`: what the university's list says about its people."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts import selectors, services
from apps.accounts.models import Invitation, Role, University
from apps.accounts.services.roster import Outcome, Row, read_roster, sync_roster
from apps.kernel.errors import AppError


class Command(BaseCommand):
    help = "Reads a CSV file (email,name,role,programme,year,graduates_on): updates the people of a university."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--university", required=True, metavar="SLUG", help="whose list it is")
        parser.add_argument("--deactivate-missing", action="store_true", help="keep out who is no longer on it")
        parser.add_argument("--invite-as", metavar="USERNAME", help="staff in whose name the others are invited")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")

    def handle(self, *args: Any, **options: Any) -> None:
        university = University.objects.filter(slug=options["university"]).first()
        if university is None:
            raise CommandError(f"There is no university {options['university']}.")
        try:
            rows = read_roster(options["file"].read_bytes())
            outcome = sync_roster(
                university=university,
                rows=rows,
                deactivate_missing=options["deactivate_missing"],
                dry_run=options["dry_run"],
            )
            self._tell(outcome)
            if options["invite_as"] and not options["dry_run"]:
                self._invite(options["invite_as"], university, outcome.not_here)
        except AppError as error:
            raise CommandError(error.detail) from error
        except OSError as error:
            raise CommandError(str(error)) from error

    def _tell(self, outcome: Outcome) -> None:
        kinds = {
            "updated": outcome.updated,
            "unchanged": outcome.unchanged,
            "kept out here, left so": outcome.kept_out,
            "at another university here": outcome.elsewhere,
            "deactivated": outcome.deactivated,
            "not here yet": [row.email for row in outcome.not_here],
        }
        for kind, emails in kinds.items():
            self.stdout.write(f"{kind}: {len(emails)}")
            if kind != "unchanged":
                self.stdout.writelines(f"  {email}" for email in emails)

    def _invite(self, username: str, university: University, rows: list[Row]) -> None:
        actor = selectors.person_by_username(username)
        if actor is None:
            raise CommandError(f"There is nobody called {username}.")
        asked = set(Invitation.objects.filter(university=university).values_list("email", flat=True))
        fresh = [row for row in rows if row.email not in asked]  # a list that comes each night asks once
        for role in sorted({row.role for row in fresh}):
            emails = [row.email for row in fresh if row.role == role]
            services.invite(actor=actor, emails=emails, university=university, role=role or Role.STUDENT)
        self.stdout.write(f"invited: {len(fresh)}")
