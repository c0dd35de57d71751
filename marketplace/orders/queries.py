"""Reads of orders: their parties see them, and the park office."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.accounts.models import Enterprise
from marketplace.bookings.models import Booking
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import Page, decode_cursor, page_of
from marketplace.listings.models import Listing
from marketplace.orders.models import Order, OrderEvent, OrderStatus, Side


def visible_orders(actor: Actor) -> Select[Order]:
    """The orders an actor may see, with their booking, listing and parties: own, or the park's for its office."""
    rows = (
        select(Order)
        .where(Order.park_id == actor.park_id)
        .options(
            joinedload(Order.booking),
            joinedload(Order.listing),
            joinedload(Order.supplier),
            joinedload(Order.demander),
        )
    )
    if actor.is_office and actor.enterprise_id is None:
        return rows
    firm = actor.require_firm()
    return rows.where(or_(Order.supplier_id == firm, Order.demander_id == firm))


def order_of(session: Session, public_id: str, *, actor: Actor) -> Order:
    """One order. Raises `NotFound` for whoever is no party to it."""
    order = session.scalar(visible_orders(actor).where(Order.public_id == public_id))
    if order is None:
        raise NotFound("order")
    return order


def order_for_programs(session: Session, public_id: str, *, actor: Actor) -> Order:
    """One order with as much of its listing and parties as the API shows. Raises `NotFound` for whoever is no party."""
    shown = (
        joinedload(Order.listing).load_only(Listing.public_id),
        joinedload(Order.supplier).load_only(Enterprise.name_zh),
        joinedload(Order.demander).load_only(Enterprise.name_zh),
    )
    order = session.scalar(visible_orders(actor).options(*shown).where(Order.public_id == public_id))
    if order is None:
        raise NotFound("order")
    return order


def order_of_booking(session: Session, booking: str, *, actor: Actor) -> Order:
    """The order that holds a booking. Raises `NotFound` for whoever is no party to it, and for a hold without order."""
    order = session.scalar(
        visible_orders(actor).join(Booking, Booking.id == Order.booking_id).where(Booking.public_id == booking)
    )
    if order is None:
        raise NotFound("order")
    return order


def orders_of(
    session: Session, *, actor: Actor, side: Side | None = None, cursor: str | None = None, size: int = 20
) -> Page[Order]:
    """The actor's orders, newest first; `side` keeps those where the firm supplies or demands."""
    rows = visible_orders(actor).order_by(Order.id.desc()).limit(size + 1)
    if side is Side.SUPPLIER:
        rows = rows.where(Order.supplier_id == actor.require_firm())
    elif side is Side.DEMANDER:
        rows = rows.where(Order.demander_id == actor.require_firm())
    if after := decode_cursor(cursor, length=1):
        rows = rows.where(Order.id < after[0])
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def _position(order: Order) -> tuple[int]:
    return (order.id,)


def side_seen_by(order: Order, actor: Actor) -> Side | None:
    """On which side of the order the reader's firm stands; None for the office. Any role of the firm may read."""
    if actor.enterprise_id is None:
        return None
    return {order.supplier_id: Side.SUPPLIER, order.demander_id: Side.DEMANDER}.get(actor.enterprise_id)


def stream_of(session: Session, order: Order) -> Sequence[OrderEvent]:
    """What happened, oldest first."""
    return session.scalars(select(OrderEvent).where(OrderEvent.order_id == order.id).order_by(OrderEvent.id)).all()


@dataclass(frozen=True, slots=True)
class OrderCounts:
    waiting_for_me: int
    running: int


def counts_of(session: Session, *, actor: Actor) -> OrderCounts:
    """How many requests wait for the firm, and how many of its orders run."""
    firm = actor.require_firm()
    row = session.execute(
        select(
            func.count().filter(Order.supplier_id == firm, Order.status == OrderStatus.REQUESTED),
            func.count().filter(Order.status == OrderStatus.ACTIVE),
        ).where(or_(Order.supplier_id == firm, Order.demander_id == firm))
    ).one()
    return OrderCounts(row[0], row[1])
