from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.pricing.proration import (
    Dates,
    Proration,
    change_of_price,
    monthly_parts,
    months_billed,
    share_of_period,
    share_of_seconds,
)
from tests.billing.pricing.examples import yuan

DAYS = st.dates(date(2010, 1, 1), date(2035, 1, 1))


def test_change_at_half_period_gives_back_and_charges_half():
    """P1, Stripe prorations: 10 → 20 per month at half period: −5, +10, net +5."""
    change = change_of_price(yuan(10), yuan(20), Fraction(1, 2))
    assert (change.credit, change.charge, change.net) == (yuan(-5), yuan(10), yuan(5))


@pytest.mark.parametrize(("days", "expected"), [(8, "5.32"), (22, "14.63")])
def test_days_of_thirty(days, expected):
    """P2, Kill Bill fixed proration: 19.95 a month."""
    month = Dates(date(2026, 7, 1), date(2026, 8, 1))
    used = Dates(month.start, month.start + timedelta(days=days))
    assert yuan("19.95").times(share_of_period(used, month, Proration.FIXED_30)) == yuan(expected)


def test_fixed_thirty_never_bills_more_or_less_than_a_whole_month():
    for month in (Dates(date(2026, 2, 1), date(2026, 3, 1)), Dates(date(2026, 7, 1), date(2026, 8, 1))):
        assert share_of_period(month, month, Proration.FIXED_30) == 1
    july = Dates(date(2026, 7, 1), date(2026, 8, 1))
    assert share_of_period(Dates(july.start, date(2026, 7, 31)), july, Proration.FIXED_30) == 1


def test_start_before_the_bill_day_owes_days_of_that_period():
    """P4, Kill Bill: start 1 February 2011, bill day 13 → 12/31; billed in advance on 13 February 1 + 12/31."""
    start = date(2011, 2, 1)
    assert months_billed(Dates(start, date(2011, 2, 13)), 13) == Fraction(12, 31)
    assert months_billed(Dates(start, date(2011, 3, 13)), 13) == 1 + Fraction(12, 31)


def test_ratio_is_never_rounded():
    """R7, exact arithmetic on pacificrim rental rates: 6,000 a month + 7 days of 30 → 7,400.00, not 7,380."""
    assert yuan(6000) + yuan(6000).times(Fraction(7, 30)) == yuan("7400.00")


def test_bill_day_clamps_to_the_end_of_the_month_and_returns():
    parts = monthly_parts(Dates(date(2026, 1, 31), date(2026, 5, 1)), 31)
    assert [period.start for _, period in parts] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


def test_seconds_are_elapsed_ones():
    start = datetime(2026, 12, 1, tzinfo=UTC)
    hour = timedelta(hours=1)
    assert share_of_seconds(start, start + hour, start, start + 3 * hour) == Fraction(1, 3)
    with pytest.raises(ValueError, match="outside_the_period"):
        share_of_seconds(start, start + 4 * hour, start, start + 3 * hour)


def test_days_outside_the_period_are_refused():
    month = Dates(date(2026, 7, 1), date(2026, 8, 1))
    with pytest.raises(ValueError, match="outside_the_period"):
        share_of_period(Dates(date(2026, 6, 30), date(2026, 7, 2)), month, Proration.ACTUAL)


@given(DAYS, st.integers(1, 800), st.integers(1, 31))
def test_parts_follow_one_another_and_cover_the_range(start, days, bill_day):
    range_ = Dates(start, start + timedelta(days=days))
    parts = list(monthly_parts(range_, bill_day))
    assert parts[0][0].start == range_.start
    assert parts[-1][0].end == range_.end
    for (before, whole_before), (after, whole_after) in pairwise(parts):
        assert before.end == after.start == whole_before.end == whole_after.start


@given(DAYS, st.integers(1, 300), st.integers(1, 300), st.integers(1, 31))
def test_a_range_cut_in_two_owes_the_same_months(start, days, more, bill_day):
    middle, end = start + timedelta(days=days), start + timedelta(days=days + more)
    parts = months_billed(Dates(start, middle), bill_day) + months_billed(Dates(middle, end), bill_day)
    assert parts == months_billed(Dates(start, end), bill_day)
