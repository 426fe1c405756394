"""Every address of the site. Each app keeps its own; paths are the public contract (docs/architecture.md)."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from apps.kernel import converters

converters.register()

handler400 = "apps.kernel.problems.bad_request"
handler403 = "apps.kernel.problems.forbidden"
handler404 = "apps.kernel.problems.not_found"
handler500 = "apps.kernel.problems.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("apps.web.urls")),  # home stands first: every pattern before a page is tried in vain each time
    path("", include("apps.kernel.urls")),
    path("", include("apps.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("", include("apps.graph.urls")),
    path("", include("apps.posts.urls")),
    path("", include("apps.feed.urls")),
    path("", include("apps.moderation.urls")),
    path("admin/", admin.site.urls),
]

if settings.DEBUG:
    from apps.web.debug_urls import urlpatterns as debug_urlpatterns

    urlpatterns += debug_urlpatterns
