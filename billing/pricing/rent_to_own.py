"""Rent-instead-of-sell 以租代售: rent earned, credit accrued and option price, and what buying out costs at any time."""

from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from billing.pricing.checks import check_number, refuse
from billing.pricing.vat import Vat
from marketplace.kernel.money import EXPONENTS, Money, exact, rounded

MOST_INSTALMENTS = 600
_PRECISION = 60
_HALVINGS = 120


class CreditKind(StrEnum):
    """How rent paid lowers the price.

    `percent`: a part of each rent, within window and cap; `schedule`: a percent of its own for each rent;
    `proportional`: the statute-style formula, price × rent still to pay ÷ all rent, and within the window price less
    rent paid; `actuarial`: what a loan at the rents' own interest rate would still owe; `rule_of_78`: interest spread
    by the sum of the digits.
    """

    PERCENT = "percent"
    SCHEDULE = "schedule"
    PROPORTIONAL = "proportional"
    ACTUARIAL = "actuarial"
    RULE_OF_78 = "rule_of_78"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditRule:
    """`percent` of each rent counts, up to `cap_percent` of the price, for the first `window` rents (None: all).

    `percents` are those of the kind `schedule`, one for each rent; rents beyond the list count nothing.
    """

    kind: CreditKind = CreditKind.PERCENT
    percent: Decimal = Decimal(100)
    cap_percent: Decimal = Decimal(100)
    window: int | None = None
    percents: tuple[Decimal, ...] = ()

    def __post_init__(self) -> None:
        check_number("credit.percent", self.percent, most=Decimal(100))
        check_number("credit.cap_percent", self.cap_percent, most=Decimal(100))
        if self.window is not None and not 0 <= self.window <= MOST_INSTALMENTS:
            refuse("credit.window", "out_of_range")
        for percent in self.percents:
            check_number("credit.percents", percent, most=Decimal(100))
        if self.kind is CreditKind.SCHEDULE and not self.percents:
            refuse("credit.percents", "missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class RentStep:
    """`count` rents of `rent` currency units each."""

    count: int
    rent: Decimal

    def __post_init__(self) -> None:
        check_number("rents.rent", self.rent)
        if not 1 <= self.count <= MOST_INSTALMENTS:
            refuse("rents.count", "out_of_range")


@dataclass(frozen=True, slots=True, kw_only=True)
class RentToOwnTerms:
    """What both sides sign. Amounts in currency units; `option_price` is due after the last rent.

    `late_fee` comes once for each rent unpaid `grace_days` after it was due, and after `suspend_days` use is suspended.
    Who gives the machine back early gets the rent of the days left in the month again where `credits_unused_days`.
    Raises `PlanError` naming the field.
    """

    price: Decimal
    rents: tuple[RentStep, ...]
    credit: CreditRule = field(default_factory=CreditRule)
    option_price: Decimal = Decimal(0)
    currency: str = "CNY"
    vat: Vat = field(default_factory=Vat)
    quote_valid_days: int = 7
    grace_days: int = 5
    late_fee: Decimal = Decimal(0)
    suspend_days: int = 15
    credits_unused_days: bool = True

    def __post_init__(self) -> None:
        check_number("price", self.price)
        check_number("option_price", self.option_price, most=self.price)
        check_number("late_fee", self.late_fee)
        if self.currency not in EXPONENTS:
            refuse("currency", "unknown")
        if not self.rents:
            refuse("rents", "missing")
        if self.instalments > MOST_INSTALMENTS:
            refuse("rents.count", "out_of_range")
        for name, days, least in (
            ("quote_valid_days", self.quote_valid_days, 1),
            ("grace_days", self.grace_days, 0),
            ("suspend_days", self.suspend_days, self.grace_days),
        ):
            if not least <= days <= 366:
                refuse(name, "out_of_range")
        by_interest = self.credit.kind not in {CreditKind.PERCENT, CreditKind.SCHEDULE}
        if by_interest and self.rent_paid(self.instalments).amount + self.option.amount < self.whole_price.amount:
            refuse("rents", "below_the_rents")

    def for_units(self, units: int) -> "RentToOwnTerms":
        """The same terms for so many machines at once; the late fee comes once."""
        rents = tuple(RentStep(count=step.count, rent=step.rent * units) for step in self.rents)
        return replace(self, price=self.price * units, option_price=self.option_price * units, rents=rents)

    @property
    def instalments(self) -> int:
        return sum(step.count for step in self.rents)

    @property
    def whole_price(self) -> Money:
        return Money.of(self.price, self.currency)

    @property
    def option(self) -> Money:
        return Money.of(self.option_price, self.currency)

    def money(self, price: Decimal) -> Money:
        """A price of the plan as it is paid."""
        return Money.of(price, self.currency)

    def rent(self, number: int) -> Money:
        """The rent of instalment `number`, counted from 1."""
        for step in self.rents:
            if number <= step.count:
                return self.money(step.rent)
            number -= step.count
        raise ValueError("no_such_instalment")

    def rent_paid(self, paid: int) -> Money:
        """The sum of the first `paid` rents."""
        return Money(sum(self.rent(number).amount for number in range(1, paid + 1)), self.currency)


class Position(NamedTuple):
    """Three numbers kept apart, and what follows from them.

    `rent_earned` stays the owner's whatever happens; `credit` is what of it counts towards the price; `option_price`
    falls due after the last rent. `buy_out` is what would make the machine the renter's now.
    """

    paid: int
    rent_earned: Money
    credit: Money
    option_price: Money
    buy_out: Money
    progress: Fraction


def position(terms: RentToOwnTerms, paid: int) -> Position:
    """Where a contract stands after `paid` whole instalments. Raises `PlanError`."""
    if not 0 <= paid <= terms.instalments:
        refuse("paid", "out_of_range")
    earned = terms.rent_paid(paid)
    whole = terms.rent_paid(terms.instalments) + terms.option
    progress = Fraction(earned.amount, whole.amount) if whole.amount else Fraction(1)
    cost = buy_out(terms, paid)
    zero = Money.zero(terms.currency)
    credit = _credit(terms, paid) if _by_percent(terms) else max(zero, terms.whole_price - cost)
    return Position(paid, earned, credit, terms.option, cost, progress)


def buy_out(terms: RentToOwnTerms, paid: int) -> Money:
    """What buying costs after `paid` instalments, never below zero; after the last one it is the option price."""
    if paid >= terms.instalments:
        return terms.option
    match terms.credit.kind:
        case CreditKind.PERCENT | CreditKind.SCHEDULE:
            cost = terms.whole_price - _credit(terms, paid)
        case CreditKind.PROPORTIONAL:
            cost = _proportional(terms, paid)
        case CreditKind.ACTUARIAL:
            cost = Money(rounded(_owed(terms, paid)), terms.currency)
        case CreditKind.RULE_OF_78:
            cost = _by_digits(terms, paid)
    return max(Money.zero(terms.currency), cost)


def rises(terms: RentToOwnTerms) -> list[tuple[int, Money, Money]]:
    """Where paying makes buying dearer: (instalments paid, cost before, cost after). To be shown before signing."""
    costs = [buy_out(terms, paid) for paid in range(terms.instalments + 1)]
    return [(paid, before, after) for paid, (before, after) in enumerate(pairwise(costs), start=1) if after > before]


def _by_percent(terms: RentToOwnTerms) -> bool:
    return terms.credit.kind in {CreditKind.PERCENT, CreditKind.SCHEDULE}


def _credit(terms: RentToOwnTerms, paid: int) -> Money:
    """Rounded once over all rents that count; the cap is a part of the price."""
    rule = terms.credit
    counted = paid if rule.window is None else min(paid, rule.window)
    if rule.kind is CreditKind.SCHEDULE:
        percents = [*rule.percents, *[Decimal(0)] * counted][:counted]
    else:
        percents = [rule.percent] * counted
    parts = (terms.rent(number).amount * Fraction(percent) for number, percent in enumerate(percents, start=1))
    credit = Money(rounded(sum(parts, Fraction(0)) / 100), terms.currency)
    return min(credit, terms.whole_price.times(Fraction(rule.cap_percent) / 100))


def _proportional(terms: RentToOwnTerms, paid: int) -> Money:
    earned = terms.rent_paid(paid)
    if paid <= (terms.credit.window or 0):
        return terms.whole_price - earned
    whole = terms.rent_paid(terms.instalments)
    left = (whole - earned).amount
    return terms.whole_price.times(Fraction(left, whole.amount)) if whole.amount else terms.whole_price


def _by_digits(terms: RentToOwnTerms, paid: int) -> Money:
    """Rule of 78: what is left to pay less the rebate of interest not yet earned."""
    whole = terms.rent_paid(terms.instalments) + terms.option
    interest = whole - terms.whole_price
    left = whole - terms.rent_paid(paid)
    return left - unearned_by_digits(interest, count=terms.instalments, settled_after=paid)


def unearned_by_digits(interest: Money, *, count: int, settled_after: int) -> Money:
    """The rebate of the rule of 78: interest × r(r+1) ÷ n(n+1), r of n instalments being left."""
    left = count - settled_after
    return interest.times(Fraction(left * (left + 1), count * (count + 1)))


def _owed(terms: RentToOwnTerms, paid: int) -> Fraction:
    """Present value, in minor units, of the rents and option price still to come, right after `paid` rents in arrears."""
    rate = implied_rate(terms)
    later = [terms.rent(number).amount for number in range(paid + 1, terms.instalments + 1)]
    later[-1] += terms.option.amount
    return exact(_present_value(later, rate))


@lru_cache(maxsize=256)
def implied_rate(terms: RentToOwnTerms) -> Decimal:
    """The interest of one period at which rents in arrears and option price are worth the price; found by halving."""
    flows = [terms.rent(number).amount for number in range(1, terms.instalments + 1)]
    flows[-1] += terms.option.amount
    low, high = Decimal(0), Decimal(10)
    with localcontext(prec=_PRECISION):
        if _present_value(flows, low) <= terms.whole_price.amount:
            return low
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            if _present_value(flows, middle) > terms.whole_price.amount:
                low = middle
            else:
                high = middle
        return (low + high) / 2


def _present_value(flows: list[int], rate: Decimal) -> Decimal:
    with localcontext(prec=_PRECISION):
        worth = Decimal(0)
        for flow in reversed(flows):
            worth = (worth + flow) / (1 + rate)
        return worth
