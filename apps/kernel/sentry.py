"""Errors to Sentry, when SENTRY_DSN is set: without bodies, cookies, addresses, names, tokens or codes."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import sentry_sdk
from django.conf import settings

from apps.kernel import logs

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def configure() -> None:
    if settings.SENTRY_DSN:
        sentry_sdk.init(
            settings.SENTRY_DSN,
            send_default_pii=False,
            max_request_body_size="never",
            include_local_variables=False,
            traces_sample_rate=0,
            before_send=scrub,
        )


def scrub(event: "Event", _hint: "Hint") -> "Event":
    """Of the request only method and path: queries and Referer hold keys, codes of log-ins and searches."""
    request = event.get("request")
    if request:
        parts = urlsplit(str(request.get("url", "")))
        address = f"{parts.scheme}://{parts.netloc}{logs.without_token(parts.path)}"
        event["request"] = {"method": request.get("method", ""), "url": address}
    return event
