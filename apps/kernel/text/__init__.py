"""What people write: made safe to keep, to compare and to show. Pure functions, any script."""

from apps.kernel.text.cleaning import (
    HUES,
    JOINERS,
    LANDS,
    MARKS,
    clean,
    clean_name,
    fold,
    hue_and_land,
    initials,
)
from apps.kernel.text.marks import LINK_LONGEST, TAG_LONGEST, USERNAME, Token, normalise_tag
from apps.kernel.text.markup import (
    ALLOWED_ATTRIBUTES,
    ALLOWED_CLASSES,
    ALLOWED_TAGS,
    ALLOWED_VALUES,
    find_hashtags,
    find_links,
    find_mentions,
    plain,
    render_markup,
    tokens,
)
from apps.kernel.text.pages import MARKDOWN_ATTRIBUTES, MARKDOWN_TAGS, render_markdown

__all__ = [
    "ALLOWED_ATTRIBUTES",
    "ALLOWED_CLASSES",
    "ALLOWED_TAGS",
    "ALLOWED_VALUES",
    "HUES",
    "JOINERS",
    "LANDS",
    "LINK_LONGEST",
    "MARKDOWN_ATTRIBUTES",
    "MARKDOWN_TAGS",
    "MARKS",
    "TAG_LONGEST",
    "USERNAME",
    "Token",
    "clean",
    "clean_name",
    "find_hashtags",
    "find_links",
    "find_mentions",
    "fold",
    "hue_and_land",
    "initials",
    "normalise_tag",
    "plain",
    "render_markdown",
    "render_markup",
    "tokens",
]
