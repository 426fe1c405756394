"""What staff see of the kernel. Django finds the admin classes by importing this package."""

from apps.kernel.admin.acts import ActAdmin
from apps.kernel.admin.outbox import DeliveryAdmin

__all__ = ["ActAdmin", "DeliveryAdmin"]
