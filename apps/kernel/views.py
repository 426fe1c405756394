"""Whether the site lives, for those who watch over it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.kernel import health


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nobody else."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 while pages can be served, with a list of what is degraded; 503 when PostgreSQL is away."""
    report = health.report()
    return JsonResponse(report, status=503 if report["status"] == "down" else 200)
