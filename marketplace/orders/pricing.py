"""The price of a job on a listing as an order freezes it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from billing.models import RatePlan
from billing.pricing.jobs import Job
from billing.pricing.plans import Plan, RentPlan
from billing.pricing.quotes import Line, Priced, quote
from marketplace.kernel.errors import Invalid
from marketplace.listings.models import Listing

ANY_HOUR = Job(start=datetime(2026, 1, 5, 8, tzinfo=UTC), end=datetime(2026, 1, 5, 9, tzinfo=UTC))
"""A plan that cannot price one hour prices no job that is booked by time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedJob:
    """A price and what it is made of; `plan_id` is the version that counts."""

    priced: Priced
    plan_id: int

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
    """Whether a rent by this plan runs through closed hours."""
    return isinstance(plan, RentPlan) and plan.spans_closed_hours


def is_on_request(session: Session, listing: Listing) -> bool:
    """Whether the supplier names no price for a job: it has to be asked."""
    plan = session.get(RatePlan, listing.rate_plan_id) if listing.rate_plan_id else None
    return plan is None or quote(plan.value(), ANY_HOUR) is None


def price_job(session: Session, listing: Listing, job: Job) -> PricedJob:
    """The price of the job by the listing's current plan. Raises `Invalid` `price_on_request` when it has none."""
    plan = session.get(RatePlan, listing.rate_plan_id) if listing.rate_plan_id else None
    priced = quote(plan.value(), job) if plan is not None else None
    if plan is None or priced is None:
        raise Invalid("price_on_request", listing=listing.public_id)
    return PricedJob(priced=priced, plan_id=plan.id)
