"""Errors to Sentry, when SENTRY_DSN is set: without bodies, cookies, addresses or names."""

import sentry_sdk
from django.conf import settings


def configure() -> None:
    if settings.SENTRY_DSN:
        sentry_sdk.init(
            settings.SENTRY_DSN,
            send_default_pii=False,
            max_request_body_size="never",
            include_local_variables=False,
            traces_sample_rate=0,
        )
