"""Work that the first-run wizard starts."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.kernel import demo
from apps.kernel.errors import Conflict, Forbidden
from apps.kernel.jobs.kinds import Report, job_kind
from apps.kernel.jobs.models import Job

DEMO = "demo.build"


@job_kind(DEMO)
def build_demo(job: Job, payload: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """The demo campus beside the one that was set up; `manage.py demo --remove` takes exactly it away again."""
    if not (settings.DEBUG or settings.ALLOW_DEMO):
        raise Forbidden(_("The demo is switched off here (ALLOW_DEMO)."))
    if demo.is_built():
        raise Conflict(_("The demo campus is there already."))
    world = demo.build(seed=1, now=timezone.now(), report=report)
    return {"people": len(world.people)}
