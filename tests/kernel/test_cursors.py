"""A cursor comes back as it went, tells nobody lies, and its pages show every row once."""

import datetime as dt
import itertools
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.kernel import cursors
from apps.kernel.attempts import Attempt
from apps.kernel.errors import Invalid

JSON = st.dictionaries(
    st.text(max_size=10), st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=20), max_size=4
)
NEWEST_FIRST = ("-window", "-id")
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@given(JSON)
def test_what_goes_in_comes_out(values: dict[str, object]) -> None:
    assert cursors.decode(cursors.encode(values)) == values


@given(JSON, st.data())
def test_a_changed_cursor_is_refused(values: dict[str, object], data: st.DataObject) -> None:
    cursor = cursors.encode(values)
    place = data.draw(st.integers(0, len(cursor) - 2))  # the last letter holds bits that mean nothing
    letter = data.draw(st.sampled_from("abcXYZ019-_:.=").filter(lambda letter: letter != cursor[place]))
    with pytest.raises(Invalid):
        cursors.decode(cursor[:place] + letter + cursor[place + 1 :])


@given(st.text(max_size=300))
def test_rubbish_is_refused(raw: str) -> None:
    with pytest.raises(Invalid):
        cursors.decode(raw)


@pytest.mark.parametrize("raw", ["a" * 100_000, "\x00", "\ud800", "é", ":", "::", "e30:x"])
def test_known_rubbish_is_refused(raw: str) -> None:
    with pytest.raises(Invalid):
        cursors.decode(raw)


def test_a_cursor_is_for_one_list() -> None:
    with pytest.raises(Invalid):
        cursors.decode(cursors.encode({"id": 1}, salt="posts"), salt="people")


# --- pages --------------------------------------------------------------------------------------------------------


def add(*seconds: float) -> list[int]:
    """Rows at so many seconds after noon; equal times are allowed."""
    rows = [Attempt(name="row", key=uuid.uuid4().hex, window=NOON + dt.timedelta(seconds=second)) for second in seconds]
    return [row.pk for row in Attempt.objects.bulk_create(rows)]


def read(after: str | None, *, size: int = 3, by: tuple[str, ...] = NEWEST_FIRST) -> cursors.Page[Attempt]:
    return cursors.keyset_page(Attempt.objects.filter(name="row"), by=by, after=after, size=size)


@pytest.mark.django_db
@pytest.mark.parametrize("by", [NEWEST_FIRST, ("window", "id"), ("-window", "id"), ("id",), ("-id",)])
@pytest.mark.parametrize("rows", [0, 1, 2, 3, 4, 6, 7])
def test_every_row_once_in_order(rows: int, by: tuple[str, ...]) -> None:
    add(*[number // 3 + number * 1e-6 for number in range(rows)])
    seen: list[int] = []
    after = None
    for _page in range(10):
        page = read(after, by=by)
        seen += [row.pk for row in page.items]
        after = page.next
        if after is None:
            break
    assert seen == list(Attempt.objects.filter(name="row").order_by(*by).values_list("pk", flat=True))
    assert after is None


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.lists(st.integers(0, 5), max_size=12),
    between=st.lists(st.lists(st.integers(-3, 9), max_size=4), max_size=6),
    gone=st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_rows_that_come_or_go_shift_nothing(first: list[int], between: list[list[int]], gone: list[bool]) -> None:
    """Rows there from the start to the end are seen exactly once, whatever is added or deleted between pages."""
    Attempt.objects.filter(name="row").delete()
    start = add(*first)
    lasting = {pk for pk, goes in zip(start, gone, strict=False) if not goes}
    doomed = [pk for pk in start if pk not in lasting]
    seen: list[int] = []
    after = None
    for news in itertools.chain(between, itertools.repeat([])):
        page = read(after)
        seen += [row.pk for row in page.items]
        after = page.next
        if after is None:
            break
        add(*news)
        if doomed:
            Attempt.objects.filter(pk=doomed.pop()).delete()
    assert len(seen) == len(set(seen))
    assert lasting <= set(seen)


@pytest.mark.django_db
def test_a_page_is_one_query(django_assert_num_queries: object) -> None:
    add(*range(8))
    cursor = read(None).next
    with django_assert_num_queries(1):  # type: ignore[operator]
        read(cursor)


@pytest.mark.django_db
def test_a_cursor_of_another_order_is_refused() -> None:
    add(*range(8))
    cursor = read(None).next
    with pytest.raises(Invalid):
        read(cursor, by=("id",))


@pytest.mark.django_db
def test_signed_values_that_do_not_fit_are_refused() -> None:
    salt = "kernel.attempt:-window:-id"
    for values in ({}, {"window": "soon", "id": 1}, {"window": None, "id": None}, {"id": 1}):
        with pytest.raises(Invalid):
            read(cursors.encode(values, salt=salt))
