"""The calendar of a listing as its owner keeps it: weekly hours, dated exceptions, whether holidays close it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from marketplace.bookings import free_time
from marketplace.bookings.events import FreeTimeChanged
from marketplace.bookings.models import OpeningException, OpeningHours
from marketplace.bookings.opening import DEFAULT_WEEKLY, WEEKDAYS
from marketplace.bookings.units import listing_ids_touched_by
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.listings.models import Listing

Hours = Sequence[Sequence[str]]
HOUR = r"(?:[01]\d|2[0-3]):[0-5]\d|24:00"
PAIR = re.compile(rf"^({HOUR})\s*(?:-|–|—|~|～|至|到)\s*({HOUR})$")
MOST_RANGES = 6
MOST_EXCEPTIONS = 100
FARTHEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionalDay:
    """A date with hours of its own; none means closed."""

    day: date
    hours: Hours = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingCalendar:
    """What an owner sees and changes. `version` 0 means that nothing was saved yet: the default hours hold."""

    weekly: Mapping[str, Hours]
    exceptions: Sequence[ExceptionalDay] = ()
    observes_holidays: bool = True
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCalendar:
    """The whole calendar as it shall be; `version` is the one that was read. `listing` is a public id."""

    listing: str
    version: int
    weekly: Mapping[str, Hours] = field(default_factory=lambda: DEFAULT_WEEKLY)
    exceptions: Sequence[ExceptionalDay] = ()
    observes_holidays: bool = True


def calendar_of(session: Session, listing: Listing) -> ListingCalendar:
    """The calendar of a listing with its exceptions by date."""
    own = session.get(OpeningHours, listing.id)
    rows = session.scalars(
        select(OpeningException).where(OpeningException.listing_id == listing.id).order_by(OpeningException.day)
    )
    days = [ExceptionalDay(day=row.day, hours=row.ranges, note=row.note) for row in rows]
    if own is None:
        return ListingCalendar(weekly=DEFAULT_WEEKLY, exceptions=days)
    return ListingCalendar(
        weekly=own.weekly, exceptions=days, observes_holidays=own.observes_holidays, version=own.version
    )


def edit_calendar(session: Session, command: EditCalendar, *, actor: Actor, clock: Clock) -> ListingCalendar:
    """Replace the calendar of an own listing and open its units anew; bookings already agreed stay.

    Locks the listing. Adds `FreeTimeChanged`. Raises `NotFound`, `Invalid` naming the field, `Conflict`
    `calendar_changed` with the version that stands when somebody else saved in between.
    """
    listing = _locked(session, command.listing, actor)
    weekly = {day: _checked(command.weekly.get(day, ()), name=day) for day in WEEKDAYS}
    exceptions = _checked_exceptions(command.exceptions, today=clock().date())
    before = calendar_of(session, listing)
    if before.version != command.version:
        raise Conflict("calendar_changed", version=before.version)
    _save_hours(session, listing, weekly, command, at=clock())
    session.execute(delete(OpeningException).where(OpeningException.listing_id == listing.id))
    session.add_all(
        OpeningException(listing_id=listing.id, day=one.day, ranges=_lists(one.hours), note=one.note)
        for one in exceptions
    )
    session.flush()
    session.expire_all()
    after = calendar_of(session, listing)
    units = free_time.open_units(session, [listing.id], now=clock())
    subject = f"listing:{listing.public_id}"
    audit(
        session,
        actor,
        at=clock(),
        action="calendar.edited",
        subject=subject,
        before=_facts(before),
        after=_facts(after),
    )
    record(session, FreeTimeChanged([*listing_ids_touched_by(session, units)]), actor=actor, at=clock())
    return after


def _locked(session: Session, public_id: str, actor: Actor) -> Listing:
    firm = actor.require_trading(FirmRole.OPERATOR)
    found = session.scalar(
        select(Listing)
        .where(Listing.public_id == public_id, Listing.enterprise_id == firm, Listing.park_id == actor.park_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("listing")
    return found


def _save_hours(
    session: Session, listing: Listing, weekly: dict[str, list[list[str]]], command: EditCalendar, *, at: datetime
) -> None:
    own = session.get(OpeningHours, listing.id, populate_existing=True)
    if own is None:
        own = OpeningHours(listing_id=listing.id, weekly=weekly, updated_at=at)
        session.add(own)
    own.weekly, own.observes_holidays, own.updated_at = weekly, command.observes_holidays, at
    flag_modified(own, "weekly")
    session.flush()


def read_hours(text: str) -> list[list[str]]:
    """Hours as people write them, `08:00-12:00, 13:00–20:00`; empty is closed. Raises `ValueError`."""
    pieces = [piece.strip() for piece in re.split(r"[,，;；、\n]", text.replace("：", ":")) if piece.strip()]
    found: list[list[str]] = []
    for piece in pieces:
        padded = re.sub(r"(?<!\d)(\d:)", r"0\1", piece)
        match = PAIR.match(padded)
        if match is None:
            raise ValueError(piece)
        found.append([match[1], match[2]])
    return found


def written_hours(hours: Hours) -> str:
    """Hours as `read_hours` reads them."""
    return ", ".join(f"{begin}–{end}" for begin, end in hours)


def _checked(hours: Hours, *, name: str) -> list[list[str]]:
    """In order, forward, apart from each other."""
    ordered = sorted(_lists(hours))
    if len(ordered) > MOST_RANGES:
        raise Invalid("bad_hours", fields={name: ["too_many_hours"]})
    end = ""
    for begin, finish in ordered:
        if not (re.fullmatch(HOUR, begin) and re.fullmatch(HOUR, finish)):
            raise Invalid("bad_hours", fields={name: ["bad_hours"]})
        if begin >= finish or begin < end:
            raise Invalid("bad_hours", fields={name: ["hours_overlap"]})
        end = finish
    return ordered


def _checked_exceptions(days: Sequence[ExceptionalDay], *, today: date) -> list[ExceptionalDay]:
    """Each date once; errors name `exceptions`, or the row of the exception as `hours_2`."""
    if len(days) > MOST_EXCEPTIONS:
        raise Invalid("too_many_exceptions", fields={"exceptions": ["too_many_exceptions"]})
    seen: set[date] = set()
    found: list[ExceptionalDay] = []
    for row, one in enumerate(days):
        if one.day in seen or not today - FARTHEST <= one.day <= today + FARTHEST:
            raise Invalid("bad_exception", fields={f"day_{row}": ["day_twice" if one.day in seen else "day_too_far"]})
        seen.add(one.day)
        found.append(ExceptionalDay(day=one.day, hours=_checked(one.hours, name=f"hours_{row}"), note=one.note))
    return found


def _lists(hours: Iterable[Sequence[str]]) -> list[list[str]]:
    return [list(pair) for pair in hours]


def _facts(calendar: ListingCalendar) -> dict[str, Any]:
    return {
        "weekly": {day: written_hours(hours) for day, hours in calendar.weekly.items()},
        "exceptions": {one.day.isoformat(): written_hours(one.hours) for one in calendar.exceptions},
        "observes_holidays": calendar.observes_holidays,
    }
