"""When else a listing could be booked: windows of the same length that the guard would grant, nearest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE, TSTZRANGE, Range
from sqlalchemy.orm import Session

from marketplace.bookings import opening
from marketplace.bookings.units import bookable_unit_ids
from marketplace.listings.models import Listing, ListingKind

LOOK_AROUND = timedelta(days=28)
"""How far from the wanted window one still looks."""
NEAR = timedelta(days=4)
"""Where one looks first: what is found near is nearest."""
DAY = timedelta(days=1)
KEPT = (
    text(
        """
        SELECT kept.open * near.days AS open, kept.free * near.days AS free, kept.clear * near.days AS clear
        FROM bookings_unit_free_time AS kept, (SELECT tstzmultirange(cast(:window AS tstzrange)) AS days) AS near
        WHERE kept.unit_id = ANY(:units) ORDER BY kept.unit_id
        """
    )
    .bindparams(bindparam("window", type_=TSTZRANGE()))
    .columns(open=TSTZMULTIRANGE(), free=TSTZMULTIRANGE(), clear=TSTZMULTIRANGE())
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A unit's kept time near the wanted window, as in `UnitFreeTime`."""

    open: Sequence[Range[datetime]]
    free: Sequence[Range[datetime]]
    clear: Sequence[Range[datetime]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A window that was refused. `spans_closed_hours` as in `TakeOccupancy`."""

    during: Range[datetime]
    quantity: int = 1
    spans_closed_hours: bool = False


def other_times(
    session: Session, listing: Listing, wanted: Wanted, *, now: datetime, limit: int = 3
) -> list[Range[datetime]]:
    """Up to `limit` windows as long as the wanted one with enough units free, by their distance from it.

    They do not overlap each other; the hour of the day that was wanted is tried on other days too.
    """
    start, end = wanted.during.lower, wanted.during.upper
    if start is None or end is None or start >= end:
        return []
    units = bookable_unit_ids(session, listing)
    needed = len(units) if listing.kind is ListingKind.LINE else wanted.quantity
    found: list[Range[datetime]] = []
    for around in (NEAR, LOOK_AROUND):
        kept = _kept(session, units, listing, wanted, around=around)
        if not units or len(kept) < needed:
            return []
        starts = _starts(kept, listing, start, now=now, around=around)
        found = list(islice(_granted(kept, starts, listing, wanted, now=now), limit))
        if len(found) == limit:
            break
    return found


def _granted(
    kept: Sequence[Kept], starts: Sequence[datetime], listing: Listing, wanted: Wanted, *, now: datetime
) -> Iterator[Range[datetime]]:
    """The windows from these moments on that the guard would grant, apart from each other."""
    start, end = wanted.during.lower, wanted.during.upper
    length = end - start if start and end else timedelta()
    needed = len(kept) if listing.kind is ListingKind.LINE else wanted.quantity
    found: list[Range[datetime]] = []
    for begin in starts:
        window = Range(begin, begin + length)
        if any(window.overlaps(one) for one in found) or not opening.is_lawful(listing, window, now=now):
            continue
        if sum(_is_free(one, window, listing, wanted) for one in kept) >= needed:
            found.append(window)
            yield window


def _kept(
    session: Session, units: Sequence[int], listing: Listing, wanted: Wanted, *, around: timedelta
) -> Sequence[Kept]:
    """The free time of the units near the wanted window: more of it than is looked at, so that no edge shows."""
    lower, upper = wanted.during.lower, wanted.during.upper
    if lower is None or upper is None:
        return []
    beyond = around + (upper - lower) + timedelta(minutes=listing.turnaround_minutes) + DAY
    given = {"units": list(units), "window": Range(lower - beyond, upper + beyond)}
    return [Kept(*row) for row in session.execute(KEPT, given)]


def is_bookable(session: Session, listing: Listing, wanted: Wanted, *, now: datetime) -> bool:
    """Whether the guard would grant the window now."""
    units = bookable_unit_ids(session, listing)
    needed = len(units) if listing.kind is ListingKind.LINE else wanted.quantity
    kept = _kept(session, units, listing, wanted, around=timedelta())
    free = sum(_is_free(one, wanted.during, listing, wanted) for one in kept)
    return bool(units) and free >= needed and opening.is_lawful(listing, wanted.during, now=now)


def _starts(
    kept: Sequence[Kept], listing: Listing, wanted: datetime, *, now: datetime, around: timedelta
) -> list[datetime]:
    """Moments worth trying: the wanted hour on other days, and the start of every free piece."""
    earliest = now + timedelta(minutes=listing.notice_minutes)
    step = timedelta(minutes=listing.step_minutes)
    moments = {wanted + day * DAY for day in range(-around.days, around.days + 1)}
    moments |= {rounded_up(piece, step) for one in kept for piece in _pieces(one, earliest)}
    near = (at for at in moments if at >= earliest and abs(at - wanted) <= around and at != wanted)
    return sorted(near, key=lambda at: (abs(at - wanted), at))


def _pieces(kept: Kept, earliest: datetime) -> Iterator[datetime]:
    for piece in kept.free:
        if piece.lower is not None and piece.upper is not None and piece.upper > earliest:
            yield max(piece.lower, earliest)


def rounded_up(moment: datetime, step: timedelta) -> datetime:
    """The next moment on a step counted from the hour."""
    past = timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)
    return moment + (-past % step)


def _is_free(kept: Kept, window: Range[datetime], listing: Listing, wanted: Wanted) -> bool:
    """As the guard looks at it: nothing occupies the window and the turnaround after it, and it is open throughout."""
    if window.lower is None or window.upper is None:
        return False
    with_turnaround = Range(window.lower, window.upper + timedelta(minutes=listing.turnaround_minutes))
    is_open = wanted.spans_closed_hours or any(piece.contains(window) for piece in kept.open)
    return is_open and any(piece.contains(with_turnaround) for piece in kept.clear)
