"""Value added tax on lines: inclusive or on top, and the three ways to round it over a bill."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from billing.pricing.checks import check_number
from marketplace.kernel.money import Money, exact, rounded, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Vat:
    """`rate` as a fraction (0.13); `included`: the plan's prices contain it."""

    rate: Decimal = Decimal("0.13")
    included: bool = True

    def __post_init__(self) -> None:
        check_number("vat.rate", self.rate, most=Decimal(1))


class Taxed(NamedTuple):
    net: Money
    tax: Money

    @property
    def gross(self) -> Money:
        return self.net + self.tax


class TaxRounding(StrEnum):
    """`line`: tax of each line; `net`: tax of the summed nets; `gross`: tax out of the summed gross, which stands."""

    LINE = "line"
    NET = "net"
    GROSS = "gross"


def out_of_gross(gross: Money, rate: Decimal) -> Taxed:
    """Net = round(gross ÷ (1 + r)), tax = gross − net."""
    net = Money(rounded(Fraction(gross.amount) / (1 + exact(rate))), gross.currency)
    return Taxed(net, gross - net)


def on_top(net: Money, rate: Decimal) -> Taxed:
    return Taxed(net, net.times(rate))


def taxed(amount: Money, vat: Vat) -> Taxed:
    return out_of_gross(amount, vat.rate) if vat.included else on_top(amount, vat.rate)


def sum_of_gross_lines(lines: Sequence[Money], rate: Decimal, rounding: TaxRounding) -> Taxed:
    """One rate over several inclusive lines. The lines are only read, so the setting can change there and back."""
    currency = lines[0].currency
    if rounding is TaxRounding.GROSS:
        return out_of_gross(total(lines, currency), rate)
    parts = [out_of_gross(line, rate) for line in lines]
    net = total((part.net for part in parts), currency)
    if rounding is TaxRounding.NET:
        return on_top(net, rate)
    return Taxed(net, total((part.tax for part in parts), currency))


def sum_of_lines(lines: Sequence[Money], vat: Vat, rounding: TaxRounding) -> Taxed:
    """As `sum_of_gross_lines`, also for net prices: there `net` and `gross` both tax the sum."""
    if vat.included:
        return sum_of_gross_lines(lines, vat.rate, rounding)
    net = total(lines, lines[0].currency)
    if rounding is TaxRounding.LINE:
        return Taxed(net, total((on_top(line, vat.rate).tax for line in lines), lines[0].currency))
    return on_top(net, vat.rate)


def after_coupon(nets: Sequence[Money], coupon: Money) -> list[Money]:
    """The lines less their proportional share of one coupon, each still taxed at its own rate."""
    shares = coupon.split([net.amount for net in nets])
    return [net - share for net, share in zip(nets, shares, strict=True)]
