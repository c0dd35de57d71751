"""What is to be priced: a stretch of time, and what goes with it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY_MINUTES = 1440
LONGEST = timedelta(days=1100)
"""A rent of three years; what runs longer is billed in periods."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The half-open range one would book, with units, operator and delivery. Days are those of `zone`.

    It is the booking, not the search window: for n hours somewhere in a window use `Job.lasting`.
    `hours` are the hours of use within the range when they are fewer (opening hours, an expected use);
    None means the plan's own assumption. `expected_usage` is in the meter's unit; `customer_group` is one of
    the plan's groups, or empty. A started minute counts.
    Raises `ValueError` for naive times, an empty range or one beyond three years, no units, or more hours than the range has.
    """

    start: datetime
    end: datetime
    hours: Decimal | None = None
    units: int = 1
    operator: bool = False
    delivery: bool = False
    expected_usage: Decimal | None = None
    customer_group: str = ""
    zone: ZoneInfo = SHANGHAI
    elapsed_minutes: int = field(init=False)
    use_minutes: int | None = field(init=False)
    days: int = field(init=False)
    first_day_minutes: int = field(init=False)
    last_day_minutes: int = field(init=False)

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("naive_time")
        start, end = self.start.astimezone(UTC), self.end.astimezone(UTC)
        if start >= end:
            raise ValueError("empty_range")
        if end - start > LONGEST:
            raise ValueError("too_long")
        if self.units < 1:
            raise ValueError("no_units")
        elapsed = _minutes(start, end)
        use = None if self.hours is None else _started(self.hours * 60)
        if use is not None and not 0 <= use <= elapsed:
            raise ValueError("more_hours_than_the_range")
        if self.expected_usage is not None and not self.expected_usage >= 0:
            raise ValueError("negative_usage")
        object.__setattr__(self, "elapsed_minutes", elapsed)
        object.__setattr__(self, "use_minutes", use)
        self._count_days(start, end)

    def _count_days(self, start: datetime, end: datetime) -> None:
        """Calendar days touched, and the elapsed minutes within the first and the last of them."""
        first = start.astimezone(self.zone).date()
        last = (end - timedelta(microseconds=1)).astimezone(self.zone).date()
        object.__setattr__(self, "days", (last - first).days + 1)
        first_end = min(end, midnight(first + timedelta(days=1), self.zone))
        object.__setattr__(self, "first_day_minutes", _minutes(start, first_end))
        object.__setattr__(self, "last_day_minutes", _minutes(max(start, midnight(last, self.zone)), end))

    @classmethod
    def lasting(cls, start: datetime, hours: Decimal | int, *, units: int = 1, zone: ZoneInfo = SHANGHAI) -> "Job":
        """A run of `hours` from `start`: what a search asks before the exact slot is known."""
        seconds = int(Decimal(hours) * 3600)
        return cls(start=start, end=start.astimezone(UTC) + timedelta(seconds=seconds), units=units, zone=zone)

    @property
    def length_minutes(self) -> int:
        """Hours of use when they are given, else the whole range."""
        return self.elapsed_minutes if self.use_minutes is None else self.use_minutes


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins in the zone, as UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _minutes(start: datetime, end: datetime) -> int:
    return -((start - end) // _MINUTE)


def _started(minutes: Decimal) -> int:
    """Whole minutes, a started one counted; a third of an hour written as a decimal is 20 minutes, not 21."""
    return int(round(minutes, 6).to_integral_value(rounding="ROUND_CEILING"))
