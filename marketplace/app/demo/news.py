"""What the history leaves behind in the queue: old news is dropped, the last days' news is told at its own moment."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, text, update
from sqlalchemy.orm import Session

from marketplace.conversations.models import MailStatus, Notice
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.demo_time import system_time
from marketplace.kernel.events import handle_event

TOLD_SINCE = timedelta(days=7)
READ_AFTER = timedelta(hours=20)
EVENTS = text("DELETE FROM procrastinate_jobs WHERE task_name = 'kernel.handle_event' RETURNING id, args")
LEFTOVERS = text("DELETE FROM procrastinate_jobs WHERE scheduled_at IS NULL OR scheduled_at <= :now")
MOVE_TIMERS = text("UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - :by WHERE status = 'todo'").bindparams(
    bindparam("by")
)


class News:
    """Handles the events of each step of the history."""

    def __init__(self, session: Session, *, now: datetime) -> None:
        self._session = session
        self._now = now

    def tell(self, at: datetime) -> None:
        """Handle the step's events with the step's clock when they are recent; the index is made anew at the end."""
        self._session.flush()
        found = self._session.execute(EVENTS).all()
        if at < self._now - TOLD_SINCE:
            return
        jobs: list[tuple[int, dict[str, Any]]] = sorted((row[0], row[1]) for row in found)
        for _, arguments in jobs:
            if not arguments["handler"].startswith("discovery."):
                handle_event(self._session, clock=fixed_clock(at), **arguments)

    def close(self) -> None:
        """No job of the past stays, no old notice is mailed, and notices older than a night have been read."""
        self._session.flush()
        self._session.execute(EVENTS)
        self._session.execute(LEFTOVERS, {"now": system_time(self._session, self._now)})
        self._session.execute(update(Notice).values(mail_status=MailStatus.NOT_WANTED))
        read = update(Notice).where(Notice.at < self._now - READ_AFTER)
        self._session.execute(read.values(read_at=Notice.at + timedelta(hours=2)))


def move_timers(session: Session, by: timedelta) -> None:
    """Timers are kept in the system's time: when the park's time moves ahead by `by`, they come that much earlier."""
    session.execute(MOVE_TIMERS, {"by": by})
