"""What a park sets about money: the deposit's share, the platform's commission and its VAT."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import cast

from billing.pricing.vat import out_of_gross
from marketplace.accounts.models import Park
from marketplace.kernel.database import JSON
from marketplace.kernel.money import Money

DEPOSIT_PERCENT = Decimal(20)
COMMISSION_PERCENT = Decimal(3)
COMMISSION_VAT_PERCENT = Decimal(6)
"""Brokerage is a modern service: 6 % for a general taxpayer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRules:
    """Per cents of a price; `deposit_by_grade` multiplies the deposit by the demander's grade, empty: for nobody."""

    deposit_percent: Decimal = DEPOSIT_PERCENT
    commission_percent: Decimal = COMMISSION_PERCENT
    commission_vat_percent: Decimal = COMMISSION_VAT_PERCENT
    deposit_by_grade: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])

    def deposit(self, total: Money, grade: str) -> Money:
        """What is held against damage beside the price, rounded half up."""
        factor = Fraction(self.deposit_by_grade.get(grade, Decimal(1)))
        return total.times(Fraction(self.deposit_percent) / 100 * factor)

    def commission(self, total: Money) -> Money:
        """What the platform keeps of a price, its VAT inside, rounded half up."""
        return total.times(Fraction(self.commission_percent) / 100)

    def commission_tax(self, commission: Money) -> Money:
        return out_of_gross(commission, self.commission_vat_percent / 100).tax


def rules_of(park: Park) -> MoneyRules:
    """The park's own numbers; what it has not set, or set to nonsense, is as it comes."""
    settings = park.settings
    factors = settings.get("deposit_by_grade")
    return MoneyRules(
        deposit_percent=_percent(settings, "deposit_percent", DEPOSIT_PERCENT),
        commission_percent=_percent(settings, "commission_percent", COMMISSION_PERCENT),
        commission_vat_percent=_percent(settings, "commission_vat_percent", COMMISSION_VAT_PERCENT),
        deposit_by_grade=_factors(cast("Mapping[str, object]", factors)) if isinstance(factors, Mapping) else {},
    )


def _percent(settings: JSON, name: str, usual: Decimal) -> Decimal:
    return _number(settings.get(name), most=100, usual=usual)


def _factors(given: Mapping[str, object]) -> Mapping[str, Decimal]:
    return {grade: _number(factor, most=5, usual=Decimal(1)) for grade, factor in given.items()}


def _number(given: object, *, most: int, usual: Decimal) -> Decimal:
    try:
        number = Decimal(str(given))
    except InvalidOperation:
        return usual
    return number if number.is_finite() and 0 <= number <= most else usual
