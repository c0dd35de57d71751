"""From a period and a duration to the question that the calendar is asked: exact window, one run, or in total."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from search.understanding.durations import DAY_HOURS, SHIFT_HOURS, Duration
from search.understanding.results import Question, Window
from search.understanding.windows import Period

_DAY = timedelta(days=1)


def corrected_period(period: Period, choice: str | None, now: datetime) -> Period:
    """The period after the reader chose to include or exclude the named day, or meant a week earlier."""
    match choice:
        case "include" if period.end and period.role == "before":
            return replace(period, end=period.end + _DAY, role="by")
        case "exclude" if period.end and period.role == "by" and period.end - _DAY > now:
            return replace(period, end=period.end - _DAY, role="before")
        case "sooner" if period.sooner:
            week = timedelta(days=7)
            start = (
                max(period.start - week, now) if period.start and period.role not in {"before", "by"} else period.start
            )
            return replace(period, start=start, end=period.end - week if period.end else None, sooner=False)
        case "within":
            return replace(period, is_stretch=False)
        case "exact" if period.end:
            return replace(period, is_stretch=True)
        case _:
            return period


def corrected_duration(duration: Duration, choice: str | None) -> Duration:
    """The duration after the reader said that it may be split, must not be, or what a day of it is."""
    days = duration.days or Decimal(0)
    match choice:
        case "run" | "total":
            return replace(duration, manner="run" if choice == "run" else "total")
        case "calendar" if days:
            return replace(duration, calendar=True, hours=days * DAY_HOURS, manner="unsaid")
        case "shifts" if days:
            manner = "total" if days > 1 else "run"
            return replace(duration, calendar=False, hours=days * SHIFT_HOURS, manner=manner)
        case _:
            return duration


def window_of(period: Period | None, duration: Duration | None, zone: ZoneInfo) -> Window | None:
    """The question asked of the calendar; None when nothing was said about time."""
    hours = _plain(duration.hours) if duration else None
    if period is None:
        return Window(None, None, hours, _question(duration)) if duration else None
    start, end = period.start, period.end
    if duration and start and _counts_from_start(period, duration):
        rented_until = start + timedelta(hours=float(duration.hours))
        if end is None or period.role == "plain" or rented_until <= end:
            return Window(_in(zone, start), _in(zone, rented_until), hours, "exact")
    if duration and start and period.is_moment and duration.manner != "total":
        return Window(_in(zone, start), _in(zone, start + timedelta(hours=float(duration.hours))), hours, "exact")
    if period.is_stretch and start and end and not _is_shorter(duration, start, end):
        length = _plain(Decimal((end - start).total_seconds()) / 3600) if period.is_clock_stretch else None
        return Window(_in(zone, start), _in(zone, end), hours or length, "exact")
    return Window(_in(zone, start), _in(zone, end), hours, _question(duration))


def _counts_from_start(period: Period, duration: Duration) -> bool:
    """A rent counts from a named day (明天起租3天), and from the first day of a period that it outlasts (下个月 租 3个月)."""
    if not duration.calendar or duration.manner != "unsaid" or not period.starts_on_a_day or period.start is None:
        return False
    if period.role in {"from", "after"}:
        return True
    if period.end is None or period.is_stretch:
        return False
    length = period.end - period.start
    return length <= _DAY or length < timedelta(hours=float(duration.hours))


def _is_shorter(duration: Duration | None, start: datetime, end: datetime) -> bool:
    return duration is not None and timedelta(hours=float(duration.hours)) < end - start


def _question(duration: Duration | None) -> Question:
    return "total" if duration is not None and duration.manner == "total" else "run"


def _plain(hours: Decimal) -> Decimal:
    """Without needless zeros or exponents: 12, 0.5."""
    hours = hours.quantize(Decimal("0.01"))
    return hours.quantize(Decimal(1)) if hours == hours.to_integral_value() else hours.normalize()


def _in(zone: ZoneInfo, local: datetime | None) -> datetime | None:
    return local.replace(tzinfo=zone) if local else None
