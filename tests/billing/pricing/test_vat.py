from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.pricing.vat import TaxRounding, after_coupon, on_top, out_of_gross, sum_of_gross_lines
from marketplace.kernel.money import Money, total
from tests.billing.pricing.examples import yuan


@pytest.mark.parametrize(
    ("gross", "net", "tax"),
    [
        ("113.00", "100.00", "13.00"),
        ("1000", "884.96", "115.04"),
        ("99.99", "88.49", "11.50"),
        ("0.04", "0.04", "0.00"),
    ],
)
def test_tax_is_what_is_left_when_the_net_is_rounded_out_of_the_gross(gross, net, tax):
    """V1, statutory rule at 13 %."""
    assert out_of_gross(yuan(gross), Decimal("0.13")) == (yuan(net), yuan(tax))


def test_coupon_is_spread_over_lines_of_different_rates():
    """V3, Lago: lines 100 @10 %, 50 @0 %, 30 @20 %, 20 @20 %, coupon 10 → taxes 9.50, 0, 5.70, 3.80, total 209.00."""
    lines = [yuan(100), yuan(50), yuan(30), yuan(20)]
    rates = [Decimal("0.1"), Decimal(0), Decimal("0.2"), Decimal("0.2")]
    nets = after_coupon(lines, yuan(10))
    assert nets == [yuan("95"), yuan("47.5"), yuan("28.5"), yuan("19")]
    taxed = [on_top(net, rate) for net, rate in zip(nets, rates, strict=True)]
    assert [line.tax for line in taxed] == [yuan("9.50"), yuan(0), yuan("5.70"), yuan("3.80")]
    assert total((line.gross for line in taxed), "CNY") == yuan("209.00")


@pytest.mark.parametrize(
    ("rounding", "gross", "net", "tax"),
    [
        (TaxRounding.LINE, "500.00", "420.15", "79.85"),
        (TaxRounding.NET, "499.98", "420.15", "79.83"),
        (TaxRounding.GROSS, "500.00", "420.17", "79.83"),
    ],
)
def test_three_ways_to_round_the_tax_of_a_bill(rounding, gross, net, tax):
    """V4, pretix: 5 × 100.00 including 19 %."""
    found = sum_of_gross_lines([yuan(100)] * 5, Decimal("0.19"), rounding)
    assert (found.gross, found.net, found.tax) == (yuan(gross), yuan(net), yuan(tax))


@given(st.integers(-(10**10), 10**10), st.sampled_from(["0", "0.01", "0.03", "0.06", "0.09", "0.13", "0.19"]))
def test_net_and_tax_of_an_inclusive_price_add_up_and_mirror(amount, rate):
    gross = Money(amount, "CNY")
    found = out_of_gross(gross, Decimal(rate))
    assert found.gross == gross
    assert out_of_gross(-gross, Decimal(rate)) == (-found.net, -found.tax)
