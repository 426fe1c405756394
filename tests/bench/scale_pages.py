"""Pages at scale, and what the line between written and fetched costs their readers."""

from typing import TYPE_CHECKING

from django.db import connection

from apps.feed import services
from apps.feed.seeding import note_pulled
from tests.bench import serving
from tests.bench.serving import BASELINES, Page, forget

if TYPE_CHECKING:
    from tests.bench.scale import Run

BASES = {page.name for page in BASELINES}
LINES = {"5,000": 5_000, "50,000": 50_000, "above all": 2**31}
MEMBERS = {"many": "random people", "heavy": "most follows"}
WARM, ANEW, COLD = "warm", "ranked anew", "cold"
NOTE = """
warm: order and cards are kept. ranked anew: the person's order is not, as after a minute. cold: nor has any of the
cards ever been drawn. pull: the same page and cards, its posts picked by one statement from the authors. Requests at
concurrency 8 to 2 workers; CPU is that of app, PostgreSQL and Redis. kB before compression."""


def home_pages() -> list[Page]:
    found = []
    for who, name in MEMBERS.items():
        for word, fresh in ((WARM, ""), (ANEW, "ranking"), (COLD, "cards")):
            found.append(Page(f"home, ranked, {name}, {word}", "/?view=ranked", who=who, fresh=fresh))
        found.append(Page(f"home, latest, {name}", "/?view=latest", who=who))
        found.append(Page(f"pull, {name}", "/pull/", who=who))
    return found


OTHERS = [
    Page("post with its talk", "/posts/{post}/", who="many"),
    Page("profile", "/@{author}/", who="many"),
    Page("explore, member", "/explore/", who="many"),
    Page("explore, guest", "/explore/"),
    Page("hashtag", "/tags/{tag}/", who="many"),
    Page("bookmarks", "/bookmarks/", who="many"),
    Page("write a post", "/posts/", who="many", form="key={key}&body=Written+to+measure+{number}&audience=0"),
    Page("react", "/posts/{post}/react/", who="many", form="feeling=1"),
    Page("comment", "/posts/{post}/comments/", who="many", form="key={key}&body=Said+to+measure+{number}&parent="),
]


def pages(run: "Run") -> None:
    forget()
    with serving.sites(run.env) as places:
        figures = _measured(run, [*BASELINES, *home_pages(), *OTHERS], places)
        memory = serving.workers_mb(places["site"][1])
    run.say(f"\n### Pages\n\n{serving.table(*figures)}\n{NOTE}\nWeb workers: {memory}.")
    forget()  # the limits of who wrote


def lines(run: "Run") -> None:
    """What readers pay under each line: the notes of whom they fetch and their timelines are made as it would have
    them.
    """
    readers = [member.person_id for group in run.world.members.values() for member in group]
    wanted = [page for page in home_pages() if "pull" not in page.name and "cold" not in page.name]
    found: serving.Rounds = {}
    statements: dict[str, str] = {}
    for name, line in LINES.items():
        pulled = draw_line(line, readers)
        forget()
        with serving.sites(run.env | {"FEED_PULL_FOLLOWERS": str(line)}) as places:
            samples, counted = _measured(run, [*BASELINES, *wanted], places)
        for page, rounds in samples.items():
            label = page if page in BASES else f"{page}, line {name} ({pulled} fetched)"
            found.setdefault(label, []).extend(rounds)
            statements[label] = counted[page]
    run.say(f"\n### The line, for its readers\n\n{serving.table(found, statements)}")
    draw_line(LINES["5,000"], readers)


def draw_line(line: int, readers: list[int]) -> int:
    """Authors above the line are fetched by everybody; only the timelines of `readers` are made anew. Their number."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE feed_pulledauthor")
    pulled = note_pulled(line=line)
    for reader in set(readers):
        services.rebuild_timelines(first=reader, last=reader)
    return pulled


def _measured(
    run: "Run", wanted: list[Page], places: dict[str, tuple[str, int]]
) -> tuple[serving.Rounds, dict[str, str]]:
    warm = 0.3 if run.is_quick else 2
    return serving.interleaved(
        wanted, places, run.world, run.helpers, rounds=run.rounds, seconds=run.seconds, warm=warm
    )
