"""The clerk's pages of bank statements: upload, look, import; lines that wait; how bank and ledger agree."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response as Redirect

from billing.ledger.queries import BOOK_READERS
from billing.payments.operations.card_arrivals import on_its_way
from billing.payouts.models import AccountPurpose
from billing.payouts.operations.access import CLERK
from billing.payouts.operations.accounts import bank_account_of, keep_bank_account, platform_account_of
from billing.payouts.schemas import ParkAccountSchema
from billing.statements import queries
from billing.statements.models import LineStatus
from billing.statements.operations import (
    ImportStatement,
    MatchLine,
    import_statement,
    match_card_money,
    match_line,
    preview_statement,
    set_line_aside,
)
from billing.statements.outcomes import counted, outcomes_of
from billing.statements.parcels import pack, unpack
from billing.statements.schemas import LineAsideSchema, LineMatchSchema
from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import DomainError, NotFound
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.words import gettext
from marketplace.ui.pages import own_path

blueprint = Blueprint("billing_statements", __name__, template_folder="templates", url_prefix="/office/money")


def is_clerk() -> bool:
    return OfficeRole.FINANCE in current_actor().office_roles


@blueprint.get("/")
@allow(Who.OFFICE, office=BOOK_READERS)
def index() -> str:
    """Upload a statement; those imported before; how bank and ledger agree."""
    return _index_page(Form())


def _index_page(form: Form) -> str:
    session, actor = current_session(), current_actor()
    return render_template(
        "billing_statements/index.html",
        page=queries.statements_of(session, actor=actor, cursor=request.args.get("cursor")),
        rows=queries.reconcile(session, actor=actor),
        waiting=queries.unmatched_count(session, actor=actor),
        account=bank_account_of(session, None, actor=actor),
        platform_account=platform_account_of(session, actor=actor),
        purpose=request.form.get("purpose", "custody"),
        may_write=is_clerk(),
        form=form,
    )


@blueprint.post("/preview")
@allow(Who.OFFICE, office=CLERK)
def preview() -> str | tuple[str, int]:
    """What each line of an uploaded file would become; nothing is written."""
    session, form = current_session(), Form()
    upload = request.files.get("file")
    command = ImportStatement(
        name=(upload.filename or "")[:200] if upload else "", body=upload.read() if upload else b""
    )
    try:
        statement, proposals = preview_statement(session, command, actor=current_actor())
        parcel = pack(command.body)
    except DomainError as error:
        form.refuse(error)
        return _index_page(form), error.status
    outcomes = outcomes_of(proposals)
    return render_template(
        "billing_statements/preview.html",
        statement=statement,
        rows=list(zip(proposals, outcomes, strict=True)),
        counts=counted(outcomes),
        name=command.name,
        parcel=parcel,
        key=new_public_id(),
    )


@blueprint.post("/statements")
@allow(Who.OFFICE, office=CLERK)
@writes
@idempotent
def take() -> Redirect | tuple[str, int]:
    """Import the file that was looked at."""
    session, form = current_session(), Form()
    try:
        command = ImportStatement(name=request.form.get("name", "")[:200], body=unpack(request.form.get("parcel", "")))
        statement = import_statement(session, command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _index_page(form), error.status
    flash(gettext("对账单已导入。"), "done")
    return redirect(url_for(".show", statement=statement.public_id), 303)


@blueprint.get("/statements/<statement>")
@allow(Who.OFFICE, office=BOOK_READERS)
def show(statement: str) -> str:
    """One statement and what became of each line."""
    session, actor = current_session(), current_actor()
    found = queries.statement_of(session, statement, actor=actor)
    page = queries.lines_of(session, actor=actor, statement=found, cursor=request.args.get("cursor"))
    return render_template("billing_statements/show.html", statement=found, page=page)


@blueprint.get("/lines")
@allow(Who.OFFICE, office=BOOK_READERS)
def lines() -> str:
    """Lines nobody knows: whose money is it?"""
    session, actor = current_session(), current_actor()
    page = queries.lines_of(session, actor=actor, status=LineStatus.UNMATCHED, cursor=request.args.get("cursor"))
    return render_template("billing_statements/lines.html", page=page)


@blueprint.get("/lines/<bank_line>")
@allow(Who.OFFICE, office=BOOK_READERS)
def line(bank_line: str) -> str:
    """One line: match it by hand, or set it aside with a word."""
    return _line_page(bank_line, Form())


def _line_page(public_id: str, form: Form) -> str:
    session, actor = current_session(), current_actor()
    found = queries.line_of(session, public_id, actor=actor)
    return render_template(
        "billing_statements/line.html",
        line=found,
        candidates=queries.candidates_of(session, found, actor=actor),
        may_write=is_clerk(),
        card_money=on_its_way(session, actor=actor, currency=found.currency),
        form=form,
        now=request_now(),
        there=own_path(request.values["next"]) if request.values.get("next") else "",
        key=new_public_id(),
    )


@blueprint.post("/lines/<bank_line>/match")
@allow(Who.OFFICE, office=CLERK)
@writes
@idempotent
def match(bank_line: str) -> Redirect | tuple[str, int]:
    """Say for which request the money was meant."""

    def act(values: dict[str, str]) -> None:
        command = MatchLine(line=bank_line, **values)
        match_line(current_session(), command, actor=current_actor(), clock=request_clock())

    return _decided(bank_line, LineMatchSchema(), act)


@blueprint.post("/lines/<bank_line>/cards")
@allow(Who.OFFICE, office=CLERK)
@writes
@idempotent
def match_cards(bank_line: str) -> Redirect | tuple[str, int]:
    """Say that the card gateway has paid out."""

    def act(values: dict[str, str]) -> None:
        match_card_money(current_session(), bank_line, actor=current_actor(), clock=request_clock(), **values)

    return _decided(bank_line, Schema(), act)


@blueprint.post("/lines/<bank_line>/aside")
@allow(Who.OFFICE, office=CLERK)
@writes
@idempotent
def lay_aside(bank_line: str) -> Redirect | tuple[str, int]:
    """Take a line out of the queue with a word on what was done."""

    def act(values: dict[str, str]) -> None:
        set_line_aside(current_session(), bank_line, actor=current_actor(), clock=request_clock(), **values)

    return _decided(bank_line, LineAsideSchema(), act)


def _decided(public_id: str, schema: Schema, act: Callable[[dict[str, str]], None]) -> Redirect | tuple[str, int]:
    session, form = current_session(), typed()
    values = read(schema, form)
    if values is None:
        return _line_page(public_id, form), 422
    try:
        act(values)
    except DomainError as error:
        session.rollback()
        if isinstance(error, NotFound) and error.code == "funds_request":
            form.errors["request"] = [gettext("园区里没有这个编号的付款，请核对。")]
            return _line_page(public_id, form), 422
        if error.status in {403, 404}:
            raise
        form.refuse(error)
        return _line_page(public_id, form), error.status
    flash(gettext("这一行已处理。"), "done")
    return redirect(own_path(request.form["next"]) if request.form.get("next") else url_for(".lines"), 303)


@blueprint.post("/account")
@allow(Who.OFFICE, office=CLERK)
@writes
def keep_account() -> Redirect | tuple[str, int]:
    """Write down the custody account into which everybody pays, or the platform's own to which commission goes."""
    session, form = current_session(), typed()
    command = read(ParkAccountSchema(), form)
    if command is None:
        return _index_page(form), 422
    try:
        keep_bank_account(session, command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _index_page(form), error.status
    is_custody = command.purpose is AccountPurpose.CUSTODY
    flash(
        gettext("存管账户已保存，付款页面马上显示。") if is_custody else gettext("平台收款账户已保存，佣金转到这里。"),
        "done",
    )
    return redirect(url_for(".index"), 303)
