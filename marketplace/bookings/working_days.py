"""Working days of a park: its holidays and shifted workdays, otherwise Monday to Friday."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Park
from marketplace.bookings.models import Holiday

TRANSFER_WORKING_DAYS = 2
TRANSFER_HOUR = time(17)
"""A bank transfer has until 17:00 of the second working day: banks clear none at night or on holidays."""
LONGEST_BREAK = timedelta(days=30)


def transfer_until(session: Session, park: Park, *, now: datetime) -> datetime:
    """Until when a transfer ordered now can be expected: 17:00 of the second working day after today."""
    zone = ZoneInfo(park.time_zone)
    today = now.astimezone(zone).date()
    known = select(Holiday).where(Holiday.park_id == park.id, Holiday.day > today, Holiday.day <= today + LONGEST_BREAK)
    workdays = {row.day: row.is_workday for row in session.scalars(known)}
    day, left = today, TRANSFER_WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= workdays.get(day, is_weekday(day))
    return datetime.combine(day, TRANSFER_HOUR, zone)


def is_weekday(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5
