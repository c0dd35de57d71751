"""The park's worker through its history: handlers of events right after each act, timers at their moment.

The work is the product's own. Left out are the index, made anew at the end, and news of days long past.
"""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, text, update
from sqlalchemy.orm import Session

from marketplace.app.demo.payments import STATEMENTS_SINCE
from marketplace.app.demo.timeline import Timeline
from marketplace.conversations.models import MailStatus, Notice
from marketplace.kernel.clock import Clock, fixed_clock
from marketplace.kernel.events import handle_event
from marketplace.kernel.jobs import KeptJob, defer, work_of

TOLD_SINCE = timedelta(days=5)
READ_AFTER = timedelta(hours=20)
FOLLOW_MONEY = "settlement.follow_money"
"""Whoever books a transfer without a statement settles its order at once."""
EVENT = "kernel.handle_event"
LEFT_OUT = ("discovery.", "conversations.", "credit.rate_again", "bookings.reopen_park")
"""Mail, the index, the rating of one firm after each piece of evidence, calendars: each is done once, elsewhere."""
MOVE_TIMERS = text("UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - :by WHERE status = 'todo'").bindparams(
    bindparam("by")
)


class Clockwork:
    """Runs the jobs that the timeline's acts leave in its tray."""

    def __init__(self, timeline: Timeline, *, now: datetime) -> None:
        self._timeline = timeline
        self._session: Session = timeline.session
        self._now = now
        self._ahead: list[KeptJob] = []

    def run_jobs(self, at: datetime) -> None:
        """What the act at this moment set going; handlers set going more."""
        jobs = self._timeline.tray.jobs
        while jobs:
            batch = jobs[:]
            jobs.clear()
            for job in batch:
                self._place(job, at)

    def _place(self, job: KeptJob, at: datetime) -> None:
        if job.name.startswith(LEFT_OUT):
            return
        if job.at is not None and job.at > self._now:
            self._ahead.append(job)
        elif job.at is not None and job.at > at:
            self._timeline.add(job.at, lambda clock: self._run(job, clock))
        else:
            self._run(job, fixed_clock(at))

    def _run(self, job: KeptJob, clock: Clock) -> None:
        if job.name != EVENT:
            work_of(job.name)(self._session, clock=clock, **job.arguments)
        elif self._is_heard(job.arguments["handler"], clock()):
            handle_event(self._session, clock=clock, **job.arguments)

    def _is_heard(self, handler: str, at: datetime) -> bool:
        if handler.startswith(LEFT_OUT):
            return False
        if ".tell_" in handler or ".ask_" in handler:
            return at >= self._now - TOLD_SINCE
        return handler != FOLLOW_MONEY or at >= self._now - STATEMENTS_SINCE

    def close(self) -> None:
        """Timers that lie ahead go to the queue, no old notice is mailed, and those older than a night have been read."""
        self._session.flush()
        for job in self._ahead:
            defer(self._session, job.name, at=job.at, lock=job.lock, arguments=job.arguments)
        self._session.execute(update(Notice).values(mail_status=MailStatus.NOT_WANTED))
        read = update(Notice).where(Notice.at < self._now - READ_AFTER)
        self._session.execute(read.values(read_at=Notice.at + timedelta(hours=2)))


def move_timers(session: Session, by: timedelta) -> None:
    """Timers are kept in the system's time: when the park's time moves ahead by `by`, they come that much earlier."""
    session.execute(MOVE_TIMERS, {"by": by})
