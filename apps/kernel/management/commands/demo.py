"""`manage.py demo`: a believable campus to look around in, and out again."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.kernel import demo


class Command(BaseCommand):
    help = "Builds the demo campus (3 universities, about 300 people, 2,000 posts); --remove takes exactly it away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is anybody already")
        parser.add_argument("--remove", action="store_true", help="take away what the demo made")
        parser.add_argument("--seed", type=int, default=1, help="the same number makes the same campus")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG or settings.ALLOW_DEMO):
            raise CommandError(
                "The demo has log-ins that everybody knows. Set ALLOW_DEMO=True if that is what you want."
            )
        if options["remove"]:
            self.stdout.write(f"Removed the demo: {demo.remove(now=timezone.now())} marked rows and what hung on them.")
        elif options["if_empty"] and get_user_model().objects.exists():
            self.stdout.write("There are people here already; nothing was added.")
        elif demo.is_built():
            self.stdout.write("The demo campus is there already.")
        else:
            world = demo.build(seed=options["seed"], now=timezone.now())
            self.stdout.write(f"Built the demo campus: {len(world.people)} people, {len(world.follows)} follows.")
