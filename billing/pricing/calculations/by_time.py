"""Rent of a job, prices that come every month, and a change of price in the middle."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from billing.pricing.calculations.answers import (
    Answer,
    AnswerLine,
    Billed,
    EarlyReturn,
    delta_answer,
    line_of,
    money_line,
)
from billing.pricing.calculations.periods import PeriodPart
from billing.pricing.charges import hours
from billing.pricing.checks import check_number, refuse
from billing.pricing.jobs import SHANGHAI, Job, midnight
from billing.pricing.plans import CNY, RentPlan
from billing.pricing.proration import (
    Dates,
    Proration,
    change_of_price,
    monthly_parts,
    share_of_period,
    share_of_seconds,
)
from billing.pricing.quotes import as_decimal
from billing.pricing.rent import rent_charges
from billing.pricing.vat import Vat, taxed
from marketplace.kernel.money import EXPONENTS, Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RentRequest:
    """A job by a rent plan; with `billed`, what a longer or shorter job changes."""

    plan: RentPlan
    job: Job
    early_return: EarlyReturn = EarlyReturn.RE_RATE
    billed: Billed | None = None


def rent(request: RentRequest) -> Answer:
    plan = request.plan
    charged = rent_charges(plan, request.job)
    lines = [line_of(charge, plan.currency, plan.vat) for charge in charged.charges]
    answer = delta_answer(lines, request.billed, plan.currency, plan.vat, keep=request.early_return)
    return Answer(
        currency=plan.currency,
        lines=answer.lines,
        state=answer.state,
        details={
            "saved": Money(charged.saved, plan.currency).to_json(),
            "charged_hours": format(as_decimal(Fraction(hours(charged.minutes))), "f"),
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringRequest:
    """`price` a month from `start` to `end` (half-open), cut at `anchor_day`, which clamps to the end of short months.

    `anchor_day` is the day of `start` unless given. With proration by the second, `start_at` and `end_at` may say the
    moments.
    """

    price: Decimal
    start: date
    end: date
    anchor_day: int | None = None
    proration: Proration = Proration.ACTUAL
    start_at: datetime | None = None
    end_at: datetime | None = None
    zone: ZoneInfo = SHANGHAI
    currency: str = CNY
    vat: Vat = field(default_factory=Vat)
    early_return: EarlyReturn = EarlyReturn.CREDIT_UNUSED
    billed: Billed | None = None

    def __post_init__(self) -> None:
        check_number("price", self.price)
        if self.currency not in EXPONENTS:
            refuse("currency", "unknown")
        if self.start >= self.end:
            refuse("end", "empty_range")
        if (self.end - self.start).days > 366 * 50:
            refuse("end", "out_of_range")
        if self.anchor_day is not None and not 1 <= self.anchor_day <= 31:
            refuse("anchor_day", "out_of_range")


def recurring(request: RecurringRequest) -> Answer:
    """One line a period, its exact share of the price rounded once; what is billed already comes off."""
    anchor = request.anchor_day or request.start.day
    lines: list[AnswerLine] = []
    for part, period in monthly_parts(Dates(request.start, request.end), anchor):
        share = _share(request, part, period)
        amount = Money.of(Fraction(request.price) * share, request.currency)
        lines.append(
            AnswerLine(
                code=f"recurring:{period.start}",
                quantity=share,
                unit_price=request.price,
                amount=amount,
                tax=taxed(amount, request.vat).tax,
                vat=request.vat,
                service=(part.start, part.end),
            )
        )
    answer = delta_answer(lines, request.billed, request.currency, request.vat, keep=request.early_return)
    months = sum((line.quantity for line in lines), Fraction(0))
    return Answer(
        currency=request.currency, lines=answer.lines, state=answer.state, details={"periods_exact": str(months)}
    )


def _share(request: RecurringRequest, part: Dates, period: Dates) -> Fraction:
    if request.proration is not Proration.SECOND:
        return share_of_period(part, period, request.proration)
    whole = midnight(period.start, request.zone), midnight(period.end, request.zone)
    start, end = midnight(part.start, request.zone), midnight(part.end, request.zone)
    if request.start_at is not None:
        start = max(start, request.start_at)
    if request.end_at is not None:
        end = min(end, request.end_at)
    return share_of_seconds(start, end, *whole) if start < end else Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceChangeRequest:
    """From `old_price` to `new_price` in mid-period; `period` is the part that is left, out of its whole."""

    old_price: Decimal
    new_price: Decimal
    period: PeriodPart
    currency: str = CNY
    vat: Vat = field(default_factory=Vat)

    def __post_init__(self) -> None:
        check_number("old_price", self.old_price)
        check_number("new_price", self.new_price)
        if self.currency not in EXPONENTS:
            refuse("currency", "unknown")


def price_change(request: PriceChangeRequest) -> Answer:
    """The unused part of the old price comes back, the same part of the new one is charged."""
    share = request.period.share
    old, new = Money.of(request.old_price, request.currency), Money.of(request.new_price, request.currency)
    change = change_of_price(old, new, share)
    lines = [
        money_line("credit", change.credit, request.vat, share),
        money_line("charge", change.charge, request.vat, share),
    ]
    return Answer(currency=request.currency, lines=lines, details={"share_exact": str(share)})
