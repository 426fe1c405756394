"""`make bench`: what a page costs, as ratios to a bare Django page in the same run.

    python -m tests.bench [--people 2000] [--seconds 4] [--rounds 3] [--reuse]

Makes a database of its own beside DATABASE_URL's, fills it, starts gunicorn (2 sync workers, production settings) and
loads each page at concurrency 8, in interleaved rounds. CPU per request is that of the app's processes, PostgreSQL
and Redis, from /proc, divided by requests; medians of the rounds. Nothing else should run on the machine meanwhile.
"""

import argparse
import os
from typing import TYPE_CHECKING

from tests.bench import serving
from tests.bench.serving import BASELINES, Page, World

if TYPE_CHECKING:
    from apps.accounts.models import User

NAME = "bench_campus"
PAGES = [
    *BASELINES,
    Page("home, ranked", "/?view=ranked", who="many"),
    Page("home, latest", "/?view=latest", who="many"),
    Page("post", "/posts/{post}/", who="many"),
    Page("profile", "/@{author}/", who="many"),
    Page("people", "/people/", who="many"),
    Page("people, narrowed", "/people/?q=ad&year=2&role=student", who="many"),
    Page("settings, studies", "/settings/studies/", who="many"),
    Page("explore, guest", "/explore/"),
]


def prepare(people: int) -> World:
    """Logs 200 people in. Runs inside Django."""
    from apps.accounts.models import User
    from apps.posts.models import Audience, Post

    def first(order: str, number: int) -> "list[User]":
        return list(User.objects.active().order_by(order)[:number])

    newest = Post.objects.live().filter(audience=Audience.PUBLIC, repost_of=None).order_by("-created_at")
    return World(
        members={"many": serving.log_in(first("-follow_count__following", min(200, people)))},
        posts=list(newest.values_list("pk", flat=True)[:100]),
        authors=[person.username for person in first("-follow_count__followers", 100)],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="What a page costs, against a bare Django page in the same run.")
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--reuse", action="store_true", help="measure the people of the last run again")
    options = parser.parse_args()
    load_before = os.getloadavg()
    database = serving.database_url(NAME) if options.reuse else serving.fresh_database(NAME)
    env = serving.environment(database)
    if not options.reuse:
        serving.manage("migrate", "--verbosity", "0", env=env)
        serving.manage("seed_scale", "--users", str(options.people), env=env)
    serving.manage("collectstatic", "--noinput", "--verbosity", "0", env=env)
    os.environ.update(env)
    import django

    django.setup()
    world, helpers = prepare(options.people), serving.Helpers(database)
    with serving.sites(env) as places:
        figures = serving.interleaved(
            PAGES, places, world, helpers, rounds=options.rounds, seconds=options.seconds, warm=2
        )
        memory = serving.workers_mb(places["site"][1])
    print(f"\n{serving.machine(database, load_before)}\n")
    print(f"{options.people} people, {options.rounds} rounds of {options.seconds:g} s; web workers {memory}\n")
    print(serving.table(*figures))


if __name__ == "__main__":
    main()
