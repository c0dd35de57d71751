# pyright: standard
"""Messages of an order, for programs."""

from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.idempotency import idempotent
from marketplace.orders.api import OPERATORS, blueprint
from marketplace.orders.messages import OrderMessage, order_messages
from marketplace.orders.operations.writing import read_messages, write_to_other_side
from marketplace.orders.queries import order_of
from marketplace.orders.schemas import MessageSchema, WriteMessageSchema


@blueprint.get("/<string:order>/messages")
@allow(Who.SIGNED_IN)
@blueprint.response(200, MessageSchema(many=True))
def list_messages(order: str) -> list[OrderMessage]:
    """What both sides wrote about the order, oldest first (the newest 200)."""
    session = current_session()
    return order_messages(session, order_of(session, order, actor=current_actor()))


@blueprint.post("/<string:order>/messages")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@idempotent
@blueprint.arguments(WriteMessageSchema)
@blueprint.response(201, MessageSchema)
def write_message(body: dict[str, str], order: str) -> OrderMessage:
    """Write to the other side; before both agreed, contact details are blacked out (`is_masked`)."""
    session, actor = current_session(), current_actor()
    message = write_to_other_side(session, order, body["text"], actor=actor, clock=request_clock())
    session.flush()
    found = order_messages(session, order_of(session, order, actor=actor))
    return next(one for one in found if one.public_id == message.public_id)


@blueprint.post("/<string:order>/messages/read")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.response(204)
def mark_messages_read(order: str) -> None:
    """Your firm has seen what the other side wrote."""
    read_messages(current_session(), order, actor=current_actor())
