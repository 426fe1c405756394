"""Markdown as the site's own pages have it, with headings and links that have words."""

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

TURNABLE = {"p", "li", "blockquote", "h3", "h4", "h5", "h6"}  # each reads in its own direction
MARKDOWN_TAGS = TURNABLE | {"br", "a", "em", "strong", "ul", "ol", "code", "pre", "hr"}
MARKDOWN_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}} | {tag: {"dir"} for tag in TURNABLE}
markdown = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": True}).enable("linkify").disable("image")
flowing = MarkdownIt("commonmark", {"html": False, "breaks": False}).options
if markdown.linkify is not None:
    markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": False})


def render_markdown(text: str, *, breaks: bool = True) -> SafeString:
    """Paragraphs, emphasis, lists, quotes, code, links and headings from h3 down; no images, and HTML is only text.

    With `breaks` a line that ends in the text ends on the page, as people expect of a few lines; pages go without.
    nh3 stands behind it, as behind markup.render_markup.
    """
    tokens = markdown.parse(text.strip())
    for token in tokens:
        if token.tag in ("h1", "h2"):
            token.tag = "h3"
        if token.tag in TURNABLE and token.nesting == 1:
            token.attrSet("dir", "auto")
    html = nh3.clean(
        markdown.renderer.render(tokens, markdown.options if breaks else flowing, {}),
        tags=MARKDOWN_TAGS,
        attributes=MARKDOWN_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener ugc",
    )
    return SafeString(html)
