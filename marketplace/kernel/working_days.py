"""Working days: weekends and public holidays do not count, shifted workdays do. The one rule behind every deadline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

CLOSING = time(17)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """`holidays` maps a date to whether it is worked all the same (a shifted workday); other days are Monday to Friday."""

    zone: ZoneInfo
    holidays: Mapping[date, bool] = field(default_factory=dict[date, bool])

    def is_worked(self, day: date) -> bool:
        return self.holidays[day] if day in self.holidays else day.weekday() < 5

    def after(self, since: datetime, days: int) -> datetime:
        """17:00 of the `days`-th working day after the day of `since`."""
        day = since.astimezone(self.zone).date()
        while days:
            day += timedelta(days=1)
            days -= self.is_worked(day)
        return datetime.combine(day, CLOSING, self.zone)


class WorkingCalendar(Protocol):
    """Knows a park's holidays; the composition root registers who does."""

    def of_park(self, session: Session, park_id: int, zone: ZoneInfo) -> WorkingDays:
        """The working days of a park, whose clock is that of `zone`."""
        ...


class PlainWeeks:
    """Where nobody keeps holidays, the week has five working days."""

    def of_park(self, session: Session, park_id: int, zone: ZoneInfo) -> WorkingDays:  # noqa: ARG002 - the protocol's
        return WorkingDays(zone)


_calendar: list[WorkingCalendar] = [PlainWeeks()]


def count_working_days_by(calendar: WorkingCalendar) -> None:
    """Register who knows; `marketplace.app` calls it."""
    _calendar[:] = [calendar]


def working_days_of(session: Session, park_id: int, zone: ZoneInfo) -> WorkingDays:
    return _calendar[0].of_park(session, park_id, zone)
