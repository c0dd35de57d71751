"""Reads of the books for the office: trial balance, accounts, entries, transactions; always of the reader's park."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from billing.cursors import id_after
from billing.ledger.accounts import DEBIT, AccountKind, side_of
from billing.ledger.models import Account, Entry, Transaction
from marketplace.kernel.actor import Actor, OfficeRole
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import Page, page_of

BOOK_READERS = (OfficeRole.FINANCE, OfficeRole.ADMIN, OfficeRole.AUDITOR)
"""Who in the office reads the park's books; only the clerk writes into them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """One kind of account in one currency, in minor units; either `debit` or `credit` is nothing."""

    kind: AccountKind
    currency: str
    accounts: int
    debit: int
    credit: int


def trial_balance(session: Session, *, actor: Actor) -> Sequence[BalanceRow]:
    """The park's accounts added up by kind, in the order of the chart; both sides of a currency are equal.

    Raises `Forbidden` unless the clerk, an administrator or the auditor asks.
    """
    actor.require_office(*BOOK_READERS)
    rows = session.execute(
        select(Account.kind, Account.currency, func.count(), func.sum(Account.balance))
        .where(Account.park_id == actor.park_id)
        .group_by(Account.kind, Account.currency)
    )
    found = [_row(kind, currency, count, int(total)) for kind, currency, count, total in rows]
    places = {kind: place for place, kind in enumerate(AccountKind)}
    return sorted(found, key=lambda row: (row.currency != "CNY", row.currency, places[row.kind]))


def _row(kind: AccountKind, currency: str, count: int, balance: int) -> BalanceRow:
    signed = balance * side_of(kind)
    return BalanceRow(
        kind=kind, currency=currency, accounts=count, debit=max(0, signed) * DEBIT, credit=max(0, -signed)
    )


def accounts_of(
    session: Session, *, actor: Actor, kind: AccountKind | None = None, cursor: str | None = None, size: int = 20
) -> Page[Account]:
    """The park's accounts, newest first. Raises `Forbidden`."""
    actor.require_office(*BOOK_READERS)
    rows = (
        select(Account)
        .where(Account.park_id == actor.park_id)
        .options(joinedload(Account.enterprise))
        .order_by(Account.id.desc())
        .limit(size + 1)
    )
    if kind is not None:
        rows = rows.where(Account.kind == kind)
    if after := id_after(cursor):
        rows = rows.where(Account.id < after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def _position(row: Account | Entry) -> tuple[int]:
    return (row.id,)


def account_of(session: Session, public_id: str, *, actor: Actor) -> Account:
    """One account. Raises `Forbidden`, `NotFound`."""
    actor.require_office(*BOOK_READERS)
    found = session.scalar(
        select(Account)
        .where(Account.park_id == actor.park_id, Account.public_id == public_id)
        .options(joinedload(Account.enterprise))
    )
    if found is None:
        raise NotFound("account")
    return found


def entries_of(session: Session, account: Account, *, cursor: str | None = None, size: int = 20) -> Page[Entry]:
    """The entries of an account the reader may see, newest first, each with its transaction."""
    rows = (
        select(Entry)
        .where(Entry.account_id == account.id)
        .options(joinedload(Entry.transaction))
        .order_by(Entry.id.desc())
        .limit(size + 1)
    )
    if after := id_after(cursor):
        rows = rows.where(Entry.id < after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def transaction_of(session: Session, public_id: str, *, actor: Actor) -> Transaction:
    """One transaction with its entries and their accounts. Raises `Forbidden`, `NotFound`."""
    actor.require_office(*BOOK_READERS)
    found = session.scalar(
        select(Transaction)
        .where(Transaction.park_id == actor.park_id, Transaction.public_id == public_id)
        .options(selectinload(Transaction.entries).joinedload(Entry.account).joinedload(Account.enterprise))
    )
    if found is None:
        raise NotFound("transaction")
    return found


def reversed_by(session: Session, transaction: Transaction) -> Transaction | None:
    """The transaction that undoes this one, if any."""
    return session.scalar(select(Transaction).where(Transaction.reverses_id == transaction.id))
