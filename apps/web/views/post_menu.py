"""What may be done about a post, and why it is shown: a page, and the menu behind its three dots."""

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from apps.kernel.http import AuthedRequest, is_fragment, login_required, page
from apps.web import selectors


@login_required
@require_safe
def post_menu(request: AuthedRequest, post_id: int) -> HttpResponse:
    """In a list, what takes a post out of sight takes its card away; elsewhere a page answers."""
    menu = selectors.post_menu(request.user, post_id)
    opened_on = urlsplit(request.headers.get("HX-Current-URL", "")).path
    in_list = is_fragment(request) and opened_on != menu.post.get_absolute_url()
    context = {"menu": menu, "post": menu.post, "in_list": in_list, "is_indexed": False}
    return page(request, "web/post_menu.html", context)
