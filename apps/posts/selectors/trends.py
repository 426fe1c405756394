"""How often hashtags are used where everybody can see it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from apps.accounts.selectors import Reach
from apps.posts.models import Audience, PostTag

DAYS = 7
TALKERS = 2  # people who use a hashtag before it is talked about


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


def public_uses(tag_ids: Sequence[int], *, university_id: int | None = None) -> list[Trend]:
    """Of these tags those that a guest can find used, in the order given; those kept out of trends never. One query.

    One person's word is no talk of the campus: it would tell of them to who has a block with them.

    With `university_id`, what was written there.
    """
    today = timezone.localdate()
    uses = PostTag.objects.filter(
        tag__in=tag_ids,
        tag__is_kept_out=False,
        created_at__date__gt=today - timedelta(days=DAYS),
        post__audience=Audience.PUBLIC,
        post__author__posts_for=Reach.EVERYONE,
        post__author__is_active=True,
        post__deleted_at=None,
        post__hidden_at=None,
    )
    if university_id is not None:
        uses = uses.filter(post__university=university_id)
    talked = uses.order_by().values("tag").annotate(people=Count("post__author", distinct=True))
    uses = uses.filter(tag__in=talked.filter(people__gte=TALKERS).values("tag"))
    counted = uses.values_list("tag_id", "tag__name", TruncDate("created_at")).annotate(number=Count("pk"))
    names: dict[int, str] = {}
    numbers: dict[int, Counter[int]] = {}
    for tag_id, name, day, number in counted:
        names[tag_id] = name
        numbers.setdefault(tag_id, Counter())[(today - day).days] += number
    ages = range(DAYS - 1, -1, -1)
    return [Trend(names[one], tuple(numbers[one][age] for age in ages)) for one in tag_ids if one in names]
