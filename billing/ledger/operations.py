"""Writing to the ledger: post, reverse, set aside. They flush and never commit."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, selectinload

from billing.ledger.accounts import GUARDED, AccountName, side_of
from billing.ledger.models import GUARD, Account, Entry, Hold, HoldStatus, Transaction
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.money import Money

MOST = 10**15
"""No single amount is larger, in minor units: ten thousand billion yuan."""

Place = tuple[AccountName, str]
"""An account's name and its currency."""


@dataclass(frozen=True, slots=True)
class Leg:
    """So much on one account; a debit is positive, a credit negative."""

    account: AccountName
    amount: Money


def debit(account: AccountName, amount: Money) -> Leg:
    return Leg(account, amount)


def credit(account: AccountName, amount: Money) -> Leg:
    return Leg(account, -amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What to write: `key` happens once in a park; `effective_at` is now unless given."""

    kind: str
    key: str
    source: str
    legs: Sequence[Leg]
    subject_ref: str = ""
    memo: str = ""
    effective_at: datetime | None = None


def post(session: Session, posting: Posting, *, actor: Actor, clock: Clock) -> Transaction:
    """Write the transaction and move the balances; the same key again returns what it wrote the first time.

    Raises `Invalid` `unbalanced`, `nothing_to_post` or `amount_out_of_range`; `Conflict` `insufficient_funds` when a
    guarded account would fall below what is reserved on it, `key_reused` for other legs under a known key.
    Locks the accounts in the order of their ids.
    """
    sums = _balanced(posting.legs)
    accounts = lock_accounts(session, sums, actor=actor, clock=clock)
    known = _known(session, posting.key, actor=actor)
    if known is not None:
        _require_same(known, accounts, sums)
        return known
    return _write(session, posting, accounts, sums, actor=actor, clock=clock)


def _balanced(legs: Sequence[Leg]) -> dict[Place, int]:
    """The legs summed by account. Raises `Invalid` when they do not add up to nothing in every currency."""
    sums: dict[Place, int] = defaultdict(int)
    totals: dict[str, int] = defaultdict(int)
    for leg in legs:
        if abs(leg.amount.amount) > MOST:
            raise Invalid("amount_out_of_range", fields={"amount": ["amount_out_of_range"]})
        sums[leg.account, leg.amount.currency] += leg.amount.amount
        totals[leg.amount.currency] += leg.amount.amount
    if any(totals.values()):
        raise Invalid("unbalanced", totals=dict(totals))
    moving = {place: amount for place, amount in sums.items() if amount}
    if not moving:
        raise Invalid("nothing_to_post")
    return moving


def lock_accounts(session: Session, places: Iterable[Place], *, actor: Actor, clock: Clock) -> dict[Place, Account]:
    """The accounts under their row locks, taken in the order of their ids; missing ones are opened at zero."""
    wanted = sorted(set(places))
    names = [(str(name), currency) for name, currency in wanted]
    keyed = select(Account).where(Account.park_id == actor.park_id, tuple_(Account.name, Account.currency).in_(names))
    if len(session.scalars(keyed.with_only_columns(Account.id)).all()) < len(wanted):
        _open(session, wanted, actor=actor, at=clock())
    rows = session.scalars(keyed.order_by(Account.id).with_for_update().execution_options(populate_existing=True))
    return {(row.address, row.currency): row for row in rows}


def _open(session: Session, places: list[Place], *, actor: Actor, at: datetime) -> None:
    rows = [
        {
            "public_id": new_public_id(),
            "park_id": actor.park_id,
            "name": str(name),
            "kind": name.kind,
            "currency": currency,
            "is_guarded": name.kind in GUARDED,
            "opened_at": at,
            "enterprise_id": name.enterprise_id,
            "subject_ref": name.subject_ref,
            "balance": 0,
            "reserved": 0,
        }
        for name, currency in places
    ]
    once = insert(Account).on_conflict_do_nothing(index_elements=["park_id", "name", "currency"])
    session.execute(once, rows)


def _known(session: Session, key: str, *, actor: Actor) -> Transaction | None:
    return session.scalar(
        select(Transaction)
        .where(Transaction.park_id == actor.park_id, Transaction.key == key)
        .options(selectinload(Transaction.entries))
    )


def _require_same(known: Transaction, accounts: dict[Place, Account], sums: dict[Place, int]) -> None:
    written = {entry.account_id: entry.amount for entry in known.entries}
    if written != {accounts[place].id: amount for place, amount in sums.items()}:
        raise Conflict("key_reused", key=known.key)


def _write(
    session: Session,
    posting: Posting,
    accounts: dict[Place, Account],
    sums: dict[Place, int],
    *,
    actor: Actor,
    clock: Clock,
    reverses: int | None = None,
) -> Transaction:
    now = clock()
    transaction = Transaction(
        park_id=actor.park_id,
        kind=posting.kind,
        key=posting.key,
        source=posting.source,
        subject_ref=posting.subject_ref,
        memo=posting.memo,
        effective_at=posting.effective_at or now,
        created_at=now,
        user_id=actor.user_id,
        reverses_id=reverses,
    )
    with refusing(session, {GUARD: _insufficient}):
        session.add(transaction)
        session.flush()
        for place, amount in sums.items():
            account = accounts[place]
            account.balance += amount * side_of(account.kind)
            session.add(
                Entry(transaction_id=transaction.id, account_id=account.id, amount=amount, currency=account.currency)
            )
    return transaction


def _insufficient() -> Conflict:
    return Conflict("insufficient_funds")


def reverse(session: Session, transaction_id: int, *, key: str, memo: str, actor: Actor, clock: Clock) -> Transaction:
    """Undo a transaction by its mirror image: the stored amounts with the other sign, never computed anew.

    Raises `NotFound`; `Conflict` `already_reversed` for one that has been, or is itself a reversal;
    `insufficient_funds` when what it brought has been spent. Locks the accounts in the order of their ids.
    """
    original = session.scalar(
        select(Transaction)
        .where(Transaction.id == transaction_id, Transaction.park_id == actor.park_id)
        .options(selectinload(Transaction.entries).selectinload(Entry.account))
    )
    if original is None:
        raise NotFound("transaction")
    sums = {(entry.account.address, entry.currency): -entry.amount for entry in original.entries}
    accounts = lock_accounts(session, sums, actor=actor, clock=clock)
    known = session.scalar(select(Transaction).where(Transaction.reverses_id == original.id))
    if known is not None and known.key == key:
        return known
    if known is not None or original.reverses_id is not None:
        raise Conflict("already_reversed")
    posting = Posting(
        kind="reversal",
        key=key,
        source=original.source,
        legs=(),
        subject_ref=original.subject_ref,
        memo=memo,
    )
    return _write(session, posting, accounts, sums, actor=actor, clock=clock, reverses=original.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Keep part of an account for one purpose."""

    account: AccountName
    amount: Money
    source: str
    expires_at: datetime | None = None


def set_aside(session: Session, command: SetAside, *, actor: Actor, clock: Clock) -> Hold:
    """Reserve part of what is available. Raises `Conflict` `insufficient_funds`. Locks the account."""
    require_positive(command.amount)
    place = (command.account, command.amount.currency)
    account = lock_accounts(session, [place], actor=actor, clock=clock)[place]
    hold = Hold(
        park_id=actor.park_id,
        account_id=account.id,
        amount=command.amount.amount,
        source=command.source,
        created_at=clock(),
        expires_at=command.expires_at,
    )
    with refusing(session, {GUARD: _insufficient}):
        account.reserved += hold.amount
        session.add(hold)
    return hold


def post_hold(session: Session, hold_id: int, posting: Posting, *, actor: Actor, clock: Clock) -> Transaction:
    """Take what was set aside: end the hold and write the posting that uses it, as one.

    Raises `Conflict` `hold_ended`, and `Invalid` `hold_of_another_account` when the posting does not touch the hold's
    account. Locks the hold, then the accounts in the order of their ids.
    """
    hold = _locked_hold(session, hold_id, actor=actor)
    accounts = lock_accounts(session, _balanced(posting.legs), actor=actor, clock=clock)
    account = next((row for row in accounts.values() if row.id == hold.account_id), None)
    if account is None:
        raise Invalid("hold_of_another_account")
    _let_go(session, hold, account, HoldStatus.POSTED, clock=clock)
    transaction = post(session, posting, actor=actor, clock=clock)
    hold.transaction_id = transaction.id
    session.flush()
    return transaction


def void_hold(session: Session, hold_id: int, *, actor: Actor, clock: Clock) -> Hold:
    """Give back what was set aside. Raises `Conflict` `hold_ended`. Locks the hold, then the account."""
    hold = _locked_hold(session, hold_id, actor=actor)
    _let_go(session, hold, _locked_account(session, hold.account_id), HoldStatus.VOIDED, clock=clock)
    return hold


def expire_holds(session: Session, *, clock: Clock) -> int:
    """Give back whatever ran out; how many. Locks the holds and their accounts, in the order of the accounts."""
    due = session.scalars(
        select(Hold)
        .where(Hold.status == HoldStatus.PENDING, Hold.expires_at <= clock())
        .order_by(Hold.account_id, Hold.id)
        .limit(500)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for hold in due:
        _let_go(session, hold, _locked_account(session, hold.account_id), HoldStatus.EXPIRED, clock=clock)
    return len(due)


def _locked_hold(session: Session, hold_id: int, *, actor: Actor) -> Hold:
    hold = session.scalar(
        select(Hold)
        .where(Hold.id == hold_id, Hold.park_id == actor.park_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if hold is None:
        raise NotFound("hold")
    return hold


def _locked_account(session: Session, account_id: int) -> Account:
    rows = select(Account).where(Account.id == account_id).with_for_update()
    return session.scalars(rows.execution_options(populate_existing=True)).one()


def _let_go(session: Session, hold: Hold, account: Account, status: HoldStatus, *, clock: Clock) -> None:
    hold.end(status, clock())
    account.reserved -= hold.amount
    session.flush()


def require_positive(amount: Money) -> Money:
    """The amount. Raises `Invalid` for nothing, less than nothing, or more than anybody has."""
    if amount.amount <= 0:
        raise Invalid("amount_not_positive", fields={"amount": ["amount_not_positive"]})
    if amount.amount > MOST:
        raise Invalid("amount_out_of_range", fields={"amount": ["amount_out_of_range"]})
    return amount
