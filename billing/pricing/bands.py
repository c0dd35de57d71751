"""Which part of a run falls into a band of the week (nights, weekends)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from billing.pricing.plans import Band

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)


def share_in_band(band: Band, start: datetime, end: datetime, zone: ZoneInfo) -> Fraction:
    """The exact part of the range (UTC, not empty) that lies in the band."""
    within = sum(
        (min(end, closes) - max(start, opens) for opens, closes in _windows(band, start, end, zone)), timedelta()
    )
    return Fraction(within // _TICK, (end - start) // _TICK)


def least_factor(bands: Iterable[Band]) -> Fraction:
    """What remains of a price at least: as if all of the run lay in every band that makes it cheaper."""
    return max(Fraction(0), 1 + sum((Fraction(band.percent) / 100 for band in bands if band.percent < 0), Fraction(0)))


def _windows(band: Band, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The band's openings that touch the range, as UTC."""
    day = start.astimezone(zone).date() - _DAY
    last = end.astimezone(zone).date()
    while day <= last:
        closing_day = day if band.end > band.start else day + _DAY
        opens = datetime.combine(day, band.start, zone).astimezone(UTC)
        closes = datetime.combine(closing_day, band.end, zone).astimezone(UTC)
        if day.weekday() in band.weekdays and opens < end and closes > start:
            yield opens, closes
        day += _DAY
