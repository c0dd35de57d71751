"""Bring the money of an order to where the order stands: one verb that every event about the order calls.

It reads what is true now instead of trusting the event, so it may be called twice and in any order.
"""

from fractions import Fraction

from sqlalchemy.orm import Session

from billing.payments.models import FundsKind, RequestStatus
from billing.payments.operations.requesting import cancel_request
from billing.payments.operations.settling import (
    ClaimDeposit,
    Refund,
    ReleaseEscrow,
    SplitEscrow,
    claim_deposit,
    freeze,
    refund,
    release_escrow,
    return_deposit,
    split,
    unfreeze,
)
from marketplace.accounts.models import Park
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from marketplace.orders.disputes.models import Dispute
from marketplace.orders.disputes.queries import disputes_of, has_open_dispute
from marketplace.orders.fulfilments.queries import fulfilment_of
from marketplace.orders.models import Order, OrderStatus
from marketplace.orders.operations.ending import expire_payment
from marketplace.orders.operations.paying import payment_secured
from marketplace.settlement.operations.access import HeldMoney, money_under_lock, order_under_lock
from marketplace.settlement.operations.asking import ask_for_money
from marketplace.settlement.operations.issuing import bill_order
from marketplace.settlement.operations.taking_up import take_up_again
from marketplace.settlement.rules import rules_of
from marketplace.settlement.subjects import subject_of


def settle_order(session: Session, order_id: int, *, clock: Clock) -> None:
    """Ask for money, take note that it is there, hold, freeze, release, refund and bill, as the order's state wants it.

    Locks the order, then its request, funds and accounts. Again changes nothing.
    """
    order, actor = order_under_lock(session, order_id)
    money = money_under_lock(session, order, actor=actor)
    if order.status is OrderStatus.AWAITING_PAYMENT:
        _await(session, order, money, actor=actor, clock=clock)
        return
    if order.status is OrderStatus.EXPIRED and money is not None:
        take_up_again(session, order, money, actor=actor, clock=clock)
    if order.is_over and money is not None and money.request.status is RequestStatus.AWAITED:
        cancel_request(session, subject_of(order), actor=actor, clock=clock)
    if has_open_dispute(session, order.id):
        if money is not None and money.is_secured:
            freeze(session, subject_of(order), reason=order.number, actor=actor, clock=clock)
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
    unfreeze(session, subject_of(order), actor=actor, clock=clock)
    for dispute in disputes:
        _follow(session, order, money, dispute, actor=actor, clock=clock)
    match order.status:
        case OrderStatus.COMPLETED:
            _release(session, order, money, money.held(FundsKind.ESCROW), actor=actor, clock=clock)
            if not disputes:
                _claim_damage(session, order, money, actor=actor, clock=clock)
        case OrderStatus.CANCELLED | OrderStatus.EXPIRED | OrderStatus.DECLINED:
            _charge_cancellation(session, order, money, actor=actor, clock=clock)
        case _:
            return
    _return_deposit(session, order, money, actor=actor, clock=clock)


def _follow(session: Session, order: Order, money: HeldMoney, dispute: Dispute, *, actor: Actor, clock: Clock) -> None:
    """Divide the escrow as decided and take out of the deposit what was awarded, as far as they are still held."""
    held = money.held(FundsKind.ESCROW)
    if held.amount:
        back = Money(min(dispute.refund_amount or 0, held.amount), held.currency)
        fee, tax = _commission(session, order, money, held - back)
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
    _claim(
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


def _claim_damage(session: Session, order: Order, money: HeldMoney, *, actor: Actor, clock: Clock) -> None:
    """What the supplier found damaged, and the demander did not contest before accepting."""
    fulfilment = fulfilment_of(session, order)
    if fulfilment is None:
        return
    command = ClaimDeposit(
        subject_ref=subject_of(order),
        key="damage",
        amount=Money(fulfilment.claim_amount, order.currency),
        evidence=fulfilment.damage or f"fulfilment:{fulfilment.public_id}",
    )
    _claim(session, money, command, actor=actor, clock=clock)


def _claim(session: Session, money: HeldMoney, command: ClaimDeposit, *, actor: Actor, clock: Clock) -> None:
    """A claim takes at most what is held."""
    held = money.held(FundsKind.DEPOSIT)
    amount = min(command.amount, held)
    if amount.amount:
        bounded = ClaimDeposit(
            subject_ref=command.subject_ref, key=command.key, amount=amount, evidence=command.evidence
        )
        claim_deposit(session, bounded, actor=actor, clock=clock)


def _release(session: Session, order: Order, money: HeldMoney, amount: Money, *, actor: Actor, clock: Clock) -> None:
    """Accepted: the supplier gets the escrow less the commission."""
    if not amount.amount:
        return
    fee, tax = _commission(session, order, money, amount)
    command = ReleaseEscrow(subject_ref=subject_of(order), key="accepted", commission=fee, commission_tax=tax)
    release_escrow(session, command, actor=actor, clock=clock)


def _commission(session: Session, order: Order, money: HeldMoney, amount: Money) -> tuple[Money, Money]:
    """The commission on a part of the price at the rate that stood when the money was asked for, and the VAT in it."""
    whole = Money(money.request.expected_fee, order.currency)
    fee = whole.times(Fraction(amount.amount, order.total_amount))
    return fee, rules_of(session.get_one(Park, order.park_id)).commission_tax(fee)


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


def _return_deposit(session: Session, order: Order, money: HeldMoney, *, actor: Actor, clock: Clock) -> None:
    if money.held(FundsKind.DEPOSIT).amount:
        return_deposit(session, Refund(subject_ref=subject_of(order), key="ended"), actor=actor, clock=clock)
