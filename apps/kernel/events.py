"""What the kernel itself announces."""

from dataclasses import dataclass
from typing import ClassVar

from apps.kernel.outbox import DomainEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted(DomainEvent):
    TYPE: ClassVar = "job.started"
    VERSION: ClassVar = 1
    KEY: ClassVar[str] = "job_id"
    job_id: str
