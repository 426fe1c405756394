"""Who may see and do what with posts and comments. A stranger gets a 404 from the gates, a member who may not a 403."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.selectors import Reach
from apps.graph import selectors as graph
from apps.kernel import text
from apps.kernel.errors import Forbidden, Invalid
from apps.posts.content import PollPlan
from apps.posts.models import (
    OPTION_LIMIT,
    OPTIONS,
    QUESTION_LIMIT,
    WARNING_LIMIT,
    Audience,
    Comment,
    Mention,
    Post,
    Quoting,
    Replies,
)
from apps.posts.terms import BOOST_LONGEST, BOOST_REASON

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

POLL_LONGEST = 30 * 24  # hours
# For SQL of the apps above.
PUBLIC, CAMPUS = int(Audience.PUBLIC), int(Audience.CAMPUS)
CIRCLE, ONLY_ME = int(Audience.CIRCLE), int(Audience.ONLY_ME)


def may_see(viewer: "User | AnonymousUser") -> Q:
    """Which posts, of those neither deleted nor hidden, a person may see. Used by Post.objects.visible_to only.

    A repost is nothing without what it passes on: who may not see that for themselves does not see the repost either.
    """
    originals = Post.objects.live().filter(may_see_itself(viewer), pk=OuterRef("repost_of"))
    return may_see_itself(viewer) & (Q(repost_of=None) | Q(Exists(originals)))


def may_see_itself(viewer: "User | AnonymousUser") -> Q:
    """`may_see` without a look at what is passed on, for who looks at that in the same breath (posts.live).

    Those that are addressed to them, as far as the author lets their posts reach at all (ID5): `posts_for` holds for
    what was written before it was set, too. Who follows is within the reach of the campus.
    """
    author_is_here = Q(author__is_active=True)
    public, open_to_all = Q(audience=Audience.PUBLIC), Q(author__posts_for=Reach.EVERYONE)
    if not viewer.is_authenticated:
        return author_is_here & public & open_to_all
    followed = Q(Exists(graph.follows(viewer).filter(followee=OuterRef("author"))))
    in_circle = Q(Exists(graph.circles_with(viewer).filter(circle=OuterRef("circle"))), audience=Audience.CIRCLE)
    addressed = public | (Q(audience=Audience.FOLLOWERS) & followed) | in_circle
    reached = open_to_all | followed
    if viewer.university_id:
        addressed |= Q(audience=Audience.CAMPUS, university=viewer.university_id)
        reached |= Q(author__posts_for=Reach.CAMPUS, author__university=viewer.university_id)
    return author_is_here & (Q(author=viewer) | (addressed & reached)) & graph.not_blocked(viewer, "author")


def require_author(actor: "User", thing: Post | Comment) -> None:
    if thing.author_id != actor.pk:
        raise Forbidden(_("Only whoever wrote this may do that."))


def why_not_reply(actor: "User", post: Post) -> str:
    """Why somebody who sees the post may not answer it, as a sentence; empty when they may. At most one query."""
    if actor.pk == post.author_id or post.replies == Replies.EVERYONE:
        return ""
    if post.replies == Replies.FRIENDS:
        return "" if graph.is_following(post.author, actor) else _("Only people the author follows can reply.")
    if post.replies == Replies.NAMED:
        is_named = Mention.objects.filter(person=actor, post=post).exists()
        return "" if is_named else _("Only people named in the post can reply.")
    return _("The author has turned off replies.")


def require_may_comment(actor: "User", post: Post) -> None:
    if reason := why_not_reply(actor, post):
        raise Forbidden(reason)


def require_host(actor: "User", comment: Comment) -> None:
    if comment.post.author_id != actor.pk:
        raise Forbidden(_("Only the author of the post may do that."))


def fault_of_text(body: str, limit: int) -> str:
    """What is wrong with a text, as a sentence; empty when nothing is. Forms and services both ask."""
    length = len(text.clean(body))
    if not length:
        return _("Write something first.")
    if length > limit:
        over = length - limit
        return ngettext("%(over)d character too many.", "%(over)d characters too many.", over) % {"over": over}
    return ""


def fault_of_warning(warning: str) -> str:
    over = len(text.clean_name(warning)) - WARNING_LIMIT
    return _("A warning has at most %(limit)d characters.") % {"limit": WARNING_LIMIT} if over > 0 else ""


def fault_of_choices(replies: int, quoting: int) -> str:
    known = replies in Replies.values and quoting in Quoting.values
    return "" if known else _("Choose who may reply and who may quote.")


def fault_of_poll(plan: PollPlan | None) -> str:
    """What is wrong with a poll, as a sentence; empty when nothing is, or there is none."""
    if plan is None:
        return ""
    options = [text.clean_name(option) for option in plan.options]
    if len(options) not in OPTIONS or not all(options):
        return _("A poll has two to ten answers.")
    if len({text.fold(option) for option in options}) < len(options):
        return _("Two answers of the poll are the same.")
    if len(text.clean_name(plan.question)) > QUESTION_LIMIT or any(len(option) > OPTION_LIMIT for option in options):
        limits = {"question": QUESTION_LIMIT, "answer": OPTION_LIMIT}
        return _("The question has at most %(question)d characters, an answer %(answer)d.") % limits
    if not 1 <= plan.hours <= POLL_LONGEST:
        return _("A poll is open for an hour to thirty days.")
    return ""


def audiences_to_pass_on(actor: "User", post: Post) -> list[Audience]:
    """Whom the actor may pass the post on to: never more people than it was written for. Empty: to nobody."""
    if post.audience == Audience.PUBLIC:
        own = [Audience.PUBLIC, Audience.CAMPUS, Audience.FOLLOWERS, Audience.CIRCLE, Audience.ONLY_ME]
        return [one for one in own if one != Audience.CAMPUS or actor.university_id]
    if post.audience == Audience.CAMPUS:
        same = post.university_id is not None and post.university_id == actor.university_id
        # Followers of another campus are not shown it: what is passed on is seen by who may see it for themselves.
        return [*([Audience.CAMPUS] if same else []), Audience.FOLLOWERS, Audience.CIRCLE, Audience.ONLY_ME]
    return []


def require_may_pass_on(actor: "User", post: Post, audience: int) -> None:
    """Forbidden for what was written for some people only, Invalid for more people than it was written for."""
    allowed = audiences_to_pass_on(actor, post)
    if not allowed:
        raise Forbidden(_("This was written for some people only, so it cannot be passed on."))
    if audience not in allowed:
        raise Invalid(fields={"audience": _("The post you pass on was not written for that many people.")})


def require_may_quote(actor: "User", post: Post, audience: int) -> None:
    """`require_may_pass_on`, and its author lets the actor quote it."""
    require_may_pass_on(actor, post, audience)
    if actor.pk == post.author_id or post.quoting == Quoting.EVERYONE:
        return
    if post.quoting == Quoting.FOLLOWERS and graph.is_following(actor, post.author):
        return
    raise Forbidden(_("Its author does not wish to be quoted."))


def require_quoted(actor: "User", quote: Post) -> None:
    """The author of a post decides about quotes of it."""
    if quote.quoted is None or quote.quoted.author_id != actor.pk:
        raise Forbidden(_("Only whoever wrote what is quoted may do that."))


def narrower(post: Post) -> list[Audience]:
    """To whom an edit may address the post: never anybody who could not see it before. Its own audience is among them.

    Followers may be of another campus, and a circle holds followers only (graph.set_circle_members).
    """
    if post.audience == Audience.PUBLIC:
        return [one for one in Audience if one != Audience.CAMPUS or post.university_id]
    if post.audience == Audience.FOLLOWERS:
        return [Audience.FOLLOWERS, Audience.CIRCLE, Audience.ONLY_ME]
    return [own := Audience(post.audience), *([] if own == Audience.ONLY_ME else [Audience.ONLY_ME])]


def fault_of_narrowing(actor: "User", post: Post, audience: int, circle_id: int | None) -> str:
    """What is wrong with addressing a post anew; empty for those it is addressed to already."""
    if (audience, circle_id) == (post.audience, post.circle_id):
        return ""
    if audience not in narrower(post) or (audience == post.audience == Audience.CIRCLE):
        return _("A post cannot be shown to anybody it was not written for.")
    if audience == Audience.CAMPUS and circle_id is None:
        return ""  # that of the post, wherever its author is now
    return fault_of_audience(actor, audience, circle_id)


def require_may_boost(actor: "User") -> None:
    if not actor.is_staff or not actor.has_perm("posts.add_boost"):
        raise Forbidden(_("Only moderators show a post to more people."))


def fault_of_boost(reason: str, days: int) -> dict[str, str]:
    """What is wrong with it, by field."""
    faults = {}
    if not 0 < len(text.clean_name(reason)) <= BOOST_REASON:
        faults["reason"] = _("Say why, in at most %(limit)d characters: people read it.") % {"limit": BOOST_REASON}
    if not 1 <= days <= BOOST_LONGEST:
        faults["days"] = _("A post is shown to more people for one to thirty days.")
    return faults


def fault_of_audience(actor: "User", audience: int, circle_id: int | None = None) -> str:
    """Campus needs a campus, and a circle is one of the actor's own."""
    known = audience in Audience.values and (audience == Audience.CIRCLE) == (circle_id is not None)
    if not known or (audience == Audience.CAMPUS and actor.university_id is None):
        return _("Choose who should see this.")
    if circle_id is not None and not graph.owns_circle(actor, circle_id):
        return _("This circle is gone. Choose who should see this.")
    return ""
