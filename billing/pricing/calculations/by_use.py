"""Pay-per-use: cumulative over a period, billed in deltas."""

from dataclasses import dataclass
from datetime import UTC, date
from decimal import Decimal
from fractions import Fraction

from billing.pricing.aggregation import Aggregation, Charging, UsageEvent, aggregate, charged_quantity
from billing.pricing.calculations.answers import Answer, AnswerLine, Billed, delta_answer, line_of
from billing.pricing.calculations.periods import PeriodPart
from billing.pricing.charges import Charge, extra_charges
from billing.pricing.checks import check_number, refuse
from billing.pricing.jobs import Job
from billing.pricing.plans import UsagePlan
from billing.pricing.usage import Period, charges_of_amounts, expected_quantity, usage_amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """All use of the period so far: a `quantity`, or `events` to be aggregated (duplicates count once)."""

    quantity: Decimal | None = None
    events: tuple[UsageEvent, ...] | None = None
    aggregation: Aggregation = Aggregation.SUM
    charging: Charging = Charging.USAGE
    reserved: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if (self.quantity is None) == (self.events is None):
            refuse("usage.quantity", "one_of_two")
        check_number("usage.reserved", self.reserved)
        if self.quantity is not None:
            check_number("usage.quantity", self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageRequest:
    """`closing`: the period ends here, so the commitment is topped up. `fee` is what the plan costs beside usage.

    A `job` adds operator, delivery and fees, and tells the machine hours where `usage` is left out.
    """

    plan: UsagePlan
    usage: Usage | None = None
    job: Job | None = None
    period: PeriodPart | None = None
    closing: bool = True
    fee: Decimal = Decimal(0)
    billed: Billed | None = None

    def __post_init__(self) -> None:
        check_number("fee", self.fee)


def usage(request: UsageRequest) -> Answer:
    plan = request.plan
    quantity = _quantity(request)
    share = Fraction(1) if request.period is None else request.period.share
    period = Period(share=share, closing=request.closing, fee=request.fee)
    charges = charges_of_amounts(plan, quantity, usage_amounts(plan, quantity, period))
    if request.job is not None:
        charges += extra_charges(plan, request.job, request.job.length_minutes)
    answer = delta_answer(_lines(request, charges), request.billed, plan.currency, plan.vat)
    return Answer(
        currency=plan.currency,
        lines=answer.lines,
        state=answer.state,
        details={"quantity_exact": str(quantity), "share_exact": str(share)},
    )


def _lines(request: UsageRequest, charges: list[Charge]) -> list[AnswerLine]:
    service: tuple[date, date] | None = None
    if request.period is not None:
        service = request.period.start, request.period.end
    return [line_of(charge, request.plan.currency, request.plan.vat, service) for charge in charges]


def _quantity(request: UsageRequest) -> Fraction:
    given = request.usage
    if given is None:
        expected = None if request.job is None else expected_quantity(request.plan, request.job)
        return refuse("usage", "missing") if expected is None else Fraction(expected)
    if given.quantity is not None:
        used = Fraction(given.quantity)
    else:
        within = None
        if request.period is not None:
            start, end = request.period.moments
            within = start.astimezone(UTC), end.astimezone(UTC)
        used = aggregate(given.events or (), given.aggregation, within)
    return max(Fraction(0), charged_quantity(used, given.charging, given.reserved))
