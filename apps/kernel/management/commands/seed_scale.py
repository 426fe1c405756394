"""`manage.py seed_scale --users N`: a crowd by COPY, to see how the site carries it."""

from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.kernel import seeding


class Command(BaseCommand):
    help = "Makes N people (n00001, …) with profiles, follows by a power law and posts. What is there stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--users", type=int, required=True, help="how many people")
        parser.add_argument("--posts", type=int, default=3, help="by each person (default 3)")
        parser.add_argument(
            "--reach", type=int, nargs="+", default=[], metavar="FOLLOWERS",
            help="the last of them are author<N> with exactly N followers, all of whom were here lately",
        )  # fmt: skip
        parser.add_argument("--seed", type=int, default=1, help="the same number draws the same crowd")

    def handle(self, *args: Any, **options: Any) -> None:
        size, reach = options["users"], tuple(options["reach"])
        if size < 1 or options["posts"] < 0:
            raise CommandError("--users takes a number from 1, --posts one from 0.")
        if reach and (len(set(reach)) < len(reach) or min(reach) < 1 or max(reach) > size // 2):
            raise CommandError("--reach takes different numbers from 1 to half of the people.")
        began = monotonic()
        crowd = seeding.Crowd(
            first_id=seeding.next_id(get_user_model(), size), size=size, posts=options["posts"], seed=options["seed"],
            reach=reach, now=timezone.now(),
            say=lambda line: self.stdout.write(f"{monotonic() - began:4.0f} s  {line}"),
        )  # fmt: skip
        seeding.fill(crowd)
        self.stdout.write(f"{size:,} people in {monotonic() - began:.0f} s.")
