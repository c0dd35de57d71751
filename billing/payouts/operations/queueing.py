"""Queueing payouts: money is set aside before it is promised."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.models import Account
from billing.ledger.operations import (
    SetAside,
    lock_accounts,
    set_aside,
)
from billing.payments.models import Funds, FundsRequest, FundsStatus
from billing.payments.operations.requesting import NUMBERS
from billing.payments.references import reference
from billing.payouts.events import PayoutQueued
from billing.payouts.models import (
    BankAccount,
    Payout,
    PayoutSource,
    PayoutStatus,
)
from billing.payouts.operations.access import note_payout
from billing.payouts.operations.accounts import bank_account_of
from marketplace.kernel.actor import Actor, system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.events import record
from marketplace.kernel.money import Money

LEAST = 10_000
"""Smaller amounts wait for the next ones, in minor units: transfers cost the bank's fee."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePayout:
    """Pay an enterprise all that it may have by now, or `amount` of it."""

    enterprise_id: int
    currency: str
    source: PayoutSource = PayoutSource.PAYABLE
    amount: Money | None = None
    least: int = LEAST


def queue_payout(session: Session, command: QueuePayout, *, actor: Actor, clock: Clock) -> Payout:
    """Set money aside and queue its transfer to the enterprise's bank account.

    What a frozen subject has already released stays. Raises `NotFound` `no_bank_account`; `Conflict`
    `nothing_to_pay_out` below `least`, `insufficient_funds` for more than is there. Locks the account; adds
    `PayoutQueued`.
    """
    bank = bank_account_of(session, command.enterprise_id, actor=actor)
    if bank is None:
        raise NotFound("no_bank_account")
    name = AccountName(AccountKind(command.source.value), command.enterprise_id)
    there = _available(session, command, name, actor=actor, clock=clock)
    amount = Money(there, command.currency) if command.amount is None else command.amount
    if amount.amount > there and command.amount is not None:
        raise Conflict("insufficient_funds")
    if amount.amount < max(1, command.least):
        raise Conflict("nothing_to_pay_out")
    code = reference(session.scalar(NUMBERS) or 0)
    aside = SetAside(account=name, amount=amount, source=f"payout:{code}")
    hold = set_aside(session, aside, actor=actor, clock=clock)
    session.flush()
    payout = Payout(
        park_id=actor.park_id,
        enterprise_id=command.enterprise_id,
        source=command.source,
        amount=amount.amount,
        currency=amount.currency,
        reference=code,
        hold_id=hold.id,
        holder=bank.holder,
        bank=bank.bank,
        number=bank.number,
        queued_at=clock(),
    )
    session.add(payout)
    note_payout(session, payout, "queued", actor=actor, clock=clock)
    queued = PayoutQueued(payout.id, payout.enterprise_id, payout.amount, payout.currency)
    record(session, queued, actor=actor, at=clock())
    return payout


def _available(session: Session, command: QueuePayout, name: AccountName, *, actor: Actor, clock: Clock) -> int:
    """What may leave now: not set aside, not under dispute, and arrived at the bank. Locks both accounts."""
    custody = AccountName(AccountKind.CUSTODY, command.enterprise_id)
    currency = command.currency
    places = lock_accounts(session, [(name, currency), (custody, currency)], actor=actor, clock=clock)
    free = places[name, currency].available
    if command.source is PayoutSource.PAYABLE:
        free -= _disputed(session, command, actor=actor)
    leaving = session.scalar(
        select(func.coalesce(func.sum(Payout.amount), 0)).where(
            Payout.park_id == actor.park_id,
            Payout.enterprise_id == command.enterprise_id,
            Payout.currency == currency,
            Payout.status.in_([PayoutStatus.QUEUED, PayoutStatus.APPROVED, PayoutStatus.SENT]),
        )
    )
    return max(0, min(free, places[custody, currency].balance - int(leaving or 0)))


def _disputed(session: Session, command: QueuePayout, *, actor: Actor) -> int:
    """What subjects that are frozen now have released to the enterprise."""
    total = session.scalar(
        select(func.coalesce(func.sum(Funds.released_amount), 0))
        .join(FundsRequest, FundsRequest.id == Funds.request_id)
        .where(
            FundsRequest.park_id == actor.park_id,
            FundsRequest.payee_id == command.enterprise_id,
            Funds.currency == command.currency,
            Funds.status == FundsStatus.FROZEN,
        )
    )
    return int(total or 0)


def queue_due_payouts(session: Session, *, clock: Clock) -> list[Payout]:
    """Queue a payout for every enterprise that has enough and a bank account; runs at the same time share the work."""
    due = session.execute(
        select(Account.park_id, BankAccount.enterprise_id, Account.currency, Account.kind)
        .join(
            BankAccount,
            (BankAccount.park_id == Account.park_id) & (BankAccount.enterprise_id == Account.enterprise_id),
        )
        .where(
            Account.kind.in_([AccountKind.PAYABLE, AccountKind.CUSTOMER_CREDIT]),
            Account.balance - Account.reserved > 0,
        )
        .order_by(Account.id)
        .limit(1000)
    ).all()
    queued: list[Payout] = []
    for park_id, enterprise_id, currency, kind in due:
        if enterprise_id is None:
            continue
        source = PayoutSource(kind.value)
        least = LEAST if source is PayoutSource.PAYABLE else 1
        command = QueuePayout(enterprise_id=enterprise_id, currency=currency, source=source, least=least)
        try:
            queued.append(queue_payout(session, command, actor=system_actor(park_id), clock=clock))
        except Conflict:
            continue
    return queued
