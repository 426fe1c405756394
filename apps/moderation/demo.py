"""A moderator with a little to do."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.db.models import Q

from apps.kernel.demo import DemoWorld
from apps.moderation.groups import MODERATORS
from apps.moderation.models import Category, Kind, Report
from apps.posts import selectors as posts

WORDS = [
    (Category.SPAM, "The third time this week, and it is not from campus."),
    (Category.PRIVACY, "There is somebody's phone number in one of the comments."),
    (Category.OTHER, "Sold the bicycle twice, I think. Could somebody look?"),
]


def build(world: DemoWorld) -> None:
    mira = world.person("mira")
    Group.objects.get(name=MODERATORS).user_set.add(mira.id)
    draw = world.draw("moderation")
    ids = [person.id for person in world.people]
    reported = list(posts.visible_posts(AnonymousUser()).filter(author__in=ids).order_by("-pk")[:60])
    for (category, words), post in zip(WORDS, draw.sample(reported, len(WORDS)), strict=True):
        reporter = draw.choice(
            [one for one in ids if one != post.author_id and (one, post.author_id) not in world.apart]
        )
        Report.objects.create(
            reporter_id=reporter, kind=Kind.POST, target_id=post.pk, author_id=post.author_id,
            excerpt=post.body, category=category, text=words,
        )  # fmt: skip


def remove(world: DemoWorld) -> None:
    gone = world.marked(get_user_model())
    reports = Report.objects.filter(Q(reporter__in=gone) | Q(author__in=gone))
    ids = list(reports.values_list("pk", flat=True))
    reports.delete()
    apps.get_model("moderation.ReportAct")._default_manager.filter(pgh_obj_id__in=ids).delete()
