"""Verbs of bank statements: import, match, set aside. They flush and never commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.operations import Posting, credit, debit, post, reverse
from billing.payments.models import FundsRequest, GatewayName
from billing.payments.operations.card_arrivals import receive_card_money
from billing.payments.operations.receiving import ReceiveMoney, receive_money
from billing.payments.references import references_in
from billing.payouts.models import Payout, PayoutStatus
from billing.payouts.operations.access import CLERK
from billing.payouts.operations.paying import confirm_paid
from billing.statements.models import TWICE, LineStatus, Statement, StatementLine
from billing.statements.reading import Line, ReadStatement, read_statement
from marketplace.accounts.models import Park
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, DomainError, Invalid, NotFound
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportStatement:
    """A file of the bank that holds the custody account."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a line would become: the request or payout its memo names, if there is one."""

    line: Line
    is_known: bool
    request: FundsRequest | None = None
    payout: Payout | None = None


def preview_statement(
    session: Session, command: ImportStatement, *, actor: Actor
) -> tuple[ReadStatement, list[Proposal]]:
    """What the file says and what each line would become; nothing is written. Raises as `import_statement`."""
    actor.require_office(*CLERK)
    zone = ZoneInfo(session.get_one(Park, actor.park_id).time_zone)
    read = read_statement(command.body, zone=zone)
    if session.scalar(select(Statement.id).where(Statement.park_id == actor.park_id, Statement.digest == read.digest)):
        raise _twice()
    return read, _proposals(session, read.lines, actor=actor)


def _twice() -> Conflict:
    return Conflict("statement_already_imported", fields={"file": ["statement_already_imported"]})


def _proposals(session: Session, lines: Sequence[Line], *, actor: Actor) -> list[Proposal]:
    prints = [line.fingerprint for line in lines]
    known = set(
        session.scalars(
            select(StatementLine.fingerprint).where(
                StatementLine.park_id == actor.park_id, StatementLine.fingerprint.in_(prints)
            )
        )
    )
    codes = {line.fingerprint: references_in(line.memo) for line in lines}
    wanted = {code for found in codes.values() for code in found}
    requests: Mapping[str, FundsRequest] = {
        row.reference: row
        for row in session.scalars(
            select(FundsRequest).where(FundsRequest.park_id == actor.park_id, FundsRequest.reference.in_(wanted))
        )
    }
    payouts: Mapping[str, Payout] = {
        row.reference: row
        for row in session.scalars(select(Payout).where(Payout.park_id == actor.park_id, Payout.reference.in_(wanted)))
    }
    return [
        _proposal(line, codes[line.fingerprint], requests, payouts, is_known=line.fingerprint in known)
        for line in lines
    ]


def _proposal(
    line: Line,
    codes: list[str],
    requests: Mapping[str, FundsRequest],
    payouts: Mapping[str, Payout],
    *,
    is_known: bool,
) -> Proposal:
    """One reference decides; several in one memo are for the clerk. Amounts out must be those of the payout."""
    if len(codes) != 1 or is_known:
        return Proposal(line=line, is_known=is_known)
    request, payout = requests.get(codes[0]), payouts.get(codes[0])
    if line.amount.amount > 0:
        fits = request is not None and request.currency == line.amount.currency
        return Proposal(line=line, is_known=False, request=request if fits else None)
    fits = (
        payout is not None
        and Money(-payout.amount, payout.currency) == line.amount
        and payout.status in {PayoutStatus.SENT, PayoutStatus.PAID}
    )
    return Proposal(line=line, is_known=False, payout=payout if fits else None)


def import_statement(session: Session, command: ImportStatement, *, actor: Actor, clock: Clock) -> Statement:
    """Take the bank's word: every new line is booked, to the request or payout it names or to nobody's money.

    Raises `Forbidden` unless the clerk asks, `Invalid` as `read_statement`, `Conflict` `statement_already_imported`.
    Locks requests and payouts one after the other, in the order of the lines.
    """
    read, proposals = preview_statement(session, command, actor=actor)
    statement = Statement(
        park_id=actor.park_id,
        name=command.name[:200],
        digest=read.digest,
        layout=read.layout,
        currency=read.closing.currency,
        opening_amount=read.opening.amount,
        closing_amount=read.closing.amount,
        first_at=read.lines[0].at,
        last_at=read.lines[-1].at,
        line_count=len(read.lines),
        known_count=sum(proposal.is_known for proposal in proposals),
        imported_at=clock(),
        user_id=actor.user_id,
    )
    with refusing(session, {TWICE: _twice}):
        session.add(statement)
    for proposal in proposals:
        if not proposal.is_known:
            _take(session, statement, proposal, actor=actor, clock=clock)
    session.flush()
    audit(
        session,
        actor,
        at=clock(),
        action="statement.imported",
        subject=f"statement:{statement.public_id}",
        after={"name": statement.name, "lines": statement.line_count, "known": statement.known_count},
    )
    return statement


def _take(session: Session, statement: Statement, proposal: Proposal, *, actor: Actor, clock: Clock) -> None:
    line = proposal.line
    row = StatementLine(
        statement_id=statement.id,
        park_id=statement.park_id,
        fingerprint=line.fingerprint,
        number=line.number,
        at=line.at,
        amount=line.amount.amount,
        currency=line.amount.currency,
        bank_ref=line.bank_ref,
        counterparty=line.counterparty,
        counterparty_account=line.counterparty_account,
        memo=line.memo,
    )
    session.add(row)
    session.flush()
    if proposal.request is not None:
        _pay(session, row, proposal.request.id, actor=actor, clock=clock)
    elif proposal.payout is not None:
        _confirm(session, row, proposal.payout.id, actor=actor, clock=clock)
    elif row.amount > 0:
        _book_as_nobodys(session, row, actor=actor, clock=clock)


def _pay(session: Session, row: StatementLine, request_id: int, *, actor: Actor, clock: Clock) -> None:
    command = ReceiveMoney(
        request_id=request_id,
        gateway=GatewayName.BANK_TRANSFER,
        gateway_ref=f"line:{row.public_id}",
        amount=Money(row.amount, row.currency),
        effective_at=row.at,
    )
    row.payment_id = receive_money(session, command, actor=actor, clock=clock).id
    row.status, row.decided_at = LineStatus.MATCHED, clock()


def _confirm(session: Session, row: StatementLine, payout_id: int, *, actor: Actor, clock: Clock) -> None:
    """A payout that cannot be confirmed leaves its line to the clerk."""
    try:
        with session.begin_nested():
            confirm_paid(session, payout_id, at=row.at, actor=actor, clock=clock)
    except DomainError:
        return
    row.payout_id, row.status, row.decided_at = payout_id, LineStatus.MATCHED, clock()


def _book_as_nobodys(session: Session, row: StatementLine, *, actor: Actor, clock: Clock) -> None:
    """The bank has it, so the ledger has it too, until the clerk finds out whose it is."""
    amount = Money(row.amount, row.currency)
    posting = Posting(
        kind="money_of_nobody",
        key=f"line:{row.public_id}",
        source=f"statement_line:{row.public_id}",
        legs=[debit(AccountName(AccountKind.CUSTODY), amount), credit(AccountName(AccountKind.UNAPPLIED), amount)],
        memo=row.memo,
        effective_at=row.at,
    )
    row.transaction_id = post(session, posting, actor=actor, clock=clock).id


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchLine:
    """Say by hand for which request a line was meant; `request` is its public id or its reference."""

    line: str
    request: str
    note: str = ""


def match_line(session: Session, command: MatchLine, *, actor: Actor, clock: Clock) -> StatementLine:
    """Book a line that came in to a request of the park.

    Raises `Forbidden` unless the clerk asks, `NotFound`, `Conflict` `line_decided`, `Invalid` `currency_differs`.
    Locks the line, the request, then the accounts.
    """
    row = _locked_line(session, command.line, actor=actor)
    if row.amount < 0:
        raise Conflict("line_decided")
    request_id = session.scalar(
        select(FundsRequest.id).where(
            FundsRequest.park_id == actor.park_id,
            (FundsRequest.public_id == command.request) | (FundsRequest.reference == command.request),
        )
    )
    if request_id is None:
        raise NotFound("funds_request")
    if row.transaction_id is not None:
        key = f"line_matched:{row.public_id}"
        reverse(session, row.transaction_id, key=key, memo=command.note, actor=actor, clock=clock)
    _pay(session, row, request_id, actor=actor, clock=clock)
    row.note, row.decided_by = command.note[:500], actor.user_id
    _note(session, row, "matched", actor=actor, clock=clock)
    return row


def match_card_money(session: Session, public_id: str, *, note: str = "", actor: Actor, clock: Clock) -> StatementLine:
    """Say that a line is what the card gateway paid out: card money on its way lies in custody now.

    Raises `Forbidden` unless the clerk asks, `NotFound`, `Conflict` `line_decided` or `more_than_on_its_way`.
    Locks the line, the requests paid by card, their payments, then the accounts.
    """
    row = _locked_line(session, public_id, actor=actor)
    if row.amount < 0:
        raise Conflict("line_decided")
    source = f"statement_line:{row.public_id}"
    arrived = Posting(
        kind="card_money_arrived",
        key=f"line_cards:{row.public_id}",
        source=source,
        legs=(),
        memo=row.memo,
        effective_at=row.at,
    )
    receive_card_money(session, Money(row.amount, row.currency), arrived, actor=actor, clock=clock)
    if row.transaction_id is not None:
        reverse(session, row.transaction_id, key=f"line_matched:{row.public_id}", memo=note, actor=actor, clock=clock)
    row.status, row.decided_at = LineStatus.MATCHED, clock()
    row.note, row.decided_by = note[:500], actor.user_id
    _note(session, row, "matched_to_cards", actor=actor, clock=clock)
    return row


def set_line_aside(session: Session, public_id: str, *, note: str, actor: Actor, clock: Clock) -> StatementLine:
    """Take a line out of the queue with a word on what was done about it (a bank fee, a transfer sent back).

    Its money stays booked as nobody's. Raises `Invalid` `note_required`, `NotFound`, `Conflict` `line_decided`.
    """
    if not note.strip():
        raise Invalid("note_required", fields={"note": ["note_required"]})
    row = _locked_line(session, public_id, actor=actor)
    row.status, row.note, row.decided_at, row.decided_by = (
        LineStatus.SET_ASIDE,
        note.strip()[:500],
        clock(),
        actor.user_id,
    )
    _note(session, row, "set_aside", actor=actor, clock=clock)
    return row


def _locked_line(session: Session, public_id: str, *, actor: Actor) -> StatementLine:
    actor.require_office(*CLERK)
    row = session.scalar(
        select(StatementLine)
        .where(StatementLine.public_id == public_id, StatementLine.park_id == actor.park_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("statement_line")
    if row.status is not LineStatus.UNMATCHED:
        raise Conflict("line_decided")
    return row


def _note(session: Session, row: StatementLine, verb: str, *, actor: Actor, clock: Clock) -> None:
    session.flush()
    audit(
        session,
        actor,
        at=clock(),
        action=f"statement_line.{verb}",
        subject=f"statement_line:{row.public_id}",
        after={"amount": row.amount, "note": row.note},
    )
