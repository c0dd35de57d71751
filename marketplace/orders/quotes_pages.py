"""The button that accepts a quote: added to the quotes' pages from here, because it makes an order."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from marketplace.demands.pages.blueprint import blueprint
from marketplace.demands.pages.quotes import quote_page
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form
from marketplace.kernel.idempotency import idempotent
from marketplace.orders.operations.accepting_quotes import accept_quote as accept


@blueprint.post("/quotes/<quote>/accept")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
@idempotent
def accept_quote(quote: str) -> Response | tuple[str, int]:
    """The order at the quoted price; a refusal stays on the quote and says what to do."""
    session, actor, form = current_session(), current_actor(), Form()
    try:
        order = accept(session, quote, actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return quote_page(quote, form), error.status
    there = url_for("orders_pages.show", order=order.public_id)
    return redirect(there, 303)
