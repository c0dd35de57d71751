"""The two sides of an order write to each other."""

from sqlalchemy.orm import Session

from marketplace.conversations.models import Message
from marketplace.conversations.threads import WriteMessage, mark_thread_read, messages_of, write_message
from marketplace.demands.confidentiality import holds_contacts, mask_contacts
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.orders.models import Order, OrderStatus
from marketplace.orders.operations.access import side_of
from marketplace.orders.queries import order_of

NOT_AGREED = frozenset({OrderStatus.REQUESTED, OrderStatus.DECLINED, OrderStatus.EXPIRED})


def thread_of(order: Order) -> str:
    """The subject of the order's messages."""
    return f"order:{order.public_id}"


def write_to_other_side(session: Session, order: str, text: str, *, actor: Actor, clock: Clock) -> Message:
    """A message of one side; before both agreed, ways around the platform are blacked out.

    Raises `NotFound` for strangers, `Forbidden` for whoever only reads, `Invalid` for no or too much text.
    """
    found = order_of(session, order, actor=actor)
    side_of(found, actor)
    is_masked = found.status in NOT_AGREED and holds_contacts(text)
    command = WriteMessage(
        subject_ref=thread_of(found), text=mask_contacts(text) if is_masked else text, is_masked=is_masked
    )
    return write_message(session, command, actor=actor, clock=clock)


def read_messages(session: Session, order: str, *, actor: Actor) -> Order:
    """The actor's firm has seen what stands in the order's thread; again changes nothing."""
    found = order_of(session, order, actor=actor)
    side_of(found, actor)
    shown = messages_of(session, thread_of(found), park_id=found.park_id)
    if shown:
        mark_thread_read(session, thread_of(found), shown[-1].id, enterprise_id=actor.require_firm())
    return found
