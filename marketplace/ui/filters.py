"""The formats as Jinja filters, with the reader's locale and zone and today's date filled in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import get_locale
from flask_babel import get_timezone as babel_zone  # pyright: ignore[reportUnknownVariableType]
from jinja2 import pass_context
from jinja2.runtime import Context

from marketplace.ui import formats

Now = Callable[[], datetime]
MISSING = "—"


def reader_locale() -> str:
    return str(get_locale() or "zh_CN")


def reader_zone() -> ZoneInfo:
    """The reader's time zone. Flask-Babel's own is pytz's, which a typed local time must not be given: it stands for
    the mean local time of 1900, six minutes off in Shanghai.
    """
    return ZoneInfo(str(babel_zone() or "UTC"))  # pyright: ignore[reportUnknownArgumentType]


def _zone(zone: tzinfo | str | None) -> tzinfo:
    """A zone given by name or object, else the reader's."""
    return ZoneInfo(zone) if isinstance(zone, str) else zone or reader_zone()


def _time_filters(now: Now) -> dict[str, Callable[..., str]]:
    """Filters that take `zone=` (name or tzinfo) where a place's own time matters, as with a listing's calendar."""

    def today(zone: tzinfo) -> date:
        return now().astimezone(zone).date()

    def day(value: date, zone: tzinfo | str | None = None) -> str:
        at = _zone(zone)
        return formats.day(value, reader_locale(), at, today(at))

    def day_range(first: date, last: date, zone: tzinfo | str | None = None) -> str:
        at = _zone(zone)
        return formats.day_range(first, last, reader_locale(), at, today(at))

    def moment(value: datetime, zone: tzinfo | str | None = None) -> str:
        at = _zone(zone)
        return formats.moment(value, reader_locale(), at, today(at))

    def near(value: datetime, zone: tzinfo | str | None = None) -> str:
        at = _zone(zone)
        return formats.near(value, reader_locale(), at, today(at))

    def near_day(value: date, zone: tzinfo | str | None = None) -> str:
        at = _zone(zone)
        return formats.near_day(value, reader_locale(), at, today(at))

    def moment_range(start: datetime, end: datetime, zone: tzinfo | str | None = None) -> str:
        at = _zone(zone)
        return formats.moment_range(start, end, reader_locale(), at, today(at))

    def left(until: datetime) -> str:
        return formats.left(until, now(), reader_locale())

    def ago(since: datetime) -> str:
        return formats.ago(since, now(), reader_locale())

    return {
        "day": day,
        "day_range": day_range,
        "moment": moment,
        "near": near,
        "near_day": near_day,
        "moment_range": moment_range,
        "left": left,
        "ago": ago,
    }


def clock_time(value: datetime, zone: tzinfo | str | None = None) -> str:
    return formats.clock_time(value, _zone(zone))


def time_range(start: datetime, end: datetime, zone: tzinfo | str | None = None) -> str:
    return formats.time_range(start, end, reader_locale(), _zone(zone))


def month(value: date) -> str:
    return formats.month(value, reader_locale())


def duration(value: timedelta | int) -> str:
    return formats.duration(value, reader_locale())


def span(value: timedelta | int) -> str:
    return formats.span(value, reader_locale())


def _or_dash(shown: Callable[..., str]) -> Callable[..., str]:
    """None reads as a dash: a table cell without a value is not a crash.

    Taking the context keeps Jinja from working out a constant once, in the language of whoever came first.
    """

    @pass_context
    def filtered(_context: Context, value: Any, *args: Any, **kwargs: Any) -> str:
        return MISSING if value is None else shown(value, *args, **kwargs)

    return filtered


def isoformat(value: datetime | date) -> str:
    """For the `datetime` attribute of `<time>`, never for the eye."""
    return value.isoformat()


def trimmed(value: float | Decimal, digits: int = 2) -> str:
    """At most `digits` decimals, no trailing zeros."""
    return formats.number(round(Decimal(str(value)), digits))


def register_formats(app: Flask, now: Now) -> None:
    """Put every format into Jinja; `now` is the request's clock, called for each use."""
    shown: dict[str, Callable[..., str]] = {
        "money": formats.money,
        "money_short": formats.money_short,
        "amount": formats.amount,
        "amount_short": formats.amount_short,
        "number": formats.number,
        "trimmed": trimmed,
        "percent": formats.percent,
        "signed": formats.signed,
        "quantity": formats.quantity,
        "file_size": formats.file_size,
        "clock_time": clock_time,
        "time_range": time_range,
        "month": month,
        "duration": duration,
        "span": span,
        "isoformat": isoformat,
        **_time_filters(now),
    }
    filters: dict[str, Callable[..., Any]] = {name: _or_dash(each) for name, each in shown.items()}
    filters["minor_units"] = formats.minor_units
    app.jinja_env.filters.update(filters)
