"""Reads of disputes: the parties' own, and the office's of its park."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.orders.disputes.models import Dispute, DisputeStatus
from marketplace.orders.models import Order


def has_open_dispute(session: Session, order_id: int) -> bool:
    """Whether something about the order is in dispute, so that nothing of it may be decided by silence."""
    open_one = exists().where(Dispute.order_id == order_id, Dispute.status != DisputeStatus.CLOSED)
    return bool(session.scalar(select(open_one)))


def disputes_of(session: Session, order: Order) -> Sequence[Dispute]:
    """The order's disputes, newest first; whoever sees the order sees them."""
    return session.scalars(select(Dispute).where(Dispute.order_id == order.id).order_by(Dispute.id.desc())).all()


def waiting_disputes(session: Session, *, actor: Actor, most: int = 200) -> Sequence[Dispute]:
    """Disputes of the office's park that wait for its decision, oldest first, with their orders."""
    actor.require_office()
    rows = (
        select(Dispute)
        .where(Dispute.park_id == actor.park_id)
        .where(Dispute.status.in_((DisputeStatus.OPEN, DisputeStatus.ANSWERED, DisputeStatus.APPEALED)))
        .options(
            joinedload(Dispute.order).joinedload(Order.supplier), joinedload(Dispute.order).joinedload(Order.demander)
        )
        .order_by(Dispute.answer_by, Dispute.id)
        .limit(most)
    )
    return session.scalars(rows).all()


def office_dispute(session: Session, public_id: str, *, actor: Actor) -> Dispute:
    """One dispute of the office's park. Raises `NotFound` for any other."""
    actor.require_office()
    found = session.scalar(
        select(Dispute)
        .where(Dispute.public_id == public_id, Dispute.park_id == actor.park_id)
        .options(
            joinedload(Dispute.order).options(
                joinedload(Order.supplier),
                joinedload(Order.demander),
                joinedload(Order.listing),
                joinedload(Order.booking),
            )
        )
    )
    if found is None:
        raise NotFound("dispute")
    return found
