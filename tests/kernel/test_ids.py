"""Ids sort by time and cannot be guessed."""

import uuid

from apps.kernel import ids


def test_a_snowflake_fits_and_sorts_by_time() -> None:
    earlier, later = ids.snowflake(ids.EPOCH_MS + 1), ids.snowflake(ids.EPOCH_MS + 2)
    assert 0 < earlier < later
    assert ids.snowflake(ids.EPOCH_MS + 2**41 - 1) < 2**63


def test_snowflakes_of_one_moment_differ() -> None:
    assert len({ids.snowflake(ids.EPOCH_MS + 1) for _one in range(100)}) > 90


def test_a_uuid7_is_the_standard_librarys_and_sorts() -> None:
    made = [ids.uuid7() for _one in range(100)]
    assert all(type(one) is uuid.UUID and one.version == 7 for one in made)
    assert sorted(made, key=lambda one: one.int >> 80) == made
