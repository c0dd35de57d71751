"""Matches both ways: listings for a demand, demands for a firm's machines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, cast, func, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from marketplace.demands.models import Demand
from marketplace.demands.queries import is_offered_to
from marketplace.demands.queries import with_parts as demands_with_parts
from marketplace.discovery.documents import findable_ids
from marketplace.discovery.matching.facts import Asked, asked_of, circumstances_of, offered_of
from marketplace.discovery.matching.matcher import Match, Wanted, in_order, match
from marketplace.kernel.actor import Actor
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.models import Listing
from marketplace.listings.queries import unit_ids_of, with_parts

MOST_CANDIDATES = 3_000
MOST_SHOWN = 200
MOST_DEMANDS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What was found for one demand: those that fit, best first, and those with one condition short."""

    fits: Sequence[Match]
    near: Sequence[Match]
    listings: Mapping[int, Listing]

    @property
    def supplier_ids(self) -> frozenset[int]:
        return frozenset(self.listings[one.listing_id].enterprise_id for one in self.fits)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandMatch:
    """A demand that a firm's machines could serve; `matches` best first, one for each machine."""

    demand: Demand
    matches: Sequence[Match]

    @property
    def best(self) -> Match:
        return self.matches[0]


def listings_for(session: Session, asked: Asked, *, now: datetime) -> Matched:
    """Every listing that can do what is asked, and the near misses; a fixed number of statements."""
    rows = session.scalars(
        with_parts()
        .where(*_candidates(asked.wanted), Listing.id.in_(findable_ids()))
        .order_by(Listing.id)
        .limit(MOST_CANDIDATES)
    ).all()
    found = in_order(judge(session, [asked], rows, now=now))
    fits = [one for one in found if one.is_fit][:MOST_SHOWN]
    near = [one for one in found if one.is_near][:MOST_SHOWN]
    return Matched(fits=fits, near=near, listings={row.id: row for row in rows})


def _candidates(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What SQL can say before the matcher looks: it never turns away a pair that the matcher would let fit."""
    asked: list[ColumnElement[bool]] = [
        Listing.park_id == wanted.park_id,
        Listing.enterprise_id != wanted.demander_id,
        Listing.type_code.in_(types_serving(wanted.type_code)) if wanted.type_code else true(),
    ]
    if wanted.only_firms is not None:
        asked.append(Listing.enterprise_id.in_(wanted.only_firms))
    if wanted.only_listing is not None:
        asked.append(Listing.id == wanted.only_listing)
    stated = [limit.attribute for limit in wanted.limits if limit.attribute != "certificates"]
    if stated and wanted.type_code is None:
        asked.append(func.jsonb_exists_any(Listing.attributes, cast(stated, ARRAY(Text()))))
    return asked


def types_serving(type_code: str) -> list[str]:
    """The type and every finer one."""
    catalogue = load_catalogue()
    return [
        code
        for code in catalogue.types
        if code == type_code or type_code in {one.code for one in catalogue.ancestors(code)}
    ]


def types_served(type_code: str | None) -> list[str]:
    """The type and every broader one: what a demand may name that such a machine serves."""
    catalogue = load_catalogue()
    if type_code not in catalogue.types:
        return []
    return [str(type_code), *(one.code for one in catalogue.ancestors(str(type_code)))]


def demands_for(session: Session, *, actor: Actor, now: datetime) -> list[DemandMatch]:
    """Open demands that the actor's firm could serve, those that fit first; a fixed number of statements."""
    firm = actor.require_firm()
    machines = session.scalars(
        with_parts()
        .where(Listing.enterprise_id == firm, Listing.park_id == actor.park_id, Listing.id.in_(findable_ids()))
        .order_by(Listing.id)
        .limit(MOST_CANDIDATES)
    ).all()
    served = sorted({code for row in machines for code in types_served(row.type_code)})
    rows = session.scalars(
        demands_with_parts()
        .where(is_offered_to(firm), Demand.park_id == actor.park_id, Demand.closes_at > now)
        .where(Demand.type_code.is_(None) | Demand.type_code.in_(served) | Demand.asked_listing_id.is_not(None))
        .order_by(Demand.id.desc())
        .limit(MOST_DEMANDS)
    ).all()
    by_demand: dict[int, list[Match]] = {}
    for one in in_order(judge(session, asked_of(session, rows), machines, now=now)):
        if one.is_fit or one.is_near:
            by_demand.setdefault(one.demand_id, []).append(one)
    found = [DemandMatch(demand=row, matches=_fits_first(by_demand[row.id])) for row in rows if row.id in by_demand]
    return sorted(found, key=lambda one: (not one.best.is_fit, -round(one.best.score, 6), -one.demand.id))


def _fits_first(matches: Sequence[Match]) -> list[Match]:
    return sorted(matches, key=lambda one: not one.is_fit)


def judge(session: Session, asked: Sequence[Asked], listings: Sequence[Listing], *, now: datetime) -> list[Match]:
    """Every pair that could come together, judged by the one matcher."""
    facts = circumstances_of(session, asked, listings, now=now)
    offered = offered_of(listings, unit_ids_of(session, [row.id for row in listings]))
    judged = (
        match(one.wanted, other, facts[one.wanted.demand_id, other.listing_id]) for one in asked for other in offered
    )
    return [one for one in judged if one is not None]
