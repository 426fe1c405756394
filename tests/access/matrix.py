"""Who gets what, for every route. A route that is not here fails test_matrix.py with the line to paste.

A row says, per method, the answer of each persona: `by(default, persona=answer, …)`. Answers: a status, or LOGIN (a
redirect to log-in), HOME (a redirect elsewhere).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from apps.posts.models import Audience, Post
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
    tokenless: bool = False  # another site's page posts here, so that it cannot carry a token of ours

    @property
    def id(self) -> str:
        return f"{self.name} {self.label}".strip()


def at(path: str) -> Callable[[World], str]:
    return lambda world: path


NO_GET = members(405)  # a guest is asked to log in before anything else
NO_POST = members(405)
HIDDEN_FROM = {"blocked": 404, "blocker": 404}  # nothing of alice's exists for them
PUBLIC, CAMPUS = Audience.PUBLIC, Audience.CAMPUS
ALONE = (Audience.CIRCLE, Audience.ONLY_ME)  # nobody is in alice's circle any more
OFF_CAMPUS = {"anonymous": 404, "outsider": 404, "suspended": 404}


def reading(audience: int, whose: str = "alice") -> Answers:
    """A page of a post of alice's; or of paula's, whose posts are for followers, whomever they are addressed to."""
    if whose == "paula":
        return by(404) if audience in ALONE else by(404, follower=200)
    if audience == PUBLIC:
        return by(200, **HIDDEN_FROM)
    if audience == CAMPUS:
        return by(200, **OFF_CAMPUS, **HIDDEN_FROM)
    if audience in ALONE:
        return by(404, owner=200)
    return by(404, follower=200, owner=200)


def answering(audience: int, done: Answer = HOME, whose: str = "alice") -> Answers:
    """A write on such a post by those who may read it; guests are asked to log in first."""
    seen = reading(audience, whose)
    return {
        persona: LOGIN if persona in ("anonymous", "suspended") else done if seen[persona] == 200 else 404
        for persona in PERSONAS
    }


def owning(audience: int, whose: str = "alice") -> Answers:
    """A write that only the author may do: 404 for who may not see, 403 for who may not do."""
    seen = answering(audience, whose=whose)
    author = "owner" if whose == "alice" else ""
    return {p: a if p == author or a in (LOGIN, 404) else 403 for p, a in seen.items()}


def _key(world: World) -> dict[str, Any]:
    import uuid

    return {"body": "a comment", "key": str(uuid.uuid4())}


def _complaint(world: World) -> dict[str, Any]:
    return {"category": "spam", "text": "look"}


def _unchanged(post: Post) -> dict[str, Any]:
    """What the form to edit a post sends when nothing is changed in it."""
    audience = str(post.audience) if post.circle_id is None else f"{post.audience}:{post.circle_id}"
    return {"body": post.body, "warning": "", "replies": "0", "quoting": "0", "audience": audience}


def own_rows(audience: int, whose: str, post: Callable[[World], Post]) -> list[Row]:
    """What one does with one's own post."""
    own, history = owning(audience, whose), reading(audience, whose)
    forms = {persona: 200 if answer == HOME else answer for persona, answer in own.items()}

    def at_post(tail: str) -> Callable[[World], str]:
        return lambda world: f"/posts/{post(world).pk}/{tail}/"

    return [
        Row("posts:edit", at_post("edit"), forms, own, lambda w: _unchanged(post(w))),
        Row("posts:history", at_post("history"), history),
        Row("posts:pin", at_post("pin"), forms, own, lambda w: {"days": ""}),
        Row("posts:unpin", at_post("unpin"), NO_GET, own),
        Row("posts:forget", at_post("forget"), NO_GET, members(404)),  # it is not deleted
    ]


def poll_rows(audience: int, whose: str, post_of: Callable[[World], int]) -> list[Row]:
    """The poll of such a post."""
    seen, voted = answering(audience, 200, whose), answering(audience, whose=whose)

    def at_post(tail: str) -> Callable[[World], str]:
        return lambda world: f"/posts/{post_of(world)}/{tail}"

    return [
        Row("posts:vote", at_post("vote/"), seen, voted, lambda w: {"choice": "0"}),
        Row("posts:voters", at_post("voters/?answer=1"), seen, NO_POST),
    ]


def comment_rows(audience: int, whose: str, comment_of: Callable[[World], int]) -> list[Row]:
    """A comment of its author's under such a post."""
    write, own = answering(audience, whose=whose), owning(audience, whose)

    def comment(tail: str = "") -> Callable[[World], str]:
        return lambda world: f"/comments/{comment_of(world)}/{tail}"

    return [
        Row("posts:comment_detail", comment(), reading(audience, whose)),
        Row("posts:comment_fold", comment("fold/"), NO_GET, own, lambda w: {"folded": "1"}),
        Row("posts:react_to_comment", comment("react/"), NO_GET, write, lambda w: {"feeling": "1"}),
        Row("posts:comment_reactions", comment("reactions/"), answering(audience, 200, whose), NO_POST),
        Row("posts:comment_delete", comment("delete/"), NO_GET, own),
        Row("posts:comment_restore", comment("restore/"), NO_GET, own),
        Row("posts:forget_comment", comment("forget/"), NO_GET, members(404)),  # it is not deleted
    ]


def post_rows(audience: int, whose: str = "alice") -> list[Row]:
    def post_of(world: World) -> int:
        return (world.posts if whose == "alice" else world.private_posts)[audience].pk

    def comment_of(world: World) -> int:
        return (world.comments if whose == "alice" else world.private_comments)[audience].pk

    def post(tail: str = "") -> Callable[[World], str]:
        return lambda world: f"/posts/{post_of(world)}/{tail}"

    label = Audience(audience).name.lower() + ("" if whose == "alice" else " private")
    write, own = answering(audience, whose=whose), owning(audience, whose)
    passing = answering(audience, HOME if audience in (PUBLIC, CAMPUS) else 403, whose)
    not_mine = {"owner": 403 if whose == "alice" else write["owner"]}
    asked, filed = answering(audience, 200, whose) | not_mine, write | not_mine
    rows = [
        Row("posts:detail", post(), reading(audience, whose)),
        Row("posts:react", post("react/"), NO_GET, write, lambda w: {"feeling": "1"}),
        Row("posts:save", post("save/"), NO_GET, write, lambda w: {"saved": "1"}),
        Row("posts:mute_thread", post("mute/"), NO_GET, write),
        Row("posts:unmute_thread", post("unmute/"), NO_GET, write),
        Row("posts:reactions", post("reactions/"), answering(audience, 200, whose), NO_POST),
        Row("posts:share", post("share/"), answering(audience, 200, whose), passing, lambda w: {"audience": "2"}),
        Row("posts:unshare", post("unshare/"), NO_GET, write),  # there is nothing to take back
        Row("posts:quotes", post("quotes/"), reading(audience, whose)),
        Row("web:post_menu", post("more/"), answering(audience, 200, whose), NO_POST),
        Row("posts:comment", post("comments/"), NO_GET, write, _key),
        Row("posts:delete", post("delete/"), NO_GET, own),
        Row("posts:restore", post("restore/"), NO_GET, own),
        Row("posts:remove_card", post("remove-card/"), NO_GET, own),
        Row("feed:why", post("why/"), answering(audience, 200, whose), NO_POST),
        Row("feed:less", post("less/"), NO_GET, filed),
        Row("feed:less_undo", post("less/undo/"), NO_GET, write),
        Row("moderation:report", lambda w: f"/report/post/{post_of(w)}/", asked, filed, _complaint, "post"),
        Row("moderation:report", lambda w: f"/report/comment/{comment_of(w)}/", asked, filed, _complaint, "comment"),
    ]
    stage = (lambda w: w.posts[audience]) if whose == "alice" else (lambda w: w.private_posts[audience])
    rows += own_rows(audience, whose, stage) + poll_rows(audience, whose, post_of)
    rows += comment_rows(audience, whose, comment_of)
    return [replace(row, label=f"{row.label} {label}".strip()) for row in rows]


def private_rows() -> list[Row]:
    """Paula, who is private: her campus sees her head and may ask; everything else is for followers."""
    apart = HIDDEN_FROM | {"outsider": 404}
    head = by(200, **OFF_CAMPUS, **HIDDEN_FROM)
    act = members(HOME, **apart)
    rows = [
        Row("web:profile", at("/@paula/"), head, label="private"),
        *(
            Row(f"graph:{of}", at(f"/@paula/{of}/"), head, label="private")
            for of in ("followers", "following", "friends")
        ),
        *(
            Row(f"graph:{name}", at(f"/@paula/{name}/"), NO_GET, act, label="private")
            for name in ("follow", "unfollow", "block", "unmute", "note")
        ),
        Row("graph:mute", at("/@paula/mute/"), members(200, **apart), act, lambda w: {"days": "7"}, "private"),
        Row("graph:remove_follower", at("/@paula/remove/"), NO_GET, act, label="private"),
        Row("graph:unblock", at("/@paula/unblock/"), NO_GET, members(404, blocker=HOME), label="private"),
        Row("graph:accept_request", at("/requests/paula/accept/"), NO_GET, members(404), label="private"),
        Row("graph:decline_request", at("/requests/paula/decline/"), NO_GET, act, label="private"),
        Row(
            "moderation:report",
            lambda w: f"/report/person/{w.paula.pk}/",
            members(200, **apart),
            act,
            lambda w: {"category": "spam", "text": ""},
            "person private",
        ),
    ]
    return rows + [row for audience in Audience for row in post_rows(audience, "paula")]
