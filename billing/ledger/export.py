"""The ledger as a plain-text journal that hledger and beancount read: anybody may add it up with a tool not ours."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from billing.ledger.accounts import DEBIT, GUARDED, MARKET_ASSETS, AccountKind, AccountName, side_of
from billing.ledger.models import Account, Entry, Transaction
from marketplace.kernel.actor import Actor, OfficeRole
from marketplace.kernel.money import Money

BATCH = 1000
OPENING = "1970-01-01"
EXPENSES = frozenset({AccountKind.GATEWAY_FEES, AccountKind.BAD_DEBT, AccountKind.DISPUTE_FEES, AccountKind.ROUNDING})
OWNED = MARKET_ASSETS | {
    AccountKind.PLATFORM_BANK,
    AccountKind.COMMISSION_CLEARING,
    AccountKind.RECEIVABLE,
    AccountKind.CHARGEBACK_RECEIVABLE,
}
OWED = (GUARDED - OWNED) | {AccountKind.VAT_OUTPUT}


def journal_name(name: AccountName) -> str:
    """The account as journals write it: `Liabilities:Escrow:E12:Order-3kq0`; every part begins with a capital."""
    if name.kind in EXPENSES:
        root = "Expenses"
    elif side_of(name.kind) == DEBIT:
        root = "Assets"
    else:
        root = "Liabilities" if name.kind in OWED else "Income"
    parts = [root, name.kind.value.replace("_", "-").capitalize()]
    if name.enterprise_id is not None:
        parts.append(f"E{name.enterprise_id}")
    if name.subject_ref:
        parts.append("S-" + "-".join(part for part in name.subject_ref.replace(":", " ").split()))
    return ":".join(parts)


def beancount(session: Session, *, actor: Actor, zone: ZoneInfo) -> Iterator[str]:
    """The park's ledger as lines of a beancount journal, with a closing balance that the reader's tool checks.

    Days are those of `zone`. Raises `Forbidden` unless the office's clerk, administrator or auditor asks.
    """
    actor.require_office(OfficeRole.FINANCE, OfficeRole.ADMIN, OfficeRole.AUDITOR)
    yield 'option "title" "Gongzao"\n'
    accounts = session.scalars(select(Account).where(Account.park_id == actor.park_id).order_by(Account.id)).all()
    for name in sorted({journal_name(account.address) for account in accounts}):
        yield f"{OPENING} open {name}\n"
    for transaction in _transactions(session, actor):
        yield from _written(transaction, zone)
    for account in accounts:
        amount = account.balance * side_of(account.kind)
        yield f"9999-12-31 balance {journal_name(account.address)}  {_amount(amount, account.currency)}\n"


def _transactions(session: Session, actor: Actor) -> Iterator[Transaction]:
    after = 0
    rows = (
        select(Transaction)
        .where(Transaction.park_id == actor.park_id)
        .options(selectinload(Transaction.entries).joinedload(Entry.account))
        .order_by(Transaction.id)
        .limit(BATCH)
    )
    while batch := session.scalars(rows.where(Transaction.id > after)).all():
        yield from batch
        after = batch[-1].id


def _written(transaction: Transaction, zone: ZoneInfo) -> Iterator[str]:
    day = transaction.effective_at.astimezone(zone).date().isoformat()
    memo = " ".join(transaction.memo.replace('"', "'").replace("\\", "/").split())
    yield f'\n{day} * "{transaction.kind}" "{memo}"\n'
    yield f'  id: "{transaction.public_id}"\n'
    for entry in transaction.entries:
        yield f"  {journal_name(entry.account.address)}  {_amount(entry.amount, entry.currency)}\n"


def _amount(amount: int, currency: str) -> str:
    return f"{Money(amount, currency).units} {currency}"
