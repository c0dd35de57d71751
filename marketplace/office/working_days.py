"""Deadlines in working days of the park: weekends and public holidays do not count, shifted workdays do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Park
from marketplace.bookings.models import Holiday

CLOSING = time(17)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """`holidays` maps a date to whether it is worked all the same (a shifted workday)."""

    zone: ZoneInfo
    holidays: Mapping[date, bool]

    def is_worked(self, day: date) -> bool:
        return self.holidays[day] if day in self.holidays else day.weekday() < 5

    def after(self, since: datetime, days: int) -> datetime:
        """17:00 of the `days`-th working day after the day of `since`."""
        day = since.astimezone(self.zone).date()
        while days:
            day += timedelta(days=1)
            days -= self.is_worked(day)
        return datetime.combine(day, CLOSING, self.zone)


def working_days_of(session: Session, park_id: int) -> WorkingDays:
    """The calendar of a park's office, in two statements."""
    zone = session.scalars(select(Park.time_zone).where(Park.id == park_id)).one()
    rows = session.execute(select(Holiday.day, Holiday.is_workday).where(Holiday.park_id == park_id))
    return WorkingDays(ZoneInfo(zone), {row[0]: row[1] for row in rows})
