"""An order speaks about its sides once it is final, and only once."""

import pytest
from sqlalchemy import select

from credit.evidence.models import Evidence
from credit.evidence.queries import state_of
from credit.scoring.events import State
from marketplace.settlement.operations.evidence import orders_become_final, write_evidence
from marketplace.settlement.subjects import subject_of
from tests.settlement.trade import START, Trade, at

WEEK = 24 * 7
FINAL = START + 5 + WEEK


def written(trade):
    rows = select(Evidence).where(Evidence.subject_ref == subject_of(trade.order)).order_by(Evidence.id)
    return trade.session.scalars(rows).all()


def write(trade, hour):
    for _ in range(2):
        write_evidence(trade.session, trade.order.id, clock=at(hour))
    trade.session.flush()
    return written(trade)


@pytest.fixture
def used(session):
    return Trade(session).receive().use(late=1).accept()


def test_evidence_waits_seven_days(used):
    assert orders_become_final(used.session, now=at(FINAL - 1)()) == []
    assert write(used, FINAL - 1) == []
    assert orders_become_final(used.session, now=at(FINAL)()) == [used.order.id]


def test_a_final_order_praises_and_blames_once(used):
    rows = write(used, FINAL)
    told = {(row.role.value, row.dimension): row.x for row in rows}
    assert len(rows) == len(told) == 8
    assert told["supplier", "handover"] == 750_000
    assert told["demander", "payment"] == told["demander", "deposit"] == 1_000_000
    assert {row.is_paid for row in rows} == {True}
    assert {row.amount for row in rows} == {used.order.total_amount}
    assert {state_of(used.session, row.id).state for row in rows} == {State.FINAL}
    assert orders_become_final(used.session, now=at(FINAL)()) == []


def test_an_open_dispute_holds_the_evidence_back(used):
    used.dispute(hour=START + 6)
    assert orders_become_final(used.session, now=at(FINAL)()) == []
    assert write(used, FINAL) == []


def test_a_decision_counts_against_its_loser(session):
    trade = Trade(session).receive().use()
    trade.decide(trade.dispute(), refund=trade.order.total_amount // 4)
    told = {(row.role.value, row.dimension): row.x for row in write(trade, START + 24 * 60)}
    assert (told["supplier", "disputes"], told["demander", "disputes"]) == (750_000, 1_000_000)


def test_an_order_cancelled_in_time_says_nothing_and_is_done(session):
    trade = Trade(session)
    trade.order.cancellation = [{"hours_before": 24, "percent": 0}, {"hours_before": 0, "percent": 50}]
    trade.receive().cancel(hour=START - 48)
    assert write(trade, FINAL) == []
    assert orders_become_final(session, now=at(FINAL)()) == []


def test_without_money_held_praise_is_not_a_paid_one(session):
    trade = Trade(session, payment_required=False).use().accept()
    assert {row.is_paid for row in write(trade, FINAL)} == {False}
