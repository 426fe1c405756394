from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "apps.kernel"
    verbose_name = _("Machine")

    def ready(self) -> None:
        from apps.kernel import registry, sentry

        sentry.configure()
        registry.discover("events")
        registry.discover("handlers")
        registry.discover("jobs")
