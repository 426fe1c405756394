"""What every app contributes to one mechanism, it declares in a small module that is found here by name."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps


def discover(name: str) -> list[ModuleType]:
    """Imports `<app>.<name>` of each installed app of ours that has one, in the order of INSTALLED_APPS."""
    return [
        import_module(f"{config.name}.{name}")
        for config in apps.get_app_configs()
        if config.name.startswith(("apps.", "tests.")) and find_spec(f"{config.name}.{name}")
    ]
