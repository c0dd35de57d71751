"""Time is an argument: operations never ask the operating system."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, in UTC: the only place that asks the operating system."""
    return datetime.now(UTC)  # noqa: TID251 - here it is asked


def shifted_clock(by: timedelta) -> Clock:
    """A clock that runs at the usual pace, `by` ahead of the system's (the demo park's time)."""
    return lambda: system_clock() + by


def fixed_clock(at: datetime) -> Clock:
    """A clock that stands still."""
    return lambda: at
