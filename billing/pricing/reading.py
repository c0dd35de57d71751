"""JSON into values, strictly: decimals as strings, no unknown field, every error names its field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from billing.pricing.checks import refuse
from billing.pricing.errors import PlanError
from marketplace.kernel.money import EXPONENTS, Money

_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")

Reader = Callable[[Any, str], Any]


def written(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: written(getattr(value, field.name)) for field in fields(value) if field.init}
    if isinstance(value, tuple):
        return [written(item) for item in cast("tuple[Any, ...]", value)]
    match value:
        case Decimal():
            return format(value, "f")
        case time():
            return value.isoformat("minutes")
        case StrEnum():
            return value.value
        case _:
            return value


@cache
def reader_of(kind: Any) -> Reader:
    """The reader of a field's type; made once per type. A union of two dataclasses is no field type."""
    if kind in _SCALARS:
        return _SCALARS[kind]
    if get_origin(kind) is UnionType:
        inner = reader_of(next(part for part in get_args(kind) if part is not NoneType))
        return lambda value, path: None if value is None else inner(value, path)
    if get_origin(kind) is tuple:
        return _list_reader(reader_of(get_args(kind)[0]))
    if issubclass(kind, StrEnum):
        return _word_reader(kind)
    return _object_reader(kind)


def _object_reader(kind: type[Any]) -> Reader:
    hints = get_type_hints(kind)
    readers = {field.name: (reader_of(hints[field.name]), is_required(field)) for field in fields(kind) if field.init}

    def read(value: Any, path: str) -> Any:
        body = mapping(value, path or "plan")
        prefix = f"{path}." if path else ""
        for name in body:
            if name not in readers:
                refuse(f"{prefix}{name}", "unknown")
        arguments: dict[str, Any] = {}
        for name, (reader, required) in readers.items():
            if name in body:
                arguments[name] = reader(body[name], f"{prefix}{name}")
            elif required:
                refuse(f"{prefix}{name}", "missing")
        return kind(**arguments)

    return read


def _list_reader(item: Reader) -> Reader:
    def read(value: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            refuse(path, "not_a_list")
        return tuple(item(entry, f"{path}.{at}") for at, entry in enumerate(cast("list[Any]", value)))

    return read


def _word_reader(kind: type[StrEnum]) -> Reader:
    def read(value: Any, path: str) -> StrEnum:
        try:
            return kind(value)
        except ValueError:
            raise PlanError(path, "unknown_word") from None

    return read


def _decimal(value: Any, path: str) -> Decimal:
    """A string such as "420.00", or a whole number; never a float, which is not what somebody wrote."""
    written = isinstance(value, str) and _DECIMAL.fullmatch(value)
    whole = type(value) is int and abs(value) < 10**20
    return Decimal(value) if written or whole else refuse(path, "not_a_decimal")


def _whole(value: Any, path: str) -> int:
    return value if type(value) is int else refuse(path, "not_an_integer")


def _flag(value: Any, path: str) -> bool:
    return value if isinstance(value, bool) else refuse(path, "not_a_flag")


def _text(value: Any, path: str) -> str:
    return value if isinstance(value, str) else refuse(path, "not_a_text")


def _clock_time(value: Any, path: str) -> time:
    try:
        read = time.fromisoformat(value)
    except (TypeError, ValueError):
        raise PlanError(path, "not_a_time") from None
    return read if read.tzinfo is None else refuse(path, "not_a_time")


def _date(value: Any, path: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise PlanError(path, "not_a_date") from None


def _moment(value: Any, path: str) -> datetime:
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise PlanError(path, "not_a_date") from None
    return refuse(path, "naive_time") if read.tzinfo is None else read


def _zone(value: Any, path: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (TypeError, ValueError, OSError, KeyError):
        raise PlanError(path, "not_a_zone") from None


def _money(value: Any, path: str) -> Money:
    body = mapping(value, path)
    amount, currency = body.get("amount"), body.get("currency")
    if set(body) != {"amount", "currency"} or type(amount) is not int or currency not in EXPONENTS:
        refuse(path, "not_money")
    return Money(amount, str(currency))


_SCALARS: dict[Any, Reader] = {
    Decimal: _decimal,
    int: _whole,
    bool: _flag,
    str: _text,
    time: _clock_time,
    date: _date,
    datetime: _moment,
    ZoneInfo: _zone,
    Money: _money,
}


def mapping(value: object, path: str) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else refuse(path, "not_an_object")


def is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
