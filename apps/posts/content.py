"""What a post is made of besides its text and its readers."""

from dataclasses import dataclass

from apps.posts.models import Quoting, Replies


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPlan:
    """A poll that is to be asked. `hours` is how long it is open."""

    options: tuple[str, ...]
    question: str = ""
    is_multiple: bool = False
    is_anonymous: bool = True
    hides_results: bool = False
    hours: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    warning: str = ""
    replies: int = Replies.EVERYONE
    quoting: int = Quoting.EVERYONE
    quoted_id: int | None = None  # the post this one quotes
    poll: PollPlan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What an edit can change of a post: what it says, and who may see and do what with it."""

    body: str
    warning: str
    replies: int
    quoting: int
    audience: int
    circle_id: int | None


PLAIN = Extras()
