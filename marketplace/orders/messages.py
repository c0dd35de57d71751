"""What the two sides of an order wrote, for its page and for programs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.conversations.models import Message
from marketplace.conversations.threads import first_unread, messages_of
from marketplace.orders.models import Order, Side
from marketplace.orders.operations.writing import thread_of


@dataclass(frozen=True, slots=True)
class OrderMessage:
    """One message as either side sees it."""

    public_id: str
    side: Side
    person: str
    text: str
    is_masked: bool
    at: datetime


def order_messages(session: Session, order: Order) -> list[OrderMessage]:
    """The newest messages about the order, oldest first."""
    found = messages_of(session, thread_of(order), park_id=order.park_id)
    return [_shown(one, order) for one in found]


def _shown(message: Message, order: Order) -> OrderMessage:
    side = Side.SUPPLIER if message.enterprise_id == order.supplier_id else Side.DEMANDER
    return OrderMessage(message.public_id, side, message.user.name, message.text, message.is_masked, message.at)


def has_unread(session: Session, order: Order, firm: int | None) -> bool:
    """Whether the firm has not seen the other side's newest messages."""
    if firm is None:
        return False
    return first_unread(session, thread_of(order), park_id=order.park_id, enterprise_id=firm) is not None
