"""Reads of payouts: a firm sees its own money, the clerk the batches of the park."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from billing.cursors import id_after
from billing.ledger.accounts import AccountKind
from billing.ledger.models import Account
from billing.ledger.queries import BOOK_READERS
from billing.payments.models import Funds, FundsRequest, FundsStatus, Recovery
from billing.payouts.models import Payout, PayoutBatch, PayoutStatus
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import Page, page_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmMoney:
    """Where a firm's money is, in minor units of one currency.

    `payable` and `credit` may be paid out now; `on_the_way` is set aside for payouts that the bank has not confirmed;
    `held_for_us` is escrow that becomes ours on acceptance; `our_escrow` and `our_deposits` are what we paid in.
    `owed_by_us` and `owed_to_us` is what decisions made after a release still claim.
    """

    currency: str
    payable: int
    credit: int
    on_the_way: int
    held_for_us: int
    our_escrow: int
    our_deposits: int
    owed_by_us: int = 0
    owed_to_us: int = 0


_OWN = (AccountKind.PAYABLE, AccountKind.CUSTOMER_CREDIT, AccountKind.ESCROW, AccountKind.DEPOSIT)


def money_of(session: Session, *, actor: Actor) -> Sequence[FirmMoney]:
    """One row a currency, CNY always among them and first; three statements."""
    firm = actor.require_firm()
    sums: dict[tuple[str, AccountKind], tuple[int, int]] = {
        (currency, kind): (int(balance), int(reserved))
        for currency, kind, balance, reserved in session.execute(
            select(Account.currency, Account.kind, func.sum(Account.balance), func.sum(Account.reserved))
            .where(Account.park_id == actor.park_id, Account.enterprise_id == firm, Account.kind.in_(_OWN))
            .group_by(Account.currency, Account.kind)
        )
    }
    out = Funds.amount - Funds.released_amount - Funds.refunded_amount - Funds.fee_amount
    coming: dict[str, int] = {
        currency: int(total)
        for currency, total in session.execute(
            select(Funds.currency, func.sum(out))
            .join(Funds.request)
            .where(
                FundsRequest.park_id == actor.park_id,
                FundsRequest.payee_id == firm,
                Funds.kind == "escrow",
                Funds.status.in_((FundsStatus.HELD, FundsStatus.FROZEN)),
            )
            .group_by(Funds.currency)
        )
    }
    owed = _owed(session, firm, actor=actor)
    currencies = {"CNY", *coming, *owed, *(currency for currency, _ in sums)}
    return [_money(currency, sums, coming, owed) for currency in sorted(currencies, key=_yuan_first)]


def _owed(session: Session, firm: int, *, actor: Actor) -> dict[str, tuple[int, int]]:
    """Currency → what open claims take from the firm, and bring it."""
    still = Recovery.amount - Recovery.recovered_amount
    rows = session.execute(
        select(
            Recovery.currency,
            func.coalesce(func.sum(still).filter(Recovery.debtor_id == firm), 0),
            func.coalesce(func.sum(still).filter(Recovery.creditor_id == firm), 0),
        )
        .where(
            Recovery.park_id == actor.park_id,
            (Recovery.debtor_id == firm) | (Recovery.creditor_id == firm),
            Recovery.recovered_amount < Recovery.amount,
        )
        .group_by(Recovery.currency)
    )
    return {currency: (int(by_us), int(to_us)) for currency, by_us, to_us in rows}


def _yuan_first(currency: str) -> tuple[bool, str]:
    return currency != "CNY", currency


def _money(
    currency: str,
    sums: dict[tuple[str, AccountKind], tuple[int, int]],
    coming: dict[str, int],
    owed: dict[str, tuple[int, int]],
) -> FirmMoney:
    balance = {kind: sums.get((currency, kind), (0, 0)) for kind in _OWN}
    by_us, to_us = owed.get(currency, (0, 0))
    payable, credit = balance[AccountKind.PAYABLE], balance[AccountKind.CUSTOMER_CREDIT]
    return FirmMoney(
        currency=currency,
        payable=payable[0] - payable[1],
        credit=credit[0] - credit[1],
        on_the_way=payable[1] + credit[1],
        held_for_us=coming.get(currency, 0),
        our_escrow=balance[AccountKind.ESCROW][0],
        our_deposits=balance[AccountKind.DEPOSIT][0],
        owed_by_us=by_us,
        owed_to_us=to_us,
    )


def payouts_of(session: Session, *, actor: Actor, cursor: str | None = None, size: int = 20) -> Page[Payout]:
    """The firm's payouts, newest first."""
    rows = (
        select(Payout)
        .where(Payout.park_id == actor.park_id, Payout.enterprise_id == actor.require_firm())
        .order_by(Payout.id.desc())
        .limit(size + 1)
    )
    if after := id_after(cursor):
        rows = rows.where(Payout.id < after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def _position(row: Payout | PayoutBatch) -> tuple[int]:
    return (row.id,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What waits to be put into a batch, in minor units of one currency."""

    currency: str
    count: int
    amount: int


def queued_of(session: Session, *, actor: Actor) -> Sequence[Queued]:
    """One row a currency. Raises `Forbidden` unless the office's readers of the books ask."""
    actor.require_office(*BOOK_READERS)
    rows = session.execute(
        select(Payout.currency, func.count(), func.sum(Payout.amount))
        .where(Payout.park_id == actor.park_id, Payout.status == PayoutStatus.QUEUED, Payout.batch_id.is_(None))
        .group_by(Payout.currency)
        .order_by(Payout.currency)
    )
    return [Queued(currency=currency, count=count, amount=int(amount)) for currency, count, amount in rows]


def batches_of(session: Session, *, actor: Actor, cursor: str | None = None, size: int = 20) -> Page[PayoutBatch]:
    """The park's batches with their payouts, newest first. Raises `Forbidden`."""
    actor.require_office(*BOOK_READERS)
    rows = (
        select(PayoutBatch)
        .where(PayoutBatch.park_id == actor.park_id)
        .options(selectinload(PayoutBatch.payouts))
        .order_by(PayoutBatch.id.desc())
        .limit(size + 1)
    )
    if after := id_after(cursor):
        rows = rows.where(PayoutBatch.id < after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def batch_of(session: Session, public_id: str, *, actor: Actor) -> PayoutBatch:
    """One batch with its payouts and whom they go to. Raises `Forbidden`, `NotFound`."""
    actor.require_office(*BOOK_READERS)
    batch = session.scalar(
        select(PayoutBatch)
        .where(PayoutBatch.park_id == actor.park_id, PayoutBatch.public_id == public_id)
        .options(selectinload(PayoutBatch.payouts).joinedload(Payout.enterprise))
        .execution_options(populate_existing=True)
    )
    if batch is None:
        raise NotFound("payout_batch")
    return batch


def payout_of(session: Session, public_id: str, *, actor: Actor) -> Payout:
    """One payout: of the firm itself, or for the readers of the park's books. Raises `Forbidden`, `NotFound`."""
    rows = (
        select(Payout)
        .where(Payout.park_id == actor.park_id, Payout.public_id == public_id)
        .options(joinedload(Payout.enterprise), joinedload(Payout.batch))
    )
    if actor.enterprise_id is not None:
        rows = rows.where(Payout.enterprise_id == actor.enterprise_id)
    else:
        actor.require_office(*BOOK_READERS)
    payout = session.scalar(rows)
    if payout is None:
        raise NotFound("payout")
    return payout
