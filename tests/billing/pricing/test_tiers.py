from decimal import Decimal
from fractions import Fraction

import pytest

from billing.pricing.errors import PlanError
from billing.pricing.tiers import Model, Tier, check_tiers, tier_price


def tiers(*rows):
    """Rows of (up to, unit price, flat fee)."""
    return [
        Tier(up_to=None if up_to is None else Decimal(up_to), unit_price=Decimal(price), flat_fee=Decimal(flat))
        for up_to, price, flat in rows
    ]


STRIPE = tiers((5, "7", 0), (10, "6.5", 0), (None, "6", 0))
LAGO = tiers((10, "10", 2), (20, "5", 3), (None, "5", 3))
OPENMETER_GRADUATED = tiers((5, "0", 100), (10, "0", 50), (15, "10", 0), (None, "5", 0))
OPENMETER_VOLUME = tiers((5, "0", 100), (10, "0", 150), (15, "10", 0), (None, "5", 0))
PACKAGE_10 = tiers((None, "100", 0))


def price(model, steps, quantity, package_size="1"):
    return tier_price(model, steps, Fraction(quantity), Decimal(package_size))


@pytest.mark.parametrize(("quantity", "expected"), [(1, 7), (5, 35), (6, 39), (20, 120), (25, 150)])
def test_volume_price_is_that_of_the_tier_reached(quantity, expected):
    """T1, Stripe tiered pricing page."""
    assert price(Model.VOLUME, STRIPE, quantity) == expected


@pytest.mark.parametrize(("quantity", "expected"), [(1, "7"), (5, "35"), (6, "41.5"), (20, "127.5"), (25, "157.5")])
def test_graduated_price_adds_tier_by_tier(quantity, expected):
    """T2, exact arithmetic on the tiers of the Stripe page."""
    assert price(Model.GRADUATED, STRIPE, quantity) == Fraction(expected)


@pytest.mark.parametrize(("quantity", "expected"), [(0, 2), (1, 12), (10, 102), (11, 110), (12, 115), (21, 163)])
def test_flat_fee_comes_with_each_tier_entered(quantity, expected):
    """T3, Lago graduated spec."""
    assert price(Model.GRADUATED, LAGO, quantity) == expected


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("0", 100), ("3", 100), ("5", 100), ("5.001", 150), ("7", 150), ("12", 170), ("22", 235)],
)
def test_flat_tiers_of_a_graduated_price_add_up(quantity, expected):
    """T7, OpenMeter tiered graduated test."""
    assert price(Model.GRADUATED, OPENMETER_GRADUATED, quantity) == expected


@pytest.mark.parametrize(
    ("quantity", "expected"), [(0, 100), (3, 100), (5, 100), (14, 140), (15, 150), (16, 80), (100, 500)]
)
def test_flat_tiers_of_a_volume_price_stand_alone(quantity, expected):
    """T8, OpenMeter tiered volume test."""
    assert price(Model.VOLUME, OPENMETER_VOLUME, quantity) == expected


@pytest.mark.parametrize(("quantity", "expected"), [(121, 1300), (111, 1200), (0, 0), (3, 100), (15, 200)])
def test_started_package_costs_a_whole_one(quantity, expected):
    """T16, Lago package spec; 111 and 0 are its 121 less 10 and 200 free units (see test_usage for the plan)."""
    assert price(Model.PACKAGE, PACKAGE_10, quantity, "10") == expected


def test_started_hour_of_usage_in_minutes_counts_whole():
    """T17, Stripe transform quantities: 10 per started hour, 150 minutes → 30."""
    assert price(Model.PACKAGE, tiers((None, "10", 0)), 150, "60") == 30


@pytest.mark.parametrize(
    ("model", "steps", "field"),
    [
        (Model.VOLUME, [], "tiers"),
        (Model.VOLUME, tiers((5, "1", 0)), "tiers.up_to"),
        (Model.VOLUME, tiers((None, "1", 0), (None, "1", 0)), "tiers.up_to"),
        (Model.GRADUATED, tiers((5, "1", 0), (5, "1", 0), (None, "1", 0)), "tiers.up_to"),
        (Model.FLAT, STRIPE, "tiers"),
        (Model.PACKAGE, STRIPE, "tiers"),
    ],
)
def test_tiers_that_leave_a_doubt_are_refused(model, steps, field):
    with pytest.raises(PlanError) as refused:
        check_tiers(model, steps)
    assert refused.value.field == field
