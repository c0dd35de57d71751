"""Bring the money of an order to where the order stands: one verb that every event about the order calls.

It reads what is true now instead of trusting the event, so it may be called twice and in any order.
"""

from sqlalchemy.orm import Session

from billing.payments.models import FundsKind, RequestStatus
from billing.payments.operations.requesting import cancel_request
from billing.payments.operations.settling import (
    ClaimDeposit,
    Refund,
    ReleaseEscrow,
    SplitEscrow,
    refund,
    release_escrow,
    split,
    unfreeze,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from marketplace.orders.disputes.models import Dispute
from marketplace.orders.disputes.queries import disputes_of, has_open_dispute
from marketplace.orders.models import Order, OrderStatus
from marketplace.orders.operations.ending import expire_payment
from marketplace.orders.operations.paying import payment_secured
from marketplace.settlement.operations.access import HeldMoney, money_under_lock, order_under_lock
from marketplace.settlement.operations.asking import ask_for_money
from marketplace.settlement.operations.contracts import keep_contract
from marketplace.settlement.operations.deposits import claim_damage, claim_within, commission_on, give_deposit_back
from marketplace.settlement.operations.issuing import bill_order
from marketplace.settlement.operations.late_rulings import claim_what_has_gone, stand_still
from marketplace.settlement.operations.running import settle_contract
from marketplace.settlement.operations.taking_up import take_up_again
from marketplace.settlement.subjects import subject_of


def settle_order(session: Session, order_id: int, *, clock: Clock) -> None:
    """Ask for money, take note that it is there, hold, freeze, release, refund and bill, as the order's state wants it.

    Locks the order, then its contract, request, funds and accounts. Again changes nothing.
    """
    order, actor = order_under_lock(session, order_id)
    contract = keep_contract(session, order, actor=actor, clock=clock)
    money = money_under_lock(session, order, actor=actor)
    if order.status is OrderStatus.AWAITING_PAYMENT:
        _await(session, order, money, actor=actor, clock=clock)
        return
    if order.status is OrderStatus.EXPIRED and money is not None:
        take_up_again(session, order, money, actor=actor, clock=clock)
    if order.is_over and money is not None and money.request.status is RequestStatus.AWAITED:
        cancel_request(session, subject_of(order), actor=actor, clock=clock)
    if contract is not None and order.status in {OrderStatus.ACTIVE, OrderStatus.COMPLETED}:
        settle_contract(session, order, contract, actor=actor, clock=clock)
        return
    if has_open_dispute(session, order.id):
        if money is not None and money.is_secured:
            stand_still(session, order, money, actor=actor, clock=clock)
        return
    disputes = [one for one in reversed(disputes_of(session, order)) if one.refund_amount is not None]
    if money is not None and money.is_secured:
        _move(session, order, money, disputes, actor=actor, clock=clock)
    if order.status in {OrderStatus.COMPLETED, OrderStatus.CANCELLED}:
        escrow = money.of_kind(FundsKind.ESCROW) if money is not None and money.is_secured else None
        bill_order(session, order, escrow, disputes, actor=actor, clock=clock)


def _await(session: Session, order: Order, money: HeldMoney | None, *, actor: Actor, clock: Clock) -> None:
    if money is None:
        ask_for_money(session, order, actor=actor, clock=clock)
    elif money.is_secured:
        _note_payment(session, order, actor=actor, clock=clock)
    elif money.request.status is not RequestStatus.AWAITED:
        expire_payment(session, order.id, clock=clock)


def _note_payment(session: Session, order: Order, *, actor: Actor, clock: Clock) -> None:
    """The money makes the order active. Where its time is already gone, the order is about to lapse: money goes back then."""
    try:
        payment_secured(session, order.public_id, actor=actor, clock=clock)
    except Conflict as refused:
        if refused.code != "order_transition":
            raise


def _move(
    session: Session, order: Order, money: HeldMoney, disputes: list[Dispute], *, actor: Actor, clock: Clock
) -> None:
    """No dispute is open: what the park decided counts, then what the two sides agreed."""
    if money.is_frozen or money.request.is_contested:
        unfreeze(session, subject_of(order), actor=actor, clock=clock)
    for dispute in disputes:
        _follow(session, order, money, dispute, actor=actor, clock=clock)
    match order.status:
        case OrderStatus.COMPLETED:
            _release(session, order, money, money.held(FundsKind.ESCROW), actor=actor, clock=clock)
            if not disputes:
                claim_damage(session, order, money, actor=actor, clock=clock)
        case OrderStatus.CANCELLED | OrderStatus.EXPIRED | OrderStatus.DECLINED:
            _charge_cancellation(session, order, money, actor=actor, clock=clock)
        case _:
            return
    give_deposit_back(session, order, money, actor=actor, clock=clock)


def _follow(session: Session, order: Order, money: HeldMoney, dispute: Dispute, *, actor: Actor, clock: Clock) -> None:
    """Divide the escrow as decided and take out of the deposit what was awarded; what has gone is claimed back."""
    claim_what_has_gone(session, order, money, dispute, actor=actor, clock=clock)
    held = money.held(FundsKind.ESCROW)
    if held.amount:
        back = Money(min(dispute.refund_amount or 0, held.amount), held.currency)
        fee, tax = commission_on(session, order, money, held - back)
        command = SplitEscrow(
            subject_ref=subject_of(order),
            key=dispute.public_id,
            to_payee=held - back,
            to_payer=back,
            commission=fee,
            commission_tax=tax,
            reason=dispute.decision,
        )
        split(session, command, actor=actor, clock=clock)
    claim_within(
        session,
        money,
        ClaimDeposit(
            subject_ref=subject_of(order),
            key=dispute.public_id,
            amount=Money(dispute.deduction_amount or 0, order.currency),
            evidence=f"dispute:{dispute.public_id}",
        ),
        actor=actor,
        clock=clock,
    )


def _release(session: Session, order: Order, money: HeldMoney, amount: Money, *, actor: Actor, clock: Clock) -> None:
    """Accepted: the supplier gets the escrow less the commission."""
    if not amount.amount:
        return
    fee, tax = commission_on(session, order, money, amount)
    command = ReleaseEscrow(subject_ref=subject_of(order), key="accepted", commission=fee, commission_tax=tax)
    release_escrow(session, command, actor=actor, clock=clock)


def _charge_cancellation(session: Session, order: Order, money: HeldMoney, *, actor: Actor, clock: Clock) -> None:
    """The fee of the frozen tiers goes to the supplier, without commission; the rest of the escrow goes back."""
    held, nothing = money.held(FundsKind.ESCROW), Money.zero(order.currency)
    if not held.amount:
        return
    fee = Money(min(order.cancellation_amount or 0, held.amount), order.currency)
    if fee.amount:
        command = ReleaseEscrow(
            subject_ref=subject_of(order), key="cancelled", commission=nothing, commission_tax=nothing, amount=fee
        )
        release_escrow(session, command, actor=actor, clock=clock)
    if fee != held:
        command_back = Refund(subject_ref=subject_of(order), key="cancelled", reason=order.reason)
        refund(session, command_back, actor=actor, clock=clock)
