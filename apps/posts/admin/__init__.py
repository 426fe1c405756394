"""What staff do with posts."""

from apps.posts.admin.boosts import BoostAdmin
from apps.posts.admin.hashtags import HashtagAdmin

__all__ = ["BoostAdmin", "HashtagAdmin"]
