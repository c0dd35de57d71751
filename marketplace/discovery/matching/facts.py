"""What the matcher needs of rows: demands and listings as plain values, free time and price of many pairs at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from billing.pricing.jobs import Job
from billing.pricing.quotes import quick_total
from marketplace.accounts.models import Enterprise, Park, Zone
from marketplace.bookings.queries import Question
from marketplace.demands.constraints import limits_of
from marketplace.demands.models import Confidentiality, Demand, Invitation
from marketplace.demands.operations.demanding import PostDemand
from marketplace.discovery.documents import certificate_codes, place_of
from marketplace.discovery.matching.matcher import Circumstances, Offered, Wanted
from marketplace.kernel.actor import Actor
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.models import Listing, ListingKind
from marketplace.listings.queries import unit_ids_of
from search.documents import Place
from search.text.tokens import token_texts

USUAL_MINUTES = 480
"""A job of which nobody said how long it takes is priced as a shift."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A demand's wish with its question to the calendar."""

    wanted: Wanted
    window: Range[datetime] | None
    question: Question


@lru_cache(maxsize=8192)
def words_in(given: str) -> frozenset[str]:
    """The tokens of a text; kept, for the same listing is looked at for many demands."""
    return frozenset(token_texts(given[:600]))


def asked_of(session: Session, demands: Sequence[Demand]) -> list[Asked]:
    """Stored demands for the matcher; demander, zone and listing are loaded already. One statement for all."""
    invited: dict[int, set[int]] = {}
    ids = [one.id for one in demands if one.confidentiality is Confidentiality.INVITED]
    for row in session.execute(
        select(Invitation.demand_id, Invitation.enterprise_id).where(Invitation.demand_id.in_(ids))
    ):
        invited.setdefault(row[0], set()).add(row[1])
    return [_asked(one, invited.get(one.id, set())) for one in demands]


def _asked(demand: Demand, invited: set[int]) -> Asked:
    is_narrow = demand.confidentiality is Confidentiality.INVITED
    wanted = Wanted(
        demand_id=demand.id,
        park_id=demand.park_id,
        demander_id=demand.demander_id,
        type_code=None if demand.asked_listing_id else demand.type_code,
        limits=limits_of(demand.constraints),
        words=words_in(f"{demand.title_zh} {demand.title_en}"),
        only_firms=frozenset(invited) if is_narrow else None,
        only_listing=demand.asked_listing_id,
        zone=demand.zone.code if demand.zone else None,
        centre=_centre(demand.zone, demand.demander),
        radius_metres=demand.radius_metres,
        minutes=_minutes(demand.during, demand.question, demand.duration_minutes),
        units=demand.units,
        budget=demand.budget_amount,
        budget_per=demand.budget_per,
    )
    return Asked(wanted=wanted, window=demand.during, question=demand.question)


def asked_of_command(session: Session, command: PostDemand, *, actor: Actor) -> Asked:
    """A demand that is still being written."""
    zone = session.scalar(select(Zone).where(Zone.park_id == actor.park_id, Zone.code == command.zone))
    demander_id = actor.require_firm()
    wanted = Wanted(
        demand_id=0,
        park_id=actor.park_id,
        demander_id=demander_id,
        type_code=command.type_code,
        limits=command.constraints,
        words=words_in(f"{command.title_zh} {command.title_en}"),
        zone=zone.code if zone else None,
        centre=_centre(zone, session.get_one(Enterprise, demander_id)),
        radius_metres=command.radius_metres,
        minutes=_minutes(command.during, command.question, command.duration_minutes),
        units=command.units,
        budget=command.budget_amount,
        budget_per=command.budget_per,
    )
    return Asked(wanted=wanted, window=command.during, question=command.question)


def _centre(zone: Zone | None, firm: Enterprise) -> Place | None:
    if zone is not None:
        return Place(zone.latitude, zone.longitude)
    if firm.latitude is None or firm.longitude is None:
        return None
    return Place(firm.latitude, firm.longitude)


def _minutes(during: Range[datetime] | None, question: Question, minutes: int | None) -> int | None:
    """The time of use: the window itself when all of it is asked for."""
    if question is Question.EXACT and during is not None and during.lower is not None and during.upper is not None:
        return int((during.upper - during.lower) / timedelta(minutes=1))
    return minutes


def offered_of(listings: Sequence[Listing], pieces: Mapping[int, Sequence[int]]) -> list[Offered]:
    """Listings with firm and zone loaded, for the matcher."""
    types = load_catalogue().types
    return [_offered(one, pieces.get(one.id, ()), types) for one in listings]


def _offered(listing: Listing, units: Sequence[int], types: Mapping[str, Any]) -> Offered:
    code = listing.type_code or ""
    kind = types.get(code)
    above = [one.code for one in load_catalogue().ancestors(code)] if kind else []
    names = f"{kind.zh} {kind.en} {' '.join(kind.aliases)}" if kind else ""
    usual = kind.rent_yuan_per_hour if kind else None
    return Offered(
        listing_id=listing.id,
        park_id=listing.park_id,
        supplier_id=listing.enterprise_id,
        lineage=(code, *above),
        attributes=listing.attributes,
        certificates=frozenset(certificate_codes(listing)),
        words=words_in(f"{listing.title_zh} {listing.title_en} {listing.model} {listing.manufacturer}")
        | words_in(names),
        zone=listing.zone.code if listing.zone else None,
        place=place_of(listing),
        pieces=1 if listing.kind is ListingKind.LINE else len(units),
        usual_fen_per_hour=(usual[0] * 100, usual[1] * 100) if usual else None,
    )


FREE_SQL = text(
    """
    WITH asked AS (
        SELECT * FROM unnest(
            cast(:demands AS bigint[]), cast(:starts AS timestamptz[]), cast(:ends AS timestamptz[]),
            cast(:minutes AS bigint[])
        ) AS t(demand_id, starts, ends, minutes)
    ), part AS (
        SELECT * FROM unnest(
            cast(:listings AS bigint[]), cast(:places AS bigint[]), cast(:units AS bigint[])
        ) AS t(listing_id, place, unit_id)
    ), common AS (
        SELECT part.listing_id, part.place, range_intersect_agg(kept.free) AS free
        FROM part
        LEFT JOIN listings_unit AS unit ON unit.id = part.unit_id AND unit.is_bookable
        LEFT JOIN bookings_unit_free_time AS kept ON kept.unit_id = unit.id
        GROUP BY part.listing_id, part.place
        HAVING count(kept.unit_id) = count(*)
    ), piece AS (
        SELECT asked.demand_id, common.listing_id, common.place, asked.minutes,
               span = tstzrange(asked.starts, asked.ends) AS whole, lower(span) AS begins,
               extract(epoch FROM upper(span) - lower(span)) / 60 AS length
        FROM asked
        JOIN common ON common.free && tstzrange(asked.starts, asked.ends)
        CROSS JOIN LATERAL unnest(common.free * tstzmultirange(tstzrange(asked.starts, asked.ends))) AS span
    )
    SELECT demand_id, listing_id, bool_or(whole), cast(max(length) AS bigint), cast(sum(length) AS bigint),
           cast(extract(epoch FROM min(begins) FILTER (WHERE length >= minutes)) AS bigint)
    FROM piece GROUP BY demand_id, listing_id, place
    """
)


@dataclass(slots=True)
class _Free:
    """What the units of one listing have free in one window: for each unit whether whole, the longest run, the sum."""

    units: list[tuple[bool, int, int]]
    first: int | None = None


def circumstances_of(
    session: Session, asked: Sequence[Asked], listings: Sequence[Listing], *, now: datetime
) -> Mapping[tuple[int, int], Circumstances]:
    """Free time and price of every pair: two statements for all of them. Raises nothing; what is unknown is None."""
    units = unit_ids_of(session, [one.id for one in listings])
    free = _free(session, asked, listings, units, now=now)
    zones = {row[0]: ZoneInfo(row[1]) for row in session.execute(select(Park.id, Park.time_zone))}
    found: dict[tuple[int, int], Circumstances] = {}
    for one in asked:
        for listing in listings:
            key = (one.wanted.demand_id, listing.id)
            found[key] = _circumstances(one, listing, free.get(key), zones[listing.park_id], now)
    return found


def _free(
    session: Session,
    asked: Sequence[Asked],
    listings: Sequence[Listing],
    units: Mapping[int, Sequence[int]],
    *,
    now: datetime,
) -> Mapping[tuple[int, int], _Free]:
    """A line's units count together (`place` 0), others one by one."""
    timed = [(one, start_of(one.window, now), one.window.upper) for one in asked if one.window and one.window.upper]
    timed = [row for row in timed if row[1] < row[2]]
    parts = [
        (one.id, 0 if one.kind is ListingKind.LINE else unit, unit)
        for one in listings
        for unit in units.get(one.id, ())
    ]
    if not timed or not parts:
        return {}
    rows = session.execute(
        FREE_SQL,
        {
            "demands": [row[0].wanted.demand_id for row in timed],
            "starts": [row[1] for row in timed],
            "ends": [row[2] for row in timed],
            "minutes": [row[0].wanted.minutes or 60 for row in timed],
            "listings": [row[0] for row in parts],
            "places": [row[1] for row in parts],
            "units": [row[2] for row in parts],
        },
    )
    found: dict[tuple[int, int], _Free] = {}
    for demand_id, listing_id, whole, longest, total, first in rows:
        kept = found.setdefault((demand_id, listing_id), _Free([]))
        kept.units.append((whole, longest, total))
        if first is not None:
            kept.first = first if kept.first is None else min(kept.first, first)
    return found


def start_of(window: Range[datetime], now: datetime) -> datetime:
    """Where a window begins that may have begun."""
    return max(window.lower, now) if window.lower is not None else now


def _circumstances(one: Asked, listing: Listing, free: _Free | None, zone: ZoneInfo, now: datetime) -> Circumstances:
    minutes = one.wanted.minutes or USUAL_MINUTES
    start = start_of(one.window, now) if one.window is not None else now
    if free is not None and free.first is not None:
        start = datetime.fromtimestamp(free.first, tz=zone)
    total = max((unit[2] for unit in free.units), default=0) if free is not None else 0
    return Circumstances(
        is_free=None if one.window is None else _is_free(one, free),
        free_minutes=total,
        first_start=free.first if free is not None else None,
        price=_price(listing, start, minutes, one.wanted.units, zone),
        priced_minutes=minutes,
    )


def _is_free(one: Asked, free: _Free | None) -> bool:
    if free is None:
        return False
    minutes = one.wanted.minutes or 60
    match one.question:
        case Question.EXACT:
            enough = sum(1 for whole, _, _ in free.units if whole)
        case Question.RUN:
            enough = sum(1 for _, longest, _ in free.units if longest >= minutes)
        case Question.TOTAL:
            enough = sum(1 for _, _, total in free.units if total >= minutes)
    return enough >= one.wanted.units


def _price(listing: Listing, start: datetime, minutes: int, units: int, zone: ZoneInfo) -> int | None:
    plan = listing.rate_plan.value() if listing.rate_plan is not None else None
    if plan is None:
        return None
    try:
        job = Job(start=start, end=start + timedelta(minutes=minutes), units=units, zone=zone)
    except ValueError:
        return None
    total = quick_total(plan, job)
    return None if total is None else total.amount
