"""Follows for a seeded crowd: the edges of a file, or drawn by a power law."""

import random
from collections.abc import Iterator
from pathlib import Path

from apps.graph.models import Follow, FollowCount
from apps.kernel.seeding import Crowd, copy_rows, places_in, read_edges

AVERAGE = 20  # people followed by one person, about
MOST = 2_000  # followed by one person
EXPONENT = 2.2  # of the law by which few are followed by many


def fill(crowd: Crowd) -> None:
    followers, following = [0] * crowd.size, [0] * crowd.size
    pairs = _edges_of(crowd.edges) if crowd.edges else _drawn(crowd)
    first, since = crowd.first_id, crowd.since.isoformat()

    def lines() -> Iterator[str]:
        for follower, followee in pairs:
            following[follower] += 1
            followers[followee] += 1
            yield f"{first + follower}\t{first + followee}\t{since}\n"

    copy_rows(Follow, ["follower_id", "followee_id", "created_at"], lines(), crowd.say)
    copy_rows(
        FollowCount,
        ["person_id", "followers", "following"],
        (f"{first + place}\t{followers[place]}\t{following[place]}\n" for place in range(crowd.size)),
        crowd.say,
    )


def _edges_of(path: Path) -> list[tuple[int, int]]:
    """Both directions of every line; doubles and loops count once and not at all."""
    edges = list(read_edges(path))
    places = places_in(edges)
    both = {(places[one], places[other]) for one, other in edges if one != other}
    return sorted(both | {(other, one) for one, other in both})


def _drawn(crowd: Crowd) -> Iterator[tuple[int, int]]:
    """Each follows about AVERAGE people; who is followed falls off with the place in a shuffled order.

    Every follower's edges come together and sorted, so that one index grows at its end.
    """
    draw = random.Random(crowd.seed)
    size, scramble = crowd.size, _scramble(crowd.size)
    power = EXPONENT / (EXPONENT - 1)
    for follower in range(size):
        wanted = min(MOST, size - 1, int(AVERAGE / 2 * draw.paretovariate(2)))
        places = {int(size * draw.random() ** power) * scramble % size for _ in range(wanted)}
        places.discard(follower)
        for followee in sorted(places):
            yield follower, followee


def _scramble(size: int) -> int:
    """A factor that has no divisor in common with `size`: multiplying by it spreads the popular over all ids."""
    factor = 982_451_653
    while size % factor == 0:
        factor += 2
    return factor
