"""The checker checked: twenty permission checks are taken out, one at a time, and the matrices must notice each.

Taking a check out is the point of this file, and the only place where the suite changes our own code.
"""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Q

from apps.kernel.statements import Statement
from tests.access.matrix import Row
from tests.access.rows import ROWS
from tests.access.test_matrix import wrong_answers
from tests.access.world import World


@dataclass(frozen=True)
class Mutant:
    target: str  # module.attribute that holds the check
    instead: Callable[..., Any]
    routes: tuple[str, ...]  # where it must be noticed

    @property
    def id(self) -> str:
        return self.target.removeprefix("apps.")


def nothing(*args: Any, **kwargs: Any) -> None:
    return None


def everything(*args: Any, **kwargs: Any) -> Q:
    return Q()


def _any_post(viewer: Any, post_id: int) -> Any:
    from apps.posts.models import Post

    return Post.objects.select_related("author").get(pk=post_id)


def _any_comment(viewer: Any, comment_id: int) -> Any:
    from apps.posts.models import Comment

    return Comment.objects.select_related("author", "post__author").get(pk=comment_id)


def _any_person(viewer: Any, username: str) -> Any:
    from apps.accounts.models import User

    return User.objects.select_related("university", "follow_count", "profile").get(username=username)


def _any_people(viewer: Any) -> Any:
    from apps.accounts.models import User

    return User.objects.active()


def _any_job(viewer: Any, job_id: Any) -> Any:
    from apps.kernel.jobs.models import Job

    return Job.objects.get(pk=job_id)


def _public_or_own(viewer: Any) -> Q:
    """The audience rule without the block rule."""
    from apps.posts.models import Audience

    return Q(audience=Audience.PUBLIC) | (Q(author=viewer) if viewer.is_authenticated else Q())


def _only_apart(viewer: Any, person: str = "pk") -> Q:
    """Blocks without the reach of profiles."""
    from apps.graph.selectors.people import not_blocked

    return not_blocked(viewer, person)


def _any_circle(viewer: Any, circle_id: int) -> Any:
    from apps.graph.models import Circle

    return Circle.objects.get(pk=circle_id)


READS = ("posts:detail",)
WRITES = ("posts:react", "posts:comment", "posts:delete")
MUTANTS = [
    Mutant("apps.posts.policies.may_see_itself", everything, READS),
    Mutant("apps.posts.policies.may_see_itself", _public_or_own, READS),
    Mutant("apps.posts.policies.require_author", nothing, ("posts:delete",)),
    Mutant("apps.posts.policies.require_author", nothing, ("posts:restore",)),
    Mutant("apps.posts.policies.require_author", nothing, ("posts:comment_delete",)),
    Mutant("apps.posts.policies.require_author", nothing, ("posts:comment_restore",)),
    Mutant("apps.posts.selectors.post_for", _any_post, WRITES),
    Mutant("apps.posts.selectors.deleted_post_for", _any_post, ("posts:delete", "posts:restore")),
    Mutant("apps.posts.selectors.comment_for", _any_comment, ("posts:react_to_comment", "posts:comment_detail")),
    Mutant("apps.posts.selectors.deleted_comment_for", _any_comment, ("posts:comment_delete",)),
    Mutant("apps.graph.selectors.not_blocked", everything, ("posts:detail",)),
    Mutant("apps.graph.selectors.people.not_blocked", everything, ("web:profile",)),
    Mutant("apps.graph.selectors.people.may_know", _only_apart, ("graph:followers",)),
    Mutant("apps.graph.selectors.circle_for", _any_circle, ("graph:circle", "graph:delete_circle")),
    Mutant("apps.graph.selectors.bond.people_visible_to", _any_people, ("web:profile",)),
    Mutant("apps.graph.selectors.person_for", _any_person, ("graph:followers",)),
    Mutant("apps.graph.selectors.person_to_unblock", _any_person, ("graph:unblock",)),
    Mutant("apps.graph.policies.require_somebody_else", nothing, ("graph:block",)),
    Mutant("apps.graph.selectors.people_visible_to", _any_people, ("moderation:report",)),
    Mutant("apps.moderation.policies.require_can_report", nothing, ("moderation:report",)),
    Mutant("apps.kernel.jobs.selectors.job_for", _any_job, ("kernel:job_status",)),
    Mutant(
        "apps.accounts.selectors.person_of_session", lambda session: _suspended_too(session), ("accounts:sessions",)
    ),
    Mutant("apps.posts.policies.may_see", lambda viewer: Q(author__isnull=False), ("moderation:report",)),
]


def _suspended_too(session: Any) -> Any:
    from django.contrib.auth import SESSION_KEY

    from apps.accounts.models import User

    return User.objects.filter(pk=session.get(SESSION_KEY)).select_related("university", "last_seen").first()


def test_there_are_twenty() -> None:
    assert len(MUTANTS) >= 20


@pytest.fixture
def fresh_statements() -> Iterator[None]:
    """Rules are compiled into SQL once in a process; a mutant must neither miss that nor stay in it."""
    forget_statements()
    yield
    forget_statements()


def forget_statements() -> None:
    for one in gc.get_objects():
        if type(one) is Statement:  # isinstance would wake what is lazy
            one._known.clear()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.id} at {mutant.routes[0]}")
@pytest.mark.django_db
@pytest.mark.usefixtures("fresh_statements")
def test_the_matrix_notices(mutant: Mutant, stage: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the check taken out, an answer of the table is wrong (test_matrix.py shows that none is with it in)."""
    rows = [row for row in ROWS if row.name in mutant.routes]
    monkeypatch.setattr(mutant.target, mutant.instead)
    assert any(noticed(stage, row) for row in rows)


def noticed(stage: World, row: Row) -> bool:
    try:
        return bool(wrong_answers(stage, row))
    except Exception:
        return True  # an error where an answer was due is noticed as well
