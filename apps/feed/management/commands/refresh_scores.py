from typing import Any

from django.core.management.base import BaseCommand

from apps.feed import scores


class Command(BaseCommand):
    help = "Puts the stored part of today's scores right, as the clock does every night; goes on where it was stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        run = scores.refresh_scores()
        self.stdout.write(f"{run.changed} rows changed on {run.day}")
