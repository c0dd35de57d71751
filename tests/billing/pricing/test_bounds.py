from decimal import Decimal

from hypothesis import given

from billing.pricing.bounds import BOUND_MINUTES, bound_key, price_bounds
from billing.pricing.plans import AsWritten, RentPlan
from billing.pricing.quotes import quick_total
from billing.pricing.rent_to_own import RentStep, RentToOwnTerms
from billing.pricing.tariffs import Rates
from tests.billing.pricing.examples import FIVE_AXIS, TUESDAY_8, job
from tests.billing.pricing.plan_strategies import jobs, rent_plans, usage_plans


@given(rent_plans() | usage_plans(), jobs())
def test_no_job_costs_less_than_the_bound_of_its_length(plan, asked):
    key, price = bound_key(asked), quick_total(plan, asked)
    if key is not None and price is not None:
        assert price_bounds(plan)[key] <= price.amount


def test_bounds_of_plain_prices_are_the_prices():
    plan = RentPlan(rates=Rates(hour=Decimal(100), day=Decimal(600), week=Decimal(3000), month=Decimal(9000)))
    assert price_bounds(plan) == {"1h": 10000, "8h": 60000, "1day": 60000, "1week": 300000, "30days": 900000}
    for key, minutes in BOUND_MINUTES.items():
        assert (
            quick_total(plan, job(minutes=minutes, start=TUESDAY_8.replace(hour=0))).amount == price_bounds(plan)[key]
        )


def test_required_operator_and_fees_are_in_the_bound():
    assert abs(price_bounds(FIVE_AXIS)["8h"] - (288000 + 8 * 9000 + 30000)) <= 8


def test_price_as_written_has_no_bounds():
    assert set(price_bounds(AsWritten(text="面议")).values()) == {None}


def test_bound_is_that_of_the_longest_standard_length_within_the_job():
    assert bound_key(job(minutes=59)) is None
    assert bound_key(job(hours=9)) == "8h"
    assert bound_key(job(days=3, use=2)) == "1h"
    assert bound_key(job(days=90)) == "30days"


def test_rent_to_own_costs_its_first_month_at_least():
    terms = RentToOwnTerms(price=Decimal(12000), rents=(RentStep(rent=Decimal(1100), count=12),))
    assert set(price_bounds(terms).values()) == {110000}
    assert quick_total(terms, job(days=30)).amount == 110000
