"""What a rent plan charges for a job."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from billing.pricing.best_rate import Chosen, cheapest_rent
from billing.pricing.blocks import Counts
from billing.pricing.charges import Charge, extra_charges, hours, multiplied, scaled_per_minor
from billing.pricing.jobs import Job
from billing.pricing.plans import Discount, RentPlan
from billing.pricing.tariffs import HOUR, scaled
from marketplace.kernel.money import rounded, rounded_ratio


class Charged(NamedTuple):
    """`saved` is how much less (minor units) the chosen blocks cost than the same time by the hour, never below zero."""

    charges: list[Charge]
    minutes: int
    saved: int


def rent_charges(plan: RentPlan, job: Job) -> Charged:
    """Blocks, bands, overage, discounts, minimum, then operator, delivery and fees."""
    chosen = cheapest_rent(plan, job)
    charges = _block_charges(plan, chosen.counts, job.units)
    blocks_amount = sum(charge.amount for charge in charges)
    charges += _band_charges(plan, chosen, job.units)
    before_discounts = sum(charge.amount for charge in charges)
    charges += _overage(plan, chosen.counts, job)
    charges += _discounts(plan, job, before_discounts, chosen.charged_minutes)
    charges += _minimum(plan, charges)
    if plan.operator or plan.fees or plan.delivery is not None:
        charges += extra_charges(plan, job, use_minutes(plan, chosen.counts, job))
    return Charged(charges, chosen.charged_minutes, _saved(plan, chosen, job.units, blocks_amount))


def use_minutes(plan: RentPlan, counts: Counts, job: Job) -> int:
    """Minutes of use: as the job says, else the whole range, or what the blocks include if closed hours are spanned."""
    if job.use_minutes is not None:
        return job.use_minutes
    if not plan.spans_closed_hours:
        return job.elapsed_minutes
    return min(job.elapsed_minutes, _included_minutes(plan, counts))


def _included_minutes(plan: RentPlan, counts: Counts) -> int:
    included = {"day": plan.included.day, "week": plan.included.week, "month": plan.included.month}
    return sum(
        count * (int(included[block.code] * HOUR) if block.code in included else block.length)
        for block, count in counts
    )


def _block_charges(plan: RentPlan, counts: Counts, units: int) -> list[Charge]:
    per_minor = scaled_per_minor(plan.currency)
    charges: list[Charge] = []
    for block, count in counts:
        amount = rounded_ratio(block.price * count * units, per_minor)
        if block.code == "hour":
            unit_price = block.price * HOUR // block.length
            charges.append(Charge("rent_hour", hours(count * block.length * units), unit_price, amount))
        else:
            charges.append(Charge(f"rent_{block.code}", count * units, block.price, amount))
    return charges


def _band_charges(plan: RentPlan, chosen: Chosen, units: int) -> list[Charge]:
    per_minor = scaled_per_minor(plan.currency)
    amounts = [(code, rounded(Fraction(cost * units, per_minor))) for code, cost in chosen.band_costs]
    return [Charge(f"band_{code}", 1, None, amount) for code, amount in amounts if amount]


def _overage(plan: RentPlan, counts: Counts, job: Job) -> list[Charge]:
    """Known hours of use beyond what the blocks include."""
    if not plan.included.overage_hour or job.use_minutes is None:
        return []
    beyond = job.use_minutes - _included_minutes(plan, counts)
    if beyond <= 0:
        return []
    return [multiplied("overage", hours(beyond * job.units), scaled(plan.included.overage_hour), plan.currency)]


def _discounts(plan: RentPlan, job: Job, rent: int, charged_minutes: int) -> list[Charge]:
    """Each on the rent before discounts, so that their order does not matter."""
    if not plan.quantity_discounts and not plan.duration_discounts and not plan.group_discounts:
        return []
    percents = {
        "discount_quantity": discount_percent(plan.quantity_discounts, Decimal(job.units)),
        "discount_duration": discount_percent(plan.duration_discounts, Decimal(charged_minutes) / HOUR),
        "discount_group": next((g.percent for g in plan.group_discounts if g.code == job.customer_group), Decimal(0)),
    }
    return [
        Charge(code, 1, None, rounded(-rent * Fraction(percent) / 100)) for code, percent in percents.items() if percent
    ]


def discount_percent(discounts: Sequence[Discount], reached: Decimal) -> Decimal:
    """The percent of the highest step reached; steps are rising."""
    return next((step.percent for step in reversed(discounts) if reached >= step.at_least), Decimal(0))


def _minimum(plan: RentPlan, charges: Sequence[Charge]) -> list[Charge]:
    """What is missing to the minimum charge of a job, before operator, delivery and fees."""
    if not plan.minimum_charge:
        return []
    least = rounded_ratio(scaled(plan.minimum_charge), scaled_per_minor(plan.currency))
    missing = least - sum(charge.amount for charge in charges)
    return [Charge("minimum_charge", 1, None, missing)] if missing > 0 else []


def _saved(plan: RentPlan, chosen: Chosen, units: int, blocks_amount: int) -> int:
    hour = plan.tariffs.hour
    if hour is None:
        return 0
    increments = -(-chosen.charged_minutes // hour.length)
    by_the_hour = rounded_ratio(increments * hour.price * units, scaled_per_minor(plan.currency))
    return max(0, by_the_hour - blocks_amount)
