# pyright: standard
"""Bank statements, for the park's own programs."""

from typing import Any

from flask_smorest import Blueprint

from billing.ledger.queries import BOOK_READERS
from billing.payouts.operations.access import CLERK
from billing.statements import queries
from billing.statements.models import Statement, StatementLine
from billing.statements.operations import (
    ImportStatement,
    MatchLine,
    import_statement,
    match_card_money,
    match_line,
    set_line_aside,
)
from billing.statements.schemas import (
    BankLinePageSchema,
    BankLineQuery,
    BankLineSchema,
    BankStatementPageSchema,
    BankStatementSchema,
    LineAsideSchema,
    LineMatchSchema,
    ReconciliationSchema,
    StatementUploadSchema,
)
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.schemas import PageArguments

blueprint = Blueprint(
    "billing_statements_api",
    __name__,
    url_prefix="/api/v1/bank-statements",
    description="Statements of the custody bank",
)


@blueprint.get("/")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, BankStatementPageSchema)
def list_statements(page: dict[str, Any]) -> object:
    """The park's statements, newest first."""
    return queries.statements_of(current_session(), actor=current_actor(), **page)


@blueprint.post("/")
@allow(Who.OFFICE, office=CLERK)
@writes
@idempotent
@blueprint.arguments(StatementUploadSchema)
@blueprint.response(201, BankStatementSchema)
def take_statement(command: ImportStatement) -> Statement:
    """Take a statement: each line becomes a payment, a confirmed payout, or waits for the clerk. A file is taken once."""
    return import_statement(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.get("/<string:statement>")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.response(200, BankStatementSchema)
def get_statement(statement: str) -> Statement:
    """One statement."""
    return queries.statement_of(current_session(), statement, actor=current_actor())


@blueprint.get("/reconciliation")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.response(200, ReconciliationSchema(many=True))
def get_reconciliation() -> object:
    """How bank and ledger agree, a row a currency."""
    return queries.reconcile(current_session(), actor=current_actor())


@blueprint.get("/lines")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.arguments(BankLineQuery, location="query")
@blueprint.response(200, BankLinePageSchema)
def list_lines(query: dict[str, Any]) -> object:
    """Lines of all statements, oldest first; `unmatched` ones wait for the clerk."""
    return queries.lines_of(current_session(), actor=current_actor(), **query)


@blueprint.post("/lines/<string:bank_line>/match")
@allow(Who.OFFICE, office=CLERK)
@writes
@idempotent
@blueprint.arguments(LineMatchSchema)
@blueprint.response(200, BankLineSchema)
def match(given: dict[str, str], bank_line: str) -> StatementLine:
    """Say for which request the money of a line was meant."""
    session, actor = current_session(), current_actor()
    match_line(session, MatchLine(line=bank_line, **given), actor=actor, clock=request_clock())
    return queries.line_of(session, bank_line, actor=actor)


@blueprint.post("/lines/<string:bank_line>/cards")
@allow(Who.OFFICE, office=CLERK)
@writes
@idempotent
@blueprint.response(200, BankLineSchema)
def match_cards(bank_line: str) -> StatementLine:
    """Say that a line is what the card gateway paid out: the card money on its way has arrived."""
    session, actor = current_session(), current_actor()
    match_card_money(session, bank_line, actor=actor, clock=request_clock())
    return queries.line_of(session, bank_line, actor=actor)


@blueprint.post("/lines/<string:bank_line>/aside")
@allow(Who.OFFICE, office=CLERK)
@writes
@idempotent
@blueprint.arguments(LineAsideSchema)
@blueprint.response(200, BankLineSchema)
def lay_aside(given: dict[str, str], bank_line: str) -> StatementLine:
    """Take a line out of the queue with a word on what was done about it."""
    session, actor = current_session(), current_actor()
    set_line_aside(session, bank_line, note=given["note"], actor=actor, clock=request_clock())
    return queries.line_of(session, bank_line, actor=actor)
