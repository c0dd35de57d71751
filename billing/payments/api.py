# pyright: standard
"""Money asked for and held, for programs."""

from typing import Any

from flask_smorest import Blueprint

from billing.payments import queries
from billing.payments.card_pages import start_of
from billing.payments.models import FundsRequest
from billing.payments.operations.cards import start_card_payment
from billing.payments.operations.requesting import UploadSlip, upload_slip
from billing.payments.schemas import (
    FundsQuery,
    FundsRequestPageSchema,
    FundsRequestSchema,
    PaymentSchema,
    PaymentsSchema,
    TransferSlipSchema,
)
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.idempotency import idempotent

blueprint = Blueprint(
    "billing_funds_api", __name__, url_prefix="/api/v1/funds", description="Escrow and deposits: what is owed and held"
)
PAYERS = (FirmRole.FINANCE, FirmRole.OPERATOR)


@blueprint.get("/")
@allow(Who.FIRM)
@blueprint.arguments(FundsQuery, location="query")
@blueprint.response(200, FundsRequestPageSchema)
def list_requests(query: dict[str, Any]) -> object:
    """Requests for funds your firm pays or is paid by, newest first."""
    return queries.requests_of(current_session(), actor=current_actor(), **query)


@blueprint.get("/<string:funds_request>")
@allow(Who.SIGNED_IN)
@blueprint.response(200, FundsRequestSchema)
def get_request(funds_request: str) -> FundsRequest:
    """One request: what is missing, until when, under which reference."""
    return queries.request_of(current_session(), funds_request, actor=current_actor())


@blueprint.post("/<string:funds_request>/slip")
@allow(Who.FIRM, firm=PAYERS)
@writes
@idempotent
@blueprint.arguments(TransferSlipSchema)
@blueprint.response(201, FundsRequestSchema)
def add_slip(slip: dict[str, Any], funds_request: str) -> FundsRequest:
    """Show the transfer slip: the time to pay is extended, once."""
    session, actor = current_session(), current_actor()
    upload_slip(session, UploadSlip(request=funds_request, **slip), actor=actor, clock=request_clock())
    return queries.request_of(session, funds_request, actor=actor)


@blueprint.get("/<string:funds_request>/payments")
@allow(Who.SIGNED_IN)
@blueprint.response(200, PaymentsSchema)
def list_payments(funds_request: str) -> object:
    """What came in for a request, what returned to its card, and the card payment that is under way."""
    session, actor = current_session(), current_actor()
    found = queries.request_of(session, funds_request, actor=actor)
    card, paid = queries.last_card_payment(session, found), queries.payments_of(session, found)
    return {"items": [*paid, card] if card is not None and card not in paid else paid}


@blueprint.post("/<string:funds_request>/card")
@allow(Who.FIRM, firm=PAYERS)
@writes
@idempotent
@blueprint.response(201, PaymentSchema)
def pay_by_card(funds_request: str) -> object:
    """Pay what is missing by card: `page_url` of the payment leads to the gateway's page as soon as it is open."""
    session, actor = current_session(), current_actor()
    start_card_payment(session, start_of(funds_request), actor=actor, clock=request_clock())
    return queries.last_card_payment(session, queries.request_of(session, funds_request, actor=actor))
