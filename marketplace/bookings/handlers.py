"""Timers and the calendars that listings ask for."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.accounts.models import Park
from marketplace.bookings import free_time, queries
from marketplace.bookings.events import BookingReleased, FreeTimeChanged
from marketplace.bookings.holidays import fill_holidays
from marketplace.bookings.keepers import is_kept
from marketplace.bookings.models import Booking, BookingStatus, Occupancy, ReleaseReason, UnitFreeTime
from marketplace.bookings.operations import booking_by_id, release_booking
from marketplace.bookings.units import listing_ids_touched_by
from marketplace.bookings.waiting import tell_next_waiter
from marketplace.conversations.wording import Wording
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import Subscription, record
from marketplace.kernel.jobs import job
from marketplace.kernel.words import translate
from marketplace.listings.models import Listing, ListingStatus
from marketplace.ui.formats import moment_range

LISTINGS_AT_ONCE = 200
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Calendars:
    """`listings.calendars.CalendarKeeper`: opens units' calendars in the transaction that publishes them."""

    def open_calendars(self, session: Session, listing_ids: Sequence[int], *, clock: Clock) -> None:
        """Compute the units' opening and free time over the horizon; safe to call again."""
        free_time.open_units(session, listing_ids, now=clock())

    def next_bookings(
        self, session: Session, listing_ids: Sequence[int], *, at: datetime
    ) -> Mapping[int, Range[datetime]]:
        """For each listing the booking that runs or comes next."""
        return queries.next_bookings(session, listing_ids, at=at)


@job("bookings.expire_hold")
def expire_hold(session: Session, *, clock: Clock, booking_id: int) -> None:
    """Release a hold whose time is up; one that was confirmed, released or extended meanwhile is left alone."""
    booking = booking_by_id(session, booking_id)
    if booking.status is BookingStatus.HELD and booking.held_until is not None and booking.held_until <= clock():
        _let_go(session, booking, clock=clock)


@job("bookings.expire_holds", cron="* * * * *")
def expire_holds(session: Session, *, clock: Clock) -> None:
    """Release every hold whose time is up: the net under the single timers."""
    overdue = select(Booking).where(Booking.status == BookingStatus.HELD, Booking.held_until <= clock())
    for booking in session.scalars(overdue.order_by(Booking.id).with_for_update(skip_locked=True)).all():
        _let_go(session, booking, clock=clock)


def _let_go(session: Session, booking: Booking, *, clock: Clock) -> None:
    """A hold whose money has come stays until that is taken note of."""
    if not is_kept(session, booking.id):
        release_booking(session, booking, ReleaseReason.HOLD_EXPIRED, actor=system_actor(booking.park_id), clock=clock)


def tell_waiters(session: Session, event: BookingReleased, *, clock: Clock) -> None:
    """Time was given back: whoever waits for it first is told, on the listing and on the lines it belongs to."""
    units = session.scalars(select(Occupancy.unit_id).where(Occupancy.booking_id == event.booking_id)).all()
    for listing_id in listing_ids_touched_by(session, units):
        tell_next_waiter(session, listing_id, clock=clock)


def tell_waiters_of_change(session: Session, event: FreeTimeChanged, *, clock: Clock) -> None:
    """Blocked time was opened again: as `tell_waiters`."""
    for listing_id in event.listing_ids:
        tell_next_waiter(session, listing_id, clock=clock)


@job("bookings.tell_next_waiter")
def tell_next_waiter_job(session: Session, *, clock: Clock, listing_id: int) -> None:
    """The head start is over: the next one is told, if the time is still free."""
    tell_next_waiter(session, listing_id, clock=clock)


def _free_again(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    start, end = (datetime.fromisoformat(facts[name]) for name in ("start", "end"))
    given = {
        "listing": facts["en"] if locale.startswith("en") else facts["zh"],
        "when": moment_range(start, end, locale, SHANGHAI),
    }
    subject = translate(locale, "%(listing)s 空出来了：%(when)s", **given)
    return subject, translate(locale, "先到先得，想要请尽快预订。")


WORDINGS: dict[str, Wording] = {"wait.free": _free_again}

SUBSCRIPTIONS = (
    Subscription(BookingReleased, tell_waiters, "bookings.tell_waiters"),
    Subscription(FreeTimeChanged, tell_waiters_of_change, "bookings.tell_waiters_of_change"),
)


@job("bookings.fill_holidays", cron="40 15 * * *")
def fill_all_holidays(session: Session, *, clock: Clock) -> None:
    """Every park has this year's and next year's holidays; a new park, too."""
    for park in session.scalars(select(Park).order_by(Park.id)).all():
        fill_holidays(session, park, clock=clock)


@job("bookings.roll_forward", cron="10 16 * * *")
def roll_forward(session: Session, *, clock: Clock) -> None:
    """Every midnight in China the horizon moves on by a day."""
    behind = clock() + free_time.HORIZON - timedelta(days=1)
    listing_ids = session.scalars(
        select(Listing.id)
        .join(UnitFreeTime, UnitFreeTime.listing_id == Listing.id)
        .where(Listing.status == ListingStatus.PUBLISHED, func.upper(UnitFreeTime.horizon) < behind)
        .distinct()
        .order_by(Listing.id)
    ).all()
    for begin in range(0, len(listing_ids), LISTINGS_AT_ONCE):
        free_time.open_units(session, listing_ids[begin : begin + LISTINGS_AT_ONCE], now=clock())


@job("bookings.reopen_park")
def reopen_park(session: Session, *, clock: Clock, park_id: int) -> None:
    """Work out the opening hours of a park's machines anew, after its time zone or its holidays changed; who waits is told."""
    published = select(Listing.id).where(Listing.park_id == park_id, Listing.status == ListingStatus.PUBLISHED)
    listing_ids = session.scalars(published.order_by(Listing.id)).all()
    for begin in range(0, len(listing_ids), LISTINGS_AT_ONCE):
        some = listing_ids[begin : begin + LISTINGS_AT_ONCE]
        free_time.open_units(session, some, now=clock())
        record(session, FreeTimeChanged([*some]), actor=system_actor(park_id), at=clock())
