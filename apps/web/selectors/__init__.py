"""What the pages put together from several apps."""

from apps.web.selectors.around import (
    Standing,
    Suggestion,
    around,
    landing,
    standing,
    suggestions,
    tags_this_week,
)

__all__ = [
    "Standing",
    "Suggestion",
    "around",
    "landing",
    "standing",
    "suggestions",
    "tags_this_week",
]
