"""Commission on a part of the price, and what becomes of a deposit at the end."""

from fractions import Fraction

from sqlalchemy.orm import Session

from billing.payments.models import FundsKind
from billing.payments.operations.settling import ClaimDeposit, Refund, claim_deposit, return_deposit
from marketplace.accounts.models import Park
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.orders.fulfilments.queries import fulfilment_of
from marketplace.orders.models import Order
from marketplace.settlement.operations.access import HeldMoney
from marketplace.settlement.rules import rules_of
from marketplace.settlement.subjects import subject_of


def commission_on(session: Session, order: Order, money: HeldMoney, amount: Money) -> tuple[Money, Money]:
    """The commission on a part of the escrow at the rate that stood when it was asked for, and the VAT in it."""
    escrow = money.of_kind(FundsKind.ESCROW)
    whole = Money(money.request.expected_fee, order.currency)
    fee = whole.times(Fraction(amount.amount, escrow.amount)) if escrow is not None else Money.zero(order.currency)
    return fee, rules_of(session.get_one(Park, order.park_id)).commission_tax(fee)


def claim_damage(session: Session, order: Order, money: HeldMoney, *, actor: Actor, clock: Clock) -> None:
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
    claim_within(session, money, command, actor=actor, clock=clock)


def claim_within(session: Session, money: HeldMoney, command: ClaimDeposit, *, actor: Actor, clock: Clock) -> None:
    """A claim takes at most what is held."""
    held = money.held(FundsKind.DEPOSIT)
    amount = min(command.amount, held)
    if amount.amount:
        bounded = ClaimDeposit(
            subject_ref=command.subject_ref, key=command.key, amount=amount, evidence=command.evidence
        )
        claim_deposit(session, bounded, actor=actor, clock=clock)


def give_deposit_back(session: Session, order: Order, money: HeldMoney, *, actor: Actor, clock: Clock) -> None:
    if money.held(FundsKind.DEPOSIT).amount:
        return_deposit(session, Refund(subject_ref=subject_of(order), key="ended"), actor=actor, clock=clock)
