"""What an order on a pay-per-use or rent-to-own plan freezes: the terms of its contract and what is paid up front."""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from billing.contracts.terms import Once, Terms, UsageTerms, terms_to_json
from billing.pricing.jobs import Job
from billing.pricing.plans import Plan, UsagePlan
from billing.pricing.quotes import Line, Priced, as_decimal
from billing.pricing.rent_to_own import RentToOwnTerms
from billing.pricing.usage import expected_quantity
from billing.pricing.vat import taxed
from marketplace.kernel.database import JSON
from marketplace.kernel.money import Money, exact

FIRST_BILL = timedelta(days=31)
"""Up front is paid what the use comes to until the first bill at the latest."""
BY_USE = ("usage_", "cap", "commitment")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenContract:
    """`terms` as the contract will have them; `up_front` in minor units, VAT in it."""

    terms: Terms
    up_front: int

    def to_json(self) -> JSON:
        return {"contract": terms_to_json(self.terms), "up_front": self.up_front}


def contract_for(plan: Plan, priced: Priced, job: Job) -> FrozenContract | None:
    """None for a plan whose price is paid once."""
    match plan:
        case UsagePlan():
            once = tuple(_once(line) for line in priced.lines if not line.code.startswith(BY_USE))
            expected = expected_quantity(plan, job)
            terms = UsageTerms(
                plan=plan,
                once=once,
                expected=None if expected is None else as_decimal(exact(expected)),
                expected_days=job.days,
            )
            return FrozenContract(terms=terms, up_front=first_month(priced.total, job.end - job.start))
        case RentToOwnTerms():
            terms = plan.for_units(job.units)
            return FrozenContract(terms=terms, up_front=taxed(terms.rent(1), terms.vat).gross.amount)
        case _:
            return None


def first_month(total: Money, length: timedelta) -> int:
    """The part of an estimate that falls into the first month, in minor units."""
    share = Fraction(int(FIRST_BILL.total_seconds()), int(length.total_seconds()))
    return total.amount if length <= FIRST_BILL else total.times(share).amount


def _once(line: Line) -> Once:
    return Once(
        code=line.code,
        amount=line.amount.units,
        quantity=line.quantity,
        unit_price=line.unit_price,
        name=line.name,
    )
