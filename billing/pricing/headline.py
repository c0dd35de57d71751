"""The one price a card shows before there is a job: 420 per hour."""

from decimal import Decimal
from typing import NamedTuple

from billing.pricing.plans import Plan, RentPlan, UsagePlan
from billing.pricing.rent_to_own import RentToOwnTerms
from billing.pricing.texts import UNIT_TEXTS
from billing.pricing.tiers import Model


class Headline(NamedTuple):
    """`price` in currency units per `per` (`hour`, `shift`, … `machine_hour`, `piece`, …).

    `unit` is the unit's name to translate; `starting_at`: larger quantities may have another price.
    """

    price: Decimal
    currency: str
    per: str
    unit: str
    starting_at: bool


def headline(plan: Plan) -> Headline | None:
    """The price of the shortest block, of the first unit or month; None where only a text says the price."""
    if isinstance(plan, RentPlan):
        rates = plan.rates
        per, price = next(
            (code, price)
            for code, price in {
                "hour": rates.hour,
                "shift": rates.shift,
                "day": rates.day,
                "week": rates.week,
                "month": rates.month,
            }.items()
            if price is not None
        )
        return Headline(price, plan.currency, per, UNIT_TEXTS[per], starting_at=False)
    if isinstance(plan, UsagePlan):
        price = plan.tiers[0].unit_price
        if plan.model is Model.PACKAGE:
            price = price / plan.package_size
        per = plan.meter.value
        return Headline(price, plan.currency, per, UNIT_TEXTS[per], starting_at=plan.model is not Model.FLAT)
    if isinstance(plan, RentToOwnTerms):
        return Headline(plan.rents[0].rent, plan.currency, "month", UNIT_TEXTS["month"], starting_at=False)
    return None
