"""Machines that could stand in for another one: the same leaf type, else the same family, free then, cheapest first."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ARRAY, Integer, Select, String, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import TSTZRANGE, Range
from sqlalchemy.orm import Session

from billing.pricing.jobs import Job
from billing.pricing.quotes import quick_total
from marketplace.accounts.models import Park
from marketplace.bookings import opening
from marketplace.bookings.free_listings import units_free
from marketplace.bookings.line_time import lines_free
from marketplace.discovery.asking import price_field
from marketplace.discovery.models import SearchRow
from marketplace.kernel.actor import Actor
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.models import Listing, ListingKind, ListingStatus, OperatorTerms
from marketplace.listings.queries import for_cards, seen_by
from marketplace.orders.alternatives import SimilarListing

MOST_LOOKED_AT = 9
"""So many are priced exactly, those first that search keeps as the cheapest for a job of about this length."""
WINDOW, UNITS = bindparam("during", type_=TSTZRANGE()), bindparam("units", type_=Integer())


@cache
def _wanted(*, is_office: bool) -> Select[*tuple[Any, ...]]:
    """In the order of type and kept price the first that are free: the calendar is asked for no more of them."""
    cheapest = SearchRow.prices[bindparam("length", type_=String())].as_integer()
    is_other_type = Listing.type_code != bindparam("type_code")
    visible = seen_by(bindparam("park_id"), bindparam("enterprise_id"), is_office=is_office)
    ordered = (
        select(Listing.id, Listing.kind)
        .outerjoin(SearchRow, SearchRow.listing_id == Listing.id)
        .where(
            Listing.type_code == any_(bindparam("family", type_=ARRAY(String()))), Listing.id != bindparam("listing")
        )
        .where(Listing.park_id == bindparam("listing_park"), visible, Listing.status == ListingStatus.PUBLISHED)
        .where(Listing.enterprise_id != bindparam("enterprise_id"), opening.rules_allow(WINDOW, bindparam("now")))
        .order_by(is_other_type, cheapest.asc().nulls_last(), Listing.id)
        .offset(0)
        .subquery()
    )
    may_be_free = or_(ordered.c.kind == ListingKind.LINE, units_free(ordered.c.id, WINDOW) >= UNITS)
    first = select(ordered.c.id).where(may_be_free).limit(MOST_LOOKED_AT).subquery()
    wanted = for_cards().where(Listing.id.in_(select(first.c.id))).join(Park, Park.id == Listing.park_id)
    return wanted.add_columns(Park.time_zone)


class SimilarByType:
    """`orders.alternatives.SimilarListings` by the tree of resource types."""

    def similar(
        self,
        session: Session,
        listing: Listing,
        during: Range[datetime],
        *,
        actor: Actor,
        now: datetime,
        units: int = 1,
    ) -> Sequence[SimilarListing]:
        """Listings of the same type before those of the same family, the cheapest for this job first.

        Only what the actor may see and does not own, whose rules allow the window and which is free in it.
        """
        if listing.type_code is None or during.lower is None or during.upper is None or during.isempty:
            return ()
        hours = Decimal((during.upper - during.lower).total_seconds()) / 3600
        given = {
            "family": _family_of(listing.type_code),
            "type_code": listing.type_code,
            "listing": listing.id,
            "listing_park": listing.park_id,
            "park_id": actor.park_id,
            "enterprise_id": actor.enterprise_id or 0,
            "during": during,
            "units": units,
            "now": now,
            "length": price_field(hours),
        }
        rows = [(row[0], row[1]) for row in session.execute(_wanted(is_office=actor.is_office), given)]
        taken = _taken_lines(session, [row[0] for row in rows], during)
        fitting = [_priced(one, during, ZoneInfo(zone), units) for one, zone in rows if one.id not in taken]
        return sorted(fitting, key=lambda one: _order(one, listing))


def _taken_lines(session: Session, listings: Sequence[Listing], during: Range[datetime]) -> set[int]:
    """The lines among them of which some unit is taken."""
    lines = [one.id for one in listings if one.kind is ListingKind.LINE]
    free = lines_free(session, lines, during) if lines else {}
    return {line_id for line_id in lines if free.get(line_id) != [during]}


@cache
def _family_of(code: str) -> list[str]:
    """Every type below the same family, the type itself included."""
    catalogue = load_catalogue()
    if code not in catalogue.types:
        return [code]
    above = catalogue.ancestors(code)
    family = above[-1].code if above else code
    return [one for one in catalogue.types if one == family or family in {up.code for up in catalogue.ancestors(one)}]


def _priced(listing: Listing, during: Range[datetime], zone: ZoneInfo, units: int) -> SimilarListing:
    plan = listing.rate_plan.value() if listing.rate_plan else None
    if plan is None or during.lower is None or during.upper is None:
        return SimilarListing(listing=listing, total=None)
    operator = listing.operator is OperatorTerms.REQUIRED
    job = Job(start=during.lower, end=during.upper, units=units, operator=operator, zone=zone)
    return SimilarListing(listing=listing, total=quick_total(plan, job))


def _order(one: SimilarListing, listing: Listing) -> tuple[bool, bool, int, int]:
    is_other_type = one.listing.type_code != listing.type_code
    amount = one.total.amount if one.total is not None else 0
    return is_other_type, one.total is None, amount, one.listing.id
