"""Writing to the other side from the order's page."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import typed
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.words import gettext
from marketplace.orders.operations.writing import read_messages, write_to_other_side
from marketplace.orders.pages import OPERATORS, blueprint, order_page


@blueprint.post("/orders/<order>/messages")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@idempotent
def write(order: str) -> Response | tuple[str, int]:
    """Send a message; a refusal keeps what was written."""
    session, form = current_session(), typed()
    try:
        message = write_to_other_side(
            session, order, request.form.get("text", ""), actor=current_actor(), clock=request_clock()
        )
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return order_page(order, form), error.status
    if message.is_masked:
        flash(gettext("双方同意前，消息里的联系方式会被遮住，其余已发出。"), "warning")
    return redirect(url_for(".show", order=order, _anchor="messages"), 303)


@blueprint.post("/orders/<order>/messages/read")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def read_all(order: str) -> tuple[str, int]:
    """The page was opened: what the other side wrote has been seen."""
    read_messages(current_session(), order, actor=current_actor())
    return "", 204
