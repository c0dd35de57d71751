"""What has happened, for whoever keeps something in step with it.

An event is a frozen dataclass in the past tense holding plain values. Recording one writes a thin append-only row and
one job per subscribed handler, all in the caller's transaction; a worker calls the handlers, each in its own.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON, Record
from marketplace.kernel.jobs import defer, job


class Event(Protocol):
    """A frozen dataclass named in the past tense, holding plain JSON values (ids, strings, integers, lists)."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class EventRow(Record):
    __tablename__ = "kernel_event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    kind: Mapped[str]
    body: Mapped[JSON]
    at: Mapped[datetime]
    park_id: Mapped[int | None]
    user_id: Mapped[int | None]
    request_id: Mapped[str]


Handler = Callable[..., None]
"""`handler(session, event, *, clock)`: idempotent, flushes and never commits."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """`handler` hears of every `kind`; `name` is stable, it stands in the queue."""

    kind: type[Any]
    handler: Handler
    name: str


_subscriptions: dict[str, Subscription] = {}
_names_by_kind: dict[str, list[str]] = {}


def subscribe(*subscriptions: Subscription) -> None:
    """Register handlers; `marketplace.app` calls it once with each package's `SUBSCRIPTIONS`."""
    for subscription in subscriptions:
        _subscriptions[subscription.name] = subscription
        names = _names_by_kind.setdefault(subscription.kind.__name__, [])
        if subscription.name not in names:
            names.append(subscription.name)


def record(session: Session, event: Event, *, actor: Actor, at: datetime) -> None:
    """Write the event and a job for each of its handlers in the caller's transaction."""
    kind = type(event).__name__
    body = asdict(event)
    session.add(
        EventRow(kind=kind, body=body, at=at, park_id=actor.park_id, user_id=actor.user_id, request_id=actor.request_id)
    )
    for name in _names_by_kind.get(kind, ()):
        defer(session, "kernel.handle_event", arguments={"handler": name, "body": body})


@job("kernel.handle_event")
def handle_event(session: Session, *, clock: Clock, handler: str, body: JSON) -> None:
    """Call one handler with one event."""
    subscription = _subscriptions[handler]
    subscription.handler(session, subscription.kind(**body), clock=clock)
