"""What an accepted quote freezes for a contract: its own prices, and for rent-to-own the listing's terms around them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.contracts.terms import Once, UsageTerms
from billing.pricing.plans import Meter, Plan, UsagePlan
from billing.pricing.rent_to_own import RentStep, RentToOwnTerms
from billing.pricing.tiers import Tier
from billing.pricing.vat import Vat
from marketplace.demands.models import Quote
from marketplace.demands.pricing import COUNTED, RENT
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from marketplace.orders.contract_terms import FrozenContract, first_month


def quoted_contract(plan: Plan | None, quote: Quote) -> FrozenContract | None:
    """None for a quote that is paid once. Quoted prices hold VAT.

    A line that counts use is billed by what is used, the other lines once. Monthly rents need the listing to be offered
    as rent-to-own still: raises `Conflict` `no_longer_to_own`.
    """
    vat = Vat(rate=Decimal(quote.vat_basis_points) / 10_000, included=True)
    counted = next((line for line in quote.lines if line["code"] in COUNTED), None)
    rents = next((line for line in quote.lines if line["code"] == RENT), None)
    if counted is not None:
        return _by_use(quote, counted, vat)
    if rents is None:
        return None
    if not isinstance(plan, RentToOwnTerms):
        raise Conflict("no_longer_to_own")
    return _to_own(plan, quote, rents, vat)


def _by_use(quote: Quote, counted: Mapping[str, Any], vat: Vat) -> FrozenContract:
    start, end = _bounds(quote)
    price = Decimal(counted["unit_price"])
    plan = UsagePlan(
        meter=Meter(counted["code"].removeprefix("usage_")),
        tiers=(Tier(unit_price=price),),
        currency=quote.currency,
        vat=vat,
    )
    once = tuple(
        Once(
            code=f"fee_{number}",
            amount=Money(line["amount"], quote.currency).units,
            quantity=Decimal(line["quantity"]),
            name=line["name"],
        )
        for number, line in enumerate(quote.lines, start=1)
        if line is not counted
    )
    days = max(1, -((start - end) // timedelta(days=1)))
    terms = UsageTerms(plan=plan, once=once, expected=Decimal(counted["quantity"]), expected_days=days)
    return FrozenContract(terms=terms, up_front=first_month(Money(quote.total_amount, quote.currency), end - start))


def _to_own(plan: RentToOwnTerms, quote: Quote, rents: Mapping[str, Any], vat: Vat) -> FrozenContract:
    """The listing's price, credit and grace at the quoted rents, for all units together."""
    months = max(1, int(Decimal(rents["quantity"])) // quote.units)
    step = RentStep(count=months, rent=Decimal(rents["unit_price"]))
    terms = replace(plan, rents=(step,), vat=vat).for_units(quote.units)
    return FrozenContract(terms=terms, up_front=terms.rent(1).amount)


def _bounds(quote: Quote) -> tuple[datetime, datetime]:
    start, end = quote.during.lower, quote.during.upper
    if start is None or end is None:
        raise Conflict("slot_taken")
    return start, end
