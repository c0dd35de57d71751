"""The least a plan can cost for a length of time: what an index stores so that a budget can be filtered by it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from billing.pricing.bands import least_factor
from billing.pricing.charges import scaled_per_minor
from billing.pricing.jobs import DAY_MINUTES, Job
from billing.pricing.plans import AsWritten, Meter, OperatorMode, Plan, PricedPlan, RentPlan, UsagePlan
from billing.pricing.quotes import quick_total
from billing.pricing.rent_to_own import RentToOwnTerms
from billing.pricing.tariffs import HOUR, scaled
from billing.pricing.tiers import Model, tier_price

BOUND_MINUTES: Mapping[str, int] = MappingProxyType(
    {"1h": HOUR, "8h": 8 * HOUR, "1day": DAY_MINUTES, "1week": 7 * DAY_MINUTES, "30days": 30 * DAY_MINUTES}
)

_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_ROUNDING_MINOR = 8
"""Each line of a price may be rounded down by half a minor unit, and so may its tax."""


def price_bounds(plan: Plan) -> dict[str, int | None]:
    """For each standard length, minor units that no job of that length or longer can cost less than; None: on request.

    VAT included. A search with a budget keeps what is within it by `bound_key`, then asks `quick_total`.
    """
    if isinstance(plan, AsWritten):
        return dict.fromkeys(BOUND_MINUTES)
    if isinstance(plan, RentToOwnTerms):
        return dict.fromkeys(BOUND_MINUTES, _first_instalment(plan))
    return {key: _least(plan, minutes) for key, minutes in BOUND_MINUTES.items()}


def bound_key(job: Job) -> str | None:
    """Which stored bound holds for the job: the longest not longer than it; None when it is shorter than an hour."""
    length = job.length_minutes
    if job.expected_usage is not None:
        length = min(length, int(job.expected_usage * HOUR))
    return next((key for key, minutes in reversed(list(BOUND_MINUTES.items())) if minutes <= length), None)


def _first_instalment(terms: RentToOwnTerms) -> int:
    """However short, a rent-to-own job owes its first month; thirty days may lie within one."""
    owed = quick_total(terms, Job(start=_ANY_DAY, end=_ANY_DAY + timedelta(hours=1)))
    return owed.amount if owed is not None else 0


def _least(plan: PricedPlan, minutes: int) -> int:
    exact_minor = _least_scaled(plan, minutes) / scaled_per_minor(plan.currency)
    if not plan.vat.included:
        exact_minor *= 1 + Fraction(plan.vat.rate)
    whole = exact_minor.numerator // exact_minor.denominator
    return whole if _is_exact(plan) else max(0, whole - _ROUNDING_MINOR)


def _is_exact(plan: PricedPlan) -> bool:
    """Whether no line of the cheapest job can be rounded at all: whole minor units, nothing in percent."""
    if not isinstance(plan, RentPlan) or plan.operator or not plan.vat.included:
        return False
    percents = plan.bands or plan.quantity_discounts or plan.duration_discounts or plan.group_discounts
    prices = [block.price for block in plan.tariffs.together.blocks] + [scaled(fee.price) for fee in plan.fees]
    return not percents and all(price % scaled_per_minor(plan.currency) == 0 for price in prices)


def _least_scaled(plan: PricedPlan, minutes: int) -> Fraction:
    fees = sum(scaled(fee.price) for fee in plan.fees)
    if isinstance(plan, UsagePlan):
        return _least_usage(plan, minutes) + fees + _least_operator(plan, minutes)
    owed = max(minutes, int(plan.minimum_hours * HOUR)) - plan.leeway_minutes
    rent = Fraction(plan.tariffs.together.cost(max(1, owed)))
    off = max((step.percent for step in plan.quantity_discounts), default=Decimal(0))
    off += max((step.percent for step in plan.duration_discounts), default=Decimal(0))
    off += max((group.percent for group in plan.group_discounts), default=Decimal(0))
    rent = rent * least_factor(plan.bands) * max(Fraction(0), 1 - Fraction(off) / 100)
    return max(rent, Fraction(scaled(plan.minimum_charge))) + fees + _least_operator(plan, minutes)


def _least_operator(plan: PricedPlan, minutes: int) -> Fraction:
    """A required operator is there for the hours of use; a rent over closed hours includes fewer of them."""
    if plan.operator is None or plan.operator.mode is not OperatorMode.REQUIRED:
        return Fraction(0)
    use = Fraction(minutes, HOUR)
    if isinstance(plan, RentPlan) and plan.spans_closed_hours:
        use = min(use, Fraction(plan.included.day))
    return use * scaled(plan.operator.hour)


def _least_usage(plan: UsagePlan, minutes: int) -> Fraction:
    """By machine hours at least the length; other meters may count nothing at all."""
    quantity = Fraction(minutes, HOUR) if plan.meter is Meter.MACHINE_HOUR else Fraction(0)
    billable = max(Fraction(0), quantity - Fraction(plan.free_units))
    price = _least_tier_price(plan, billable)
    if plan.cap is not None:
        price = min(price, Fraction(plan.cap))
    return max(price, Fraction(plan.minimum_commitment)) * scaled(Decimal(1))


def _least_tier_price(plan: UsagePlan, billable: Fraction) -> Fraction:
    """A volume price may fall where the next tier begins, so the beginnings beyond are looked at too."""
    price = tier_price(plan.model, plan.tiers, billable, plan.package_size)
    if plan.model is not Model.VOLUME:
        return price
    steps = zip(plan.tiers, plan.tiers[1:], strict=False)
    beyond = [
        Fraction(before.up_to) * Fraction(tier.unit_price) + Fraction(tier.flat_fee)
        for before, tier in steps
        if before.up_to is not None and before.up_to >= billable
    ]
    return min([price, *beyond])
