"""Reads of units' time. They lock nothing: the constraint has the last word."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, exists, func, select, text
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range, distinct_on
from sqlalchemy.orm import Session, joinedload

from marketplace.bookings.models import (
    OCCUPYING,
    Booking,
    BookingStatus,
    Occupancy,
    UnitFreeTime,
)
from marketplace.bookings.units import line_unit_ids
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.listings.models import Listing, ListingKind, ListingStatus, Unit


class Question(StrEnum):
    """What "free" means: the whole window, n hours in one run inside it, or n hours in total inside it."""

    EXACT = "exact"
    RUN = "run"
    TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeQuestion:
    """A window and how much of it must be free; `minutes` counts for run and total."""

    window: Range[datetime]
    kind: Question = Question.EXACT
    minutes: int = 0
    units: int = 1


def free_units(session: Session, unit_ids: Sequence[int], occupied: Range[datetime]) -> Sequence[int]:
    """Of these units the ones with nothing in the range, lowest id first."""
    taken = exists().where(
        Occupancy.unit_id == Unit.id, Occupancy.occupied.op("&&")(occupied), Occupancy.status.in_(OCCUPYING)
    )
    return session.scalars(select(Unit.id).where(Unit.id.in_(unit_ids), ~taken).order_by(Unit.id)).all()


def busy_ranges(session: Session, unit_ids: Sequence[int], during: Range[datetime]) -> Sequence[Range[datetime]]:
    """When these units are taken, as far as it touches the range: when, never by whom or why."""
    return session.scalars(
        select(Occupancy.during)
        .where(Occupancy.unit_id.in_(unit_ids), Occupancy.occupied.op("&&")(during), Occupancy.status.in_(OCCUPYING))
        .order_by(Occupancy.during)
        .distinct()
    ).all()


FREE_NOW = """
    SELECT kept.unit_id, kept.listing_id, piece
    FROM bookings_unit_free_time AS kept,
    LATERAL unnest(kept.free * tstzmultirange(cast(:window AS tstzrange))) AS piece
    WHERE kept.free && cast(:window AS tstzrange)
"""
EXACT_SQL = text(
    """
    SELECT kept.listing_id FROM bookings_unit_free_time AS kept JOIN listings_unit AS unit ON unit.id = kept.unit_id
    WHERE kept.free @> cast(:window AS tstzrange) AND unit.is_bookable
    GROUP BY kept.listing_id HAVING count(*) >= :units
    """
)
RUN_SQL = text(
    f"""
    SELECT fitting.listing_id FROM (
        SELECT unit_id, listing_id FROM ({FREE_NOW}) AS pieces
        GROUP BY unit_id, listing_id
        HAVING max(upper(piece) - lower(piece)) >= make_interval(mins => :minutes)
    ) AS fitting JOIN listings_unit AS unit ON unit.id = fitting.unit_id AND unit.is_bookable
    GROUP BY fitting.listing_id HAVING count(*) >= :units
    """  # noqa: S608 - put together from constants
)
TOTAL_SQL = text(
    f"""
    SELECT fitting.listing_id FROM (
        SELECT unit_id, listing_id FROM ({FREE_NOW}) AS pieces
        GROUP BY unit_id, listing_id
        HAVING sum(upper(piece) - lower(piece)) >= make_interval(mins => :minutes)
    ) AS fitting JOIN listings_unit AS unit ON unit.id = fitting.unit_id AND unit.is_bookable
    GROUP BY fitting.listing_id HAVING count(*) >= :units
    """  # noqa: S608 - put together from constants
)
WINDOW = bindparam("window", type_=TSTZRANGE())
QUESTIONS = {
    Question.EXACT: EXACT_SQL.bindparams(WINDOW),
    Question.RUN: RUN_SQL.bindparams(WINDOW),
    Question.TOTAL: TOTAL_SQL.bindparams(WINDOW),
}


def free_listing_ids(session: Session, question: FreeQuestion) -> set[int]:
    """Ids of the listings with enough units free as the question asks; a line must have all its units free."""
    given: dict[str, Any] = {"window": question.window, "units": question.units}
    if question.kind is not Question.EXACT:
        given["minutes"] = question.minutes
    found = set(session.scalars(QUESTIONS[question.kind], given))
    return found | free_line_ids(session, question)


def free_line_ids(session: Session, question: FreeQuestion) -> set[int]:
    """Ids of the lines whose every unit is free at the same time as the question asks."""
    lines = session.execute(select(Listing.id).where(Listing.kind == ListingKind.LINE, Listing.status == "published"))
    return {line_id for (line_id,) in lines if _fits(line_free_ranges(session, line_id, question.window), question)}


def line_free_ranges(session: Session, line_id: int, window: Range[datetime]) -> list[Range[datetime]]:
    """When every unit of a line is free at once, inside the window."""
    units = line_unit_ids(line_id).subquery()
    common = session.scalar(
        select(func.range_intersect_agg(UnitFreeTime.free)).where(UnitFreeTime.unit_id.in_(select(units)))
    )
    known = session.scalar(select(func.count()).select_from(units))
    kept = session.scalar(select(func.count()).where(UnitFreeTime.unit_id.in_(select(units))))
    if not known or known != kept or common is None:
        return []
    return clipped(common, window)


def clipped(ranges: Iterable[Range[datetime]], window: Range[datetime]) -> list[Range[datetime]]:
    """The parts of the ranges inside the window, in order."""
    inside: list[Range[datetime]] = []
    for one in ranges:
        if one.lower is None or one.upper is None or window.lower is None or window.upper is None:
            continue
        lower, upper = max(one.lower, window.lower), min(one.upper, window.upper)
        if lower < upper:
            inside.append(Range(lower, upper))
    return inside


def _fits(ranges: Sequence[Range[datetime]], question: FreeQuestion) -> bool:
    lengths = [one.upper - one.lower for one in ranges if one.lower and one.upper]
    wanted = timedelta(minutes=question.minutes)
    match question.kind:
        case Question.EXACT:
            return any(one.contains(question.window) for one in ranges)
        case Question.RUN:
            return any(length >= wanted for length in lengths)
        case Question.TOTAL:
            return sum(lengths, timedelta()) >= wanted


FITTING_SQL = text(
    """
    SELECT DISTINCT ON (kept.listing_id) kept.listing_id, lower(piece) AS start, upper(piece) AS until
    FROM bookings_unit_free_time AS kept,
    LATERAL unnest(kept.free * tstzmultirange(cast(:window AS tstzrange))) AS piece
    WHERE kept.listing_id = ANY(:listings) AND upper(piece) - lower(piece) >= make_interval(mins => :minutes)
    ORDER BY kept.listing_id, lower(piece), upper(piece) DESC
    """
).bindparams(WINDOW)


def first_fitting_windows(
    session: Session, listing_ids: Sequence[int], window: Range[datetime], minutes: int
) -> dict[int, tuple[datetime, datetime]]:
    """For each listing the first free run of at least so many minutes inside the window, in one statement for all.

    Lines are looked at one by one.
    """
    given = {"window": window, "minutes": minutes, "listings": list(listing_ids)}
    found = {row[0]: (row[1], row[2]) for row in session.execute(FITTING_SQL, given)}
    missing = [one for one in listing_ids if one not in found]
    if not missing:
        return found
    lines = session.scalars(select(Listing.id).where(Listing.id.in_(missing), Listing.kind == ListingKind.LINE))
    for line_id in lines:
        for free in line_free_ranges(session, line_id, window):
            if free.lower and free.upper and free.upper - free.lower >= timedelta(minutes=minutes):
                found[line_id] = (free.lower, free.upper)
                break
    return found


def free_ranges(session: Session, listing: Listing, window: Range[datetime]) -> list[Range[datetime]]:
    """When at least one unit of the listing (every unit of a line) is free, inside the window, merged."""
    if listing.kind is ListingKind.LINE:
        return line_free_ranges(session, listing.id, window)
    merged = session.scalar(
        text(
            "SELECT range_agg(piece) FROM bookings_unit_free_time AS kept "
            "JOIN listings_unit AS unit ON unit.id = kept.unit_id AND unit.is_bookable, "
            "LATERAL unnest(kept.free) AS piece WHERE kept.listing_id = :listing"
        ),
        {"listing": listing.id},
    )
    return clipped(merged or [], window)


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeAnswer:
    """Whether a listing is free as the question asks, and when at least one unit (of a line every unit) is free."""

    fits: bool
    windows: Sequence[Range[datetime]]


def free_answer(session: Session, listing: Listing, question: FreeQuestion) -> FreeAnswer:
    """The three questions for one listing; `units` of its units must each fit."""
    if listing.kind is ListingKind.LINE:
        windows = line_free_ranges(session, listing.id, question.window)
        return FreeAnswer(fits=_fits(windows, question), windows=windows)
    kept = session.scalars(
        select(UnitFreeTime)
        .join(Unit, Unit.id == UnitFreeTime.unit_id)
        .where(UnitFreeTime.listing_id == listing.id, Unit.is_bookable)
    ).all()
    fitting = sum(_fits(clipped(one.free, question.window), question) for one in kept)
    return FreeAnswer(fits=fitting >= question.units, windows=free_ranges(session, listing, question.window))


def bookings_at(
    session: Session, *, actor: Actor, window: Range[datetime], listing_ids: Sequence[int] | None = None
) -> Sequence[Booking]:
    """Bookings and holds of the firm's own listings that touch the window, by start."""
    rows = (
        select(Booking)
        .options(joinedload(Booking.listing), joinedload(Booking.demander))
        .where(Booking.supplier_id == actor.require_firm(), Booking.during.op("&&")(window))
        .where(Booking.status != BookingStatus.RELEASED)
        .order_by(Booking.during, Booking.id)
    )
    if listing_ids is not None:
        rows = rows.where(Booking.listing_id.in_(listing_ids))
    return session.scalars(rows).all()


def next_bookings(session: Session, listing_ids: Sequence[int], *, at: datetime) -> Mapping[int, Range[datetime]]:
    """For each listing the booking that runs or comes next, in one statement; without one it is left out."""
    rows = session.execute(
        select(Booking.listing_id, Booking.during)
        .where(Booking.listing_id.in_(listing_ids), Booking.status == BookingStatus.CONFIRMED)
        .where(func.upper(Booking.during) > at)
        .ext(distinct_on(Booking.listing_id))
        .order_by(Booking.listing_id, func.lower(Booking.during))
    )
    return {row[0]: row[1] for row in rows}


def own_listings(session: Session, *, actor: Actor) -> Sequence[Listing]:
    """The firm's listings in the park that are not archived, by title; at most 500."""
    return session.scalars(
        select(Listing)
        .where(Listing.enterprise_id == actor.require_firm(), Listing.park_id == actor.park_id)
        .where(Listing.status != ListingStatus.ARCHIVED)
        .order_by(Listing.title_zh, Listing.id)
        .limit(500)
    ).all()


def own_listing(session: Session, public_id: str, *, actor: Actor) -> Listing:
    """A listing of the actor's firm. Raises `NotFound` for anybody else's."""
    found = session.scalar(
        select(Listing).where(Listing.public_id == public_id, Listing.enterprise_id == actor.require_firm())
    )
    if found is None:
        raise NotFound("listing")
    return found
