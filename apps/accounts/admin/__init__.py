"""The admin of accounts; each module registers its own."""

from apps.accounts.admin import people

__all__ = ["people"]
