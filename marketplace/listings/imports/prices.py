"""Prices of a ledger as a rate plan; what no plan holds stays as it is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from billing.pricing.errors import PlanError
from billing.pricing.plans import Meter, Plan, RentPlan, UsagePlan
from billing.pricing.tariffs import Rates
from billing.pricing.tiers import Tier
from marketplace.kernel.money import EXPONENTS
from marketplace.listings.ledger.outcome import Price

RENTED = {"hour": "hour", "shift": "shift", "day": "day", "week": "week", "month": "month", "machine_month": "month"}
COUNTED = {"piece": Meter.PIECE, "sample": Meter.SAMPLE}
PER_ZH: Mapping[str, str] = {
    "hour": "小时",
    "shift": "班",
    "day": "天",
    "week": "周",
    "month": "月",
    "machine_month": "台·月",
    "piece": "件",
    "sample": "样",
    "visit": "次",
    "km": "公里",
    "m2_month": "㎡·月",
}


@dataclass(frozen=True, slots=True)
class LedgerPrice:
    """The plan that is computed with, or None, and every other price in words."""

    plan: Plan | None
    as_written: str


def price_of(prices: Iterable[Price]) -> LedgerPrice:
    """Rent takes the first unconditional price of each length; one price per piece or sample is a usage plan."""
    rates: dict[str, Decimal] = {}
    counted: Price | None = None
    others: list[Price] = []
    currency = ""
    for price in prices:
        known = (
            price.condition is None and price.currency in EXPONENTS and price.currency == (currency or price.currency)
        )
        length = RENTED.get(price.per)
        if known and length is not None and length not in rates and counted is None:
            rates[length] = price.amount
        elif known and price.per in COUNTED and not rates and counted is None:
            counted = price
        else:
            others.append(price)
            continue
        currency = price.currency
    plan = _plan(rates, counted, currency)
    if plan is None and (rates or counted):
        others = list(prices)
    return LedgerPrice(plan, "；".join(_written(price) for price in others))


def _plan(rates: Mapping[str, Decimal], counted: Price | None, currency: str) -> Plan | None:
    try:
        if rates:
            return RentPlan(rates=Rates(**rates), currency=currency)  # type: ignore[arg-type]
        if counted is not None:
            tiers = (Tier(unit_price=counted.amount),)
            return UsagePlan(meter=COUNTED[counted.per], tiers=tiers, currency=currency)
    except PlanError:
        return None
    return None


def _written(price: Price) -> str:
    amount = f"{price.amount:f}"
    figure = f"{amount} 元" if price.currency == "CNY" else f"{amount} {price.currency}"
    words = f"{figure}/{PER_ZH.get(price.per, price.per)}"
    return f"{words}（{price.condition}）" if price.condition else words
