"""The end of a fulfilment: inspected by the supplier, accepted by the demander or by its silence, or rejected."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Forbidden, Invalid
from marketplace.orders.disputes.queries import has_open_dispute
from marketplace.orders.fulfilments.models import Fulfilment, FulfilmentStatus
from marketplace.orders.fulfilments.operations.access import locked_fulfilment, note_step
from marketplace.orders.fulfilments.operations.planning import ACCEPTED_AFTER
from marketplace.orders.models import Order, OrderStatus, Side
from marketplace.orders.operations.access import require_side
from marketplace.orders.operations.ending import EndOrder, complete_order

SILENCE_ACCEPTS = {
    FulfilmentStatus.PLANNED,
    FulfilmentStatus.RETURNED,
    FulfilmentStatus.INSPECTED,
    FulfilmentStatus.DELIVERED,
}
"""A machine that was handed over and is not back is overdue, however long nobody speaks."""

SETTLED_BY_DECISION = (SILENCE_ACCEPTS - {FulfilmentStatus.PLANNED}) | {FulfilmentStatus.REJECTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectReturn:
    """How the machine came back; a claim is in minor units and says what is damaged."""

    order: str
    damage: str = ""
    claim_amount: int = 0


def inspect_return(session: Session, command: InspectReturn, *, actor: Actor, clock: Clock) -> Fulfilment:
    """The supplier looks the machine over within its day; without a word it came back undamaged.

    Raises `Invalid` `damage_missing` for a claim without words, `Conflict` when it is not back or already inspected.
    """
    order, fulfilment = locked_fulfilment(session, command.order, actor=actor)
    require_side(order, actor, Side.SUPPLIER)
    if command.claim_amount < 0:
        raise Invalid("negative_claim", fields={"claim_amount": ["negative_claim"]})
    if command.claim_amount and not command.damage.strip():
        raise Invalid("damage_missing", fields={"damage": ["damage_missing"]})
    fulfilment.move_to(FulfilmentStatus.INSPECTED)
    fulfilment.inspected_at, fulfilment.accept_by = clock(), clock() + ACCEPTED_AFTER
    fulfilment.damage, fulfilment.claim_amount = command.damage.strip(), command.claim_amount
    facts = {"damage": fulfilment.damage, "claim": fulfilment.claim_amount}
    note_step(session, order, fulfilment, Side.SUPPLIER, actor, clock=clock, facts=facts)
    return fulfilment


def accept_result(session: Session, order_id: str, *, actor: Actor, clock: Clock) -> Fulfilment:
    """The demander accepts, and the order is complete; again changes nothing. Raises `Conflict` before it is back."""
    order, fulfilment = locked_fulfilment(session, order_id, actor=actor)
    require_side(order, actor, Side.DEMANDER)
    if fulfilment.status is FulfilmentStatus.ACCEPTED:
        return fulfilment
    if fulfilment.status is FulfilmentStatus.PLANNED and not _is_over(order, clock()):
        raise Conflict("order_not_over")
    _accept(session, order, fulfilment, actor, clock=clock)
    return fulfilment


def _is_over(order: Order, now: datetime) -> bool:
    end = order.booking.during.upper
    return end is not None and end <= now


def _accept(session: Session, order: Order, fulfilment: Fulfilment, actor: Actor, *, clock: Clock) -> None:
    fulfilment.move_to(FulfilmentStatus.ACCEPTED)
    fulfilment.accepted_by_silence = actor.is_system
    _conclude(session, order, fulfilment, actor, clock=clock)


def _conclude(session: Session, order: Order, fulfilment: Fulfilment, actor: Actor, *, clock: Clock) -> None:
    fulfilment.accept_by, fulfilment.ended_at = None, clock()
    side = Side.PLATFORM if actor.is_system else Side.DEMANDER
    note_step(session, order, fulfilment, side, actor, clock=clock)
    complete_order(session, order, side, actor, clock=clock)


def keep_for_good(session: Session, order: Order, *, actor: Actor, clock: Clock) -> None:
    """The machine is paid off and stays with the demander: nothing comes back, the order is complete.

    For the system alone, which holds the order's lock; what is not handed over, or back, is left alone.
    """
    if not actor.is_system:
        raise Forbidden("system_only")
    _, fulfilment = locked_fulfilment(session, order.public_id, actor=actor)
    if fulfilment.status is FulfilmentStatus.HANDED_OVER:
        fulfilment.stay()
        _conclude(session, order, fulfilment, actor, clock=clock)


def reject_result(session: Session, command: EndOrder, *, actor: Actor, clock: Clock) -> Fulfilment:
    """The demander does not accept, and says why; the supplier reworks it, or one of them opens a dispute."""
    order, fulfilment = locked_fulfilment(session, command.order, actor=actor)
    require_side(order, actor, Side.DEMANDER)
    if not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    fulfilment.move_to(FulfilmentStatus.REJECTED)
    fulfilment.accept_by, fulfilment.reason = None, command.reason.strip()
    note_step(session, order, fulfilment, Side.DEMANDER, actor, clock=clock, facts={"reason": fulfilment.reason})
    return fulfilment


def begin_rework(session: Session, order_id: str, *, actor: Actor, clock: Clock) -> Fulfilment:
    """The supplier does it again: what was rejected is handed over or delivered anew."""
    order, fulfilment = locked_fulfilment(session, order_id, actor=actor)
    require_side(order, actor, Side.SUPPLIER)
    fulfilment.move_to(FulfilmentStatus.REWORK)
    fulfilment.reworked, fulfilment.returned_unit_ids = True, []
    note_step(session, order, fulfilment, Side.SUPPLIER, actor, clock=clock)
    return fulfilment


def accept_by_silence(session: Session, order_id: int, *, clock: Clock) -> None:
    """Nobody spoke until the deadline: the order counts as fulfilled. Never while a dispute is open; safe to repeat."""
    public_id, park_id = session.execute(select(Order.public_id, Order.park_id).where(Order.id == order_id)).one()
    actor = system_actor(park_id)
    order, fulfilment = locked_fulfilment(session, public_id, actor=actor)
    is_due = fulfilment.accept_by is not None and fulfilment.accept_by <= clock()
    if order.status is not OrderStatus.ACTIVE or not is_due or fulfilment.status not in SILENCE_ACCEPTS:
        return
    if not has_open_dispute(session, order.id):
        _accept(session, order, fulfilment, actor, clock=clock)


def settle_fulfilment(session: Session, order: Order, *, clock: Clock) -> None:
    """A dispute is closed: what waited for it is over by the decision. A machine still out stays out."""
    actor = system_actor(order.park_id)
    _, fulfilment = locked_fulfilment(session, order.public_id, actor=actor)
    if order.status is OrderStatus.ACTIVE and fulfilment.status in SETTLED_BY_DECISION:
        _accept(session, order, fulfilment, actor, clock=clock)


def orders_accepted_by_silence(session: Session, *, now: datetime, most: int = 500) -> list[int]:
    """Ids of orders whose time to speak is over, oldest first."""
    return list(
        session.scalars(
            select(Fulfilment.order_id)
            .where(Fulfilment.accept_by <= now, Fulfilment.status.in_(SILENCE_ACCEPTS))
            .order_by(Fulfilment.order_id)
            .limit(most)
        )
    )
