"""The admin in our hand: warm paper greys, the damson of the default campus, our mark, serif headings."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static

PAPER = {
    "50": "oklch(98.7% .006 88)",
    "100": "oklch(96.3% .009 85)",
    "200": "oklch(91.5% .011 83)",
    "300": "oklch(86% .012 82)",
    "400": "oklch(71.5% .012 80)",
    "500": "oklch(54% .014 68)",
    "600": "oklch(44% .014 64)",
    "700": "oklch(36% .013 62)",
    "800": "oklch(27% .011 65)",
    "900": "oklch(21.2% .009 65)",
    "950": "oklch(17.2% .008 65)",
}
DAMSON = {
    "50": "oklch(97.5% .010 342)",
    "100": "oklch(95% .017 342)",
    "200": "oklch(90% .035 342)",
    "300": "oklch(83.5% .055 342)",
    "400": "oklch(74% .090 342)",
    "500": "oklch(53% .110 342)",
    "600": "oklch(43% .120 342)",
    "700": "oklch(36% .110 342)",
    "800": "oklch(32% .095 342)",
    "900": "oklch(28% .075 342)",
    "950": "oklch(22% .055 342)",
}


def _static(name: str) -> Callable[[HttpRequest], str]:
    """The manifest is read when a page asks, not while settings load."""
    return lambda request: static(name)


def unfold(site_name: str) -> dict[str, Any]:
    return {
        "SITE_TITLE": site_name,
        "SITE_HEADER": site_name,
        "SITE_ICON": _static("img/icon.svg"),
        "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _static("img/icon.svg")}],
        "STYLES": [_static("css/admin.css")],
        "COLORS": {"base": PAPER, "primary": DAMSON},
        "BORDER_RADIUS": "8px",
        "SIDEBAR": {"show_search": True, "show_all_applications": True},
    }
