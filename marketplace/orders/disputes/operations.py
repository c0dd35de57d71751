"""Verbs of a dispute. While one is open nothing of its order is accepted by silence or paid out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor, OfficeRole, system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON, refusing
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.kernel.jobs import defer
from marketplace.orders.disputes.events import DisputeMoved
from marketplace.orders.disputes.models import ONE_OPEN, Dispute, DisputeStatus, DisputeSubject
from marketplace.orders.fulfilments.operations.accepting import settle_fulfilment
from marketplace.orders.models import Order, OrderStatus, Side
from marketplace.orders.operations.access import locked_order, side_of, write_down

OPEN_FOR = timedelta(days=7)
"""After the end of an order both sides have a week to object; then it is final."""
ANSWER_WITHIN = timedelta(days=5)
APPEAL_WITHIN = timedelta(days=7)
DECIDERS = (OfficeRole.ADMIN, OfficeRole.CREDIT_OFFICER)


DISPUTABLE = {OrderStatus.ACTIVE, OrderStatus.COMPLETED, OrderStatus.CANCELLED}


def may_dispute(order: Order, disputes: Sequence[Dispute], *, now: datetime) -> bool:
    """Whether a dispute can be opened now: none is open, and the order is not final yet."""
    is_final = order.ended_at is not None and order.ended_at + OPEN_FOR < now
    return order.status in DISPUTABLE and not is_final and not any(dispute.is_open for dispute in disputes)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDispute:
    order: str
    subject: DisputeSubject
    claim: str


def open_dispute(session: Session, command: OpenDispute, *, actor: Actor, clock: Clock) -> Dispute:
    """One side disagrees; from now on the order's timers stand still. Adds `DisputeMoved`.

    Raises `Invalid` `claim_missing`, `Conflict` `dispute_open` or `too_late_to_dispute`.
    """
    now, order = clock(), locked_order(session, command.order, actor=actor)
    side = side_of(order, actor)
    if not command.claim.strip():
        raise Invalid("claim_missing", fields={"claim": ["claim_missing"]})
    if order.status not in DISPUTABLE:
        raise Conflict("order_not_active")
    if order.ended_at is not None and order.ended_at + OPEN_FOR < now:
        raise Conflict("too_late_to_dispute")
    dispute = Dispute(
        order_id=order.id,
        park_id=order.park_id,
        subject=command.subject,
        opened_side=side,
        claim=command.claim.strip(),
        opened_at=now,
        answer_by=now + ANSWER_WITHIN,
    )
    with refusing(session, {ONE_OPEN: lambda: Conflict("dispute_open")}):
        session.add(dispute)
    _note(session, order, dispute, side, actor, clock=clock)
    return dispute


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a party says in a dispute: its answer or its appeal."""

    dispute: str
    text: str


def answer_dispute(session: Session, command: Word, *, actor: Actor, clock: Clock) -> Dispute:
    """The other side answers; then the park decides."""
    order, dispute = _locked(session, command.dispute, actor=actor)
    if side_of(order, actor) is dispute.opened_side:
        raise Forbidden("other_side_decides")
    _require_text(command)
    dispute.move_to(DisputeStatus.ANSWERED)
    dispute.answer, dispute.answered_at = command.text.strip(), clock()
    _note(session, order, dispute, side_of(order, actor), actor, clock=clock)
    return dispute


def withdraw_dispute(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> Dispute:
    """Whoever opened it takes it back before the park decided."""
    order, dispute = _locked(session, public_id, actor=actor)
    if side_of(order, actor) is not dispute.opened_side:
        raise Forbidden("other_side_decides")
    if dispute.status not in {DisputeStatus.OPEN, DisputeStatus.ANSWERED}:
        raise Conflict("dispute_transition", before=dispute.status.value, after=DisputeStatus.CLOSED.value)
    dispute.move_to(DisputeStatus.CLOSED)
    dispute.closed_at = clock()
    _note(session, order, dispute, dispute.opened_side, actor, clock=clock)
    return dispute


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideDispute:
    """The park's word: how much of the total goes back, how much of the deposit is kept, in minor units, and why."""

    dispute: str
    decision: str
    refund_amount: int
    deduction_amount: int = 0


def decide_dispute(session: Session, command: DecideDispute, *, actor: Actor, clock: Clock) -> Dispute:
    """The office decides once the other side answered or its time is over; an appeal is decided by somebody else.

    Raises `Invalid` naming the field, `Conflict` `answer_awaited`, `Forbidden` `decided_by_you`.
    """
    actor.require_office(*DECIDERS)
    order, dispute = _locked(session, command.dispute, actor=actor)
    if dispute.status is DisputeStatus.OPEN and clock() < dispute.answer_by:
        raise Conflict("answer_awaited")
    if dispute.status is DisputeStatus.APPEALED and dispute.first_decided_by == actor.user_id:
        raise Forbidden("decided_by_you")
    if not command.decision.strip():
        raise Invalid("reason_required", fields={"decision": ["reason_required"]})
    if not 0 <= command.refund_amount <= order.total_amount:
        raise Invalid("refund_beyond_total", fields={"refund_amount": ["refund_beyond_total"]})
    if command.deduction_amount < 0:
        raise Invalid("negative_claim", fields={"deduction_amount": ["negative_claim"]})
    is_final = dispute.status is DisputeStatus.APPEALED
    dispute.move_to(DisputeStatus.DECIDED)
    dispute.decision, dispute.decided_at, dispute.decided_by = command.decision.strip(), clock(), actor.user_id
    dispute.refund_amount, dispute.deduction_amount = command.refund_amount, command.deduction_amount
    _note(session, order, dispute, Side.PLATFORM, actor, clock=clock)
    if is_final:
        _close(session, order, dispute, actor, clock=clock)
    else:
        dispute.first_decided_by, dispute.appeal_by = actor.user_id, clock() + APPEAL_WITHIN
        defer(session, "orders.close_dispute", at=dispute.appeal_by, arguments={"dispute_id": dispute.id})
    return dispute


def appeal_dispute(session: Session, command: Word, *, actor: Actor, clock: Clock) -> Dispute:
    """Either side asks once for a second look. Raises `Conflict` `too_late_to_appeal`."""
    order, dispute = _locked(session, command.dispute, actor=actor)
    side = side_of(order, actor)
    _require_text(command)
    if dispute.status is DisputeStatus.DECIDED and (dispute.appealed_at or _is_past(dispute.appeal_by, clock())):
        raise Conflict("too_late_to_appeal")
    dispute.move_to(DisputeStatus.APPEALED)
    dispute.appeal, dispute.appealed_at = command.text.strip(), clock()
    _note(session, order, dispute, side, actor, clock=clock)
    return dispute


def close_dispute(session: Session, dispute_id: int, *, clock: Clock) -> None:
    """Nobody appealed in time: the decision counts. Safe to repeat."""
    found = session.execute(select(Dispute.public_id, Dispute.park_id).where(Dispute.id == dispute_id)).one_or_none()
    if found is None:
        return
    actor = system_actor(found.park_id)
    order, dispute = _locked(session, found.public_id, actor=actor)
    if dispute.status is DisputeStatus.DECIDED and _is_past(dispute.appeal_by, clock()):
        _close(session, order, dispute, actor, clock=clock)


def _close(session: Session, order: Order, dispute: Dispute, actor: Actor, *, clock: Clock) -> None:
    dispute.move_to(DisputeStatus.CLOSED)
    dispute.closed_at = clock()
    settle_fulfilment(session, order, clock=clock)
    _note(session, order, dispute, Side.PLATFORM, actor, clock=clock)


def _is_past(deadline: datetime | None, now: datetime) -> bool:
    return deadline is not None and deadline <= now


def _require_text(command: Word) -> None:
    if not command.text.strip():
        raise Invalid("text_required", fields={"text": ["text_required"]})


def _locked(session: Session, public_id: str, *, actor: Actor) -> tuple[Order, Dispute]:
    """The dispute with its order locked first; its parties and the park's office find it."""
    order_id = session.scalar(
        select(Order.public_id)
        .join(Dispute, Dispute.order_id == Order.id)
        .where(Dispute.public_id == public_id, Dispute.park_id == actor.park_id)
    )
    if order_id is None:
        raise NotFound("dispute")
    order = locked_order(session, order_id, actor=actor)
    dispute = session.scalars(
        select(Dispute)
        .where(Dispute.public_id == public_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return order, dispute


def _note(session: Session, order: Order, dispute: Dispute, side: Side, actor: Actor, *, clock: Clock) -> None:
    session.flush()
    facts: JSON = {
        "dispute": dispute.public_id,
        "refund": dispute.refund_amount,
        "deduction": dispute.deduction_amount,
    }
    write_down(session, order, f"dispute_{dispute.status.value}", side, actor, at=clock(), facts=facts)
    moved = DisputeMoved(dispute.id, order.id, dispute.status.value)
    record(session, moved, actor=actor, at=clock())
