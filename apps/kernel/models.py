"""Every table of the kernel. Each is declared beside the code that owns it."""

from apps.kernel.attempts import Attempt
from apps.kernel.demo_marks import DemoMark
from apps.kernel.heartbeats import Heartbeat
from apps.kernel.jobs.models import Job
from apps.kernel.outbox.models import Delivery, Event

__all__ = ["Attempt", "Delivery", "DemoMark", "Event", "Heartbeat", "Job"]
