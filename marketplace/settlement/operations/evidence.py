"""A final order writes down what it says about its two sides, once."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from billing.payments.models import FundsKind
from credit.evidence.operations import RecordEvidence, record_evidence
from credit.reviews.models import Review
from credit.reviews.operations import share_of_stars
from credit.scoring.events import Role, State
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import NotFound
from marketplace.orders.disputes.models import Dispute, DisputeStatus
from marketplace.orders.disputes.operations import OPEN_FOR
from marketplace.orders.disputes.queries import disputes_of, has_open_dispute
from marketplace.orders.fulfilments.models import Fulfilment, FulfilmentStatus
from marketplace.orders.fulfilments.queries import fulfilment_of
from marketplace.orders.models import Order, OrderEvent, OrderStatus, Side
from marketplace.settlement.facts import Fact, OrderFacts, facts_of
from marketplace.settlement.models import FinalOrder
from marketplace.settlement.operations.access import HeldMoney, money_under_lock, order_under_lock
from marketplace.settlement.subjects import subject_of

FINAL_AFTER: timedelta = OPEN_FOR
ENDED = (OrderStatus.COMPLETED, OrderStatus.CANCELLED)
ROLES = {Side.SUPPLIER: Role.SUPPLIER, Side.DEMANDER: Role.DEMANDER}


def orders_become_final(session: Session, *, now: datetime, most: int = 500) -> list[int]:
    """Orders that ended seven days ago or earlier, about which no dispute is open and nothing is written yet."""
    written = exists().where(FinalOrder.order_id == Order.id)
    disputed = exists().where(Dispute.order_id == Order.id, Dispute.status != DisputeStatus.CLOSED)
    due = (
        select(Order.id)
        .where(Order.ended_at <= now - FINAL_AFTER, Order.status.in_(ENDED), ~written, ~disputed)
        .order_by(Order.ended_at, Order.id)
        .limit(most)
    )
    return list(session.scalars(due))


def write_evidence(session: Session, order_id: int, *, clock: Clock) -> None:
    """Write an order's evidence for both sides once it is final; again, or too early, changes nothing.

    Locks the order, then its money. Adds `EvidenceChanged`.
    """
    order, actor = order_under_lock(session, order_id)
    if not _is_final(session, order, now=clock()) or session.get(FinalOrder, order.id) is not None:
        return
    fulfilment = fulfilment_of(session, order)
    money = money_under_lock(session, order, actor=actor)
    if fulfilment is not None or order.pay_by is not None:
        gathered = _facts(session, order, fulfilment, money)
        for fact in [*facts_of(gathered), *_reviews(session, order)]:
            _record(session, order, fact, is_paid=gathered.secured_at is not None, actor=actor, clock=clock)
    session.add(FinalOrder(order_id=order.id, at=clock()))
    session.flush()


def _is_final(session: Session, order: Order, *, now: datetime) -> bool:
    has_passed = order.ended_at is not None and order.ended_at + FINAL_AFTER <= now
    return has_passed and order.status in ENDED and not has_open_dispute(session, order.id)


def _facts(session: Session, order: Order, fulfilment: Fulfilment | None, money: HeldMoney | None) -> OrderFacts:
    ended_at, during = order.ended_at or order.placed_at, order.booking.during
    start, end = during.lower or ended_at, during.upper or ended_at
    decided = [one for one in disputes_of(session, order) if one.refund_amount is not None]
    has_missed = fulfilment is not None and fulfilment.status is FulfilmentStatus.NO_SHOW
    deposit = money.of_kind(FundsKind.DEPOSIT) if money is not None and money.is_secured else None
    ended_by = ROLES.get(order.ended_by) if order.ended_by is not None else None
    return OrderFacts(
        start=start,
        end=end,
        ended_at=ended_at,
        is_completed=order.status is OrderStatus.COMPLETED,
        total=order.total_amount,
        handed_over_at=fulfilment.handed_over_at if fulfilment is not None else None,
        delivered_at=fulfilment.delivered_at if fulfilment is not None else None,
        returned_at=fulfilment.returned_at if fulfilment is not None else None,
        was_rejected=_was_rejected(session, order),
        was_reworked=fulfilment is not None and fulfilment.reworked,
        cancelled_by=None if has_missed else ended_by,
        missed_by=ended_by if has_missed else None,
        cancellation_fee=order.cancellation_amount or 0,
        secured_at=money.request.secured_at if money is not None else None,
        due_at=money.request.due_at if money is not None else None,
        deposit=deposit.amount if deposit is not None else 0,
        claimed=deposit.released_amount if deposit is not None else 0,
        is_decided=bool(decided),
        refunded=max((one.refund_amount or 0 for one in decided), default=0),
        deducted=max((one.deduction_amount or 0 for one in decided), default=0),
    )


def _was_rejected(session: Session, order: Order) -> bool:
    """Whether the last word of the demander before the end was that it does not accept."""
    last = session.scalar(
        select(OrderEvent.kind)
        .where(OrderEvent.order_id == order.id, OrderEvent.kind.in_(("rejected", "delivered", "returned")))
        .order_by(OrderEvent.id.desc())
        .limit(1)
    )
    return last == "rejected"


def _reviews(session: Session, order: Order) -> list[Fact]:
    written = session.scalars(select(Review).where(Review.subject_ref == subject_of(order)).order_by(Review.id))
    return [Fact(one.role, "reviews", "reviewed", share_of_stars(one.stars)) for one in written]


def _record(session: Session, order: Order, fact: Fact, *, is_paid: bool, actor: Actor, clock: Clock) -> None:
    """The week in which both could contest the order is over, so what it says is final."""
    sides = order.supplier_id, order.demander_id
    about, other = sides if fact.role is Role.SUPPLIER else reversed(sides)
    command = RecordEvidence(
        enterprise_id=about,
        role=fact.role,
        dimension=fact.dimension,
        kind=fact.kind,
        x=fact.x,
        occurred_at=order.ended_at or order.placed_at,
        subject_ref=subject_of(order),
        counterparty_id=other,
        amount=order.total_amount,
        is_paid=is_paid,
        state=State.FINAL,
        proof=[subject_of(order)],
        facts={"number": order.number},
    )
    try:
        record_evidence(session, command, actor=actor, clock=clock)
    except NotFound:
        return  # a firm of a partner park is rated in its own park
