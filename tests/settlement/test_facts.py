"""The formulas of the credit model, one dimension after another."""

from dataclasses import replace
from datetime import timedelta

import pytest

from credit.scoring.events import Role
from marketplace.settlement.facts import OrderFacts, facts_of
from tests.application import NOW

HOUR = timedelta(hours=1)
USED = OrderFacts(
    start=NOW,
    end=NOW + 40 * HOUR,
    ended_at=NOW + 60 * HOUR,
    is_completed=True,
    total=1000_00,
    handed_over_at=NOW,
    returned_at=NOW + 40 * HOUR,
    secured_at=NOW - 48 * HOUR,
    due_at=NOW - 24 * HOUR,
    deposit=200_00,
)
CANCELLED = OrderFacts(start=NOW, end=NOW + 40 * HOUR, ended_at=NOW - HOUR, is_completed=False, total=1000_00)


def told(facts):
    return {(fact.role.value, fact.dimension): fact.x for fact in facts_of(facts)}


def test_a_good_order_praises_both_in_every_dimension_but_reviews():
    assert told(USED) == {
        ("supplier", "handover"): 1_000_000,
        ("supplier", "quality"): 1_000_000,
        ("supplier", "completion"): 1_000_000,
        ("supplier", "disputes"): 1_000_000,
        ("demander", "payment"): 1_000_000,
        ("demander", "deposit"): 1_000_000,
        ("demander", "cancellation"): 1_000_000,
        ("demander", "disputes"): 1_000_000,
    }


@pytest.mark.parametrize(
    ("booked", "late", "x"),
    [
        (40, 30 / 60, 1_000_000),
        (40, 31 / 60, 948_333),
        (40, 5, 500_000),
        (40, 10, 0),
        (40, 11, 0),
        (4, 1, 750_000),
        (400, 36, 500_000),
    ],
)
def test_a_late_handover_counts_by_a_quarter_of_the_booked_hours(booked, late, x):
    facts = replace(USED, end=NOW + booked * HOUR, handed_over_at=NOW + late * HOUR)
    assert told(facts)["supplier", "handover"] == x


def test_a_service_is_late_after_the_end():
    facts = replace(USED, handed_over_at=None, returned_at=None, delivered_at=NOW + 45 * HOUR)
    assert told(facts)["supplier", "handover"] == 500_000
    assert ("demander", "deposit") not in told(facts)


def test_nobody_is_late_for_a_handover_that_nobody_wrote_down():
    assert ("supplier", "handover") not in told(replace(USED, handed_over_at=None, returned_at=None))


@pytest.mark.parametrize(
    ("changes", "x"),
    [
        ({"was_reworked": True}, 500_000),
        ({"was_rejected": True, "refunded": 1, "is_decided": True}, 0),
        ({"was_rejected": True, "is_decided": True}, 1_000_000),
    ],
)
def test_quality_follows_acceptance(changes, x):
    assert told(replace(USED, **changes))["supplier", "quality"] == x


@pytest.mark.parametrize(("days", "x"), [(-1, 1_000_000), (0, 1_000_000), (0.5, 966_667), (15, 500_000), (31, 0)])
def test_payment_is_late_by_the_day(days, x):
    assert told(replace(USED, secured_at=USED.due_at + timedelta(days=days)))["demander", "payment"] == x


@pytest.mark.parametrize(("claimed", "x"), [(0, 1_000_000), (50_00, 750_000), (200_00, 0)])
def test_a_claim_counts_by_its_share_of_the_deposit(claimed, x):
    assert told(replace(USED, claimed=claimed))["demander", "deposit"] == x


def test_a_dispute_counts_by_the_share_decided_against_each_side():
    facts = told(replace(USED, is_decided=True, refunded=250_00, deducted=100_00))
    assert (facts["supplier", "disputes"], facts["demander", "disputes"]) == (750_000, 500_000)


def test_cancelling_inside_the_free_period_says_nothing():
    assert told(replace(CANCELLED, cancelled_by=Role.DEMANDER)) == {}


def test_cancelling_late_and_not_coming_are_faults_of_the_demander():
    late = replace(CANCELLED, cancelled_by=Role.DEMANDER, cancellation_fee=1)
    assert told(late) == {("demander", "cancellation"): 500_000}
    assert told(replace(CANCELLED, missed_by=Role.DEMANDER)) == {("demander", "cancellation"): 0}


def test_a_supplier_that_cancels_or_does_not_come_is_at_fault():
    assert told(replace(CANCELLED, cancelled_by=Role.SUPPLIER)) == {("supplier", "completion"): 0}
    early = replace(CANCELLED, cancelled_by=Role.SUPPLIER, ended_at=NOW - timedelta(days=7, seconds=1))
    assert told(early) == {("supplier", "completion"): 500_000}
    missed = told(replace(CANCELLED, missed_by=Role.SUPPLIER))
    assert missed == {("supplier", "handover"): 0, ("supplier", "completion"): 0}
