"""Queueing payouts: money is set aside before it is promised."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.models import Account
from billing.ledger.operations import SetAside, lock_accounts, set_aside, void_hold
from billing.payments.models import RecoveryKind
from billing.payments.operations.recovering import contested_of, recover_from
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
from billing.payouts.operations.accounts import bank_account_of, platform_account_of
from marketplace.kernel.actor import Actor, system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound
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

    What it still has to give back goes first; what a contested subject has already released stays. Raises `NotFound` `no_bank_account`; `Conflict`
    `nothing_to_pay_out` below `least`, `insufficient_funds` for more than is there. Locks the account; adds
    `PayoutQueued`.
    """
    if command.source is PayoutSource.COMMISSION:
        raise Invalid("payout_source", fields={"source": ["payout_source"]})
    recover_from(session, command.enterprise_id, command.currency, actor=actor, clock=clock)
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
    return _queued(session, name, amount, command, bank, actor=actor, clock=clock)


def queue_commission(session: Session, currency: str, *, actor: Actor, clock: Clock, least: int = LEAST) -> Payout:
    """Queue the transfer of earned commission from the custody bank to the platform's own account.

    Claims against the platform go first. Raises `NotFound` `no_platform_account`, `Conflict` `nothing_to_pay_out`.
    Locks the account.
    """
    recover_from(session, None, currency, actor=actor, clock=clock)
    bank = platform_account_of(session, actor=actor)
    if bank is None:
        raise NotFound("no_platform_account")
    name = AccountName(AccountKind.COMMISSION_CLEARING)
    there = lock_accounts(session, [(name, currency)], actor=actor, clock=clock)[name, currency].available
    if there < max(1, least):
        raise Conflict("nothing_to_pay_out")
    return _queued(session, name, Money(there, currency), None, bank, actor=actor, clock=clock)


def _queued(
    session: Session,
    name: AccountName,
    amount: Money,
    command: QueuePayout | None,
    bank: BankAccount,
    *,
    actor: Actor,
    clock: Clock,
) -> Payout:
    """Without a command it is the platform's."""
    code = reference(session.scalar(NUMBERS) or 0)
    aside = SetAside(account=name, amount=amount, source=f"payout:{code}")
    hold = set_aside(session, aside, actor=actor, clock=clock)
    session.flush()
    payout = Payout(
        park_id=actor.park_id,
        enterprise_id=command.enterprise_id if command else None,
        source=command.source if command else PayoutSource.COMMISSION,
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
    kind = RecoveryKind(command.source.value)
    free -= contested_of(session, command.enterprise_id, currency, kind, actor=actor)
    leaving = session.scalar(
        select(func.coalesce(func.sum(Payout.amount), 0)).where(
            Payout.park_id == actor.park_id,
            Payout.enterprise_id == command.enterprise_id,
            Payout.currency == currency,
            Payout.status.in_([PayoutStatus.QUEUED, PayoutStatus.APPROVED, PayoutStatus.SENT]),
        )
    )
    return max(0, min(free, places[custody, currency].balance - int(leaving or 0)))


def withdraw_queued(
    session: Session, enterprise_id: int, currency: str, source: PayoutSource, *, actor: Actor, clock: Clock
) -> list[Payout]:
    """Take back what is queued for an enterprise and in no batch yet: it waits until the next morning counts anew.

    Locks the payouts, their holds and accounts.
    """
    waiting = session.scalars(
        select(Payout)
        .where(
            Payout.park_id == actor.park_id,
            Payout.enterprise_id == enterprise_id,
            Payout.currency == currency,
            Payout.source == source,
            Payout.status == PayoutStatus.QUEUED,
            Payout.batch_id.is_(None),
        )
        .order_by(Payout.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for payout in waiting:
        payout.move_to(PayoutStatus.WITHDRAWN)
        void_hold(session, payout.hold_id, actor=actor, clock=clock)
        note_payout(session, payout, "withdrawn", actor=actor, clock=clock)
    return [*waiting]


def queue_due_payouts(session: Session, *, clock: Clock) -> list[Payout]:
    """Queue a payout for every enterprise that has enough and a bank account; runs at the same time share the work.

    So is the platform's commission, park by park.
    """
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
    return [*queued, *_queue_commissions(session, clock=clock)]


def _queue_commissions(session: Session, *, clock: Clock) -> list[Payout]:
    waiting = session.execute(
        select(Account.park_id, Account.currency)
        .where(Account.kind == AccountKind.COMMISSION_CLEARING, Account.balance - Account.reserved > 0)
        .order_by(Account.id)
    ).all()
    queued: list[Payout] = []
    for park_id, currency in waiting:
        try:
            queued.append(queue_commission(session, currency, actor=system_actor(park_id), clock=clock))
        except (Conflict, NotFound):
            continue
    return queued
