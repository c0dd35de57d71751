from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.pricing.errors import PlanError
from billing.pricing.plans import Meter, UsagePlan
from billing.pricing.quotes import quote
from billing.pricing.tiers import Model, Tier
from billing.pricing.usage import Period, UsageAmounts, usage_amounts, usage_delta, usage_price
from tests.billing.pricing.examples import FIVE_AXIS, job, yuan

OPEN = Period(closing=False)
PER_10 = UsagePlan(meter=Meter.PIECE, tiers=(Tier(unit_price=Decimal(10)),))
VOLUME_15 = UsagePlan(
    meter=Meter.PIECE,
    model=Model.VOLUME,
    tiers=(Tier(up_to=Decimal(15), unit_price=Decimal(10)), Tier(unit_price=Decimal(5))),
)


def per_unit(price: str) -> UsagePlan:
    return UsagePlan(meter=Meter.KWH, tiers=(Tier(unit_price=Decimal(price)),))


def deltas(plan, *snapshots):
    """What each new cumulative quantity bills, when everything before it was billed."""
    billed, lines = None, []
    for quantity in snapshots:
        lines.append(str(usage_delta(plan, quantity, OPEN, billed).charge.units))
        billed = usage_amounts(plan, quantity, OPEN)
    return lines


def test_line_is_rounded_once_half_up():
    """T21, Kill Bill issue 1124: 0.067 × 55 = 3.685 → 3.69."""
    assert usage_price(per_unit("0.067"), 55) == yuan("3.69")


@pytest.mark.parametrize(
    ("free", "quantity", "expected"), [(0, 121, 1300), (10, 121, 1200), (200, 121, 0), (0, 3, 100), (0, 15, 200)]
)
def test_free_units_come_off_before_packages_are_counted(free, quantity, expected):
    """T16, Lago package spec."""
    plan = UsagePlan(
        meter=Meter.PIECE,
        model=Model.PACKAGE,
        tiers=(Tier(unit_price=Decimal(100)),),
        package_size=Decimal(10),
        free_units=Decimal(free),
    )
    assert usage_price(plan, quantity) == yuan(expected)


def test_commitment_is_topped_up_when_the_period_closes():
    """T22, OpenMeter: minimum 1000, 100 already billed, no usage → true-up 900; not on a mid-period line."""
    plan = replace(PER_10, minimum_commitment=Decimal(1000))
    billed = UsageAmounts(yuan(100), yuan(0), yuan(0))
    assert usage_delta(plan, 10, Period(), billed) == UsageAmounts(yuan(0), yuan(0), yuan(900))
    assert usage_delta(plan, 10, OPEN, billed).total == yuan(0)


def test_cap_is_a_negative_line_of_its_own():
    """T23, OpenMeter: unit 10, cap 100: 7 billed (70) + 5 now → charge 50, cap line −20, net 30."""
    plan = replace(PER_10, cap=Decimal(100))
    now = usage_delta(plan, 12, OPEN, usage_amounts(plan, 7, OPEN))
    assert (now.charge, now.cap, now.total) == (yuan(50), yuan(-20), yuan(30))


@pytest.mark.parametrize(
    ("share", "expected"), [(Fraction(1), "9000"), (Fraction(25, 28), "8035.71"), (Fraction(5, 7), "6428.57")]
)
def test_commitment_of_a_short_period_is_prorated_with_its_fee(share, expected):
    """T26, Lago commitments spec: fee 1,000, commitment 10,000; month from 4 February, week from Wednesday."""
    plan = replace(PER_10, minimum_commitment=Decimal(10000))
    period = Period(share=share, fee=Decimal(1000))
    assert usage_amounts(plan, 0, period).commitment == yuan(expected)


def test_delta_is_cumulative_now_less_what_was_billed():
    """L1, OpenMeter delta test: unit 10, snapshots 5 then 8 → 50, +30."""
    assert deltas(PER_10, 5, 8) == ["50.00", "30.00"]


@pytest.mark.parametrize(
    ("snapshots", "expected"),
    [((8, 5), ["80.00", "-30.00"]), ((5, 0), ["50.00", "-50.00"]), ((5, 5), ["50.00", "0.00"])],
)
def test_correction_gives_back_exactly_what_is_too_much(snapshots, expected):
    """L2, OpenMeter delta test; a delta of zero makes no line."""
    assert deltas(PER_10, *snapshots) == expected


def test_delta_of_rounded_sums_keeps_the_fractions():
    """L3, OpenMeter delta test: unit 0.001: 333 → 0.33; 666 → +0.34."""
    assert deltas(per_unit("0.001"), 333, 666) == ["0.33", "0.34"]


def test_volume_price_may_fall_and_gives_back():
    """L4, OpenMeter delta test: 15 @10, 16+ @5: 15 → 150; 16 → −70."""
    assert deltas(VOLUME_15, 15, 16) == ["150.00", "-70.00"]


def test_commitment_above_the_cap_is_refused():
    with pytest.raises(PlanError) as refused:
        replace(PER_10, minimum_commitment=Decimal(200), cap=Decimal(100))
    assert (refused.value.field, refused.value.code) == ("cap", "below_commitment")


def test_machine_hours_are_those_of_the_job_unless_it_expects_others():
    plan = UsagePlan(meter=Meter.MACHINE_HOUR, tiers=(Tier(unit_price=Decimal(260)),), fees=FIVE_AXIS.fees)
    lines = quote(plan, job(hours=10)).lines
    assert [(line.code, line.quantity, line.amount) for line in lines] == [
        ("usage_machine_hour", Decimal(10), yuan(2600)),
        ("set_up", Decimal(1), yuan(300)),
    ]
    assert quote(plan, job(hours=10, expected_usage=Decimal("6.5"))).total == yuan(1990)
    assert quote(plan, job(hours=10, units=2)).total == yuan(5500)


def test_pieces_without_a_number_are_on_request():
    assert quote(PER_10, job(hours=10)) is None
    assert quote(PER_10, job(hours=10, expected_usage=Decimal(20))).total == yuan(200)


PLANS = st.sampled_from(
    [
        PER_10,
        per_unit("0.067"),
        VOLUME_15,
        replace(VOLUME_15, model=Model.GRADUATED, cap=Decimal(300), free_units=Decimal("2.5")),
        replace(PER_10, model=Model.PACKAGE, package_size=Decimal(7), minimum_commitment=Decimal(90)),
    ]
)
QUANTITIES = st.lists(st.decimals(0, 500, places=3), min_size=1, max_size=12)


@given(PLANS, QUANTITIES)
def test_deltas_over_any_cut_add_up_to_the_price_of_all(plan, increments):
    billed, paid, quantity = None, yuan(0), Decimal(0)
    for at, increment in enumerate(increments):
        quantity += increment
        period = Period(closing=at == len(increments) - 1)
        paid += usage_delta(plan, quantity, period, billed).total
        billed = usage_amounts(plan, quantity, period)
    assert paid == usage_amounts(plan, sum(increments), Period()).total


@given(PLANS, st.decimals(0, 500, places=3))
def test_total_lies_between_commitment_and_cap(plan, quantity):
    found = usage_amounts(plan, quantity, Period()).total
    assert found >= yuan(str(plan.minimum_commitment))
    assert plan.cap is None or found <= yuan(str(plan.cap))
