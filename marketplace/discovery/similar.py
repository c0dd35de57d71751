"""Machines that could stand in for another one: the same leaf type, else the same family, free then, cheapest first."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from billing.pricing.jobs import Job
from billing.pricing.quotes import quick_total
from marketplace.accounts.models import Park
from marketplace.bookings import opening
from marketplace.bookings.free_listings import free_listing_ids
from marketplace.bookings.queries import FreeQuestion
from marketplace.discovery.models import SearchRow
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Invalid
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.models import Listing, ListingStatus, OperatorTerms
from marketplace.listings.queries import may_see, with_parts
from marketplace.orders.alternatives import SimilarListing

MOST_LOOKED_AT = 60
"""So many are priced exactly, those first that search keeps as the cheapest for a shift."""
CHEAPEST = SearchRow.prices["eight_hours"].as_integer()


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
        if listing.type_code is None or during.lower is None or during.upper is None:
            return ()
        free = free_listing_ids(session, FreeQuestion(window=during, units=units))
        rows = session.scalars(
            with_parts()
            .where(Listing.type_code.in_(_family_of(listing.type_code)), Listing.id != listing.id)
            .where(Listing.id.in_(free), Listing.park_id == listing.park_id, may_see(actor))
            .where(Listing.status == ListingStatus.PUBLISHED, Listing.enterprise_id != (actor.enterprise_id or 0))
            .outerjoin(SearchRow, SearchRow.listing_id == Listing.id)
            .order_by(Listing.type_code != listing.type_code, CHEAPEST.asc().nulls_last(), Listing.id)
            .limit(MOST_LOOKED_AT)
        ).all()
        zone = ZoneInfo(session.get_one(Park, listing.park_id).time_zone)
        fitting = [_priced(one, during, zone, units) for one in rows if _allows(one, during, now=now)]
        return sorted(fitting, key=lambda one: _order(one, listing))


def _family_of(code: str) -> list[str]:
    """Every type below the same family, the type itself included."""
    catalogue = load_catalogue()
    if code not in catalogue.types:
        return [code]
    above = catalogue.ancestors(code)
    family = above[-1].code if above else code
    return [one for one in catalogue.types if one == family or family in {up.code for up in catalogue.ancestors(one)}]


def _allows(listing: Listing, during: Range[datetime], *, now: datetime) -> bool:
    try:
        opening.check_rules(listing, during, now=now)
    except Invalid:
        return False
    return True


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
