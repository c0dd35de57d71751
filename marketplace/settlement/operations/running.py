"""The money of an order that is billed by its contract: dues are collected, held, released; the rest goes back at the end."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.bills.models import Bill
from billing.bills.operations import IssueBill, issue_bill
from billing.contracts.models import Contract
from billing.payments.models import FundsKind, RequestStatus
from billing.payments.operations.settling import ClaimDeposit, Refund, freeze, refund, unfreeze
from billing.pricing.calculations.answers import AnswerLine
from billing.pricing.vat import out_of_gross
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.orders.disputes.models import Dispute
from marketplace.orders.disputes.queries import disputes_of, has_open_dispute
from marketplace.orders.models import Order, OrderStatus
from marketplace.settlement.models import Due
from marketplace.settlement.operations.access import HeldMoney, money_under_lock
from marketplace.settlement.operations.contracts import contract_vat
from marketplace.settlement.operations.deposits import claim_damage, claim_within, give_deposit_back
from marketplace.settlement.operations.dues import (
    collect,
    dues_of,
    free_escrow,
    let_go,
    note_bills,
    request_of,
)
from marketplace.settlement.subjects import subject_of


def settle_contract(session: Session, order: Order, contract: Contract, *, actor: Actor, clock: Clock) -> None:
    """Collect what the contract's bills ask for and release what is paid and due; at the end everything goes its way.

    While a dispute is open dues are collected and all money stands still. A decision counts once the order is
    complete: it lowers the last dues. The caller holds the locks of order and contract.
    """
    money = money_under_lock(session, order, actor=actor)
    dues = note_bills(session, order, contract, free_escrow(money, dues_of(session, order)))
    is_frozen = has_open_dispute(session, order.id)
    _freeze(session, order, money, dues, stand_still=is_frozen, actor=actor, clock=clock)
    disputes = [one for one in reversed(disputes_of(session, order)) if one.refund_amount is not None]
    is_complete = order.status is OrderStatus.COMPLETED
    if is_complete and not is_frozen:
        for dispute in disputes:
            _rule(session, order, contract, dues, dispute, actor=actor, clock=clock)
    for due in dues:
        collect(session, order, due, actor=actor, clock=clock)
    if is_frozen:
        return
    today = clock().astimezone(contract.zone).date()
    for due in dues:
        if is_complete or due.releases_on <= today:
            let_go(session, order, due, money, actor=actor, clock=clock)
    if is_complete:
        _finish(session, order, dues, disputes, actor=actor, clock=clock)


def _freeze(
    session: Session,
    order: Order,
    money: HeldMoney | None,
    dues: Sequence[Due],
    *,
    stand_still: bool,
    actor: Actor,
    clock: Clock,
) -> None:
    """What is held for the order and for its dues stands still with a dispute, and moves again after it."""
    purposes = [money.request.purpose] if money is not None and money.is_secured else []
    for due in dues:
        request = request_of(session, order, due.purpose)
        if request is not None and request.status is RequestStatus.SECURED and not due.is_released:
            purposes.append(due.purpose)
    for purpose in purposes:
        if stand_still:
            freeze(session, subject_of(order), reason=order.number, actor=actor, clock=clock, purpose=purpose)
        else:
            unfreeze(session, subject_of(order), actor=actor, clock=clock, purpose=purpose)


def _rule(
    session: Session,
    order: Order,
    contract: Contract,
    dues: Sequence[Due],
    dispute: Dispute,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """What the park decided to give back lowers the newest dues that are not released, with a bill below zero."""
    key = f"ruling:{dispute.public_id}"
    known = session.scalar(select(Bill.id).where(Bill.issuer_id == order.supplier_id, Bill.key == key))
    left = dispute.refund_amount or 0
    if known is not None or not left:
        return
    for due in reversed(dues):
        if not due.is_released:
            part = min(left, due.owed)
            due.waived += part
            left -= part
    back = Money(left - (dispute.refund_amount or 0), order.currency)
    if not back.amount:
        return
    vat = replace(contract_vat(contract), included=True)
    line = AnswerLine(
        code="ruling",
        quantity=Fraction(1),
        unit_price=None,
        amount=back,
        tax=out_of_gross(back, vat.rate).tax,
        vat=vat,
    )
    today = clock().astimezone(contract.zone).date()
    command = IssueBill(
        park_id=order.park_id,
        issuer_id=order.supplier_id,
        recipient_id=order.demander_id,
        key=key,
        subject_ref=subject_of(order),
        title=contract.title,
        currency=order.currency,
        lines=[line],
        due_on=today,
        zone=contract.zone,
    )
    issue_bill(session, command, actor=actor, clock=clock)


def _finish(
    session: Session, order: Order, dues: Sequence[Due], disputes: Sequence[Dispute], *, actor: Actor, clock: Clock
) -> None:
    """What no bill needed of the escrow goes back; the deposit too, once everything is paid."""
    money = money_under_lock(session, order, actor=actor)
    if money is None or not money.is_secured:
        return
    if free := free_escrow(money, dues):
        back = Refund(subject_ref=subject_of(order), key="unused", amount=Money(free, order.currency))
        refund(session, back, actor=actor, clock=clock)
    for dispute in disputes:
        command = ClaimDeposit(
            subject_ref=subject_of(order),
            key=dispute.public_id,
            amount=Money(dispute.deduction_amount or 0, order.currency),
            evidence=f"dispute:{dispute.public_id}",
        )
        claim_within(session, money, command, actor=actor, clock=clock)
    if not disputes:
        claim_damage(session, order, money, actor=actor, clock=clock)
    if all(due.is_paid for due in dues) and money.held(FundsKind.DEPOSIT).amount:
        give_deposit_back(session, order, money, actor=actor, clock=clock)
