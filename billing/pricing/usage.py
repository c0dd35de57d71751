"""What a usage plan charges: for one job, and cumulatively over a period in deltas."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from billing.pricing.charges import Charge, extra_charges
from billing.pricing.jobs import Job
from billing.pricing.plans import Meter, UsagePlan
from billing.pricing.tariffs import HOUR, scaled
from billing.pricing.tiers import Model, tier_price
from marketplace.kernel.money import Money, exact

WHOLE = Fraction(1)


class UsageAmounts(NamedTuple):
    """The three amounts of a period: the tiers' price, what the cap takes off (≤ 0), what the commitment adds."""

    charge: Money
    cap: Money
    commitment: Money

    @property
    def total(self) -> Money:
        return self.charge + self.cap + self.commitment

    def less(self, other: "UsageAmounts") -> "UsageAmounts":
        return UsageAmounts(*(now - before for now, before in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """`share`: how much of a whole period this is; `closing`: only then is the commitment topped up.

    `fee` is what the period already costs beside usage (a plan fee), before its proration; it counts
    towards the commitment.
    """

    share: Fraction = WHOLE
    closing: bool = True
    fee: Decimal = Decimal(0)


def usage_price(plan: UsagePlan, quantity: Decimal | Fraction | int) -> Money:
    """The tiers' price of all units so far, free units taken off, rounded once."""
    billable = max(Fraction(0), exact(quantity) - Fraction(plan.free_units))
    return Money.of(_tiers(plan, billable), plan.currency)


def usage_amounts(plan: UsagePlan, quantity: Decimal | Fraction | int, period: Period) -> UsageAmounts:
    """The cumulative amounts of a period. Cap and commitment shrink with a short period."""
    charge = usage_price(plan, quantity)
    zero = Money.zero(plan.currency)
    cap = zero if plan.cap is None else min(zero, Money.of(exact(plan.cap) * period.share, plan.currency) - charge)
    if not period.closing or not plan.minimum_commitment:
        return UsageAmounts(charge, cap, zero)
    owed = Money.of((exact(plan.minimum_commitment) - exact(period.fee)) * period.share, plan.currency)
    return UsageAmounts(charge, cap, max(zero, owed - charge - cap))


def usage_delta(
    plan: UsagePlan, quantity: Decimal | Fraction | int, period: Period, billed: UsageAmounts | None = None
) -> UsageAmounts:
    """What to bill now: the rounded cumulative amounts less those already billed; all zero means no line."""
    now = usage_amounts(plan, quantity, period)
    return now if billed is None else now.less(billed)


def expected_quantity(plan: UsagePlan, job: Job) -> Decimal | Fraction | None:
    """What the job will use: as it says (all units together), else its hours for a plan by machine hours, else None."""
    if job.expected_usage is not None:
        return job.expected_usage
    if plan.meter is Meter.MACHINE_HOUR:
        return Fraction(job.length_minutes * job.units, HOUR)
    return None


def usage_charges(plan: UsagePlan, job: Job) -> list[Charge] | None:
    """The charges of one job as a period of its own; None when what it will use is not known."""
    quantity = expected_quantity(plan, job)
    if quantity is None:
        return None
    charges = charges_of_amounts(plan, quantity, usage_amounts(plan, quantity, Period()))
    charges += extra_charges(plan, job, job.length_minutes)
    return charges


def charges_of_amounts(plan: UsagePlan, quantity: Decimal | Fraction | int, amounts: UsageAmounts) -> list[Charge]:
    """The tiers' price, and cap and commitment as lines of their own where they come to something."""
    charges = [Charge(f"usage_{plan.meter}", exact(quantity), _one_price(plan), amounts.charge.amount)]
    if amounts.cap.amount:
        charges.append(Charge("cap", 1, None, amounts.cap.amount))
    if amounts.commitment.amount:
        charges.append(Charge("commitment", 1, None, amounts.commitment.amount))
    return charges


def _tiers(plan: UsagePlan, billable: Fraction) -> Fraction:
    return tier_price(plan.model, plan.tiers, billable, plan.package_size)


def _one_price(plan: UsagePlan) -> int | None:
    """The unit price to show, when quantity times price is the whole story."""
    simple = plan.model is Model.FLAT and not plan.free_units and not plan.tiers[0].flat_fee
    return scaled(plan.tiers[0].unit_price) if simple else None
