"""The price of a job on a listing as an order freezes it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from billing.models import RatePlan
from billing.pricing.jobs import Job
from billing.pricing.plans import Meter, Plan, RentPlan, UsagePlan
from billing.pricing.quotes import Line, Priced, quote
from billing.pricing.rent_to_own import RentToOwnTerms
from marketplace.kernel.database import JSON
from marketplace.kernel.errors import Invalid
from marketplace.listings.models import Listing
from marketplace.orders.contract_terms import FrozenContract, contract_for

ANY_HOUR = Job(start=datetime(2026, 1, 5, 8, tzinfo=UTC), end=datetime(2026, 1, 5, 9, tzinfo=UTC))
"""A plan that cannot price one hour prices no job that is booked by time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedJob:
    """A price and what it is made of; `plan_id` is the version that counts.

    `contract`: what is frozen where it is not paid at once but by a contract's bills; its total is then an estimate.
    """

    priced: Priced
    plan_id: int
    contract: FrozenContract | None = None

    @property
    def up_front(self) -> int:
        """What is paid before the use, in minor units."""
        return self.priced.total.amount if self.contract is None else self.contract.up_front

    def frozen(self) -> JSON:
        """What an order on a contract keeps of it."""
        return {} if self.contract is None else self.contract.to_json()

    def lines(self) -> list[dict[str, Any]]:
        """The lines as stored: amounts in minor units, quantities and unit prices as decimal text."""
        return [line_json(line) for line in self.priced.lines]


def line_json(line: Line) -> dict[str, Any]:
    return {
        "code": line.code,
        "text": line.text,
        "name": line.name,
        "unit": line.unit,
        "quantity": str(line.quantity),
        "unit_price": None if line.unit_price is None else str(line.unit_price),
        "amount": line.amount.amount,
    }


def spans_closed_hours(plan: Plan | None) -> bool:
    """Whether a rent by this plan runs through closed hours; a rent-to-own always does."""
    return isinstance(plan, RentToOwnTerms) or (isinstance(plan, RentPlan) and plan.spans_closed_hours)


def wants_expected_usage(plan: Plan | None) -> bool:
    """Whether the price of a job needs a word about how much it will use: pieces and kilowatt-hours are not on a clock."""
    return isinstance(plan, UsagePlan) and plan.meter is not Meter.MACHINE_HOUR


def plan_of(session: Session, listing: Listing) -> Plan | None:
    """The listing's current plan."""
    plan = session.get(RatePlan, listing.rate_plan_id) if listing.rate_plan_id else None
    return plan.value() if plan is not None else None


def is_on_request(session: Session, listing: Listing) -> bool:
    """Whether the supplier names no price for a job: it has to be asked."""
    plan = plan_of(session, listing)
    return plan is None or (not wants_expected_usage(plan) and quote(plan, ANY_HOUR) is None)


def price_job(session: Session, listing: Listing, job: Job) -> PricedJob:
    """The price of the job by the listing's current plan.

    Raises `Invalid` `price_on_request` when it has none, `expected_usage_missing` when it counts what the job does not say.
    """
    plan = session.get(RatePlan, listing.rate_plan_id) if listing.rate_plan_id else None
    value = plan.value() if plan is not None else None
    if wants_expected_usage(value) and job.expected_usage is None:
        raise Invalid("expected_usage_missing", fields={"expected_usage": ["expected_usage_missing"]})
    priced = quote(value, job) if value is not None else None
    if plan is None or value is None or priced is None:
        raise Invalid("price_on_request", listing=listing.public_id)
    return PricedJob(priced=priced, plan_id=plan.id, contract=contract_for(value, priced, job))
