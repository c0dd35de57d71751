"""Random plans and jobs, all of them lawful."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from billing.pricing.jobs import Job
from billing.pricing.plans import (
    Band,
    DayRule,
    Discount,
    Fee,
    GroupDiscount,
    IncludedHours,
    Meter,
    Operator,
    OperatorMode,
    Per,
    RentPlan,
    UsagePlan,
)
from billing.pricing.tariffs import Rates
from billing.pricing.tiers import Model, Tier
from billing.pricing.vat import Vat
from tests.billing.pricing.examples import TUESDAY_8

PRICES = st.one_of(st.integers(0, 20_000).map(Decimal), st.decimals(0, 20_000, places=2))
MAYBE_PRICES = st.none() | PRICES
PERCENTS = st.integers(0, 50).map(Decimal)
VATS = st.builds(Vat, rate=st.sampled_from(["0", "0.01", "0.06", "0.13"]).map(Decimal), included=st.booleans())
OPERATORS = st.none() | st.builds(Operator, mode=st.sampled_from(OperatorMode), hour=PRICES)
FEES = st.just(()) | st.tuples(st.builds(Fee, code=st.just("set_up"), price=PRICES, per=st.sampled_from(Per)))
BANDS = st.just(()) | st.tuples(
    st.builds(
        Band,
        code=st.just("night"),
        percent=st.integers(-100, 100).map(Decimal),
        weekdays=st.sampled_from([(5, 6), (0, 1, 2, 3, 4), (0, 1, 2, 3, 4, 5, 6)]),
        start=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        end=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    )
)
STEPS = st.lists(st.integers(1, 90).map(Decimal), unique=True, max_size=3).flatmap(
    lambda starts: st.tuples(
        *(st.builds(Discount, at_least=st.just(start), percent=PERCENTS) for start in sorted(starts))
    )
)
GROUPS = st.just(()) | st.tuples(st.builds(GroupDiscount, code=st.just("park"), percent=PERCENTS))
ANY_RATES = st.builds(
    Rates,
    hour=PRICES,
    shift=MAYBE_PRICES,
    day=MAYBE_PRICES,
    week=MAYBE_PRICES,
    month=MAYBE_PRICES,
    shift_hours=st.sampled_from(["4", "7.5", "8", "12"]).map(Decimal),
    month_days=st.sampled_from([28, 30]),
    increment_minutes=st.sampled_from([15, 30, 60]),
)
LONG_RATES = st.builds(Rates, day=PRICES, week=MAYBE_PRICES, month=MAYBE_PRICES)


@st.composite
def time_plans(draw, **also):
    """Rent without percentages, overage or operator: more time can never cost less."""
    day_rule = draw(st.sampled_from(DayRule))
    return RentPlan(
        rates=draw(ANY_RATES | LONG_RATES),
        day_rule=day_rule,
        leeway_minutes=draw(st.sampled_from([0, 15, 60])) if day_rule is DayRule.HOURS_24 else 0,
        minimum_hours=draw(st.sampled_from(["0", "0.5", "4"]).map(Decimal)),
        minimum_charge=draw(st.just(Decimal(0)) | PRICES),
        vat=draw(VATS),
        fees=draw(FEES),
        **{"spans_closed_hours": draw(st.booleans())} | {name: draw(values) for name, values in also.items()},
    )


def rent_plans():
    return time_plans(
        bands=BANDS,
        quantity_discounts=STEPS,
        duration_discounts=STEPS,
        group_discounts=GROUPS,
        operator=OPERATORS,
        delivery=MAYBE_PRICES,
        included=st.builds(IncludedHours, overage_hour=PRICES),
    )


@st.composite
def usage_plans(draw):
    model = draw(st.sampled_from(Model))
    by_percent = model is Model.GRADUATED_PERCENTAGE
    ends = sorted(draw(st.lists(st.integers(1, 300), unique=True, max_size=3)))
    steps = [None] if model in {Model.FLAT, Model.PACKAGE} else [*ends, None]
    tiers = [
        Tier(
            unit_price=Decimal(0) if by_percent else draw(st.decimals(0, 500, places=3)),
            percent=draw(PERCENTS) if by_percent else Decimal(0),
            up_to=None if end is None else Decimal(end),
            flat_fee=draw(st.just(Decimal(0)) | PRICES),
        )
        for end in steps
    ]
    commitment = draw(st.just(Decimal(0)) | PRICES)
    return UsagePlan(
        meter=draw(st.sampled_from(Meter)),
        model=model,
        tiers=tuple(tiers),
        package_size=draw(st.sampled_from(["1", "7", "0.5"]).map(Decimal)),
        free_units=draw(st.integers(0, 20).map(Decimal)),
        minimum_commitment=commitment,
        cap=draw(st.none() | PRICES.map(lambda price: price + commitment)),
        vat=draw(VATS),
        operator=draw(OPERATORS),
        fees=draw(FEES),
    )


@st.composite
def jobs(draw):
    start = TUESDAY_8 + timedelta(minutes=draw(st.integers(0, 10_000)))
    minutes = draw(st.integers(1, 2_000) | st.integers(1, 60_000))
    use = draw(st.none() | st.integers(0, minutes))
    return Job(
        start=start,
        end=start + timedelta(minutes=minutes),
        hours=None if use is None else Decimal(use) / 60,
        units=draw(st.integers(1, 4)),
        operator=draw(st.booleans()),
        delivery=draw(st.booleans()),
        customer_group=draw(st.sampled_from(["", "park"])),
        expected_usage=draw(st.none() | st.decimals(0, 500, places=2)),
    )
