"""`manage.py setup_link`: the address that opens the first-run wizard."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.web import selectors


class Command(BaseCommand):
    help = "Prints the address that opens the first-run wizard, good for a day. Only while there is no administrator."

    def handle(self, *args: Any, **options: Any) -> None:
        if not selectors.is_open():
            raise CommandError("This site has an administrator; the wizard is closed.")
        if not settings.SITE_URL:
            self.stderr.write("SITE_URL is not set: put the address of your site before this.")
        self.stdout.write(selectors.setup_link())
