"""The icons: Lucide (ISC), taken out of the installed package, so that none is kept in the repository.

A page refers to one file of symbols; a name that is not in NAMES raises, in a template as in Python.
"""

import re
import zipfile
from functools import cache
from importlib.resources import as_file, files

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

_NAMES = """
    arrow-up badge-check chevron-down chevron-left circle-check circle-x clock compass contrast copy ellipsis eye flag
    hash heart house info key-round landmark link log-in log-out mail message-circle monitor pencil reply settings
    square-pen trash-2 sliders-horizontal triangle-alert user user-minus user-plus user-x users
    x bell-off notebook-pen circle-dashed search
    smile-plus repeat-2 bookmark chart-bar-decreasing quote pin pin-off rocket history undo-2 calendar-clock code sigma
    check folder alarm-clock plus file-pen list-filter lock unlink ear-off
    eye-off hand-heart award laugh flower-2 corner-down-right thumbs-down
"""
NAMES = frozenset(_NAMES.split())
FLIPS = frozenset({"chevron-left", "reply", "log-out", "log-in", "corner-down-right"})  # point along the text


def sprite() -> str:
    """One SVG file with a symbol per name."""
    symbols = []
    with as_file(files("lucide") / "lucide.zip") as path, zipfile.ZipFile(path) as archive:
        inside = {name.rsplit("/", 1)[-1].removesuffix(".svg"): name for name in archive.namelist()}
        for name in sorted(NAMES):
            shapes = "".join(re.findall(r"<(?!/?svg)[^>]+>", archive.read(inside[name]).decode()))
            symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


@cache
def icon(name: str, *, small: bool = False, large: bool = False, label: str = "", extra: str = "") -> SafeString:
    """The markup of one icon. With a label it is an image that has that name, else decoration.

    KeyError when the name is not in NAMES.
    """
    if name not in NAMES:
        raise KeyError(f"{name} is not one of our icons (apps/kernel/icons.py)")
    sizes = {" is-small": small, " is-large": large, " flips": name in FLIPS, f" {extra}": bool(extra)}
    return format_html(
        '<svg class="icon{}" {}><use href="{}#{}"/></svg>',
        "".join(word for word, wanted in sizes.items() if wanted),
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"'),
        static("img/icons.svg"),
        name,
    )
