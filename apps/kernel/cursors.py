"""Pages by cursor: where the last one ended, in a signed string. Rows that come or go shift nothing."""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.signing import BadSignature, JSONSerializer, Signer
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Invalid
from apps.kernel.statements import Statement

LONGEST = 3_000  # characters; a ranked page's cursor names what was shown before it

M = TypeVar("M", bound=Model)
T = TypeVar("T")


class _Json(JSONSerializer):
    def dumps(self, obj: Any) -> bytes:
        return json.dumps(obj, separators=(",", ":"), cls=_Exact).encode("latin-1")


class _Exact(DjangoJSONEncoder):
    """Django's cuts microseconds off, which would show a row twice."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: list[T]
    next: str | None  # cursor of the page after this; None at the end


def encode(values: Mapping[str, Any], *, salt: str = "") -> str:
    """A signed string for JSON values, dates and decimals (which come back as text)."""
    return _signer(salt).sign_object(dict(values), serializer=_Json)


def decode(raw: str, *, salt: str = "") -> dict[str, Any]:
    """What was encoded. Invalid for anything that we did not sign, for this `salt`."""
    refused = Invalid(_("This page of the list is gone. Start again from the top."))
    if len(raw) > LONGEST or not raw.isascii():
        raise refused
    try:
        values = _signer(salt).unsign_object(raw, serializer=_Json)
    except (BadSignature, ValueError) as error:
        raise refused from error
    if not isinstance(values, dict):
        raise refused
    return values


def keyset_page(queryset: QuerySet[M], *, by: Sequence[str], after: str | None, size: int) -> Page[M]:
    """The `size` rows that follow the cursor `after` in the order `by`, whose last column must be unique.

    The columns must not be null, and want an index in that order. One query. Invalid on a cursor of another list.
    """
    names = [column.lstrip("-") for column in by]
    if after:
        values = decode(after, salt=_salt(queryset.model, by))
        queryset = queryset.filter(_beyond(by, [_typed(queryset.model, name, values.get(name)) for name in names]))
    rows = list(queryset.order_by(*by)[: size + 1])
    if len(rows) <= size:
        return Page(rows, None)
    return Page(rows[:size], cursor_after(rows[size - 1], by=by))


class PageStatement(Generic[M]):
    """`keyset_page` of a queryset that is put into words once (statements.py), of objects or of named tuples.

    Called with what shapes the queryset, and by name with `by`, `after`, `size` and its values.
    """

    def __init__(self, build: Callable[..., QuerySet[M]], *, planned_once: bool = False) -> None:
        self._build = build
        self._model: type[M] | None = None
        self._statement: Statement[M] = Statement(self._whole, planned_once=planned_once)

    def __call__(self, *shape: Hashable, by: tuple[str, ...], after: str | None, size: int, **values: Any) -> Page[M]:
        beyond: dict[str, Any] = {}
        model = self._model = self._model or self._build(*shape, **values).model
        if after:
            kept = decode(after, salt=_salt(model, by))
            names = [column.lstrip("-") for column in by]
            beyond = {f"beyond_{name}": _typed(model, name, kept.get(name)) for name in names}
        rows = self._statement(by, size, shape, **values, **beyond)
        if len(rows) <= size:
            return Page(rows, None)
        return Page(rows[:size], _cursor(model, rows[size - 1], by))

    def _whole(self, by: tuple[str, ...], size: int, shape: tuple[Hashable, ...], **values: Any) -> QuerySet[M]:
        beyond = [values.pop(name) for name in (f"beyond_{column.lstrip('-')}" for column in by) if name in values]
        queryset = self._build(*shape, **values)
        if beyond:
            queryset = queryset.filter(_beyond(by, beyond))
        return queryset.order_by(*by)[: size + 1]


def page_statement(build: Callable[..., QuerySet[M]]) -> PageStatement[M]:
    return PageStatement(build)


def cursor_after(row: Model, *, by: Sequence[str]) -> str:
    """The cursor of the page that begins behind this row in the order `by`."""
    return _cursor(type(row), row, by)


def _cursor(model: type[Model], row: object, by: Sequence[str]) -> str:
    values = {name: getattr(row, name) for name in (column.lstrip("-") for column in by)}
    return encode(values, salt=_salt(model, by))


def _salt(model: type[Model], by: Sequence[str]) -> str:
    return ":".join([model._meta.label_lower, *by])


def _beyond(by: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b) after (x, y) as a < x or (a = x and b < y), with a <= x in front, which an index understands."""
    beyond, equal = Q(), Q()
    for column, value in zip(by, values, strict=True):
        name, side = column.lstrip("-"), "lt" if column.startswith("-") else "gt"
        beyond |= equal & Q(**{f"{name}__{side}": value})
        equal &= Q(**{name: value})
    first, side = by[0].lstrip("-"), "lte" if by[0].startswith("-") else "gte"
    return Q(**{f"{first}__{side}": values[0]}) & beyond


def _typed(model: type[Model], name: str, value: Any) -> Any:
    if value is None:
        raise Invalid
    try:
        return model._meta.get_field(name).to_python(value)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return value
    except ValidationError as error:
        raise Invalid from error


def _signer(salt: str) -> Signer:
    return Signer(salt=f"cursor:{salt}")
