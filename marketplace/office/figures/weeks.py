"""The weeks a report covers: whole ones, Monday to Monday in the park's zone, the current one left out."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHOICES = (4, 12, 26)
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """Half-open: `start` is Monday 00:00, `end` the next one."""

    start: datetime
    end: datetime

    @property
    def day(self) -> date:
        return self.start.date()


def whole_weeks(at: datetime, count: int, zone: ZoneInfo) -> list[Week]:
    """The last `count` whole weeks before `at`, oldest first."""
    today = at.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    days = [monday - WEEK * back for back in range(count, 0, -1)]
    return [Week(datetime.combine(day, time(), zone), datetime.combine(day + WEEK, time(), zone)) for day in days]
