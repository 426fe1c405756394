"""Who may see and do what with posts and comments. A stranger gets a 404 from the gates, a member who may not a 403."""

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.graph import selectors as graph
from apps.kernel import text
from apps.kernel.errors import Forbidden
from apps.posts.models import Audience, Comment, Post

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

CAMPUS = int(Audience.CAMPUS)  # for SQL of the apps above


def may_see(viewer: "User | AnonymousUser") -> Q:
    """Which posts, of those neither deleted nor hidden, a person may see. Used by Post.objects.visible_to only."""
    author_is_here = Q(author__is_active=True)
    public = Q(audience=Audience.PUBLIC)
    if not viewer.is_authenticated:
        return author_is_here & public
    followed = Exists(graph.follows(viewer).filter(followee=OuterRef("author")))
    allowed = public | Q(author=viewer) | Q(followed, audience=Audience.FOLLOWERS)
    if viewer.university_id:
        allowed |= Q(audience=Audience.CAMPUS, university=viewer.university_id)
    return author_is_here & allowed & graph.not_blocked(viewer, "author")


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


def fault_of_audience(actor: "User", audience: int) -> str:
    """Campus needs a campus; whoever belongs to no university writes to everyone or to followers."""
    if audience not in Audience.values or (audience == Audience.CAMPUS and actor.university_id is None):
        return _("Choose who should see this.")
    return ""
