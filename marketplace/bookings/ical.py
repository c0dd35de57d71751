"""Bookings as iCalendar (RFC 5545): what calendar programs read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from icalendar import Calendar, Event

from marketplace.bookings.models import Booking, BookingStatus

REFRESH = timedelta(hours=1)
STATUSES = {
    BookingStatus.HELD: "TENTATIVE",
    BookingStatus.CONFIRMED: "CONFIRMED",
    BookingStatus.RELEASED: "CANCELLED",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A booking in a reader's words."""

    booking: Booking
    summary: str
    place: str = ""
    url: str = ""


def calendar_of(entries: Sequence[Entry], *, name: str, now: datetime) -> bytes:
    """A calendar file; a released booking stays in it as cancelled, so that programs take it out."""
    calendar = Calendar()
    calendar.add("prodid", "-//Gongzao//Bookings//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH)
    for entry in entries:
        calendar.add_component(_event(entry, now))
    return calendar.to_ical()


def tag_of(entries: Sequence[Entry], *, name: str) -> str:
    """The same for the same content, whenever it is written out."""
    told = [(one.booking.public_id, one.booking.version, one.summary, one.place, one.url) for one in entries]
    return sha256(repr((name, told)).encode()).hexdigest()[:32]


def _event(entry: Entry, now: datetime) -> Event:
    booking, event = entry.booking, Event()
    event.add("uid", f"{booking.public_id}@gongzao")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", booking.version)
    event.add("status", STATUSES[booking.status])
    event.add("summary", entry.summary)
    if booking.during.lower is not None and booking.during.upper is not None:
        event.add("dtstart", booking.during.lower.astimezone(UTC))
        event.add("dtend", booking.during.upper.astimezone(UTC))
    if entry.place:
        event.add("location", entry.place)
    if entry.url:
        event.add("url", entry.url)
    return event
