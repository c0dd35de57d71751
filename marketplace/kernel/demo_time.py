"""The demo park's time: the system's plus a shift kept in the database, so that every process agrees on it."""

import time
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kernel.clock import Clock, shifted_clock, system_clock
from marketplace.kernel.database import Record

FRESH_SECONDS = 1.0


class DemoTime(Record):
    """At most one row; none means the system's time."""

    __tablename__ = "kernel_demo_time"
    __table_args__ = (CheckConstraint("id = 1", name="only_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shift: Mapped[timedelta]


def read_clock(session: Session) -> Clock:
    """The park's clock as the database has it now."""
    shift = session.scalar(select(DemoTime.shift))
    return system_clock if shift is None else shifted_clock(shift)


def system_time(session: Session, at: datetime) -> datetime:
    """When the park's moment `at` comes by the system's clock, which timers go by."""
    shift = session.scalar(select(DemoTime.shift))
    return at if shift is None else at - shift


class CachedClock:
    """The park's clock, looked up at most once a second a process."""

    def __init__(self) -> None:
        self._clock: Clock = system_clock
        self._read_at = float("-inf")

    def read(self, session: Session) -> Clock:
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            self._clock = read_clock(session)
            self._read_at = time.monotonic()
        return self._clock
