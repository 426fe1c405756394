"""`manage.py import_graph FILE`: an edge list of real friendships as mutual follows."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.kernel import seeding


class Command(BaseCommand):
    help = (
        'Reads "a b" per line: makes a person for every number, and the two follow one another. All count as seen now.'
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            size = len(seeding.places_in(seeding.read_edges(path)))
        except (OSError, ValueError) as error:
            raise CommandError(f"{path} cannot be read as an edge list: {error}") from error
        if not size:
            raise CommandError(f"{path} names nobody.")
        crowd = seeding.Crowd(
            first_id=seeding.next_id(get_user_model(), size), size=size, edges=path, now=timezone.now(),
            say=self.stdout.write,
        )  # fmt: skip
        seeding.fill(crowd)
        self.stdout.write(f"Imported {size:,} people.")
