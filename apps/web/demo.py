"""Rules that were changed once, and everybody agreed; one person is new and sees what a newcomer sees."""

from datetime import timedelta

from django.apps import apps
from django.contrib.auth import get_user_model

from apps.kernel import cache
from apps.kernel.demo import DemoWorld
from apps.web import selectors
from apps.web.models import Agreement, PageVersion, Welcome

SLUG = PageVersion.Slug.RULES
ADDED = """Whoever is affected is told which rule it was. Mistakes happen: write to them and ask for another look."""
CHANGES = [
    ("The first rules of this campus.", timedelta(days=390)),
    ("Whoever is affected by a decision is told the rule, and may ask for another look.", timedelta(days=45)),
]


def build(world: DemoWorld) -> None:
    """No rules where they are somebody's already."""
    Welcome.objects.create(person_id=world.person("charlie").id, step=2)  # goes with them
    if PageVersion.objects.filter(slug=SLUG).exists():
        return
    text = selectors.built_in(SLUG)
    bodies = [text.replace(ADDED, ""), text]
    versions = [
        PageVersion.objects.create(
            slug=SLUG,
            number=number,
            body=body,
            change=change,
            asks_again=True,
            created_by_id=world.person("admin").id,
            created_at=world.now - age,
            published_at=world.now - age,
        )
        for number, (body, (change, age)) in enumerate(zip(bodies, CHANGES, strict=True), start=1)
    ]
    world.mark(PageVersion, [version.pk for version in versions])
    newest = versions[-1]
    Agreement.objects.bulk_create(
        Agreement(person_id=person, version=newest, at=world.now - CHANGES[-1][1] + timedelta(days=1))
        for person in get_user_model().objects.values_list("pk", flat=True)
    )
    cache.invalidate("pages")


def remove(world: DemoWorld) -> None:
    gone = world.marked(PageVersion)
    Agreement.objects.filter(version__in=gone).delete()
    PageVersion.objects.filter(pk__in=gone).delete()
    apps.get_model("web.PageVersionEvent")._default_manager.filter(pgh_obj_id__in=gone).delete()
    cache.invalidate("pages")
