from datetime import date

import pytest

from billing.contracts.terms import next_cut, whole_period
from billing.pricing.proration import Dates


@pytest.mark.parametrize(
    ("after", "anchor", "expected"),
    [
        (date(2026, 1, 31), 31, date(2026, 2, 28)),
        (date(2026, 2, 28), 31, date(2026, 3, 31)),
        (date(2028, 1, 30), 30, date(2028, 2, 29)),
        (date(2026, 12, 15), 15, date(2027, 1, 15)),
        (date(2026, 12, 14), 15, date(2026, 12, 15)),
    ],
)
def test_anchor_day_clamps_and_returns(after, anchor, expected):
    assert next_cut(after, anchor) == expected


def test_a_short_first_period_knows_the_whole_it_belongs_to():
    assert whole_period(date(2026, 2, 4), 1) == Dates(date(2026, 2, 1), date(2026, 3, 1))
    assert whole_period(date(2026, 1, 31), 31) == Dates(date(2026, 1, 31), date(2026, 2, 28))
    assert whole_period(date(2026, 2, 28), 31) == Dates(date(2026, 2, 28), date(2026, 3, 31))
