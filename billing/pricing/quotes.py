"""The price of a job: line by line for the reader, or as one number for two thousand results."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from billing.pricing.charges import Charge
from billing.pricing.checks import PLACES
from billing.pricing.instalments import instalment_charges
from billing.pricing.jobs import Job
from billing.pricing.plans import AsWritten, Plan, RentPlan, UsagePlan
from billing.pricing.rent import rent_charges
from billing.pricing.rent_to_own import RentToOwnTerms
from billing.pricing.tariffs import SCALE
from billing.pricing.texts import line_text, unit_text
from billing.pricing.usage import usage_charges
from billing.pricing.vat import Vat, taxed
from marketplace.kernel.money import Money, total

TaxedPlan = RentPlan | UsagePlan | RentToOwnTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a price. `unit_price` in currency units, None where the amount is no product.

    `amount` is as the plan states its prices (with or without VAT), `tax` the VAT in it or on it, `name` the
    supplier's own word for a fee, `text` what the line is called and `unit` what is counted (both to be translated;
    `unit` may be empty).
    """

    code: str
    text: str
    unit: str
    quantity: Decimal
    unit_price: Decimal | None
    amount: Money
    tax: Money
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """`total` is what is paid, VAT in it: `net` + `tax`. `saved` compares the blocks with the same time by the hour."""

    lines: tuple[Line, ...]
    net: Money
    tax: Money
    total: Money
    saved: Money
    charged_hours: Decimal
    vat: Vat


def quote(plan: Plan, job: Job) -> Priced | None:
    """The price of the job with its lines, or None: on request.

    Every line is rounded once and taxed by itself; the total is their sum.
    """
    match plan:
        case RentPlan():
            charged = rent_charges(plan, job)
            return _priced(plan, charged.charges, minutes=charged.minutes, saved=charged.saved)
        case UsagePlan():
            charges = usage_charges(plan, job)
            return None if charges is None else _priced(plan, charges, minutes=job.length_minutes, saved=0)
        case RentToOwnTerms():
            return _priced(plan, instalment_charges(plan, job), minutes=job.length_minutes, saved=0)
        case AsWritten():
            return None


def quick_total(plan: Plan, job: Job) -> Money | None:
    """The same number as `quote(plan, job).total`, without dressing lines; None means on request."""
    match plan:
        case RentPlan():
            charges = rent_charges(plan, job).charges
        case UsagePlan():
            charges = usage_charges(plan, job)
        case RentToOwnTerms():
            charges = instalment_charges(plan, job)
        case AsWritten():
            return None
    if charges is None:
        return None
    if plan.vat.included:
        return Money(sum(charge.amount for charge in charges), plan.currency)
    return total((taxed(Money(charge.amount, plan.currency), plan.vat).gross for charge in charges), plan.currency)


def _priced(plan: TaxedPlan, charges: Iterable[Charge], *, minutes: int, saved: int) -> Priced:
    lines = tuple(_line(charge, plan) for charge in charges)
    amount = total((line.amount for line in lines), plan.currency)
    tax = total((line.tax for line in lines), plan.currency)
    net = amount - tax if plan.vat.included else amount
    return Priced(
        lines=lines,
        net=net,
        tax=tax,
        total=net + tax,
        saved=Money(saved, plan.currency),
        charged_hours=as_decimal(Fraction(minutes, 60)),
        vat=plan.vat,
    )


def _line(charge: Charge, plan: TaxedPlan) -> Line:
    amount = Money(charge.amount, plan.currency)
    return Line(
        code=charge.code,
        text=line_text(charge.code),
        unit=unit_text(charge.code),
        quantity=as_decimal(charge.quantity),
        unit_price=None if charge.unit_price is None else as_decimal(Fraction(charge.unit_price, SCALE)),
        amount=amount,
        tax=taxed(amount, plan.vat).tax,
        name=charge.name,
    )


def as_decimal(number: Fraction | int) -> Decimal:
    """For showing: exact where eight places suffice (a third of an hour is not), without trailing zeros."""
    shown = round(Decimal(number.numerator) / number.denominator, PLACES).normalize()
    return shown.quantize(Decimal(1)) if shown == shown.to_integral_value() else shown
