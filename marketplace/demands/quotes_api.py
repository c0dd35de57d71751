# pyright: standard
"""Quotes for programs; accepting one is added by `orders`, since it makes an order."""

from typing import Any

from flask_smorest import Blueprint

from marketplace.demands import queries
from marketplace.demands.models import Quote
from marketplace.demands.operations.quoting import (
    CounterQuote,
    EndQuote,
    MakeQuote,
    counter_quote,
    decline_quote,
    make_quote,
    send_quote,
    withdraw_quote,
)
from marketplace.demands.schemas import (
    CounterQuoteSchema,
    DemandQuery,
    MakeQuoteSchema,
    QuotePageSchema,
    QuoteSchema,
    ReasonSchema,
    SendQuoteSchema,
    send_command,
)
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.idempotency import idempotent

blueprint = Blueprint("quotes_api", __name__, url_prefix="/api/v1/quotes", description="Priced, time-limited offers")
OPERATORS = (FirmRole.OPERATOR,)


def _shown(quote: Quote) -> Quote:
    current_session().flush()
    return queries.quote_of(current_session(), quote.public_id, actor=current_actor())


@blueprint.post("/")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@idempotent
@blueprint.arguments(MakeQuoteSchema)
@blueprint.response(201, QuoteSchema)
def create(command: MakeQuote) -> Quote:
    """Quote for a demand with one of your listings. 409 names the busy ranges where the time is to be held."""
    return _shown(make_quote(current_session(), command, actor=current_actor(), clock=request_clock()))


@blueprint.get("/")
@allow(Who.FIRM)
@blueprint.arguments(DemandQuery, location="query")
@blueprint.response(200, QuotePageSchema)
def list_own(query: dict[str, Any]) -> object:
    """What your firm has offered, newest first."""
    return queries.own_quotes(current_session(), actor=current_actor(), **query)


@blueprint.get("/<string:quote>")
@allow(Who.SIGNED_IN)
@blueprint.response(200, QuoteSchema)
def get_quote(quote: str) -> Quote:
    """One quote."""
    return queries.quote_of(current_session(), quote, actor=current_actor())


@blueprint.post("/<string:quote>/send")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@idempotent
@blueprint.arguments(SendQuoteSchema)
@blueprint.response(200, QuoteSchema)
def send(data: dict[str, Any], quote: str) -> Quote:
    """Send a draft, or answer a counter-offer with these terms."""
    command = send_command(quote, data)
    return _shown(send_quote(current_session(), command, actor=current_actor(), clock=request_clock()))


@blueprint.post("/<string:quote>/counter")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@idempotent
@blueprint.arguments(CounterQuoteSchema)
@blueprint.response(200, QuoteSchema)
def counter(data: dict[str, Any], quote: str) -> Quote:
    """Ask for other terms."""
    command = CounterQuote(quote=quote, **data)
    return _shown(counter_quote(current_session(), command, actor=current_actor(), clock=request_clock()))


@blueprint.post("/<string:quote>/decline")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, QuoteSchema)
def decline(reason: dict[str, str], quote: str) -> Quote:
    """Say no to an offer."""
    command = EndQuote(quote=quote, **reason)
    return _shown(decline_quote(current_session(), command, actor=current_actor(), clock=request_clock()))


@blueprint.post("/<string:quote>/withdraw")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, QuoteSchema)
def withdraw(reason: dict[str, str], quote: str) -> Quote:
    """Take an offer back."""
    command = EndQuote(quote=quote, **reason)
    return _shown(withdraw_quote(current_session(), command, actor=current_actor(), clock=request_clock()))
