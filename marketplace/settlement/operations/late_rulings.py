"""Disputes about money that has been released already: payouts stand still, and the decision claims back what has gone."""

from fractions import Fraction

from sqlalchemy.orm import Session

from billing.payments.models import FundsKind, RecoveryKind
from billing.payments.operations.recovering import ClaimBack, claim_back, claimed_back, given_back, was_decided
from billing.payments.operations.settling import freeze
from billing.payouts.models import PayoutSource
from billing.payouts.operations.queueing import withdraw_queued
from marketplace.accounts.models import Park
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.orders.disputes.models import Dispute
from marketplace.orders.models import Order
from marketplace.settlement.operations.access import HeldMoney
from marketplace.settlement.operations.issuing import bill_anew
from marketplace.settlement.rules import rules_of
from marketplace.settlement.subjects import subject_of


def stand_still(session: Session, order: Order, money: HeldMoney, *, actor: Actor, clock: Clock) -> None:
    """A dispute is open: nothing held moves, and what went to either side and is not in a batch yet stays here."""
    if money.request.is_contested:
        return
    freeze(session, subject_of(order), reason=order.number, actor=actor, clock=clock)
    waiting = ((order.supplier_id, PayoutSource.PAYABLE), (order.demander_id, PayoutSource.CUSTOMER_CREDIT))
    for firm, source in waiting:
        withdraw_queued(session, firm, order.currency, source, actor=actor, clock=clock)


def claim_what_has_gone(
    session: Session, order: Order, money: HeldMoney, dispute: Dispute, *, actor: Actor, clock: Clock
) -> None:
    """What was decided and is not held any more: the supplier gives back price, the demander pays damage; once.

    The platform gives back its commission on the part of the price. Never more than the side got out of this order.
    """
    subject, key = subject_of(order), dispute.public_id
    if was_decided(session, subject, key, actor=actor) or claimed_back(session, subject, key, actor=actor):
        return
    back = _price_back(session, money, dispute)
    if back.amount:
        fee = _commission_back(money, back)
        tax = rules_of(session.get_one(Park, order.park_id)).commission_tax(fee)
        command = ClaimBack(
            subject_ref=subject,
            key=key,
            to=RecoveryKind.CUSTOMER_CREDIT,
            amount=back,
            fee=fee,
            fee_tax=tax,
            reason=dispute.decision,
        )
        claim_back(session, command, actor=actor, clock=clock)
        bill_anew(
            session, order, given_back(session, money.request, RecoveryKind.CUSTOMER_CREDIT), dispute, clock=clock
        )
    damage = _damage(session, money, dispute)
    if damage.amount:
        nothing = Money.zero(damage.currency)
        command = ClaimBack(
            subject_ref=subject,
            key=f"{key}:damage",
            to=RecoveryKind.PAYABLE,
            amount=damage,
            fee=nothing,
            fee_tax=nothing,
            reason=dispute.decision,
        )
        claim_back(session, command, actor=actor, clock=clock)


def _price_back(session: Session, money: HeldMoney, dispute: Dispute) -> Money:
    """Of the price, when none of it is held: as decided, and at most what the supplier's side still has of it."""
    escrow, nothing = money.of_kind(FundsKind.ESCROW), Money.zero(money.request.currency)
    if escrow is None or escrow.held.amount:
        return nothing
    gone = escrow.released_amount + escrow.fee_amount
    left = gone - given_back(session, money.request, RecoveryKind.CUSTOMER_CREDIT).amount
    return Money(max(0, min(dispute.refund_amount or 0, left)), nothing.currency)


def _commission_back(money: HeldMoney, back: Money) -> Money:
    """The commission's share, as the price's."""
    escrow = money.of_kind(FundsKind.ESCROW)
    if escrow is None or not escrow.fee_amount:
        return Money.zero(back.currency)
    whole = Money(escrow.fee_amount, back.currency)
    return min(back, whole.times(Fraction(back.amount, escrow.released_amount + escrow.fee_amount)))


def _damage(session: Session, money: HeldMoney, dispute: Dispute) -> Money:
    """Of a deposit that has been returned: as decided, and at most what was returned of it."""
    deposit, nothing = money.of_kind(FundsKind.DEPOSIT), Money.zero(money.request.currency)
    if deposit is None or deposit.held.amount:
        return nothing
    left = deposit.refunded_amount - given_back(session, money.request, RecoveryKind.PAYABLE).amount
    return Money(max(0, min(dispute.deduction_amount or 0, left)), nothing.currency)
