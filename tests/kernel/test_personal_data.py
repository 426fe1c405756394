"""Nobody adds a table without saying what it keeps about whom, and how that ends."""

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from apps.kernel.personal_data import entries

OURS = sorted(model._meta.label for model in apps.get_models() if model.__module__.startswith("apps."))


@pytest.mark.parametrize("model", OURS)
def test_every_model_has_an_entry(model: str) -> None:
    assert model in entries(), f"{model} needs an Entry in its app's personal_data.py"


def test_every_entry_is_a_model_of_its_app() -> None:
    assert not entries().keys() - set(OURS)


@pytest.mark.parametrize("entry", entries().values(), ids=lambda entry: entry.model)
def test_an_entry_is_whole(entry: object) -> None:
    from apps.kernel.personal_data import Entry

    assert isinstance(entry, Entry)
    if entry.person:
        try:
            apps.get_model(entry.model)._meta.get_field(entry.person.split("__")[0])
        except FieldDoesNotExist:
            pytest.fail(f"{entry.model} has no field {entry.person}")
        assert entry.export or entry.why, "say what is exported, or why nothing is"
    if entry.erase == "keep":
        assert entry.why, "say why it stays"
