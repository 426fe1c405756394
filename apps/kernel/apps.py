from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "apps.kernel"
    verbose_name = _("Machine")

    def ready(self) -> None:
        from psycopg import _queries

        from apps.kernel import registry, sentry

        # psycopg reads a longer statement anew each time it is run; the longest of ours are run for every page.
        _queries.MAX_CACHED_STATEMENT_LENGTH = 20_000  # bytes
        sentry.configure()
        registry.discover("events")
        registry.discover("handlers")
        registry.discover("jobs")
