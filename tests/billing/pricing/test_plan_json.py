import json
from decimal import Decimal

import pytest
from hypothesis import given

from billing.pricing.errors import PlanError
from billing.pricing.plan_json import plan_from_json, plan_to_json
from billing.pricing.plans import AsWritten, RentPlan
from billing.pricing.tariffs import Rates
from tests.billing.pricing.examples import FIVE_AXIS
from tests.billing.pricing.plan_strategies import rent_plans, usage_plans

HOURLY = {"kind": "rent", "rates": {"hour": "420"}}


@given(rent_plans() | usage_plans())
def test_plan_survives_json(plan):
    assert plan_from_json(json.loads(json.dumps(plan_to_json(plan)))) == plan


def test_price_as_written_survives_json():
    plan = AsWritten(text="800 元/样起")
    assert plan_from_json(plan_to_json(plan)) == plan


def test_what_is_left_out_takes_its_default():
    assert plan_from_json(HOURLY) == RentPlan(rates=Rates(hour=Decimal(420)))


def test_defaults_are_written_out():
    written = plan_to_json(plan_from_json(HOURLY))
    assert written["vat"] == {"rate": "0.13", "included": True}
    assert written["day_rule"] == "calendar"
    assert "tariffs" not in written


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"kind": "lease"}, "kind", "unknown"),
        ({"kind": None}, "kind", "missing"),
        ({"rate": {}}, "rate", "unknown"),
        ({"tariffs": {}}, "tariffs", "unknown"),
        ({"rates": {}}, "rates", "missing"),
        ({"rates": []}, "rates", "not_an_object"),
        ({"rates": {"hour": 420.0}}, "rates.hour", "not_a_decimal"),
        ({"rates": {"hour": True}}, "rates.hour", "not_a_decimal"),
        ({"rates": {"hour": "1_000"}}, "rates.hour", "not_a_decimal"),
        ({"rates": {"hour": "1e5"}}, "rates.hour", "not_a_decimal"),
        ({"rates": {"hour": "NaN"}}, "rates.hour", "not_a_decimal"),
        ({"rates": {"hour": 10**5000}}, "rates.hour", "not_a_decimal"),
        ({"rates": {"hour": "-1"}}, "rates.hour", "out_of_range"),
        ({"rates": {"hour": "0.000000001"}}, "rates.hour", "too_many_places"),
        ({"rates": {"hour": "1", "month_days": "30"}}, "rates.month_days", "not_an_integer"),
        ({"rates": {"hour": "1", "increment_minutes": 7}}, "rates.increment_minutes", "not_part_of_an_hour"),
        ({"day_rule": "lunar"}, "day_rule", "unknown_word"),
        ({"spans_closed_hours": 1}, "spans_closed_hours", "not_a_flag"),
        ({"currency": "RMB"}, "currency", "unknown"),
        ({"vat": {"rate": "13"}}, "vat.rate", "out_of_range"),
        ({"operator": {"hour": "1"}}, "operator.mode", "missing"),
        ({"bands": [{"code": "n", "percent": "5", "start": "25:00"}]}, "bands.0.start", "not_a_time"),
        ({"bands": {}}, "bands", "not_a_list"),
        ({"fees": [{"code": "a", "price": "1"}, {"code": "a", "price": "1"}]}, "fees.code", "empty_or_twice"),
        ({"leeway_minutes": 15}, "leeway_minutes", "needs_24h_rule"),
        ({"included": {"day": "8", "week": "7"}}, "included.week", "out_of_range"),
        (
            {"quantity_discounts": [{"at_least": "2", "percent": "5"}, {"at_least": "2", "percent": "6"}]},
            "quantity_discounts",
            "not_rising",
        ),
    ],
)
def test_error_names_its_field(change, field, code):
    with pytest.raises(PlanError) as refused:
        plan_from_json(HOURLY | change)
    assert (refused.value.field, refused.value.code) == (field, code)


@pytest.mark.parametrize("body", [None, [], "rent", 5])
def test_what_is_no_object_is_refused(body):
    with pytest.raises(PlanError):
        plan_from_json(body)


def test_prices_are_written_as_they_were_given():
    assert plan_to_json(FIVE_AXIS)["operator"] == {"mode": "required", "hour": "90"}
