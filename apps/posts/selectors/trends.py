"""How often hashtags are used where everybody can see it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, QuerySet
from django.db.models.functions import JSONObject, TruncDate
from django.utils import timezone

from apps.accounts.selectors import Reach
from apps.kernel.cache import cached
from apps.posts.models import Audience, Hashtag, PostTag

DAYS = 7
TALKERS = 2  # people who use a hashtag before it is talked about
LATELY = 40  # uses of a hashtag looked at each time


@dataclass(frozen=True, slots=True)
class Trend:
    """A tag and how many posts of the last seven days have it, day by day, today last."""

    name: str
    days: tuple[int, ...]

    @property
    def posts(self) -> int:
        return sum(self.days)

    @property
    def line(self) -> str:
        """The points of a line over the days, in a picture of 64 by 24."""
        most = max(1, *self.days)
        step = 62 / (len(self.days) - 1)
        return " ".join(f"{1 + day * step:.1f},{22 - 20 * count / most:.1f}" for day, count in enumerate(self.days))


def public_uses(tag_ids: Sequence[int], *, university_id: int | None = None, limit: int) -> list[Trend]:
    """Of these tags the first `limit` that a guest can find used, in the order given; those kept out of trends never.

    One person's word is no talk of the campus: it would tell of them to who has a block with them.

    With `university_id`, what was written there. One query for tags with at most LATELY uses, whose posts are looked at
    each time. Of one with more only the newest decide whether it is shown; its numbers are counted, in a query of their
    own, every quarter of an hour, since a week of a large campus takes longer than a page may.
    """
    lately = _uses(university_id).filter(tag=OuterRef("pk")).order_by("-created_at", "-post")
    found = Hashtag.objects.filter(pk__in=tag_ids, is_kept_out=False).annotate(
        uses=ArraySubquery(lately.values_list(JSONObject(by=F("post__author"), at=F("created_at")))[:LATELY])
    )
    tags = {tag.pk: tag for tag in found}
    shown: list[Trend] = []
    for tag in (tags[pk] for pk in tag_ids if pk in tags):
        uses: list[dict[str, str]] = tag.uses
        is_many = len(uses) == LATELY
        if len({use["by"] for use in uses}) < TALKERS and not (is_many and _talkers(tag.pk, university_id) >= TALKERS):
            continue
        shown.append(Trend(tag.name, _counted(tag.pk, university_id) if is_many else _by_day(uses)))
        if len(shown) == limit:
            break
    return shown


def _uses(university_id: int | None) -> QuerySet[PostTag]:
    """Those of the last days that a guest may see."""
    uses = PostTag.objects.filter(
        created_at__gte=datetime.combine(_today() - timedelta(days=DAYS - 1), time.min, _zone()),
        post__audience=Audience.PUBLIC,
        post__author__posts_for=Reach.EVERYONE,
        post__author__is_active=True,
        post__deleted_at=None,
        post__hidden_at=None,
    )
    return uses if university_id is None else uses.filter(post__university=university_id)


def _by_day(uses: Iterable[dict[str, str]]) -> tuple[int, ...]:
    return _days(Counter(datetime.fromisoformat(use["at"]).astimezone(_zone()).date() for use in uses))


def _counted(tag_id: int, university_id: int | None) -> tuple[int, ...]:
    return cached("tag_days", tag_id, university_id, make=lambda: _count(tag_id, university_id))


def _count(tag_id: int, university_id: int | None) -> tuple[int, ...]:
    uses = _uses(university_id).filter(tag=tag_id).values_list(TruncDate("created_at", tzinfo=_zone()))
    return _days(dict(uses.annotate(number=Count("pk")).order_by()))


def _talkers(tag_id: int, university_id: int | None) -> int:
    people = _uses(university_id).filter(tag=tag_id).values("post__author").distinct()
    return people[:TALKERS].count()


def _days(numbers: Mapping[date, int]) -> tuple[int, ...]:
    """Today last."""
    return tuple(numbers.get(_today() - timedelta(days=age), 0) for age in range(DAYS - 1, -1, -1))


def _today() -> date:
    return timezone.localdate(timezone=_zone())


def _zone() -> tzinfo:
    """The site's own: the numbers are the same for everybody."""
    return timezone.get_default_timezone()
