"""One charge of a price, in whole numbers, before it is dressed as a line; and the extras every plan may have."""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from billing.pricing.jobs import Job
from billing.pricing.plans import Operator, OperatorMode, Per, PricedPlan
from billing.pricing.tariffs import HOUR, SCALE, scaled
from marketplace.kernel.money import EXPONENTS, rounded_ratio


class Charge(NamedTuple):
    """`unit_price` in 1/SCALE currency units, or None where nothing is multiplied; `amount` in minor units."""

    code: str
    quantity: Fraction | int
    unit_price: int | None
    amount: int
    name: str = ""


def scaled_per_minor(currency: str) -> int:
    """How many 1/SCALE units make one minor unit."""
    return SCALE // 10 ** EXPONENTS[currency]


def multiplied(code: str, quantity: Fraction | int, unit_price: int, currency: str, name: str = "") -> Charge:
    """Quantity times unit price, rounded once."""
    denominator = quantity.denominator * scaled_per_minor(currency)
    return Charge(code, quantity, unit_price, rounded_ratio(unit_price * quantity.numerator, denominator), name)


def hours(minutes: int) -> Fraction | int:
    """Minutes as hours; whole hours stay integers, which are quicker."""
    return minutes // HOUR if minutes % HOUR == 0 else Fraction(minutes, HOUR)


def extra_charges(plan: PricedPlan, job: Job, use_minutes: int) -> Iterable[Charge]:
    """Operator by hours of use, delivery when asked for, and the plan's fees."""
    if plan.operator and charges_operator(plan.operator, asked=job.operator):
        yield multiplied("operator", hours(use_minutes * job.units), scaled(plan.operator.hour), plan.currency)
    if plan.delivery is not None and job.delivery:
        yield multiplied("delivery", 1, scaled(plan.delivery), plan.currency)
    for fee in plan.fees:
        quantity = job.units if fee.per is Per.UNIT else 1
        yield multiplied(fee.code, quantity, scaled(fee.price), plan.currency, fee.name)


def charges_operator(operator: Operator, *, asked: bool) -> bool:
    return operator.mode is OperatorMode.REQUIRED or (operator.mode is OperatorMode.OPTIONAL and asked)
