"""What a due reminder says to the sockets of its person."""

from django.contrib.auth import get_user_model

from apps.kernel.realtime import push
from apps.posts import selectors
from apps.posts.models import Bookmark


def tell_due(*, bookmark_id: int) -> None:
    """Pushes a `reminder` frame to the person alone: whose post it is, while they may see it, and their own note.

    Says nothing when the bookmark is gone, done or dismissed by now. May run twice: a second toast does no harm.
    """
    found = Bookmark.objects.filter(pk=bookmark_id, reminded_at__isnull=False).first()
    person = get_user_model().objects.filter(pk=found.person_id, is_active=True).first() if found else None
    if found is None or person is None:
        return
    post = selectors.card_rows(person, [found.post_id]).get(found.post_id)
    payload = {
        "type": "reminder",
        "bookmark": str(found.pk),
        "url": post.get_absolute_url() if post else "",  # none when the post is not there for the person any more
        "name": post.author.name if post else "",
        "note": found.note,
        "due": selectors.due_count(person),
    }
    push.push(user_ids=[person.pk], payload=payload)
