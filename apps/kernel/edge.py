"""Which answers may be kept by a cache between us and a guest (FE7)."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

SHARED_SECONDS = 30
PROFILE_SECONDS = 60


def is_stranger(request: HttpRequest) -> bool:
    """Whether the request carries no cookie at all: no session, no chosen look, nothing that is somebody's.

    Such a request is answered without ever asking who it is, so that nothing private can be in the answer.
    """
    if request.COOKIES or request.headers.get("Authorization"):
        return False
    request.user = AnonymousUser()
    return True


def share(response: HttpResponse, seconds: int = SHARED_SECONDS) -> HttpResponse:
    """Let shared caches keep it for so long, and serve it once more while they fetch a new one.

    The page must be rendered with `shared`: a form's token would come with a cookie, and be everybody's.
    """
    patch_cache_control(response, public=True, s_maxage=seconds, stale_while_revalidate=seconds)
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response
