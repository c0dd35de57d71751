"""Money: whole minor units of one currency, never a float."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

Exact = int | Decimal | Fraction

_BY_EXPONENT = {
    0: "CLP ISK JPY KRW PYG RWF UGX VND XAF XOF",
    2: "AED AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD IDR ILS INR KZT MOP MXN MYR NOK NZD PHP PKR PLN RUB SAR SEK SGD"
    " THB TRY TWD UAH USD UZS ZAR",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
EXPONENTS: Mapping[str, int] = MappingProxyType(
    {currency: places for places, currencies in _BY_EXPONENT.items() for currency in currencies.split()}
)
"""How many decimal places a currency has (ISO 4217). A currency that is not here is refused, not guessed."""


class MoneyError(ValueError):
    """Not an amount of money, or two that cannot be taken together."""


class MixedCurrencyError(MoneyError):
    """Amounts of two currencies met in one sum or comparison."""


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` is in minor units (fen, cents, yen): 5,940.00 yuan is `Money(594000, "CNY")`.

    Raises `MoneyError` for anything but a true integer and for a currency without a known exponent.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise MoneyError(f"minor units must be an int, not {type(self.amount).__name__}")
        if self.currency not in EXPONENTS:
            raise MoneyError(f"unknown currency {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        return cls(0, currency)

    @classmethod
    def of(cls, units: Exact, currency: str) -> "Money":
        """Currency units (yuan), rounded once, half up, to the minor unit: `of(Decimal("3.685"), "CNY")` is 3.69."""
        return cls(rounded(exact(units) * 10 ** exponent(currency)), currency)

    @property
    def units(self) -> Decimal:
        """The amount in currency units (yuan), exact, with the currency's decimal places."""
        sign, digits, _ = Decimal(self.amount).as_tuple()
        return Decimal((sign, digits, -EXPONENTS[self.currency]))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.amount), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        """Refused: `if price:` would take a price of zero for no price at all."""
        raise TypeError("compare with Money.zero() or with None")

    def times(self, factor: Exact) -> "Money":
        """The product, rounded once, half up (away from zero)."""
        return Money(rounded(self.amount * exact(factor)), self.currency)

    def split(self, weights: Sequence[Exact], *, at_least: int = 0) -> list["Money"]:
        """Shares in proportion to the weights that add up to the whole, by largest remainder; ties go to the earlier.

        With `at_least`, every positive weight gets that many minor units, taken from the largest share.
        Raises `MoneyError` for a negative weight, no positive weight, or too little to give everybody `at_least`.
        """
        exact_weights = [exact(weight) for weight in weights]
        if sum(exact_weights) <= 0 or min(exact_weights) < 0:
            raise MoneyError("weights must be non-negative and at least one positive")
        shares = _largest_remainder(abs(self.amount), exact_weights)
        if at_least:
            _lift(shares, [weight > 0 for weight in exact_weights], at_least)
        sign = -1 if self.amount < 0 else 1
        return [Money(sign * share, self.currency) for share in shares]

    def instalments(self, count: int) -> list["Money"]:
        """Equal parts, each cut down to the minor unit; the last takes the remainder (0.03 by 7: six of 0.00, 0.03)."""
        if type(count) is not int or count < 1:
            raise MoneyError("at least one instalment")
        part = abs(self.amount) // count * (-1 if self.amount < 0 else 1)
        return [Money(part, self.currency)] * (count - 1) + [Money(self.amount - part * (count - 1), self.currency)]

    def to_json(self) -> dict[str, int | str]:
        return {"amount": self.amount, "currency": self.currency}

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise MixedCurrencyError(f"{self.currency} and {other.currency}")
        return other.amount


def exponent(currency: str) -> int:
    """Decimal places of a currency. Raises `MoneyError` for one that is not listed."""
    if currency not in EXPONENTS:
        raise MoneyError(f"unknown currency {currency!r}")
    return EXPONENTS[currency]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum; zero of `currency` when there is nothing to add."""
    return sum(amounts, start=Money.zero(currency))


def exact(number: object) -> Fraction:
    """The number as a fraction. Raises `MoneyError` for floats, booleans, NaN and infinities."""
    if isinstance(number, bool) or not isinstance(number, (int, Decimal, Fraction)):
        raise MoneyError(f"an exact number is wanted, not {type(number).__name__}")
    if isinstance(number, Decimal) and not number.is_finite():
        raise MoneyError(f"an exact number is wanted, not {number}")
    return Fraction(number)


def rounded(number: Fraction) -> int:
    """The nearest integer, a half away from zero (HALF_UP)."""
    return rounded_ratio(number.numerator, number.denominator)


def rounded_ratio(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest integer, a half away from zero; `denominator` is positive."""
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def _largest_remainder(amount: int, weights: list[Fraction]) -> list[int]:
    whole = sum(weights)
    exact_shares = [amount * weight / whole for weight in weights]
    shares = [share.numerator // share.denominator for share in exact_shares]
    by_remainder = sorted(range(len(weights)), key=lambda at: (shares[at] - exact_shares[at], at))
    for at in by_remainder[: amount - sum(shares)]:
        shares[at] += 1
    return shares


def _lift(shares: list[int], entitled: list[bool], at_least: int) -> None:
    if sum(shares) < at_least * sum(entitled):
        raise MoneyError(f"{sum(shares)} minor units are too few for {sum(entitled)} shares")
    for at in range(len(shares)):
        while entitled[at] and shares[at] < at_least:
            shares[shares.index(max(shares))] -= 1
            shares[at] += 1
