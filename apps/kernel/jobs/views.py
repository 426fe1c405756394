from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from apps.kernel.http import AuthedRequest, login_required
from apps.kernel.jobs import selectors


@login_required
@require_GET
def status(request: AuthedRequest, job_id: UUID) -> HttpResponse:
    return JsonResponse(selectors.as_json(selectors.job_for(request.user, job_id)))
