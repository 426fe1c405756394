"""Path converters."""

from django.urls import register_converter


class IdConverter:
    """A positive 64-bit integer. Anything else is no address of ours: 404, never an error of the database."""

    regex = "[1-9][0-9]{0,18}"
    largest = 2**63 - 1

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > self.largest:
            raise ValueError
        return number

    def to_url(self, value: int) -> str:
        return str(value)


def register() -> None:
    register_converter(IdConverter, "id")
