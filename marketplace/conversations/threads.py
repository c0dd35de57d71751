"""Messages about one subject. Who may write to and read a subject is for whoever owns it to decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from marketplace.conversations.events import MessageWritten
from marketplace.conversations.models import Message, ThreadRead
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Invalid
from marketplace.kernel.events import record

MOST_CHARACTERS = 2000
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteMessage:
    """`is_masked` says that ways around the platform were already taken out of the text."""

    subject_ref: str
    text: str
    is_masked: bool = False


def write_message(session: Session, command: WriteMessage, *, actor: Actor, clock: Clock) -> Message:
    """Add a message of the actor's firm and have it read by that firm. Adds `MessageWritten`; audited without its text.

    Raises `Invalid` for an empty or endless text.
    """
    firm, text = actor.require_firm(), command.text.strip()
    if not text:
        raise Invalid("message_empty", fields={"text": ["message_empty"]})
    if len(text) > MOST_CHARACTERS or actor.user_id is None:
        raise Invalid("message_long", fields={"text": ["message_long"]}, most=MOST_CHARACTERS)
    message = Message(
        park_id=actor.park_id,
        subject_ref=command.subject_ref,
        enterprise_id=firm,
        user_id=actor.user_id,
        text=text,
        is_masked=command.is_masked,
        at=clock(),
    )
    session.add(message)
    session.flush()
    mark_thread_read(session, command.subject_ref, message.id, enterprise_id=firm)
    audit(session, actor, at=message.at, action="message.written", subject=command.subject_ref)
    record(session, MessageWritten(message.id, command.subject_ref), actor=actor, at=message.at)
    return message


def messages_of(session: Session, subject_ref: str, *, park_id: int) -> Sequence[Message]:
    """The newest messages about a subject, oldest first, with who wrote them."""
    newest = (
        select(Message)
        .where(Message.park_id == park_id, Message.subject_ref == subject_ref)
        .options(joinedload(Message.user))
        .order_by(Message.id.desc())
        .limit(MOST_SHOWN)
    )
    return session.scalars(newest).all()[::-1]


def mark_thread_read(session: Session, subject_ref: str, message_id: int, *, enterprise_id: int) -> None:
    """The firm has seen everything up to a message; never moves back."""
    row = insert(ThreadRead).values(enterprise_id=enterprise_id, subject_ref=subject_ref, message_id=message_id)
    further = func.greatest(ThreadRead.message_id, row.excluded.message_id)
    session.execute(
        row.on_conflict_do_update(index_elements=["enterprise_id", "subject_ref"], set_={"message_id": further})
    )


def first_unread(session: Session, subject_ref: str, *, park_id: int, enterprise_id: int) -> int | None:
    """Id of the first message of others that the firm has not seen; None when it has seen all."""
    seen = (
        select(ThreadRead.message_id)
        .where(ThreadRead.enterprise_id == enterprise_id, ThreadRead.subject_ref == subject_ref)
        .scalar_subquery()
    )
    return session.scalar(
        select(func.min(Message.id)).where(
            Message.park_id == park_id,
            Message.subject_ref == subject_ref,
            Message.enterprise_id != enterprise_id,
            Message.id > func.coalesce(seen, 0),
        )
    )
