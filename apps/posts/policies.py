"""Who may see and do what with posts and comments. A stranger gets a 404 from the gates, a member who may not a 403."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.selectors import Reach
from apps.graph import selectors as graph
from apps.kernel import text
from apps.kernel.errors import Forbidden
from apps.posts.models import Audience, Comment, Post

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

CAMPUS, CIRCLE = int(Audience.CAMPUS), int(Audience.CIRCLE)  # for SQL of the apps above


def may_see(viewer: "User | AnonymousUser") -> Q:
    """Which posts, of those neither deleted nor hidden, a person may see. Used by Post.objects.visible_to only.

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


def fault_of_text(body: str, limit: int) -> str:
    """What is wrong with a text, as a sentence; empty when nothing is. Forms and services both ask."""
    length = len(text.clean(body))
    if not length:
        return _("Write something first.")
    if length > limit:
        over = length - limit
        return ngettext("%(over)d character too many.", "%(over)d characters too many.", over) % {"over": over}
    return ""


def fault_of_audience(actor: "User", audience: int, circle_id: int | None = None) -> str:
    """Campus needs a campus, and a circle is one of the actor's own."""
    known = audience in Audience.values and (audience == Audience.CIRCLE) == (circle_id is not None)
    if not known or (audience == Audience.CAMPUS and actor.university_id is None):
        return _("Choose who should see this.")
    if circle_id is not None and not graph.owns_circle(actor, circle_id):
        return _("This circle is gone. Choose who should see this.")
    return ""
