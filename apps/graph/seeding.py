"""Follows for a seeded crowd: the edges of a file, or drawn by a power law.

Of a million people about 285 have 5,000 followers or more and the first has about 130,000; they follow 20 each, half of
them 13 or fewer, nobody more than MOST. Two in three of those followed are of the follower's own university.
"""

import random
from collections.abc import Iterator
from math import log
from pathlib import Path

from apps.graph.models import Follow, FollowCount
from apps.kernel.seeding import BLOCK_OF_GROUPS, Crowd, copy_rows, places_in, read_edges

MEDIAN, SPREAD, MOST = 13, 0.987, 900  # of how many somebody follows: a logarithmic normal law
# The person at place r of the ranking is followed in proportion to (r + SHIFT) ** -SLOPE.
SLOPE, SHIFT = 0.95, 9.545
SAME_GROUP = 2 / 3


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
    """Every follower's edges come together and sorted, so that one index grows at its end."""
    draw, size = random.Random(crowd.seed), crowd.size
    ranks = size - len(crowd.reach)  # who has a set reach is not in the ranking
    blocks = ranks // BLOCK_OF_GROUPS
    scramble = _scramble(max(1, blocks))
    law = 1 - SLOPE
    low, width, power = SHIFT**law, (ranks + SHIFT) ** law - SHIFT**law, 1 / law
    centre, uniform = log(MEDIAN), draw.random
    chosen = _exactly(crowd)
    for follower in range(size):
        wanted = min(MOST, ranks - 1, int(draw.lognormvariate(centre, SPREAD)) + 1)
        groups = crowd.places_of_group(crowd.group(follower))
        places = set(next(chosen))
        for _ in range(wanted):
            block, within = divmod(int((low + width * uniform()) ** power - SHIFT), BLOCK_OF_GROUPS)
            if uniform() < SAME_GROUP:
                within = groups[within % len(groups)]
            if block < blocks:  # the popular stand all over the crowd
                block = block * scramble % blocks
            place = block * BLOCK_OF_GROUPS + within
            if place < ranks:
                places.add(place)
        places.discard(follower)
        for followee in sorted(places):
            yield follower, followee


def _exactly(crowd: Crowd) -> Iterator[list[int]]:
    """For each person in order, whom they follow of the authors of a set reach: so many of who is here, evenly."""
    first = crowd.size - len(crowd.reach)
    here = first - sum(map(crowd.is_away, range(first)))
    owed = [0] * len(crowd.reach)
    for place in range(crowd.size):
        followed = []
        if crowd.reach and place < first and not crowd.is_away(place):
            for number, followers in enumerate(crowd.reach):
                owed[number] += followers
                if owed[number] >= here:
                    owed[number] -= here
                    followed.append(first + number)
        yield followed


def _scramble(size: int) -> int:
    """A factor that has no divisor in common with `size`: multiplying by it spreads the popular over all places."""
    factor = 982_451_653
    while size % factor == 0:
        factor += 2
    return factor
