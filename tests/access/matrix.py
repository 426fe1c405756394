"""Who gets what, for every route. A route that is not here fails test_matrix.py with the line to paste.

A row says, per method, the answer of each persona: `by(default, persona=answer, …)`. Answers: a status, or LOGIN (a
redirect to log-in), HOME (a redirect elsewhere).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from apps.posts.models import Audience
from tests.access.world import PERSONAS, World

LOGIN, HOME = "login", "redirect"
Answer = int | str
Answers = dict[str, Answer]


def by(default: Answer, **personas: Answer) -> Answers:
    unknown = set(personas) - set(PERSONAS)
    assert not unknown, unknown
    return {persona: personas.get(persona, default) for persona in PERSONAS}


def members(answer: Answer, *, guest: Answer = LOGIN, **personas: Answer) -> Answers:
    """Everybody who is logged in; a suspended person is a guest."""
    return by(answer, anonymous=guest, suspended=guest, **personas)


def everyone(answer: Answer) -> Answers:
    return by(answer)


@dataclass(frozen=True)
class Row:
    name: str  # the route's
    path: Callable[[World], str]
    get: Answers
    post: Answers = field(default_factory=lambda: by(405))
    data: Callable[[World], dict[str, Any]] = lambda world: {}
    label: str = ""  # where one route has several rows

    @property
    def id(self) -> str:
        return f"{self.name} {self.label}".strip()


def at(path: str) -> Callable[[World], str]:
    return lambda world: path


NO_GET = members(405)  # a guest is asked to log in before anything else
NO_POST = members(405)
HIDDEN_FROM = {"blocked": 404, "blocker": 404}  # nothing of alice's exists for them
PUBLIC, CAMPUS, FOLLOWERS = Audience.PUBLIC, Audience.CAMPUS, Audience.FOLLOWERS


def reading(audience: int) -> Answers:
    """A page of a post of alice's."""
    if audience == PUBLIC:
        return by(200, **HIDDEN_FROM)
    if audience == CAMPUS:
        return by(200, anonymous=404, outsider=404, suspended=404, **HIDDEN_FROM)
    return by(404, follower=200, owner=200)


def answering(audience: int, done: Answer = HOME) -> Answers:
    """A write on a post of alice's by those who may read it; guests are asked to log in first."""
    seen = reading(audience)
    return {
        persona: LOGIN if persona in ("anonymous", "suspended") else done if seen[persona] == 200 else 404
        for persona in PERSONAS
    }


def owning(audience: int) -> Answers:
    """A write that only alice may do: 404 for who may not see, 403 for who may not do."""
    seen = answering(audience)
    return {p: a if p == "owner" or a in (LOGIN, 404) else 403 for p, a in seen.items()}


def _key(world: World) -> dict[str, Any]:
    import uuid

    return {"body": "a comment", "key": str(uuid.uuid4())}


def post_rows(audience: int) -> list[Row]:
    def post(tail: str = "") -> Callable[[World], str]:
        return lambda world: f"/posts/{world.posts[audience].pk}/{tail}"

    def comment(tail: str = "") -> Callable[[World], str]:
        return lambda world: f"/comments/{world.comments[audience].pk}/{tail}"

    def report(kind: str) -> Callable[[World], str]:
        return lambda world: f"/report/{kind}/{(world.posts if kind == 'post' else world.comments)[audience].pk}/"

    label = Audience(audience).name.lower()
    complaint = {"category": "spam", "text": "look"}
    asked = answering(audience, 200) | {"owner": 403}
    filed = answering(audience) | {"owner": 403}
    jump = {p: HOME if a == 200 else a for p, a in reading(audience).items()}
    return [
        Row("posts:detail", post(), reading(audience), label=label),
        Row("posts:like", post("like/"), NO_GET, answering(audience), lambda w: {"liked": "1"}, label),
        Row("posts:comment", post("comments/"), NO_GET, answering(audience), _key, label),
        Row("posts:delete", post("delete/"), NO_GET, owning(audience), label=label),
        Row("posts:restore", post("restore/"), NO_GET, owning(audience), label=label),
        Row("posts:comment_detail", comment(), jump, label=label),
        Row("posts:comment_like", comment("like/"), NO_GET, answering(audience), lambda w: {"liked": "1"}, label),
        Row("posts:comment_delete", comment("delete/"), NO_GET, owning(audience), label=label),
        Row("posts:comment_restore", comment("restore/"), NO_GET, owning(audience), label=label),
        Row("moderation:report", report("post"), asked, filed, lambda w: complaint, f"post {label}"),
        Row("moderation:report", report("comment"), asked, filed, lambda w: complaint, f"comment {label}"),
    ]
