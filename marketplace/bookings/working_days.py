"""The holidays a park keeps, for whatever counts in working days."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Park
from marketplace.bookings.models import Holiday
from marketplace.kernel.working_days import WorkingDays, working_days_of

TRANSFER_WORKING_DAYS = 2
"""A bank transfer has until 17:00 of the second working day: banks clear none at night or on holidays."""


class ParkHolidays:
    """`kernel.working_days.WorkingCalendar`: the holidays and shifted workdays of the park, as its office keeps them."""

    def of_park(self, session: Session, park_id: int, zone: ZoneInfo) -> WorkingDays:
        """In one statement."""
        rows = session.execute(select(Holiday.day, Holiday.is_workday).where(Holiday.park_id == park_id))
        return WorkingDays(zone, {row[0]: row[1] for row in rows})


def transfer_until(session: Session, park: Park, *, now: datetime) -> datetime:
    """Until when a transfer ordered now can be expected: 17:00 of the second working day after today."""
    return working_days_of(session, park.id, ZoneInfo(park.time_zone)).after(now, TRANSFER_WORKING_DAYS)
