import pytest
from pytest_django.fixtures import SettingsWrapper


@pytest.fixture
def failing_urls(settings: SettingsWrapper) -> None:
    """The addresses of tests/kernel/urls.py."""
    settings.ROOT_URLCONF = "tests.kernel.urls"
