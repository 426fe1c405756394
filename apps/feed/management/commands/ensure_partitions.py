from typing import Any

from django.core.management.base import BaseCommand

from apps.feed import services


class Command(BaseCommand):
    help = "Makes the days of the timeline that will be needed and drops those past the horizon."

    def handle(self, *args: Any, **options: Any) -> None:
        made, dropped = services.ensure_partitions()
        self.stdout.write(f"{made} days made, {dropped} dropped")
