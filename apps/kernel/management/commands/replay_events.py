from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from apps.kernel.outbox import services
from apps.kernel.outbox.events import HANDLERS, TYPES
from apps.kernel.outbox.models import Delivery
from apps.kernel.outbox.selectors import id_floor


class Command(BaseCommand):
    help = "Runs finished deliveries of events again: what they did is not done twice, what they missed is made good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", help="events from this moment on (2026-11-20 or 2026-11-20T08:00)")
        parser.add_argument("--until", help="events before this moment")
        parser.add_argument("--consumer", help="deliveries of this handler, as the admin names it")
        parser.add_argument("--type", help="events of this type, such as post.created")
        parser.add_argument("--dead-only", action="store_true", help="dead letters only")
        parser.add_argument("--limit", type=int, help="at most so many, the oldest first")
        parser.add_argument("--dry-run", action="store_true", help="say how many, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        deliveries = _chosen(options)
        if options["dry_run"]:
            self.stdout.write(f"{deliveries.count()} deliveries would be run again.")
        else:
            self.stdout.write(f"{services.replay(deliveries)} deliveries are due again.")


def _chosen(options: dict[str, Any]) -> Any:
    chosen = Delivery.objects.exclude(state=Delivery.State.DUE).order_by("pk")
    if options["since"]:
        chosen = chosen.filter(event_id__gte=id_floor(_moment(options["since"])))
    if options["until"]:
        chosen = chosen.filter(event_id__lt=id_floor(_moment(options["until"])))
    if options["consumer"]:
        names = {name for handlers in HANDLERS.values() for name in handlers}
        chosen = chosen.filter(handler=_known(options["consumer"], names, "consumer"))
    if options["type"]:
        chosen = chosen.filter(event__type=_known(options["type"], set(TYPES), "type"))
    if options["dead_only"]:
        chosen = chosen.filter(state=Delivery.State.DEAD)
    return chosen[: options["limit"]] if options["limit"] else chosen


def _known(name: str, names: set[str], what: str) -> str:
    if name not in names:
        raise CommandError(f"There is no {what} {name!r}; there are {', '.join(sorted(names))}.")
    return name


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
        if moment is None and (day := parse_date(text)):
            moment = datetime.combine(day, datetime.min.time())
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"{text!r} is no moment: write 2026-11-20 or 2026-11-20T08:00.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
