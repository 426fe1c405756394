"""The icons: Lucide (ISC), taken out of the installed package, so that none is kept in the repository.

A page refers to one file of symbols, and to itself for those that stand on every card. A name that is not in NAMES
raises, in a template as in Python.
"""

import re
import zipfile
from collections.abc import Iterable
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
# Those that stand on every card are in the page itself, once (`here`): 120 addresses of the file would be four kB.
HERE = frozenset({"heart", "smile-plus", "message-circle", "repeat-2", "bookmark", "ellipsis", "badge-check"})
FLIPS = frozenset({"chevron-left", "reply", "log-out", "log-in", "corner-down-right"})  # point along the text


def sprite() -> str:
    """One SVG file with a symbol per name."""
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(_symbols(NAMES)) + "\n</svg>\n"


@cache
def here() -> SafeString:
    """The symbols of HERE, for the end of every page."""
    return SafeString(f"<svg hidden>{''.join(_symbols(HERE))}</svg>")


def _symbols(names: Iterable[str]) -> list[str]:
    symbols = []
    with as_file(files("lucide") / "lucide.zip") as path, zipfile.ZipFile(path) as archive:
        inside = {name.rsplit("/", 1)[-1].removesuffix(".svg"): name for name in archive.namelist()}
        for name in sorted(names):
            shapes = "".join(re.findall(r"<(?!/?svg)[^>]+>", archive.read(inside[name]).decode()))
            symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return symbols


@cache
def icon(
    name: str, *, small: bool = False, large: bool = False, label: str = "", extra: str = "", bare: bool = False
) -> SafeString:
    """The markup of one icon. With a label it is an image that has that name, else decoration. `bare` is for what
    stands on every card, where the stylesheet knows what an icon is: a class on each would be 1.5 kB a page.

    KeyError when the name is not in NAMES.
    """
    if name not in NAMES:
        raise KeyError(f"{name} is not one of our icons (apps/kernel/icons.py)")
    sizes = {" is-small": small, " is-large": large, " flips": name in FLIPS, f" {extra}": bool(extra)}
    return format_html(
        '<svg{} {}><use href="{}#{}"/></svg>',
        "" if bare else format_html(' class="icon{}"', "".join(word for word, wanted in sizes.items() if wanted)),
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"'),
        "" if name in HERE else static("img/icons.svg"),
        name,
    )
