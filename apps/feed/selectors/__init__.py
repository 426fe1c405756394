"""Reads of the feed: pages of finished cards, the same as data, what is talked about, and why something is shown."""

from apps.feed.filters import Filters, choices
from apps.feed.selectors.explaining import Part, WhyShown, why_shown
from apps.feed.selectors.pages import HomePage, News, Stamp, api_page, holds, home_page, news
from apps.feed.selectors.places import VIEWS
from apps.feed.tags import TAGS_TAG, talked_about
from apps.feed.trending import best_posts, trending_page

__all__ = [
    "TAGS_TAG",
    "VIEWS",
    "Filters",
    "HomePage",
    "News",
    "Part",
    "Stamp",
    "WhyShown",
    "api_page",
    "best_posts",
    "choices",
    "holds",
    "home_page",
    "news",
    "talked_about",
    "trending_page",
    "why_shown",
]
