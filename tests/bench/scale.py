"""`make bench-scale`: what a page, a post and a day cost with a million people, in one run.

    python -m tests.bench.scale [--users 1000000] [--reuse] [--seconds 4] [--rounds 3] [--quick] [--only pages,…]

Makes a database of its own beside DATABASE_URL's and fills it (`seed_scale`), or takes that of the last run. Prints
tables
in Markdown, as ratios to B1 and B2f of the same run: pages, fan-out with the line at 5,000, at 50,000 and above all,
growth. Nothing else should run on the machine meanwhile. `--quick` measures a moment of each, to try the tools.
"""

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench import serving
from tests.bench.serving import Helpers, World

NAME = "bench_scale"
REACH = (100, 1_000, 5_000, 50_000, 130_000)  # followers of the authors whose posts are timed (seed_scale --reach)
PARTS = ("pages", "lines", "fanout", "growth")


@dataclass(frozen=True)
class Run:
    """One run: where, how long, and what there is to ask for."""

    env: dict[str, str]
    reach: tuple[int, ...]
    world: World
    helpers: Helpers
    seconds: float
    rounds: int
    is_quick: bool

    def say(self, text: str) -> None:
        print(text, flush=True)

    def rows(self, title: str, heads: str, lines: list[str]) -> None:
        count = heads.count("|") - 1
        self.say(f"\n### {title}\n\n{heads}\n|{'---|' * count}\n" + "\n".join(lines))


def options_of() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What a page, a post and a day cost with a million people.")
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--reuse", action="store_true", help="measure the people of the last run again")
    parser.add_argument("--seconds", type=float, default=2, help="each page is loaded in a round (default 2)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="a moment of everything: the figures mean nothing")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {','.join(PARTS)}")
    return parser.parse_args()


def reach_for(users: int) -> tuple[int, ...]:
    return tuple(followers for followers in REACH if followers <= users // 2)


def seeded(options: argparse.Namespace) -> dict[str, str]:
    """The environment of a filled database; says how long filling it took."""
    database = serving.database_url(NAME) if options.reuse else serving.fresh_database(NAME)
    env = serving.environment(database)
    if not options.reuse:
        started = time.monotonic()
        serving.manage("migrate", "--verbosity", "0", env=env)
        reach = [str(followers) for followers in reach_for(options.users)]
        serving.manage("seed_scale", "--users", str(options.users), "--reach", *reach, env=env)
        print(f"Seeded in {time.monotonic() - started:.0f} s.", flush=True)
    serving.manage("collectstatic", "--noinput", "--verbosity", "0", env=env)
    return env


def main() -> None:
    options, load_before = options_of(), os.getloadavg()
    seconds, rounds = (0.4, 1) if options.quick else (options.seconds, options.rounds)
    env = seeded(options)
    os.environ.update(env)
    import django

    django.setup()
    from tests.bench import scale_fanout, scale_growth, scale_pages, scale_world

    run = Run(
        env=env,
        reach=reach_for(options.users),
        world=scale_world.prepare(),
        helpers=Helpers(env["DATABASE_URL"]),
        seconds=seconds,
        rounds=rounds,
        is_quick=options.quick,
    )
    run.say(f"\n{serving.machine(env['DATABASE_URL'], load_before)}\n\n{scale_world.described()}")
    parts: dict[str, Callable[[Run], None]] = {
        "pages": scale_pages.pages,
        "lines": scale_pages.lines,
        "fanout": scale_fanout.measure,
        "growth": scale_growth.measure,
    }
    for name in options.only.split(","):
        parts[name](run)


if __name__ == "__main__":
    main()
