"""Who may touch an order, and what is written down about each step of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON
from marketplace.kernel.errors import Forbidden, NotFound
from marketplace.kernel.events import record
from marketplace.orders.events import OrderChanged
from marketplace.orders.models import Order, OrderEvent, Side


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


def require_side(order: Order, actor: Actor, side: Side) -> None:
    if side_of(order, actor) is not side:
        raise Forbidden("other_side_decides")


def locked_order(session: Session, public_id: str, *, actor: Actor) -> Order:
    """The order under its row lock; its parties find it, and the office of its park."""
    found = select(Order).where(Order.public_id == public_id, Order.park_id == actor.park_id)
    if not actor.is_system and not (actor.is_office and actor.enterprise_id is None):
        firm = actor.require_firm()
        found = found.where((Order.supplier_id == firm) | (Order.demander_id == firm))
    order = session.scalar(
        found.options(joinedload(Order.booking)).with_for_update(of=Order).execution_options(populate_existing=True)
    )
    if order is None:
        raise NotFound("order")
    return order


def note_change(
    session: Session, order: Order, kind: str, side: Side, actor: Actor, *, clock: Clock, facts: JSON | None = None
) -> None:
    session.flush()
    write_down(session, order, kind, side, actor, at=clock(), facts=facts)
    record(session, OrderChanged(order.id, order.status.value), actor=actor, at=clock())


def write_down(
    session: Session, order: Order, kind: str, side: Side, actor: Actor, *, at: datetime, facts: JSON | None = None
) -> None:
    session.add(OrderEvent(order_id=order.id, at=at, kind=kind, side=side, person=actor.name, facts=facts or {}))
    after: dict[str, Any] = {"status": order.status.value, "total": order.total_amount, **(facts or {})}
    audit(session, actor, at=at, action=f"order.{kind}", subject=f"order:{order.public_id}", after=after)
