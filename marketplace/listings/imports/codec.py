"""A reader's outcome as JSON and back, so that what the clerk saw is what is written."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints, is_typeddict

from marketplace.listings.ledger.outcome import LedgerOutcome

Reader = Callable[[Any], Any]


def to_stored(value: Any) -> Any:
    """Any of the reader's frozen values as plain JSON."""
    if value is None or isinstance(value, bool | int | str):
        return value.replace("\x00", "") if isinstance(value, str) else value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, tuple | list):
        return [to_stored(item) for item in cast("list[Any]", value)]
    if isinstance(value, Mapping):
        return {str(key): to_stored(item) for key, item in cast("Mapping[Any, Any]", value).items()}
    if is_dataclass(value):
        return {name: to_stored(getattr(value, name)) for name in _names(type(value))}
    return value


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.init)


def from_stored(body: Any) -> LedgerOutcome:
    """The outcome that `to_stored` wrote."""
    return _reader_of(LedgerOutcome)(body)


@cache
def _reader_of(kind: Any) -> Reader:
    origin = get_origin(kind)
    if origin is UnionType:
        inner = _reader_of(next(part for part in get_args(kind) if part is not NoneType))
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple_reader(get_args(kind))
    if kind is Decimal:
        return Decimal
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    plain = cast("type[Any]", kind)
    if is_dataclass(plain) and not is_typeddict(plain):
        return _dataclass_reader(plain)
    return lambda value: value


def _tuple_reader(kinds: tuple[Any, ...]) -> Reader:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        item = _reader_of(kinds[0])
        return lambda value: tuple([item(entry) for entry in value])
    readers = [_reader_of(kind) for kind in kinds]
    return lambda value: tuple([reader(entry) for reader, entry in zip(readers, value, strict=True)])


def _dataclass_reader(kind: type[Any]) -> Reader:
    hints = get_type_hints(kind)
    readers = [(name, _reader_of(hints[name])) for name in _names(kind)]
    return lambda value: kind(**{name: reader(value[name]) for name, reader in readers if name in value})
