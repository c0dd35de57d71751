"""Reads of bank statements for the office: what was imported, what waits for the clerk, how bank and ledger agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, joinedload

from billing.cursors import id_after
from billing.ledger.accounts import AccountKind
from billing.ledger.models import Account
from billing.ledger.queries import BOOK_READERS
from billing.payments.models import FundsRequest, RequestStatus
from billing.statements.models import LineStatus, Statement, StatementLine
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import Page, page_of

MOST_CANDIDATES = 8


def statements_of(session: Session, *, actor: Actor, cursor: str | None = None, size: int = 20) -> Page[Statement]:
    """The park's statements, newest first. Raises `Forbidden` unless the office's readers of the books ask."""
    actor.require_office(*BOOK_READERS)
    rows = select(Statement).where(Statement.park_id == actor.park_id).order_by(Statement.id.desc()).limit(size + 1)
    if after := id_after(cursor):
        rows = rows.where(Statement.id < after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def statement_of(session: Session, public_id: str, *, actor: Actor) -> Statement:
    """One statement. Raises `Forbidden`, `NotFound`."""
    actor.require_office(*BOOK_READERS)
    found = session.scalar(
        select(Statement).where(Statement.park_id == actor.park_id, Statement.public_id == public_id)
    )
    if found is None:
        raise NotFound("statement")
    return found


def lines_of(
    session: Session,
    *,
    actor: Actor,
    statement: Statement | None = None,
    status: LineStatus | None = None,
    cursor: str | None = None,
    size: int = 50,
) -> Page[StatementLine]:
    """Lines of the park, oldest first: of one statement, of one status, or all. Raises `Forbidden`."""
    actor.require_office(*BOOK_READERS)
    rows = (
        select(StatementLine)
        .where(StatementLine.park_id == actor.park_id)
        .options(joinedload(StatementLine.statement))
        .order_by(StatementLine.id)
        .limit(size + 1)
    )
    if statement is not None:
        rows = rows.where(StatementLine.statement_id == statement.id)
    if status is not None:
        rows = rows.where(StatementLine.status == status)
    if after := id_after(cursor):
        rows = rows.where(StatementLine.id > after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def _position(row: Statement | StatementLine) -> tuple[int]:
    return (row.id,)


def line_of(session: Session, public_id: str, *, actor: Actor) -> StatementLine:
    """One line with its statement. Raises `Forbidden`, `NotFound`."""
    actor.require_office(*BOOK_READERS)
    found = session.scalar(
        select(StatementLine)
        .where(StatementLine.park_id == actor.park_id, StatementLine.public_id == public_id)
        .options(joinedload(StatementLine.statement))
    )
    if found is None:
        raise NotFound("statement_line")
    return found


def candidates_of(session: Session, line: StatementLine, *, actor: Actor) -> Sequence[FundsRequest]:
    """Requests that money which came in may be meant for: still awaited, the same amount first. Raises `Forbidden`."""
    actor.require_office(*BOOK_READERS)
    if line.amount <= 0:
        return []
    missing = FundsRequest.total_amount - FundsRequest.received_amount
    rows = (
        select(FundsRequest)
        .where(
            FundsRequest.park_id == actor.park_id,
            FundsRequest.status == RequestStatus.AWAITED,
            FundsRequest.currency == line.currency,
        )
        .options(joinedload(FundsRequest.payer), joinedload(FundsRequest.payee))
        .order_by(func.abs(missing - line.amount), FundsRequest.due_at, FundsRequest.id)
        .limit(MOST_CANDIDATES)
    )
    return session.scalars(rows).all()


def unmatched_count(session: Session, *, actor: Actor) -> int:
    """How many lines wait for the clerk. Raises `Forbidden`."""
    actor.require_office(*BOOK_READERS)
    rows = select(func.count()).where(
        StatementLine.park_id == actor.park_id, StatementLine.status == LineStatus.UNMATCHED
    )
    return session.scalar(rows) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What the bank says and what the ledger says of the custody account, in minor units of one currency.

    `unbooked` is what left the bank without a payout of ours, such as its fees (negative); `waiting` counts the lines
    that the clerk has not decided. Commission that the bank has not yet moved out of custody shows as a difference.
    """

    currency: str
    as_of: datetime
    bank: int
    ledger: int
    unbooked: int
    waiting: int

    @property
    def difference(self) -> int:
        """What nothing explains."""
        return self.bank - self.ledger - self.unbooked


def reconcile(session: Session, *, actor: Actor) -> Sequence[Reconciliation]:
    """One row a currency of which a statement was imported. Raises `Forbidden`."""
    actor.require_office(*BOOK_READERS)
    latest = (
        select(Statement)
        .where(Statement.park_id == actor.park_id)
        .ext(distinct_on(Statement.currency))
        .order_by(Statement.currency, Statement.last_at.desc(), Statement.id.desc())
    )
    held = _custody(session, actor)
    unbooked = _unbooked(session, actor)
    return [
        Reconciliation(
            currency=statement.currency,
            as_of=statement.last_at,
            bank=statement.closing_amount,
            ledger=held.get(statement.currency, 0),
            unbooked=unbooked.get(statement.currency, (0, 0))[0],
            waiting=unbooked.get(statement.currency, (0, 0))[1],
        )
        for statement in session.scalars(latest)
    ]


def _custody(session: Session, actor: Actor) -> dict[str, int]:
    rows = session.execute(
        select(Account.currency, func.sum(Account.balance))
        .where(
            Account.park_id == actor.park_id, Account.kind.in_([AccountKind.CUSTODY, AccountKind.COMMISSION_CLEARING])
        )
        .group_by(Account.currency)
    )
    return {currency: int(total) for currency, total in rows}


def _unbooked(session: Session, actor: Actor) -> dict[str, tuple[int, int]]:
    """Currency → (money that left without an entry in the ledger, lines that wait)."""
    left = func.sum(StatementLine.amount).filter(StatementLine.amount < 0)
    waiting = func.count().filter(StatementLine.status == LineStatus.UNMATCHED)
    rows = session.execute(
        select(StatementLine.currency, left, waiting)
        .where(StatementLine.park_id == actor.park_id, StatementLine.status != LineStatus.MATCHED)
        .group_by(StatementLine.currency)
    )
    return {currency: (int(total or 0), count) for currency, total, count in rows}
