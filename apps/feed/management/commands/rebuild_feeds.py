from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts import selectors as people
from apps.feed import services


class Command(BaseCommand):
    help = "Makes every timeline anew from the posts, or one person's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--person", metavar="USERNAME")

    def handle(self, *args: Any, person: str | None, **options: Any) -> None:
        if person is None:
            rows = services.rebuild_all()
        else:
            reader = people.person_by_username(person)
            if reader is None:
                raise CommandError(f"There is nobody called {person}.")
            rows = services.rebuild_timelines(first=reader.pk, last=reader.pk)
        self.stdout.write(f"{rows} rows written")
