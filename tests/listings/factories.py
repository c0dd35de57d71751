"""Small real listings for tests; each call makes a new one, flushed."""

from decimal import Decimal
from itertools import count

from sqlalchemy.orm import Session

from billing.pricing.plans import Plan, RentPlan
from billing.pricing.tariffs import Rates
from marketplace.accounts.models import Enterprise, Park, Zone
from marketplace.kernel.actor import Actor, system_actor
from marketplace.kernel.clock import Clock, fixed_clock
from marketplace.listings.catalogue import AttributeValue
from marketplace.listings.commands import CreateListing, ListingContent, ListingTerms, SetRatePlan, UnitContent
from marketplace.listings.models import Listing, ListingStatus
from marketplace.listings.operations import approve_listing as approve
from marketplace.listings.operations import create_listing, set_rate_plan, submit_listing
from tests.application import NOW

_numbers = count(1)
MILL = "vertical_machining_centre"
MILL_ATTRIBUTES: dict[str, AttributeValue] = {
    "travel_x": {"number": 800_000},
    "travel_y": {"number": 500_000},
    "travel_z": {"number": 500_000},
}
CLOCK = fixed_clock(NOW)


def rent(hour: str | None = "120", day: str | None = None) -> RentPlan:
    """A plan by the hour (and day), VAT included."""
    return RentPlan(rates=Rates(hour=Decimal(hour) if hour else None, day=Decimal(day) if day else None))


def create_draft(
    session: Session,
    park: Park,
    enterprise: Enterprise,
    *,
    type_code: str = MILL,
    units: int = 1,
    attributes: dict[str, AttributeValue] | None = None,
    title: str | None = None,
    terms: ListingTerms | None = None,
    zone: Zone | None = None,
    clock: Clock = CLOCK,
) -> Listing:
    n = next(_numbers)
    given = MILL_ATTRIBUTES if attributes is None and type_code == MILL else attributes or {}
    content = ListingContent(
        type_code=type_code,
        title_zh=title or f"立式加工中心 VMC850-{n}",
        title_en=f"Vertical machining centre VMC850-{n}",
        model="VMC850",
        manufacturer="海铭",
        attributes=given,
        zone=zone.public_id if zone else None,
        terms=terms or ListingTerms(),
    )
    pieces = tuple(UnitContent(asset_number=f"A{n:03d}-{piece + 1}") for piece in range(units))
    command = CreateListing(content=content, units=pieces)
    return create_listing(session, command, actor=system_actor(park.id, enterprise.id), clock=clock)


def create_published_listing(
    session: Session,
    park: Park,
    enterprise: Enterprise,
    *,
    type_code: str = MILL,
    units: int = 1,
    attributes: dict[str, AttributeValue] | None = None,
    title: str | None = None,
    terms: ListingTerms | None = None,
    zone: Zone | None = None,
    plan: Plan | None = None,
    clock: Clock = CLOCK,
) -> Listing:
    """Online, by the product's own operations; without `plan` it rents at 120 yuan an hour."""
    listing = create_draft(
        session,
        park,
        enterprise,
        type_code=type_code,
        units=units,
        attributes=attributes,
        title=title,
        terms=terms,
        zone=zone,
        clock=clock,
    )
    supplier = system_actor(park.id, enterprise.id)
    price = SetRatePlan(listing=listing.public_id, version=None, plan=plan or rent())
    set_rate_plan(session, price, actor=supplier, clock=clock)
    return publish(session, listing, supplier, clock=clock)


def publish(session: Session, listing: Listing, supplier: Actor, *, clock: Clock = CLOCK) -> Listing:
    submit_listing(session, listing.public_id, actor=supplier, clock=clock)
    if listing.status is ListingStatus.IN_REVIEW:
        approve(session, listing.public_id, actor=system_actor(listing.park_id), clock=clock)
    return listing


def create_line(
    session: Session,
    park: Park,
    enterprise: Enterprise,
    *members: Listing,
    type_code: str = "assembly_line",
    clock: Clock = CLOCK,
) -> Listing:
    """A published line of all units of these listings; a member that is a line itself is nested."""
    from marketplace.listings.models import ListingKind
    from marketplace.listings.queries import units_of

    units = [
        unit.public_id
        for member in members
        if member.kind is not ListingKind.LINE
        for unit in units_of(session, member.id)
    ]
    lines = tuple(member.public_id for member in members if member.kind is ListingKind.LINE)
    content = ListingContent(type_code=type_code, title_zh=f"装配线{next(_numbers)}")
    supplier = system_actor(park.id, enterprise.id)
    command = CreateListing(content=content, units=(), member_units=tuple(units), member_lines=lines)
    line = create_listing(session, command, actor=supplier, clock=clock)
    set_rate_plan(
        session, SetRatePlan(listing=line.public_id, version=None, plan=rent("900")), actor=supplier, clock=clock
    )
    return publish(session, line, supplier, clock=clock)
