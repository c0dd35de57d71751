# pyright: standard
"""Accepting a quote, for programs: added to the quotes' addresses from here, because it makes an order."""

from marketplace.demands.quotes_api import blueprint
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.idempotency import idempotent
from marketplace.orders import queries
from marketplace.orders.models import Order
from marketplace.orders.operations.accepting_quotes import accept_quote
from marketplace.orders.schemas import OrderSchema


@blueprint.post("/<string:quote>/accept")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
@idempotent
@blueprint.response(201, OrderSchema)
def accept(quote: str) -> Order:
    """Accept an offer: the order at its price. 409 `slot_taken` when its time went to somebody else meanwhile."""
    session, actor = current_session(), current_actor()
    order = accept_quote(session, quote, actor=actor, clock=request_clock())
    session.flush()
    return queries.order_of(session, order.public_id, actor=actor)
