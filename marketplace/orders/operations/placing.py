"""`place_order` is the only maker of orders; it takes the occupancy in the same transaction."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session, joinedload

from billing.models import RatePlan
from billing.pricing.instalments import term_end
from billing.pricing.jobs import Job
from billing.pricing.rent_to_own import RentToOwnTerms
from marketplace.accounts.models import Park
from marketplace.bookings.models import Booking
from marketplace.bookings.operations import TakeOccupancy, take_occupancy
from marketplace.kernel.actor import Actor, FirmRole, system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.kernel.jobs import defer
from marketplace.listings.models import Approval, DeliveryTerms, Listing, ListingStatus, OperatorTerms
from marketplace.orders.events import OrderPlaced
from marketplace.orders.models import Order, OrderStatus, Side, Way
from marketplace.orders.operations.access import write_down
from marketplace.orders.operations.agreeing import agree
from marketplace.orders.operations.paying import latest_agreement, payment_hold
from marketplace.orders.pricing import PricedJob, plan_of, price_job, spans_closed_hours

ANSWER_WITHIN = timedelta(hours=24)
NUMBERS = text("SELECT nextval('orders_order_number')")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """A wish for a listing at its listed price. `listing` is a public id."""

    listing: str
    during: Range[datetime]
    quantity: int = 1
    operator: bool | None = None
    """None: as the listing has it, with the supplier's operator only where one is required."""
    delivery: bool = False
    note: str = ""
    expected_usage: Decimal | None = None
    """What a pay-per-use job will use, in the unit of the plan's meter; the bill counts what was used."""
    accepted_total: int | None = field(default=None)
    """What the demander saw, in minor units: when the price has changed meanwhile the order is refused."""


def place_order(session: Session, command: PlaceOrder, *, actor: Actor, clock: Clock) -> Order:
    """Make the agreement and take its time in one transaction: at once, or as a request its owner has to approve.

    Adds `OrderPlaced`. Raises `NotFound`, `Forbidden` for a firm that may not trade, `Invalid` naming the field,
    `Conflict` `slot_taken` or `price_changed`.
    """
    now, demander_id = clock(), actor.require_trading(FirmRole.OPERATOR)
    listing = offered_listing(session, command.listing, actor=actor)
    if listing.enterprise_id == demander_id:
        raise Invalid("own_listing", fields={"listing": ["own_listing"]})
    job = priced_job(session, listing, command)
    command = replace(command, during=Range(job.start, job.end))
    price = price_job(session, listing, job)
    if command.accepted_total is not None and command.accepted_total != price.priced.total.amount:
        raise Conflict("price_changed", total=price.priced.total)
    instant = listing.approval is Approval.INSTANT
    amount = price.up_front
    pay_by = payment_hold(session, listing, command.during, amount=amount, now=now)
    decide_by = None if instant else _decide_by(listing, command.during, now, wants_money=pay_by is not None)
    plan = session.get_one(RatePlan, price.plan_id)
    wish = TakeOccupancy(
        listing_id=listing.id,
        during=command.during,
        demander_id=demander_id,
        quantity=command.quantity,
        hold_until=pay_by if instant else decide_by,
        spans_closed_hours=spans_closed_hours(plan.value()),
        for_a_term=isinstance(plan.value(), RentToOwnTerms),
    )
    booking = take_occupancy(session, wish, actor=actor, clock=clock)
    order = _agreement(session, listing, booking, price, command, actor=actor, at=now)
    order.decide_by = decide_by
    session.add(order)
    session.flush()
    write_down(session, order, "requested", Side.DEMANDER, actor, at=now)
    record(session, OrderPlaced(order.id), actor=actor, at=now)
    if instant:
        agree(session, order, booking, Side.PLATFORM, system_actor(order.park_id), clock=clock)
    elif decide_by is not None:
        defer(session, "orders.expire_request", at=decide_by, arguments={"order_id": order.id})
    return order


def offered_listing(session: Session, public_id: str, *, actor: Actor) -> Listing:
    """A listing that is offered in the actor's park, with its park and plan. Raises `NotFound`."""
    listing = session.scalar(
        select(Listing)
        .options(joinedload(Listing.park), joinedload(Listing.rate_plan))
        .where(
            Listing.public_id == public_id,
            Listing.park_id == actor.park_id,
            Listing.status == ListingStatus.PUBLISHED,
        )
    )
    if listing is None:
        raise NotFound("listing_not_offered")
    return listing


def priced_job(session: Session, listing: Listing, command: PlaceOrder) -> Job:
    """The job that is priced. Raises `Invalid` naming the field that makes no sense or that the terms do not allow."""
    operator = takes_operator(listing, command)
    if command.delivery and listing.delivery is not DeliveryTerms.DELIVERED:
        raise Invalid("delivery_not_offered", fields={"delivery": ["delivery_not_offered"]})
    during = wanted_range(session, listing, command.during)
    try:
        return Job(
            start=during.lower,
            end=during.upper,
            units=command.quantity,
            operator=operator and listing.operator is not OperatorTerms.INCLUDED,
            delivery=command.delivery,
            expected_usage=command.expected_usage,
            zone=ZoneInfo(session.get_one(Park, listing.park_id).time_zone),
        )
    except ValueError as error:
        name = {"no_units": "quantity", "negative_usage": "expected_usage"}.get(str(error), "end")
        raise Invalid(str(error), fields={name: [str(error)]}) from error


class BookedRange(NamedTuple):
    """A range with both its ends."""

    lower: datetime
    upper: datetime


def wanted_range(session: Session, listing: Listing, during: Range[datetime]) -> BookedRange:
    """The range that is booked: as wished, or the whole term of a rent-to-own, which a wish may leave open.

    Raises `Invalid` naming `end`: `endless_range`, or `whole_term` where another end than the term's is wished.
    """
    plan = plan_of(session, listing)
    if during.lower is None or (during.upper is None and not isinstance(plan, RentToOwnTerms)):
        raise Invalid("endless_range", fields={"end": ["endless_range"]})
    if isinstance(plan, RentToOwnTerms):
        zone = ZoneInfo(session.get_one(Park, listing.park_id).time_zone)
        end = term_end(plan, during.lower.astimezone(zone))
        if during.upper is not None and during.upper != end:
            raise Invalid("whole_term", fields={"end": ["whole_term"]}, months=plan.instalments, end=end.isoformat())
        return BookedRange(during.lower, end)
    if during.upper is None:
        raise Invalid("endless_range", fields={"end": ["endless_range"]})
    return BookedRange(during.lower, during.upper)


def takes_operator(listing: Listing, command: PlaceOrder) -> bool:
    """Whether the supplier's operator comes along. Raises `Invalid` naming `operator` where the terms say otherwise."""
    match listing.operator:
        case OperatorTerms.REQUIRED if command.operator is False:
            raise Invalid("operator_required", fields={"operator": ["operator_required"]})
        case OperatorTerms.OWN if command.operator:
            raise Invalid("operator_not_offered", fields={"operator": ["operator_not_offered"]})
        case OperatorTerms.REQUIRED | OperatorTerms.INCLUDED:
            return True
        case _:
            return bool(command.operator)


def _decide_by(listing: Listing, during: Range[datetime], now: datetime, *, wants_money: bool) -> datetime:
    """The owner has a day, but never past the start, and where it must be paid first never too late to pay."""
    latest = latest_agreement(listing, during) if wants_money else during.lower or now
    return min(now + ANSWER_WITHIN, latest)


def _agreement(
    session: Session,
    listing: Listing,
    booking: Booking,
    price: PricedJob,
    command: PlaceOrder,
    *,
    actor: Actor,
    at: datetime,
) -> Order:
    number = session.scalar(NUMBERS)
    instant = listing.approval is Approval.INSTANT
    return Order(
        number=f"{at:%y%m}-{number:06d}",
        park_id=listing.park_id,
        listing_id=listing.id,
        supplier_id=listing.enterprise_id,
        demander_id=booking.demander_id,
        booking_id=booking.id,
        placed_by=actor.user_id,
        way=Way.INSTANT if instant else Way.APPROVAL,
        status=OrderStatus.REQUESTED,
        currency=price.priced.total.currency,
        total_amount=price.priced.total.amount,
        tax_amount=price.priced.tax.amount,
        lines=price.lines(),
        cancellation=list(listing.cancellation),
        terms=frozen_terms(listing, with_operator=takes_operator(listing, command), with_delivery=command.delivery)
        | price.frozen(),
        placed_at=at,
        rate_plan_id=price.plan_id,
        note=command.note,
    )


def frozen_terms(listing: Listing, *, with_operator: bool, with_delivery: bool) -> JSON:
    """The rules as they stood."""
    return {
        "title_zh": listing.title_zh,
        "title_en": listing.title_en,
        "place": listing.place,
        "operator": listing.operator.value,
        "with_operator": with_operator,
        "delivery": listing.delivery.value,
        "with_delivery": with_delivery,
        "insurance": listing.insurance_terms,
        "damage": listing.damage_terms,
        "turnaround_minutes": listing.turnaround_minutes,
    }
