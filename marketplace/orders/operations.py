"""Verbs of the agreement. `place_order` is the only maker of orders; it takes the occupancy in the same transaction."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session, joinedload

from billing.models import RatePlan
from billing.pricing.jobs import Job
from marketplace.accounts.models import Park
from marketplace.bookings.models import Booking, ReleaseReason
from marketplace.bookings.operations import TakeOccupancy, confirm_booking, release_booking, take_occupancy
from marketplace.kernel.actor import Actor, FirmRole, system_actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.kernel.jobs import defer
from marketplace.listings.models import Approval, Listing, ListingStatus
from marketplace.orders.events import OrderChanged, OrderPlaced
from marketplace.orders.models import Order, OrderEvent, OrderStatus, Side, Way
from marketplace.orders.pricing import PricedJob, price_job, spans_closed_hours

ANSWER_WITHIN = timedelta(hours=24)
NUMBERS = text("SELECT nextval('orders_order_number')")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """A wish for a listing at its listed price. `listing` is a public id."""

    listing: str
    during: Range[datetime]
    quantity: int = 1
    operator: bool = False
    delivery: bool = False
    note: str = ""
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
    price = price_job(session, listing, priced_job(session, listing, command))
    if command.accepted_total is not None and command.accepted_total != price.priced.total.amount:
        raise Conflict("price_changed", total=price.priced.total)
    instant = listing.approval is Approval.INSTANT
    decide_by = None if instant else _decide_by(command.during, now)
    plan = session.get_one(RatePlan, price.plan_id)
    wish = TakeOccupancy(
        listing_id=listing.id,
        during=command.during,
        demander_id=demander_id,
        quantity=command.quantity,
        hold_until=decide_by,
        spans_closed_hours=spans_closed_hours(plan.value()),
    )
    booking = take_occupancy(session, wish, actor=actor, clock=clock)
    order = _agreement(session, listing, booking, price, command, actor=actor, at=now)
    order.decide_by = decide_by
    session.add(order)
    session.flush()
    _tell(session, order, "requested", Side.DEMANDER, actor, at=now)
    record(session, OrderPlaced(order.id), actor=actor, at=now)
    if instant:
        _agree(session, order, Side.PLATFORM, system_actor(order.park_id), clock=clock)
    elif decide_by is not None:
        defer(session, "orders.expire_request", at=decide_by, arguments={"order_id": order.id})
    return order


def offered_listing(session: Session, public_id: str, *, actor: Actor) -> Listing:
    """A listing that is offered in the actor's park. Raises `NotFound`."""
    listing = session.scalar(
        select(Listing).where(
            Listing.public_id == public_id,
            Listing.park_id == actor.park_id,
            Listing.status == ListingStatus.PUBLISHED,
        )
    )
    if listing is None:
        raise NotFound("listing_not_offered")
    return listing


def priced_job(session: Session, listing: Listing, command: PlaceOrder) -> Job:
    """The job that is priced. Raises `Invalid` naming the field that makes no sense."""
    if command.during.lower is None or command.during.upper is None:
        raise Invalid("endless_range", fields={"end": ["endless_range"]})
    try:
        return Job(
            start=command.during.lower,
            end=command.during.upper,
            units=command.quantity,
            operator=command.operator,
            delivery=command.delivery,
            zone=ZoneInfo(session.get_one(Park, listing.park_id).time_zone),
        )
    except ValueError as error:
        name = {"no_units": "quantity"}.get(str(error), "end")
        raise Invalid(str(error), fields={name: [str(error)]}) from error


def _decide_by(during: Range[datetime], now: datetime) -> datetime:
    """The owner has a day, but never past the start."""
    return min(now + ANSWER_WITHIN, during.lower) if during.lower else now + ANSWER_WITHIN


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
        terms=_terms(listing, command),
        placed_at=at,
        rate_plan_id=price.plan_id,
        note=command.note,
    )


def _terms(listing: Listing, command: PlaceOrder) -> JSON:
    """The rules as they stood."""
    return {
        "title_zh": listing.title_zh,
        "title_en": listing.title_en,
        "place": listing.place,
        "operator": listing.operator.value,
        "with_operator": command.operator,
        "delivery": listing.delivery.value,
        "with_delivery": command.delivery,
        "insurance": listing.insurance_terms,
        "damage": listing.damage_terms,
        "turnaround_minutes": listing.turnaround_minutes,
    }


def _agree(session: Session, order: Order, side: Side, actor: Actor, *, clock: Clock) -> None:
    """Both sides agree: straight to active, since this park asks for no payment first."""
    booking = session.get_one(Booking, order.booking_id)
    order.move_to(OrderStatus.ACTIVE)
    order.decide_by = None
    confirm_booking(session, booking, actor=actor, clock=clock)
    _note(session, order, "agreed", side, actor, clock=clock)


def approve_order(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Order:
    """The supplier accepts a request. Raises `Conflict` when it is no longer waiting."""
    order = _locked(session, public_id, actor=actor)
    _require_side(order, actor, Side.SUPPLIER)
    if order.status is OrderStatus.ACTIVE:
        return order
    _agree(session, order, Side.SUPPLIER, actor, clock=clock)
    return order


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOrder:
    """Decline or cancel, with a reason the other side sees."""

    order: str
    reason: str = ""


def decline_order(session: Session, command: EndOrder, *, actor: Actor, clock: Clock) -> Order:
    """The supplier says no to a request; the time is free again. A reason is owed."""
    order = _locked(session, command.order, actor=actor)
    _require_side(order, actor, Side.SUPPLIER)
    if not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    if order.status is OrderStatus.DECLINED:
        return order
    order.move_to(OrderStatus.DECLINED)
    _end(session, order, Side.SUPPLIER, command.reason.strip(), ReleaseReason.DECLINED, actor=actor, clock=clock)
    return order


def cancel_order(session: Session, command: EndOrder, *, actor: Actor, clock: Clock) -> Order:
    """Either side steps back; what it costs follows the frozen tiers and is shown, not moved yet.

    Raises `Conflict` `order_began` once the booked time has begun.
    """
    order = _locked(session, command.order, actor=actor)
    if order.status is OrderStatus.CANCELLED:
        return order
    side, start = side_of(order, actor), order.booking.during.lower
    if start is not None and order.status is OrderStatus.ACTIVE and clock() >= start:
        raise Conflict("order_began")
    order.cancellation_amount = order.cancellation_fee(start=start or clock(), at=clock(), by=side)
    order.move_to(OrderStatus.CANCELLED)
    _end(session, order, side, command.reason.strip(), ReleaseReason.CANCELLED, actor=actor, clock=clock)
    return order


def complete_order(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Order:
    """The demander confirms that the use is over; the system does so for whoever stays silent. Again changes nothing."""
    order = _locked(session, public_id, actor=actor)
    if order.status is OrderStatus.COMPLETED:
        return order
    if not actor.is_system:
        _require_side(order, actor, Side.DEMANDER)
    if order.booking.during.upper is not None and clock() < order.booking.during.upper:
        raise Conflict("order_not_over")
    order.move_to(OrderStatus.COMPLETED)
    order.ended_at = clock()
    _note(session, order, "completed", Side.PLATFORM if actor.is_system else Side.DEMANDER, actor, clock=clock)
    return order


def expire_request(session: Session, order_id: int, *, clock: Clock) -> None:
    """A request that its owner left unanswered lapses; one decided meanwhile is left alone."""
    order = session.scalar(
        select(Order).where(Order.id == order_id).options(joinedload(Order.booking)).with_for_update(of=Order)
    )
    if (
        order is None
        or order.status is not OrderStatus.REQUESTED
        or order.decide_by is None
        or order.decide_by > clock()
    ):
        return
    order.move_to(OrderStatus.EXPIRED)
    actor = system_actor(order.park_id)
    _end(session, order, Side.PLATFORM, "", ReleaseReason.HOLD_EXPIRED, actor=actor, clock=clock)


def side_of(order: Order, actor: Actor) -> Side:
    """On which side of the order the actor stands. Raises `Forbidden` on neither."""
    if actor.is_system:
        return Side.PLATFORM
    actor.require_trading(FirmRole.OPERATOR)
    if actor.enterprise_id == order.supplier_id:
        return Side.SUPPLIER
    if actor.enterprise_id == order.demander_id:
        return Side.DEMANDER
    raise Forbidden("not_a_party")


def _require_side(order: Order, actor: Actor, side: Side) -> None:
    if side_of(order, actor) is not side:
        raise Forbidden("other_side_decides")


def _locked(session: Session, public_id: str, *, actor: Actor) -> Order:
    """The order under its row lock; only its parties find it."""
    found = select(Order).where(Order.public_id == public_id, Order.park_id == actor.park_id)
    if not actor.is_system:
        firm = actor.require_firm()
        found = found.where((Order.supplier_id == firm) | (Order.demander_id == firm))
    order = session.scalar(
        found.options(joinedload(Order.booking)).with_for_update(of=Order).execution_options(populate_existing=True)
    )
    if order is None:
        raise NotFound("order")
    return order


def _end(
    session: Session,
    order: Order,
    side: Side,
    reason: str,
    release: ReleaseReason,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    order.reason, order.ended_by, order.ended_at, order.decide_by = reason, side, clock(), None
    release_booking(session, session.get_one(Booking, order.booking_id), release, actor=actor, clock=clock)
    facts = {"reason": reason, "fee": order.cancellation_amount}
    _note(session, order, order.status.value, side, actor, clock=clock, facts=facts)


def _note(
    session: Session, order: Order, kind: str, side: Side, actor: Actor, *, clock: Clock, facts: JSON | None = None
) -> None:
    session.flush()
    _tell(session, order, kind, side, actor, at=clock(), facts=facts)
    record(session, OrderChanged(order.id, order.status.value), actor=actor, at=clock())


def _tell(
    session: Session, order: Order, kind: str, side: Side, actor: Actor, *, at: datetime, facts: JSON | None = None
) -> None:
    session.add(OrderEvent(order_id=order.id, at=at, kind=kind, side=side, person=actor.name, facts=facts or {}))
    after: dict[str, Any] = {"status": order.status.value, "total": order.total_amount, **(facts or {})}
    audit(session, actor, at=at, action=f"order.{kind}", subject=f"order:{order.public_id}", after=after)


def overdue_orders(session: Session, *, now: datetime) -> list[str]:
    """Public ids of active orders whose booked time is over since a day."""
    return list(
        session.scalars(
            select(Order.public_id)
            .join(Booking, Booking.id == Order.booking_id)
            .where(Order.status == OrderStatus.ACTIVE, func.upper(Booking.during) < now - ANSWER_WITHIN)
            .order_by(Order.id)
            .limit(500)
        )
    )
