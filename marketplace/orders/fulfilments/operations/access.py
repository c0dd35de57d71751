"""A fulfilment under its order's lock, and what is written down about each step."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON
from marketplace.kernel.errors import Conflict
from marketplace.kernel.events import record
from marketplace.orders.fulfilments.events import FulfilmentMoved
from marketplace.orders.fulfilments.models import Fulfilment
from marketplace.orders.models import Order, OrderStatus, Side
from marketplace.orders.operations.access import locked_order, write_down


def locked_fulfilment(session: Session, order_id: str, *, actor: Actor) -> tuple[Order, Fulfilment]:
    """An active order and its fulfilment, both locked, order first; only its parties find it.

    Raises `NotFound`, or `Conflict` `order_not_active` for an order that is not agreed yet or is over.
    """
    order = locked_order(session, order_id, actor=actor)
    found = session.scalar(
        select(Fulfilment)
        .where(Fulfilment.order_id == order.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None or order.status not in {OrderStatus.ACTIVE, OrderStatus.COMPLETED, OrderStatus.CANCELLED}:
        raise Conflict("order_not_active")
    return order, found


def note_step(
    session: Session,
    order: Order,
    fulfilment: Fulfilment,
    side: Side,
    actor: Actor,
    *,
    clock: Clock,
    facts: JSON | None = None,
) -> None:
    """Into the order's stream, the audit and the events: the status it has now."""
    session.flush()
    write_down(session, order, fulfilment.status.value, side, actor, at=clock(), facts=facts)
    moved = FulfilmentMoved(fulfilment.id, order.id, fulfilment.status.value)
    record(session, moved, actor=actor, at=clock())
