"""The demo park lives with money and grades: every order's money is accounted for, and grades follow from what firms did."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.bills.models import Bill
from billing.contracts.models import Contract, ContractKind, ContractStatus, Period, PeriodStatus
from billing.ledger.check import check_ledger
from billing.metering.models import Reading, Source
from billing.payments.check import check_funds
from billing.payments.models import Funds, FundsKind, FundsRequest, FundsStatus, RequestStatus
from billing.payouts.models import BatchStatus, Payout, PayoutBatch, PayoutStatus
from billing.statements.models import LineStatus, StatementLine
from credit.evidence.models import Evidence
from credit.objections.models import Objection
from credit.ratings.models import PublicGrade, Snapshot
from credit.ratings.operations import firm_ratings
from credit.reviews.models import Review
from marketplace.accounts.models import FirmMember, Park, User
from marketplace.app.demo.park import DemoSize, advance_demo
from marketplace.bookings.models import Holiday
from marketplace.kernel.demo_time import read_clock
from marketplace.kernel.web import db
from marketplace.orders.models import Order, OrderStatus
from tests.application import empty
from tests.demo.test_park import counts, load

BUSY = DemoSize(machines=0.0, orders=90, demands=2, type_step=12)


@pytest.fixture(scope="module")
def park(shared_app: Flask, cluster: str, settings) -> Iterator[Session]:
    """Few machines that are often booked; the tests of this module move its time on, in their order."""
    load(shared_app, BUSY)
    with shared_app.app_context():
        yield db.session()
        db.session.remove()
        db.engine.dispose()
    empty(cluster, settings)


def findings(session: Session) -> list[object]:
    return [*check_ledger(session), *check_funds(session)]


def test_every_fen_is_accounted_for(park: Session):
    assert findings(park) == []


def test_money_is_in_every_state(park: Session):
    assert set(counts(park, FundsRequest.status)) >= {
        RequestStatus.AWAITED,
        RequestStatus.SECURED,
        RequestStatus.CANCELLED,
    }
    found = set(counts(park, Funds.status))
    assert found >= {
        FundsStatus.HELD,
        FundsStatus.FROZEN,
        FundsStatus.RELEASED,
        FundsStatus.REFUNDED,
        FundsStatus.SPLIT,
    }
    damaged = select(func.count(Funds.id)).where(Funds.kind == FundsKind.DEPOSIT, Funds.released_amount > 0)
    assert park.scalar(damaged)
    completed = park.scalar(select(func.count(Order.id)).where(Order.status == OrderStatus.COMPLETED)) or 0
    assert len(park.scalars(select(Bill.id)).all()) >= completed


def test_clerks_have_paid_out_and_something_waits_for_them(park: Session):
    batches = counts(park, PayoutBatch.status)
    assert batches[BatchStatus.SENT] >= 5
    assert batches[BatchStatus.DRAFTED] == 1
    assert counts(park, Payout.status)[PayoutStatus.PAID] >= 20
    assert counts(park, StatementLine.status)[LineStatus.MATCHED] >= 10
    assert counts(park, StatementLine.status)[LineStatus.UNMATCHED] >= 2


def contracts_of(session: Session, *conditions) -> set[tuple[ContractKind, ContractStatus]]:
    rows = session.execute(select(Contract.kind, Contract.status).where(*conditions))
    return {(row[0], row[1]) for row in rows}


def test_machines_are_let_for_months_by_use_and_to_own(park: Session):
    assert contracts_of(park) >= {
        (ContractKind.USAGE, ContractStatus.RUNNING),
        (ContractKind.USAGE, ContractStatus.COMPLETED),
        (ContractKind.RENT_TO_OWN, ContractStatus.RUNNING),
        (ContractKind.RENT_TO_OWN, ContractStatus.BOUGHT_OUT),
    }


def test_every_running_contract_is_paid_month_by_month(park: Session):
    running = park.scalars(select(Contract).where(Contract.status == ContractStatus.RUNNING)).all()
    assert len(running) == 5
    for contract in running:
        periods = park.scalars(select(Period).where(Period.contract_id == contract.id).order_by(Period.number)).all()
        billed = [period for period in periods if period.bill_id is not None]
        assert len(billed) >= 2
        assert all(period.status is PeriodStatus.SETTLED for period in billed[:-1])


def test_devices_report_what_is_billed_by_use(park: Session):
    assert (park.scalar(select(func.count(Reading.id)).where(Reading.source == Source.AUTOMATIC)) or 0) >= 200
    metered = select(Period).join(Period.contract).where(Contract.kind == ContractKind.USAGE)
    billed = park.scalars(metered.where(Period.bill_id.is_not(None))).all()
    assert billed
    assert all(period.quantity and period.quantity > 0 for period in billed)


def test_firms_that_visitors_sign_in_as_have_both_kinds_running(park: Session):
    for email, side in (
        ("owner@lichuan.example", Contract.supplier_id),
        ("owner@zhengyang.example", Contract.demander_id),
    ):
        firm = select(FirmMember.enterprise_id).join(User, User.id == FirmMember.user_id).where(User.email == email)
        found = contracts_of(park, side.in_(firm), Contract.status == ContractStatus.RUNNING)
        assert {kind for kind, _ in found} == {ContractKind.USAGE, ContractKind.RENT_TO_OWN}


def test_grades_are_published_month_by_month_and_differ(park: Session):
    assert {"U", "D"} < set(counts(park, PublicGrade.grade))
    months = {row.at.month for row in park.scalars(select(Snapshot))}
    assert len(months) >= 4
    assert park.scalar(select(func.count(Review.id)))
    assert park.scalar(select(func.count(Objection.id)))


def test_points_of_every_firm_add_up_to_its_score(park: Session):
    rated = park.scalars(select(Evidence.enterprise_id).distinct()).all()
    at, park_id = read_clock(park)(), park.scalars(select(Park.id)).one()
    for firm in rated:
        for rating in firm_ratings(park, park_id, firm, at=at):
            assert sum(row.points for row in rating.rows) == rating.score


def test_holidays_are_known(park: Session):
    assert park.scalar(select(func.count()).select_from(Holiday)) >= 20


def test_eight_days_later_more_is_final_and_a_month_later_it_is_published(
    park: Session, shared_app: Flask, settings, monkeypatch: pytest.MonkeyPatch
):
    """Scores move with the days that make evidence final; the public grade waits for the first of the month."""
    monkeypatch.setitem(shared_app.config, "CLOCK", park_time)
    before, latest = scores(park), park.scalars(select(func.max(PublicGrade.published_on))).one()
    facts = park.scalar(select(func.count(Evidence.id)))
    park.rollback()
    advance_demo(shared_app, settings, timedelta(days=8))
    assert park.scalar(select(func.count(Evidence.id))) > facts
    assert scores(park) != before
    assert park.scalars(select(func.max(PublicGrade.published_on))).one() >= latest
    assert findings(park) == []
    park.rollback()
    advance_demo(shared_app, settings, timedelta(days=31))
    assert park.scalars(select(func.max(PublicGrade.published_on))).one() > latest
    assert findings(park) == []


def park_time() -> datetime:
    return read_clock(db.session())()


def scores(session: Session) -> dict[tuple[int, str], int]:
    """The newest score of each firm and role."""
    rows = session.execute(select(Snapshot.enterprise_id, Snapshot.role, Snapshot.score).order_by(Snapshot.id))
    return {(row[0], row[1].value): row[2] for row in rows}
