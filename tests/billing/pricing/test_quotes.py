from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.pricing.jobs import Job
from billing.pricing.plans import AsWritten, OperatorMode
from billing.pricing.quotes import quick_total, quote
from marketplace.kernel.money import Money, total
from tests.billing.pricing.examples import FIVE_AXIS, TUESDAY_8, job, rent
from tests.billing.pricing.plan_strategies import jobs, rent_plans, time_plans, usage_plans


@given(rent_plans() | usage_plans(), jobs())
def test_quick_total_is_the_total_of_the_quote(plan, asked):
    priced = quote(plan, asked)
    assert quick_total(plan, asked) == (None if priced is None else priced.total)


@given(rent_plans() | usage_plans(), jobs())
def test_total_is_the_sum_of_lines_and_taxes(plan, asked):
    priced = quote(plan, asked)
    if priced is None:
        return
    amounts = total((line.amount for line in priced.lines), "CNY")
    tax = total((line.tax for line in priced.lines), "CNY")
    assert priced.tax == tax
    assert priced.total == priced.net + priced.tax
    assert (priced.total if plan.vat.included else priced.net) == amounts
    assert priced.total >= Money.zero("CNY")


@given(rent_plans() | usage_plans(), jobs())
def test_quantity_times_unit_price_is_the_amount_of_a_line(plan, asked):
    priced = quote(plan, asked)
    for line in priced.lines if priced else ():
        if line.unit_price is not None:
            assert abs(line.quantity * line.unit_price - line.amount.units) < Decimal("0.006")


def stated(plan, asked):
    """The sum as the plan states its prices: tax put on top of each line may round a minor unit either way."""
    return total((line.amount for line in quote(plan, asked).lines), "CNY")


@given(time_plans(), st.integers(0, 10_000), st.integers(1, 50_000), st.integers(0, 20_000))
def test_more_time_never_costs_less(plan, offset, minutes, more):
    start = TUESDAY_8 + timedelta(minutes=offset)
    shorter, longer = (Job(start=start, end=start + timedelta(minutes=end)) for end in (minutes, minutes + more))
    assert stated(plan, shorter) <= stated(plan, longer)


@given(time_plans(), jobs(), st.integers(1, 3))
def test_more_units_never_cost_less(plan, asked, more):
    fewer, several = (
        Job(start=asked.start, end=asked.end, hours=asked.hours, units=units)
        for units in (asked.units, asked.units + more)
    )
    assert stated(plan, fewer) <= stated(plan, several)


@given(time_plans(), jobs())
def test_price_by_the_hour_is_never_beaten_by_the_best_rate_from_above(plan, asked):
    priced = quote(plan, asked)
    rent_lines = [line.amount.units for line in priced.lines if line.code.startswith("rent_")]
    if plan.rates.hour is None:
        return
    increments = -(-int(priced.charged_hours * 60) // plan.rates.increment_minutes)
    by_the_hour = plan.rates.hour * increments * plan.rates.increment_minutes / 60 * asked.units
    assert sum(rent_lines) <= by_the_hour + Decimal("0.05")


def test_price_as_written_is_on_request():
    assert quote(AsWritten(text="面议"), job(hours=1)) is None
    assert quick_total(AsWritten(text="800 元/样起"), job(hours=1)) is None


def test_price_of_nothing_is_zero_and_not_on_request():
    assert quick_total(rent(hour="0"), job(hours=1)) == Money.zero("CNY")


def test_lines_say_what_they_are_and_what_they_count():
    lines = quote(FIVE_AXIS, job(hours=12)).lines
    assert [(line.text, line.unit) for line in lines] == [
        ("按班租用", "班"),
        ("按小时租用", "小时"),
        ("操作员", "小时"),
        ("试切装夹", ""),
    ]


@pytest.mark.parametrize(
    ("mode", "asked", "charged"),
    [
        (OperatorMode.INCLUDED, True, False),
        (OperatorMode.REQUIRED, False, True),
        (OperatorMode.OPTIONAL, False, False),
        (OperatorMode.OPTIONAL, True, True),
    ],
)
def test_operator_is_charged_when_required_or_asked_for(mode, asked, charged):
    plan = replace(FIVE_AXIS, operator=replace(FIVE_AXIS.operator, mode=mode))
    codes = [line.code for line in quote(plan, job(hours=2, operator=asked)).lines]
    assert ("operator" in codes) is charged
