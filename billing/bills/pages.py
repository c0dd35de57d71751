"""Pages of bills: what we owe and issued, one bill with its PDF, the fapiao register."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response as Redirect

from billing.bills import queries
from billing.bills.api import pdf_answer
from billing.bills.models import Bill, BillKind
from billing.bills.operations import (
    RegisterFapiao,
    RequestFapiao,
    ReverseFapiao,
    register_fapiao,
    request_fapiao,
    reverse_fapiao,
)
from billing.bills.queries import BillSide
from billing.bills.schemas import FapiaoNumberSchema, FapiaoRequestSchema, RedLetterSchema
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.ui.filters import reader_zone

blueprint = Blueprint("billing_bills", __name__, template_folder="templates", url_prefix="/money/bills")
CLERKS = (FirmRole.FINANCE,)


@blueprint.get("/")
@allow(Who.FIRM)
def index() -> str:
    """The firm's bills and this month's sums."""
    session, actor = current_session(), current_actor()
    given = request.args.get("side")
    side = BillSide(given) if given in {"owed", "issued"} else None
    month = request_now().astimezone(reader_zone()).date().replace(day=1)
    return render_template(
        "billing_bills/index.html",
        page=queries.bills_of(session, actor=actor, side=side, cursor=request.args.get("cursor")),
        side=side.value if side else "",
        own=actor.enterprise_id,
        month=month,
        statements=queries.monthly_statement(session, actor=actor, month=month),
    )


@blueprint.get("/<bill>")
@allow(Who.SIGNED_IN)
def show(bill: str) -> str:
    return _bill_page(bill, Form())


def _bill_page(public_id: str, form: Form) -> str:
    session, actor = current_session(), current_actor()
    bill = queries.bill_of(session, public_id, actor=actor)
    fapiaos = queries.standing_fapiaos(session, bill)
    standing = any(fapiao.status.value in {"requested", "issued"} for fapiao in fapiaos)
    return render_template(
        "billing_bills/show.html",
        bill=bill,
        own=actor.enterprise_id,
        fapiaos=fapiaos,
        correction=queries.corrections_of(session, bill),
        corrected=session.get(Bill, bill.corrects_id) if bill.corrects_id else None,
        may_ask=actor.enterprise_id == bill.recipient_id and bill.kind is BillKind.BILL and not standing,
        form=form,
    )


@blueprint.get("/<bill>.pdf")
@allow(Who.SIGNED_IN)
def pdf(bill: str) -> Response:
    """The bill to keep or to print."""
    return pdf_answer(queries.bill_of(current_session(), bill, actor=current_actor()))


@blueprint.post("/<bill>/fapiao")
@allow(Who.FIRM, firm=CLERKS)
@writes
def ask(bill: str) -> Redirect | tuple[str, int]:
    """Ask the issuer for a fapiao."""
    session, form = current_session(), typed()
    values = read(FapiaoRequestSchema(), form)
    if values is None:
        return _bill_page(bill, form), 422
    try:
        command = RequestFapiao(bill=bill, **values)
        request_fapiao(session, command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _bill_page(bill, form), error.status
    return redirect(url_for(".show", bill=bill), 303)


@blueprint.get("/fapiao")
@allow(Who.FIRM)
def fapiao_register() -> str:
    return _register_page(Form(), "")


def _register_page(form: Form, at: str) -> str:
    """`at` is the fapiao whose form was refused."""
    session, actor = current_session(), current_actor()
    page = queries.fapiaos_of(session, actor=actor, cursor=request.args.get("cursor"))
    today: date = request_now().astimezone(reader_zone()).date()
    return render_template(
        "billing_bills/fapiao.html", page=page, own=actor.enterprise_id, form=form, at=at, today=today
    )


@blueprint.post("/fapiao/<fapiao>/number")
@allow(Who.FIRM, firm=CLERKS)
@writes
def write_number(fapiao: str) -> Redirect | tuple[str, int]:
    """Write the number of an issued fapiao into the register."""

    def write(values: dict[str, Any]) -> None:
        command = RegisterFapiao(fapiao=fapiao, **values)
        register_fapiao(current_session(), command, actor=current_actor(), clock=request_clock())

    return _registered(fapiao, FapiaoNumberSchema(), write)


@blueprint.post("/fapiao/<fapiao>/red-letter")
@allow(Who.FIRM, firm=CLERKS)
@writes
def red_letter(fapiao: str) -> Redirect | tuple[str, int]:
    """Reverse a fapiao by red letter."""

    def write(values: dict[str, Any]) -> None:
        command = ReverseFapiao(fapiao=fapiao, **values)
        reverse_fapiao(current_session(), command, actor=current_actor(), clock=request_clock())

    return _registered(fapiao, RedLetterSchema(), write)


def _registered(fapiao: str, schema: Schema, write: Any) -> Redirect | tuple[str, int]:
    session, form = current_session(), typed()
    values = read(schema, form)
    if values is None:
        return _register_page(form, fapiao), 422
    try:
        write(values)
    except DomainError as error:
        session.rollback()
        if error.status in {403, 404}:
            raise
        form.refuse(error)
        return _register_page(form, fapiao), error.status
    return redirect(url_for(".fapiao_register"), 303)
