"""What listings need of the calendars above them; bookings implement it and the composition root registers it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.kernel.clock import Clock


class CalendarKeeper(Protocol):
    """Keeps the calendars of units in step with their listings."""

    def open_calendars(self, session: Session, listing_ids: Sequence[int], *, clock: Clock) -> None:
        """These listings were published or their units changed: their units' free time is to be computed.

        Called in the transaction of the change; safe to call again.
        """
        ...

    def next_bookings(
        self, session: Session, listing_ids: Sequence[int], *, at: datetime
    ) -> Mapping[int, Range[datetime]]:
        """For each listing the booking that runs or comes next, in one statement; without one it is left out."""
        ...


class NoCalendars:
    """Where no bookings are installed: nothing to open, nothing booked."""

    def open_calendars(self, session: Session, listing_ids: Sequence[int], *, clock: Clock) -> None:
        """Nothing keeps calendars."""

    def next_bookings(
        self,
        session: Session,  # noqa: ARG002 - the protocol's
        listing_ids: Sequence[int],  # noqa: ARG002
        *,
        at: datetime,  # noqa: ARG002
    ) -> Mapping[int, Range[datetime]]:
        return {}


_keeper: list[CalendarKeeper] = [NoCalendars()]


def keep_calendars_with(keeper: CalendarKeeper) -> None:
    """Register who keeps the calendars; `marketplace.app` calls it."""
    _keeper[:] = [keeper]


def calendars() -> CalendarKeeper:
    return _keeper[0]
