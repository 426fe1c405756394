from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.posts import counters


class Command(BaseCommand):
    help = "Counts reactions, comments, reposts, quotes and votes anew and puts right the counters that differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only tell how many differ")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        found = counters.wrong() if dry_run else counters.rebuild()
        verb = "wrong" if dry_run else "put right"
        self.stdout.write(", ".join(f"{name}: {count} {verb}" for name, count in found.items()))
