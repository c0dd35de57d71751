"""What a contract charges in a period, as stored JSON and as lines; pure but for the values it reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.pricing.calculations.answers import AnswerLine, line_of
from billing.pricing.charges import Charge
from billing.pricing.checks import check_codes, check_number, refuse
from billing.pricing.plans import CNY, UsagePlan
from billing.pricing.proration import Dates, Proration, billing_date, share_of_period
from billing.pricing.reading import reader_of, written
from billing.pricing.rent_to_own import RentToOwnTerms
from billing.pricing.usage import Period, charges_of_amounts, usage_amounts
from billing.pricing.vat import Vat, taxed
from marketplace.kernel.money import EXPONENTS, Money, exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """`price` currency units a month; `name` is the supplier's own word."""

    code: str
    price: Decimal
    name: str = ""

    def __post_init__(self) -> None:
        check_number("items.price", self.price)


@dataclass(frozen=True, slots=True, kw_only=True)
class RentTerms:
    """What comes every month, prorated by `proration` in the first and the last one."""

    items: tuple[Item, ...]
    currency: str = CNY
    vat: Vat = field(default_factory=Vat)
    proration: Proration = Proration.ACTUAL

    def __post_init__(self) -> None:
        check_codes("items", [item.code for item in self.items])
        if not self.items:
            refuse("items", "missing")
        if self.currency not in EXPONENTS:
            refuse("currency", "unknown")


MOST_AMOUNT = Decimal(10**9)
"""As `check_number` bounds it from above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """What comes once, on the first bill: an operator, a delivery, a fee, a discount below zero. In currency units."""

    code: str
    amount: Decimal
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    name: str = ""

    def __post_init__(self) -> None:
        check_number("once.amount", self.amount, least=-MOST_AMOUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageTerms:
    """Pay-per-use by the readings of meters; commitment and cap shrink with a short last month, not with a short job.

    `bills_late_data`: readings that come after the period was billed make a line of the next bill, or are dropped.
    `expected` is what both sides reckon with over `expected_days`; it is charged where nothing at all was read.
    """

    plan: UsagePlan
    proration: Proration = Proration.ACTUAL
    bills_late_data: bool = True
    once: tuple[Once, ...] = ()
    expected: Decimal | None = None
    expected_days: int = 0

    def __post_init__(self) -> None:
        if self.expected is not None:
            check_number("expected", self.expected)
        if not 0 <= self.expected_days <= MOST_DAYS:
            refuse("expected_days", "out_of_range")

    @property
    def currency(self) -> str:
        return self.plan.currency


MOST_DAYS = 3660
Terms = RentTerms | UsageTerms | RentToOwnTerms
KINDS: Mapping[str, type[Terms]] = {"rent": RentTerms, "usage": UsageTerms, "rent_to_own": RentToOwnTerms}


def terms_to_json(terms: Terms) -> dict[str, Any]:
    kind = next(kind for kind, terms_type in KINDS.items() if isinstance(terms, terms_type))
    return {"kind": kind} | written(terms)


def terms_from_json(body: Mapping[str, Any]) -> Terms:
    """Raises `PlanError` with the path of the field."""
    rest = {name: value for name, value in body.items() if name != "kind"}
    kind = body.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        refuse("kind", "unknown")
    return reader_of(KINDS[kind])(rest, "")


def next_cut(after: date, anchor_day: int) -> date:
    """The first anchor day after the date; 29–31 fall on the last day of shorter months and return afterwards."""
    this_month = billing_date(after.year, after.month, anchor_day)
    if this_month > after:
        return this_month
    months = after.year * 12 + after.month
    return billing_date(months // 12, months % 12 + 1, anchor_day)


def whole_period(start: date, anchor_day: int) -> Dates:
    """The full period, anchor day to anchor day, that a period beginning on `start` belongs to."""
    end = next_cut(start, anchor_day)
    months = end.year * 12 + end.month - 2
    begin = min(start, billing_date(months // 12, months % 12 + 1, anchor_day))
    return Dates(begin, end)


def rent_lines(terms: RentTerms, part: Dates, whole: Dates) -> Sequence[AnswerLine]:
    """Each item's exact share of its monthly price, rounded once."""
    share = share_of_period(part, whole, terms.proration)
    is_whole = share == 1
    lines: list[AnswerLine] = []
    for item in terms.items:
        amount = Money.of(item.price if is_whole else Fraction(item.price) * share, terms.currency)
        lines.append(
            AnswerLine(
                code=f"recurring:{item.code}",
                quantity=share,
                unit_price=item.price,
                amount=amount,
                tax=taxed(amount, terms.vat).tax,
                vat=terms.vat,
                name=item.name,
                service=(part.start, part.end),
            )
        )
    return lines


def usage_lines(terms: UsageTerms, quantity: Decimal, part: Dates, whole: Dates) -> Sequence[AnswerLine]:
    """The closed period's use by tiers, cap and commitment."""
    plan = terms.plan
    period = Period(share=share_of_period(part, whole, terms.proration))
    charges = charges_of_amounts(plan, quantity, usage_amounts(plan, quantity, period))
    return [line_of(charge, plan.currency, plan.vat, (part.start, part.end)) for charge in charges]


def late_lines(terms: UsageTerms, before: Decimal, now: Decimal, part: Dates, whole: Dates) -> Sequence[AnswerLine]:
    """What readings that came late change about a period already billed, tagged with its days."""
    plan = terms.plan
    period = Period(share=share_of_period(part, whole, terms.proration))
    delta = usage_amounts(plan, now, period).less(usage_amounts(plan, before, period))
    charges = charges_of_amounts(plan, exact(now) - exact(before), delta)
    lines = [line_of(charge, plan.currency, plan.vat, (part.start, part.end)) for charge in charges]
    return [line for line in lines if line.amount.amount]


def once_lines(terms: UsageTerms) -> Sequence[AnswerLine]:
    """What comes once, as it was agreed."""
    lines: list[AnswerLine] = []
    for item in terms.once:
        amount = Money.of(item.amount, terms.currency)
        lines.append(
            AnswerLine(
                code=item.code,
                quantity=exact(item.quantity),
                unit_price=item.unit_price,
                amount=amount,
                tax=taxed(amount, terms.plan.vat).tax,
                vat=terms.plan.vat,
                name=item.name,
            )
        )
    return lines


def instalment_lines(terms: RentToOwnTerms, number: int, part: Dates) -> Sequence[AnswerLine]:
    rent = terms.rent(number)
    charge = Charge("rent_instalment", 1, None, rent.amount)
    return [line_of(charge, terms.currency, terms.vat, (part.start, part.end))]
