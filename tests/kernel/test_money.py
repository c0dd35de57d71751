from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.money import MixedCurrencyError, Money, MoneyError, rounded, total

AMOUNTS = st.integers(-(10**12), 10**12)


def yuan(amount: str) -> Money:
    return Money.of(Decimal(amount), "CNY")


def shown(parts: list[Money]) -> list[str]:
    return [str(part.units) for part in parts]


@pytest.mark.parametrize("amount", [1.0, True, Decimal(1), "1", None])
def test_only_true_integers_are_minor_units(amount):
    with pytest.raises(MoneyError):
        Money(amount, "CNY")


@pytest.mark.parametrize("currency", ["", "cny", "XXX", "RMB"])
def test_unknown_currency_is_refused(currency):
    with pytest.raises(MoneyError):
        Money(1, currency)


@pytest.mark.parametrize("meeting", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_currencies_never_mix(meeting):
    with pytest.raises(MixedCurrencyError):
        getattr(Money(1, "CNY"), meeting)(Money(1, "USD"))


def test_same_number_of_two_currencies_differs():
    assert Money(1, "CNY") != Money(1, "USD")


def test_money_has_no_truth_value():
    with pytest.raises(TypeError):
        bool(Money(0, "CNY"))


@pytest.mark.parametrize("factor", [0.5, True, Decimal("NaN"), Decimal("Infinity")])
def test_inexact_factor_is_refused(factor):
    with pytest.raises(MoneyError):
        Money(100, "CNY").times(factor)


def test_exponents_follow_the_currency():
    assert Money.of(Decimal("5.5"), "JPY") == Money(6, "JPY")
    assert Money.of(Decimal("1.2345"), "KWD") == Money(1235, "KWD")
    assert str(Money(-5, "CNY").units) == "-0.05"
    assert str(Money(7, "JPY").units) == "7"


def test_json_is_minor_units_and_currency():
    assert yuan("123.45").to_json() == {"amount": 12345, "currency": "CNY"}


def test_half_a_minor_unit_rounds_away_from_zero():
    """T21, Kill Bill issue 1124: 0.067 × 55 = 3.685 → 3.69."""
    assert Money.of(Decimal("0.067") * 55, "CNY") == yuan("3.69")
    assert Money.of(Decimal("-0.067") * 55, "CNY") == yuan("-3.69")
    assert Money(5, "CNY").times(Fraction(1, 2)) == Money(3, "CNY")


@pytest.mark.parametrize(
    ("amount", "count", "expected"),
    [
        ("100", 3, ["33.33", "33.33", "33.34"]),
        ("0.04", 3, ["0.01", "0.01", "0.02"]),
        ("0.03", 7, ["0.00"] * 6 + ["0.03"]),
        ("-100", 3, ["-33.33", "-33.33", "-33.34"]),
    ],
)
def test_instalments_are_cut_down_and_the_last_takes_the_remainder(amount, count, expected):
    """B12, pretix instalments; 0.03 by 7 from the product's rounding rule."""
    assert shown(yuan(amount).instalments(count)) == expected


@pytest.mark.parametrize("count", [0, -1, True])
def test_no_instalments_is_an_error(count):
    """B12, pretix: a count of 0 is an error."""
    with pytest.raises(MoneyError):
        yuan("100").instalments(count)


def test_positive_share_may_be_given_at_least_one_minor_unit():
    """V10, Liberapay: 6.01 by 20 : 0.01 → 6.00 + 0.01."""
    weights = [Decimal(20), Decimal("0.01")]
    assert shown(yuan("6.01").split(weights, at_least=1)) == ["6.00", "0.01"]
    assert shown(yuan("6.01").split(weights)) == ["6.01", "0.00"]


def test_ties_of_a_split_go_to_the_earlier_share():
    assert shown(yuan("0.02").split([1, 1, 1])) == ["0.01", "0.01", "0.00"]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [3, -1]])
def test_split_needs_a_positive_weight_and_no_negative_one(weights):
    with pytest.raises(MoneyError):
        yuan("1").split(weights)


def test_split_refuses_to_give_more_than_there_is():
    with pytest.raises(MoneyError):
        yuan("0.01").split([1, 1], at_least=1)


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_split_adds_up_and_is_within_one_minor_unit_of_exact(amount, weights):
    whole = Money(amount, "CNY")
    shares = whole.split(weights)
    assert total(shares, "CNY") == whole
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share.amount - Fraction(amount * weight, sum(weights))) < 1


@given(AMOUNTS, st.integers(1, 100))
def test_instalments_add_up_and_differ_in_the_last_only(amount, count):
    parts = Money(amount, "CNY").instalments(count)
    assert total(parts, "CNY") == Money(amount, "CNY")
    assert len(set(parts[:-1])) <= 1
    assert 0 <= abs(parts[-1].amount) - abs(parts[0].amount) < count


@given(AMOUNTS, st.fractions())
def test_product_is_the_nearest_and_mirrors_its_negative(amount, factor):
    product = Money(amount, "CNY").times(factor)
    assert abs(product.amount - amount * factor) <= Fraction(1, 2)
    assert Money(-amount, "CNY").times(factor) == -product


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_rounding_agrees_with_decimal_half_up(number):
    assert rounded(Fraction(number)) == int(number.quantize(Decimal(1), rounding="ROUND_HALF_UP"))
