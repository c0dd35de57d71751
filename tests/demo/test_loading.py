"""Loading the demo park: the same seed makes the same park, a broken load leaves nothing, no other park is touched."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from rich.progress import Progress
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Park
from marketplace.app.demo.park import DemoSize, NotTheDemo, is_loaded, load_demo, monday
from marketplace.app.demo.timeline import Timeline
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.web import db
from marketplace.listings.models import Listing
from marketplace.orders.models import Order
from tests.application import empty

TINY = DemoSize(machines=0.0, orders=25, type_step=12)
STARTED = datetime(2026, 11, 26, 3, 30, tzinfo=UTC)
NOW = monday(STARTED)


def load(app: Flask, size: DemoSize, *, seed: int = 7, started: datetime = STARTED) -> None:
    load_demo(app, seed=seed, progress=Progress(disable=True), size=size, clock=fixed_clock(started))


def story_of(app: Flask, *, since: datetime) -> list[object]:
    """What one can see of a park, its times counted from its present."""
    with app.app_context():
        session = db.session()
        listings = session.execute(
            select(Listing.title_zh, Listing.status, Listing.description_en, Listing.created_at).order_by(Listing.id)
        )
        orders = session.execute(
            select(Order.status, Order.total_amount, Order.placed_at, Order.supplier_id).order_by(Order.id)
        )
        told: list[object] = [(*row[:3], row[3] - since) for row in listings]
        told += [(row[0], row[1], row[2] - since, row[3]) for row in orders]
        db.session.remove()
        return told


def test_same_seed_makes_the_same_park_in_another_week(committing: Session, app: Flask, cluster: str, settings):
    load(app, TINY)
    first = story_of(app, since=NOW)
    empty(cluster, settings)
    load(app, TINY, started=STARTED + timedelta(days=14))
    assert story_of(app, since=NOW + timedelta(days=14)) == first
    empty(cluster, settings)
    load(app, TINY, seed=8)
    assert story_of(app, since=NOW) != first


def test_load_that_breaks_off_leaves_nothing_and_can_be_started_again(
    committing: Session, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Timeline, "run", broken)
        with pytest.raises(KeyboardInterrupt):
            load(app, TINY)
    db.session.rollback()
    assert not is_loaded(app)
    load(app, TINY)
    assert is_loaded(app)


def test_park_that_is_there_is_not_loaded_again(committing: Session, app: Flask):
    load(app, TINY)
    load(app, TINY)
    assert committing.scalar(select(func.count(Park.id))) == 1


def test_park_of_somebody_else_is_refused_with_the_remedy(committing: Session, app: Flask):
    committing.add(Park(code="real", name_zh="真园区", name_en="Real park"))
    committing.commit()
    with pytest.raises(NotTheDemo, match="GONGZAO_DATA"):
        load(app, TINY)
