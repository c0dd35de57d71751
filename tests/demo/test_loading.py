"""Loading the demo park: the same seed makes the same park, a broken load leaves nothing, no other park is touched."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from rich.progress import Progress
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.bills.models import Bill
from billing.contracts.models import Contract, ContractKind, ContractStatus, Period
from marketplace.accounts.models import Enterprise, Park
from marketplace.app.demo.park import SMALL, DemoSize, NotTheDemo, is_loaded, load_demo, monday
from marketplace.app.demo.timeline import Timeline
from marketplace.demands.models import Quote
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.web import db
from marketplace.listings.models import Listing
from marketplace.orders.models import Order
from tests.application import empty

STARTED = datetime(2026, 11, 26, 3, 30, tzinfo=UTC)
NOW = monday(STARTED)


def load(app: Flask, size: DemoSize, *, seed: int = 7, started: datetime = STARTED) -> None:
    load_demo(app, seed=seed, progress=Progress(disable=True), size=size, clock=fixed_clock(started))


def supply_of(app: Flask, *, since: datetime) -> list[object]:
    """Firms and listings, their times counted from the park's present."""
    with app.app_context():
        session = db.session()
        firms = session.execute(select(Enterprise.uscc, Enterprise.name_zh, Enterprise.address).order_by(Enterprise.id))
        listings = session.execute(
            select(Listing.title_zh, Listing.description_en, Listing.created_at).order_by(Listing.id)
        )
        told: list[object] = [tuple(row) for row in firms]
        told += [(row[0], row[1], row[2] - since) for row in listings]
        db.session.remove()
        return told


def trade_of(app: Flask) -> list[object]:
    """Orders and quotes."""
    with app.app_context():
        session = db.session()
        orders = session.execute(
            select(Order.status, Order.total_amount, Order.placed_at, Order.supplier_id).order_by(Order.id)
        )
        quotes = session.execute(select(Quote.status, Quote.total_amount, Quote.created_at).order_by(Quote.id))
        told: list[object] = [tuple(row) for row in (*orders, *quotes)]
        db.session.remove()
        return told


def test_same_seed_makes_the_same_park_in_the_same_week_and_the_same_supply_in_any(
    committing: Session, app: Flask, cluster: str, settings
):
    """Holidays move orders between weeks, but no firm and no machine."""
    empty(cluster, settings)  # ids begin anew, as they do below
    load(app, SMALL)
    supply, trade = supply_of(app, since=NOW), trade_of(app)
    empty(cluster, settings)
    load(app, SMALL, started=STARTED + timedelta(hours=30))
    assert supply_of(app, since=NOW) == supply
    assert trade_of(app) == trade
    empty(cluster, settings)
    load(app, SMALL, started=STARTED + timedelta(days=14))
    assert supply_of(app, since=NOW + timedelta(days=14)) == supply
    empty(cluster, settings)
    load(app, SMALL, seed=8)
    assert supply_of(app, since=NOW) != supply


def test_load_that_breaks_off_leaves_nothing_and_can_be_started_again(
    committing: Session, app: Flask, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Timeline, "run", broken)
        with pytest.raises(KeyboardInterrupt):
            load(app, SMALL)
    db.session.rollback()
    assert not is_loaded(app)
    load(app, SMALL)
    assert is_loaded(app)


def test_park_that_is_there_is_not_loaded_again(committing: Session, app: Flask):
    load(app, SMALL)
    load(app, SMALL)
    assert committing.scalar(select(func.count(Park.id))) == 1


def test_small_park_has_contracts_of_both_kinds_that_run_and_were_billed(committing: Session, app: Flask):
    load(app, SMALL)
    billed = (
        select(Contract.kind, func.count(Bill.id))
        .join(Period, Period.contract_id == Contract.id)
        .join(Bill, Bill.id == Period.bill_id)
        .where(Contract.status == ContractStatus.RUNNING)
        .group_by(Contract.kind)
    )
    found = dict(committing.execute(billed).all())
    assert found[ContractKind.USAGE] >= 6
    assert found[ContractKind.RENT_TO_OWN] >= 6


def test_park_of_somebody_else_is_refused_with_the_remedy(committing: Session, app: Flask):
    committing.add(Park(code="real", name_zh="真园区", name_en="Real park"))
    committing.commit()
    with pytest.raises(NotTheDemo, match="GONGZAO_DATA"):
        load(app, SMALL)
