"""The admin in our hand: warm paper greys, the damson of the default campus, our mark, serif headings."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

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


def _group(title: Any, links: list[tuple[Any, str, str]]) -> dict[str, Any]:
    """A group of the sidebar: (title, app and model, icon); each link shows only for who may look at the model."""
    return {"title": title, "separator": True, "items": [_link(*link) for link in links]}


def _link(title: Any, model: str, icon: str) -> dict[str, Any]:
    app, _underline, name = model.partition("_")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{model}_changelist"),
        "permission": lambda request: request.user.has_perm(f"{app}.view_{name}"),
    }


# What stands in the sidebar: (group, [(words, app_model, icon)]).
GROUPS = [
    (
        _("Desk"),
        [
            (_("Reports"), "moderation_report", "flag"),
            (_("Suspensions"), "safety_suspension", "front_hand"),
        ],
    ),
    (
        _("People"),
        [
            (_("People"), "accounts_user", "group"),
            (_("Requests to join"), "accounts_joinrequest", "how_to_reg"),
            (_("Invitations"), "accounts_invitation", "mail"),
            (_("Verifications"), "accounts_verification", "verified"),
            (_("Universities"), "accounts_university", "school"),
            (_("Campus log-ins"), "socialaccount_socialapp", "account_balance"),
            (_("Blocked domains"), "accounts_blockeddomain", "domain_disabled"),
            (_("Blocks"), "graph_block", "block"),
            (_("Groups"), "auth_group", "badge"),
        ],
    ),
    (
        _("Site"),
        [
            (_("Pages"), "web_pageversion", "article"),
            (_("Profile fields"), "accounts_profilefield", "list_alt"),
        ],
    ),
    (
        _("Machine"),
        [
            (_("Outbox"), "kernel_delivery", "outbox"),
            (_("Acts"), "pghistory_events", "history"),
        ],
    ),
]


def unfold(site_name: str) -> dict[str, Any]:
    return {
        "SITE_TITLE": site_name,
        "SITE_HEADER": site_name,
        "SITE_ICON": _static("img/icon.svg"),
        "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _static("img/icon.svg")}],
        "STYLES": [_static("css/admin.css")],
        "COLORS": {"base": PAPER, "primary": DAMSON},
        "BORDER_RADIUS": "8px",
        "SIDEBAR": {
            "show_search": True,
            "show_all_applications": False,
            "navigation": [_group(title, places) for title, places in GROUPS],
        },
    }
