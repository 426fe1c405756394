from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.feed import audit


class Command(BaseCommand):
    help = "Proves that timelines hold what posts and follows say: none missing, none double. Ends with 1 when not."

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit.figures()
        line = (
            f"{found.rows} rows, {found.expected} expected, {found.missing} missing, {found.double} double, "
            f"{found.stray} stray; {found.pulled} authors pulled"
        )
        if not found.are_right:
            raise CommandError(f"{line}. `manage.py rebuild_feeds` makes them anew.")
        self.stdout.write(line)
