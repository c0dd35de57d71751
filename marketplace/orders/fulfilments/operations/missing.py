"""One side was there, the other was not."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict
from marketplace.orders.fulfilments.models import Fulfilment, FulfilmentStatus
from marketplace.orders.fulfilments.operations.access import locked_fulfilment, note_step
from marketplace.orders.models import Side
from marketplace.orders.operations.access import side_of
from marketplace.orders.operations.ending import end_missed

MISSED_AFTER = timedelta(hours=1)
"""So long after the start whoever waits may say that nobody came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMissed:
    order: str
    note: str = ""


def report_missed(session: Session, command: ReportMissed, *, actor: Actor, clock: Clock) -> Fulfilment:
    """Whoever waited an hour reports the other side: the order ends and its time is free again.

    A demander that did not come owes what the frozen tiers say for a cancellation at the start; when the supplier did
    not hand over, the demander owes nothing. Raises `Conflict` `not_missed_yet`, or once the machine changed hands.
    """
    order, fulfilment = locked_fulfilment(session, command.order, actor=actor)
    side, start = side_of(order, actor), order.booking.during.lower
    if start is None or clock() < start + MISSED_AFTER:
        raise Conflict("not_missed_yet")
    fulfilment.move_to(FulfilmentStatus.NO_SHOW)
    missed_by = Side.DEMANDER if side is Side.SUPPLIER else Side.SUPPLIER
    fulfilment.missed_by = missed_by
    fulfilment.reason, fulfilment.accept_by, fulfilment.ended_at = command.note.strip(), None, clock()
    facts = {"missed_by": missed_by.value, "note": fulfilment.reason}
    note_step(session, order, fulfilment, side, actor, clock=clock, facts=facts)
    end_missed(session, order, missed_by, fulfilment.reason, actor=actor, clock=clock)
    return fulfilment
