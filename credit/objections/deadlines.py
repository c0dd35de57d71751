"""Working days of the mainland's calendar; a year it does not know yet falls back to Monday to Friday."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

END_OF_DAY = time(18)


def is_working_day(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))  # pyright: ignore[reportUnknownMemberType]
    except NotImplementedError:
        return day.weekday() < 5


def working_days_later(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """18:00 of the n-th working day after the day of `at`."""
    day = at.astimezone(zone).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return datetime.combine(day, END_OF_DAY, tzinfo=zone)
