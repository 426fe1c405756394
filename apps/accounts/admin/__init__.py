"""The admin of accounts; each module registers its own."""

from apps.accounts.admin import entry, factors, people, profile, sso

__all__ = ["entry", "factors", "people", "profile", "sso"]
