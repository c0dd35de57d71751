"""When a listing is open: weekly hours in the park's time zone, dated exceptions, public holidays, shifted workdays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, literal
from sqlalchemy.dialects.postgresql import Range

from marketplace.kernel.errors import Invalid
from marketplace.listings.models import Listing

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_RANGES = [["08:00", "20:00"]]
DEFAULT_WEEKLY: dict[str, list[list[str]]] = {
    **dict.fromkeys(WEEKDAYS[:6], DAY_RANGES),
    "sun": [],
}
"""A listing without hours of its own is open Monday to Saturday, 08:00 to 20:00."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The opening of one listing as plain values. `holidays` maps a date to whether it is a shifted workday."""

    weekly: Mapping[str, Sequence[Sequence[str]]]
    zone: ZoneInfo
    exceptions: Mapping[date, Sequence[Sequence[str]]]
    holidays: Mapping[date, bool]

    def hours_of(self, day: date) -> Sequence[Sequence[str]]:
        """The hours of a date: its exception, else none on a holiday, Monday's on a shifted workday, else its weekday's."""
        if day in self.exceptions:
            return self.exceptions[day]
        if day in self.holidays:
            return self.weekly.get("mon", ()) if self.holidays[day] else ()
        return self.weekly.get(WEEKDAYS[day.weekday()], ())

    def ranges(self, start: datetime, end: datetime) -> list[Range[datetime]]:
        """The open ranges between two moments, in UTC, merged where one day's hours run into the next day's."""
        merged: list[Range[datetime]] = []
        day = start.astimezone(self.zone).date()
        while day <= end.astimezone(self.zone).date():
            for begin, finish in self.hours_of(day):
                lower = max(self._moment(day, begin), start.astimezone(UTC))
                upper = min(self._moment(day, finish), end.astimezone(UTC))
                if lower >= upper:
                    continue
                if merged and merged[-1].upper == lower:
                    merged[-1] = Range(merged[-1].lower, upper)
                else:
                    merged.append(Range(lower, upper))
            day += timedelta(days=1)
        return merged

    def is_open(self, during: Range[datetime]) -> bool:
        """Whether it is open through the whole range."""
        if during.lower is None or during.upper is None:
            return False
        found = self.ranges(during.lower, during.upper)
        return len(found) == 1 and found[0].lower == during.lower and found[0].upper == during.upper

    def _moment(self, day: date, hour: str) -> datetime:
        """A local time of day as a moment; "24:00" is the next midnight, hours that do not exist on a day shift on."""
        if hour == "24:00":
            day, hour = day + timedelta(days=1), "00:00"
        return datetime.combine(day, time.fromisoformat(hour), self.zone).astimezone(UTC)


def check_rules(listing: Listing, during: Range[datetime], *, now: datetime, for_a_term: bool = False) -> None:
    """Raise `Invalid` `booking_rules` naming start or end when the listing's rules refuse the range.

    For a term fixed by the rate plan only its beginning is looked at.
    """
    if during.lower is None or during.upper is None or during.lower >= during.upper:
        raise Invalid("booking_rules", fields={"end": ["end_before_start"]})
    minutes = (during.upper - during.lower) / timedelta(minutes=1)
    wrong: dict[str, list[str]] = {}
    if during.lower < now:
        wrong["start"] = ["starts_in_the_past"]
    elif during.lower < now + timedelta(minutes=listing.notice_minutes):
        wrong["start"] = ["too_short_notice"]
    wrong |= (
        _unfit_term(listing, during.lower, now) if for_a_term else _unfit_length(listing, minutes, during.upper, now)
    )
    if wrong:
        raise Invalid(
            "booking_rules",
            fields=wrong,
            notice_minutes=listing.notice_minutes,
            horizon_days=listing.horizon_days,
            min_minutes=listing.min_minutes,
            max_minutes=listing.max_minutes,
            step_minutes=listing.step_minutes,
        )


def is_lawful(listing: Listing, during: Range[datetime], *, now: datetime) -> bool:
    """Whether the listing's rules let the range be booked now."""
    try:
        check_rules(listing, during, now=now)
    except Invalid:
        return False
    return True


def _unfit_term(listing: Listing, start: datetime, now: datetime) -> dict[str, list[str]]:
    return {"start": ["beyond_horizon"]} if start > now + timedelta(days=listing.horizon_days) else {}


def _unfit_length(listing: Listing, minutes: float, end: datetime, now: datetime) -> dict[str, list[str]]:
    if end > now + timedelta(days=listing.horizon_days):
        return {"end": ["beyond_horizon"]}
    if minutes < listing.min_minutes:
        return {"end": ["too_short"]}
    if minutes > listing.max_minutes:
        return {"end": ["too_long"]}
    return {"end": ["off_step"]} if minutes % listing.step_minutes else {}


def rules_allow(during: ColumnElement[Any], now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """What `check_rules` lets pass, as a condition on `Listing`."""
    starts, ends, minute = func.lower(during), func.upper(during), timedelta(minutes=1)
    minutes = func.extract("epoch", ends - starts) / 60
    return and_(
        starts >= now,
        starts >= now + Listing.notice_minutes * literal(minute),
        ends <= now + Listing.horizon_days * literal(minute * 1440),
        minutes.between(Listing.min_minutes, Listing.max_minutes),
        minutes % Listing.step_minutes == 0,
    )
