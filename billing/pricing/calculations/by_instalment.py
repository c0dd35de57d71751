"""Rent-to-own: schedule, position and buy-out quote; and annuity schedules of a financing lease."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from billing.pricing.annuities import Annuity, Timing, closing_interest, schedule
from billing.pricing.calculations.answers import Answer, money_line
from billing.pricing.checks import check_number, refuse
from billing.pricing.plans import CNY
from billing.pricing.proration import billing_date
from billing.pricing.quotes import as_decimal
from billing.pricing.rent_to_own import RentToOwnTerms, position, rises, unearned_by_digits
from billing.pricing.vat import Vat
from marketplace.kernel.money import EXPONENTS, Money, rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class RentToOwnRequest:
    """Where the contract stands after `paid` whole instalments; `start` dates the instalments, `on` the quote."""

    terms: RentToOwnTerms
    paid: int = 0
    on: date | None = None
    start: date | None = None
    anchor_day: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.paid <= self.terms.instalments:
            refuse("paid", "out_of_range")
        if self.anchor_day is not None and not 1 <= self.anchor_day <= 31:
            refuse("anchor_day", "out_of_range")


def rent_to_own(request: RentToOwnRequest) -> Answer:
    """The lines are the buy-out: what the machine costs now. The schedule says what each rent brings."""
    terms, now = request.terms, position(request.terms, request.paid)
    valid_until = None
    if request.on is not None:
        valid_until = (request.on + timedelta(days=terms.quote_valid_days)).isoformat()
    return Answer(
        currency=terms.currency,
        lines=[money_line("buy_out", now.buy_out, terms.vat)],
        details={
            "position": {
                "paid_instalments": now.paid,
                "rent_earned": now.rent_earned.to_json(),
                "credit": now.credit.to_json(),
                "option_price": now.option_price.to_json(),
                "buy_out": now.buy_out.to_json(),
                "progress_percent": format(as_decimal(now.progress * 100), "f"),
                "quoted_on": None if request.on is None else request.on.isoformat(),
                "valid_until": valid_until,
            },
            "schedule": [_instalment(request, number) for number in range(1, terms.instalments + 1)],
            "warnings": [
                {"code": "quote_rises", "after": paid, "from": before.to_json(), "to": after.to_json()}
                for paid, before, after in rises(terms)
            ],
        },
    )


def _instalment(request: RentToOwnRequest, number: int) -> dict[str, Any]:
    terms = request.terms
    after = position(terms, number)
    due = None
    if request.start is not None:
        due = instalment_date(request.start, request.anchor_day or request.start.day, number)
    return {
        "number": number,
        "due": None if due is None else due.isoformat(),
        "rent": terms.rent(number).to_json(),
        "rent_earned": after.rent_earned.to_json(),
        "credit": after.credit.to_json(),
        "buy_out": after.buy_out.to_json(),
    }


def instalment_date(start: date, anchor_day: int, number: int) -> date:
    """Instalment 1 falls due on the start, each next one on the anchor day of the following month."""
    if number == 1:
        return start
    months = start.year * 12 + start.month - 1 + number - 1
    return billing_date(months // 12, months % 12 + 1, anchor_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnuityRequest:
    """`annual_rate` is a fraction (0.0824); `count` payments, `payments_per_year` of them a year."""

    principal: Decimal
    annual_rate: Decimal
    count: int
    payments_per_year: int = 12
    timing: Timing = Timing.ARREARS
    residual: Decimal = Decimal(0)
    currency: str = CNY
    vat: Vat = field(default_factory=lambda: Vat(rate=Decimal(0)))

    def __post_init__(self) -> None:
        for name, number in (
            ("principal", self.principal),
            ("annual_rate", self.annual_rate),
            ("residual", self.residual),
        ):
            check_number(name, number)
        if self.currency not in EXPONENTS:
            refuse("currency", "unknown")
        if not 1 <= self.payments_per_year <= 366:
            refuse("payments_per_year", "out_of_range")


def annuity(request: AnnuityRequest) -> Answer:
    """The rounded schedule as lines, and beside it payment and interest of the exact one, rounded for showing."""
    terms = Annuity(
        principal=Money.of(request.principal, request.currency),
        rate=Fraction(request.annual_rate) / request.payments_per_year,
        count=request.count,
        timing=request.timing,
        residual=Money.of(request.residual, request.currency),
    )
    rows = schedule(terms)
    last = closing_interest(terms)
    interest = Money(sum(row.interest.amount for row in rows) + last.amount, request.currency)
    return Answer(
        currency=request.currency,
        lines=[money_line(f"instalment:{row.number}", row.payment, request.vat) for row in rows],
        details={
            "exact": {
                "payment": Money(rounded(terms.exact_payment), request.currency).to_json(),
                "interest": Money(rounded(terms.exact_interest), request.currency).to_json(),
            },
            "interest": interest.to_json(),
            "closing_interest": last.to_json(),
            "residual": Money(terms.left_over, request.currency).to_json(),
            "schedule": [
                {
                    "number": row.number,
                    "payment": row.payment.to_json(),
                    "interest": row.interest.to_json(),
                    "principal": row.principal.to_json(),
                    "balance": row.balance.to_json(),
                }
                for row in rows
            ],
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOf78Request:
    """Whole `interest` of a contract of `count` instalments, settled after `settled_after` of them."""

    interest: Decimal
    count: int
    settled_after: int
    currency: str = CNY

    def __post_init__(self) -> None:
        check_number("interest", self.interest)
        if self.currency not in EXPONENTS:
            refuse("currency", "unknown")
        if not 1 <= self.count <= 600:
            refuse("count", "out_of_range")
        if not 0 <= self.settled_after <= self.count:
            refuse("settled_after", "out_of_range")


def rule_of_78(request: RuleOf78Request) -> Answer:
    whole = Money.of(request.interest, request.currency)
    rebate = unearned_by_digits(whole, count=request.count, settled_after=request.settled_after)
    line = money_line("credit", -rebate, Vat(rate=Decimal(0)))
    return Answer(
        currency=request.currency,
        lines=[line],
        details={"rebate": rebate.to_json(), "earned": (whole - rebate).to_json()},
    )
