"""What a client may say: frame types, each with a dataclass for its fields and a handler (STYLE R12)."""

import dataclasses
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_type_hints
from uuid import UUID

from django.utils.translation import gettext as _

from apps.kernel.errors import Invalid

if TYPE_CHECKING:
    from apps.kernel.realtime.hub import Socket

T = TypeVar("T")
Handler = Callable[["Socket", Any], Awaitable[None]]

_LARGEST = 2**63 - 1
_ROUTES: dict[str, tuple[type[Any], Handler]] = {}


def frame(kind: str, schema: type[T]) -> Callable[[Callable[["Socket", T], Awaitable[None]]], Handler]:
    """Register the handler of one frame type. Apps do so in `consumers.py`; a second handler of a type is an error."""

    def register(handler: Callable[["Socket", T], Awaitable[None]]) -> Handler:
        if kind in _ROUTES:
            raise RuntimeError(f"Two handlers of the frame {kind!r}.")
        _ROUTES[kind] = (schema, handler)
        return handler

    return register


def frame_types() -> list[str]:
    return sorted(_ROUTES)


def route(kind: object) -> tuple[type[Any], Handler] | None:
    return _ROUTES.get(kind) if isinstance(kind, str) else None


def read(text: str) -> dict[str, Any]:
    """The JSON object in a frame; Invalid for anything else."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid(_("A frame must be a JSON object.")) from error
    if not isinstance(data, dict):
        raise Invalid(_("A frame must be a JSON object."))
    return data


def parse(schema: type[T], data: Mapping[str, Any]) -> T:
    """`data` without its `type` as an instance of `schema`; Invalid names the fields that are wrong."""
    fields = _fields(cast(Any, schema))
    given = {name: value for name, value in data.items() if name != "type"}
    wrong = {name: _("Unknown field.") for name in given.keys() - fields.keys()}
    values = {}
    for name, (kinds, most, required) in fields.items():
        if name not in given:
            if required:
                wrong[name] = _("This field is required.")
            continue
        try:
            values[name] = _convert(given[name], kinds, most)
        except ValueError:
            wrong[name] = _("This value is not valid.")
    if wrong:
        raise Invalid(", ".join(f"{name}: {text}" for name, text in sorted(wrong.items())), fields=wrong)
    return schema(**values)


@cache
def _fields(schema: type[Any]) -> dict[str, tuple[tuple[type[Any], ...], int, bool]]:
    hints = get_type_hints(schema)
    return {
        item.name: (
            get_args(hints[item.name]) or (hints[item.name],),
            item.metadata.get("most", 200),
            item.default is dataclasses.MISSING,
        )
        for item in dataclasses.fields(schema)
    }


def _convert(value: object, kinds: tuple[type[Any], ...], most: int) -> object:
    """The value as one of `kinds`: str (at most `most` characters), int (0 to 2^63-1), bool, UUID or None."""
    if value is None and type(None) in kinds:
        return None
    if isinstance(value, bool):
        if bool in kinds:
            return value
    elif isinstance(value, int):
        if int in kinds and 0 <= value <= _LARGEST:
            return value
    elif isinstance(value, str):
        if UUID in kinds:
            return UUID(value)
        if str in kinds and len(value) <= most and _is_text(value):
            return value
    raise ValueError(value)


def _is_text(value: str) -> bool:
    """Neither NUL nor lone surrogates: PostgreSQL stores neither."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in value
