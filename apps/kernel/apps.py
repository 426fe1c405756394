from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "apps.kernel"

    def ready(self) -> None:
        from apps.kernel import registry, sentry

        sentry.configure()
        registry.discover("events")
        registry.discover("handlers")
        registry.discover("jobs")
