# pyright: standard
"""Bills and the fapiao register for programs."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from billing.bills import queries
from billing.bills.documents import bill_pdf
from billing.bills.models import Bill, Fapiao
from billing.bills.operations import (
    CorrectBill,
    RegisterFapiao,
    RequestFapiao,
    ReverseFapiao,
    correct_bill,
    register_fapiao,
    request_fapiao,
    reverse_fapiao,
)
from billing.bills.schemas import (
    BillCorrectionSchema,
    BillPageSchema,
    BillQuery,
    BillWithLinesSchema,
    FapiaoNumberSchema,
    FapiaoPageSchema,
    FapiaoRequestSchema,
    FapiaoSchema,
    RedLetterSchema,
)
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.schemas import PageArguments
from marketplace.ui.filters import reader_locale

blueprint = Blueprint("billing_bills_api", __name__, url_prefix="/api/v1/bills", description="Bills and fapiao")
CLERKS = (FirmRole.FINANCE,)


@blueprint.get("/")
@allow(Who.FIRM)
@blueprint.arguments(BillQuery, location="query")
@blueprint.response(200, BillPageSchema)
def list_bills(query: dict[str, Any]) -> object:
    """Your firm's bills, newest first; `side` is owed or issued."""
    return queries.bills_of(current_session(), actor=current_actor(), **query)


@blueprint.get("/<string:bill>")
@allow(Who.SIGNED_IN)
@blueprint.response(200, BillWithLinesSchema)
def get_bill(bill: str) -> Bill:
    """One bill with its lines."""
    return queries.bill_of(current_session(), bill, actor=current_actor())


@blueprint.get("/<string:bill>/pdf")
@allow(Who.SIGNED_IN)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def get_pdf(bill: str) -> Response:
    """The bill as PDF in the caller's language."""
    return pdf_answer(queries.bill_of(current_session(), bill, actor=current_actor()))


def pdf_answer(bill: Bill) -> Response:
    """A PDF to keep, under the bill's number."""
    session = current_session()
    corrected = session.get(Bill, bill.corrects_id) if bill.corrects_id else None
    body = bill_pdf(bill, locale=reader_locale(), corrected=corrected.number if corrected else "")
    answer = Response(body, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{bill.number}.pdf"'
    return answer


@blueprint.post("/<string:bill>/correction")
@allow(Who.FIRM, firm=CLERKS)
@writes
@idempotent
@blueprint.arguments(BillCorrectionSchema)
@blueprint.response(201, BillWithLinesSchema)
def correct(reason: dict[str, str], bill: str) -> Bill:
    """Take a bill of yours back by a negative one that mirrors it."""
    session, actor = current_session(), current_actor()
    made = correct_bill(session, CorrectBill(bill=bill, **reason), actor=actor, clock=request_clock())
    return queries.bill_of(session, made.public_id, actor=actor)


@blueprint.post("/<string:bill>/fapiao")
@allow(Who.FIRM, firm=CLERKS)
@writes
@blueprint.arguments(FapiaoRequestSchema)
@blueprint.response(201, FapiaoSchema)
def ask_for_fapiao(wish: dict[str, Any], bill: str) -> Fapiao:
    """Ask the issuer of a bill for a fapiao."""
    command = RequestFapiao(bill=bill, **wish)
    made = request_fapiao(current_session(), command, actor=current_actor(), clock=request_clock())
    return queries.fapiao_of(current_session(), made.public_id, actor=current_actor())


@blueprint.get("/fapiao")
@allow(Who.FIRM)
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, FapiaoPageSchema)
def list_fapiao(page: dict[str, Any]) -> object:
    """The register: what your firm issues and gets."""
    return queries.fapiaos_of(current_session(), actor=current_actor(), **page)


@blueprint.post("/fapiao/<string:fapiao>/number")
@allow(Who.FIRM, firm=CLERKS)
@writes
@blueprint.arguments(FapiaoNumberSchema)
@blueprint.response(200, FapiaoSchema)
def write_number(number: dict[str, Any], fapiao: str) -> Fapiao:
    """Write the number of an issued fapiao into the register."""
    command = RegisterFapiao(fapiao=fapiao, **number)
    return register_fapiao(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.post("/fapiao/<string:fapiao>/red-letter")
@allow(Who.FIRM, firm=CLERKS)
@writes
@blueprint.arguments(RedLetterSchema)
@blueprint.response(200, FapiaoSchema)
def red_letter(letter: dict[str, Any], fapiao: str) -> Fapiao:
    """Reverse a fapiao by red letter."""
    command = ReverseFapiao(fapiao=fapiao, **letter)
    return reverse_fapiao(current_session(), command, actor=current_actor(), clock=request_clock())
