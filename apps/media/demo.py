"""Pages elsewhere, as if a worker had read them: nobody has to be asked, and nobody would answer."""

from apps.kernel.demo import DemoWorld
from apps.media.addresses import digest_of
from apps.media.models import LinkCard

# Address, site, title, description.
PAGES = (
    (
        "https://journal.example/pronouns-in-lecture-halls",
        "Journal of Spoken Language",
        "Who gets to say “we”? Pronouns in lecture halls, 1968 to 2024",
        "Four hundred recorded lectures, and what happened to the first person plural.",
    ),
    (
        "https://nightsky.example/northmere/november",
        "Night Sky",
        "What to look for over Northmere in November",
        "Two planets before dawn, one comet with binoculars, and where it is dark enough.",
    ),
    ("https://bread.example/rye", "bread.example", "A rye loaf for people without patience", ""),
    (
        "https://stats.example/birthdays",
        "Statistics, Slowly",
        "How many people must share a corridor before two share a birthday",
        "Fewer than you think; with the proof, and a corridor to try it in.",
    ),
)


def build(world: DemoWorld) -> None:
    cards = [
        LinkCard(
            url=url, digest=digest_of(url), state=LinkCard.State.READY, site=site, title=title, description=said,
            fetched_at=world.now,
        )
        for url, site, title, said in PAGES
    ]  # fmt: skip
    LinkCard.objects.bulk_create(cards, ignore_conflicts=True)
    digests = [card.digest for card in cards]
    world.mark(LinkCard, LinkCard.objects.filter(digest__in=digests).values_list("pk", flat=True))


def remove(world: DemoWorld) -> None:
    LinkCard.objects.filter(pk__in=world.marked(LinkCard)).delete()
