"""The demo park 云溪智造园, made from a seed by the product's own operations; same seed, same park up to the week.

It is loaded in one transaction: a load that breaks off leaves nothing behind and can simply be started again.
"""

from datetime import datetime, time, timedelta

from flask import Flask
from rich.progress import Progress
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from marketplace.accounts.models import Park
from marketplace.app.demo.clockwork import move_timers
from marketplace.app.demo.history import DemoSignIn, DemoSize, Dice, History
from marketplace.app.demo.trading import TIME_ZONE
from marketplace.app.worker import run_due_jobs, run_timers
from marketplace.kernel.clock import Clock, system_clock
from marketplace.kernel.demo_time import DemoTime, read_clock
from marketplace.kernel.settings import Settings
from marketplace.kernel.web import db

FULL = DemoSize()
SMALL = DemoSize(machines=0.0, orders=25, demands=4, type_step=12)


class NotTheDemo(Exception):
    """The database holds a park that is not the demo's; the text says what to do."""


def is_loaded(app: Flask) -> bool:
    """Whether the demo park is there, whole. Raises `NotTheDemo` when the database holds another park."""
    with app.app_context():
        return _is_there(db.session())


def _is_there(session: Session) -> bool:
    settings = session.scalars(select(Park.settings).order_by(Park.id)).first()
    if settings is not None and "demo_sign_ins" not in settings:
        raise NotTheDemo(
            "This database holds a park that is not the demo. Set GONGZAO_DATA to another folder, "
            "or DATABASE_URL and DATABASE_OWNER_URL to an empty database."
        )
    return settings is not None


def sign_ins_of(app: Flask) -> list[DemoSignIn]:
    """The accounts that the demo shows."""
    with app.app_context():
        settings = db.session.scalar(select(Park.settings).order_by(Park.id).limit(1)) or {}
        return [DemoSignIn(**offer) for offer in settings.get("demo_sign_ins", ())]


def advance_demo(app: Flask, settings: Settings, by: timedelta) -> datetime:
    """Move the demo's time forward and run the timers that fall due; returns the new time."""
    with app.app_context():
        session = db.session()
        row = session.get(DemoTime, 1)
        if row is None:
            row = DemoTime(id=1, shift=timedelta())
            session.add(row)
        row.shift += by
        move_timers(session, by)
        session.commit()
        now = read_clock(session)()
    run_due_jobs(settings)
    run_timers()
    run_due_jobs(settings)
    return now


def load_demo(app: Flask, *, seed: int, progress: Progress, size: DemoSize = FULL, clock: Clock = system_clock) -> None:
    """Make the park: zones, firms, people, listings of every type, nine months of orders, this morning, the index.

    A park that is there already stays as it is.
    """
    with app.app_context():
        session = db.session()
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('gongzao demo'))"))
        if _is_there(session):
            return
        started = clock()
        now = monday(started)
        session.add(DemoTime(id=1, shift=now - started))
        session.flush()
        History(session, Dice.of(seed), now=now, progress=progress).run(size)
        session.commit()


def monday(now: datetime) -> datetime:
    """Monday 08:00 of the week, in the park."""
    today = now.astimezone(TIME_ZONE).date()
    return datetime.combine(today - timedelta(days=today.weekday()), time(8), TIME_ZONE)
