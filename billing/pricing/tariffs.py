"""A rent plan's prices, made ready once for pricing many jobs."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from billing.pricing.blocks import Block, Tariff, tariff
from billing.pricing.checks import PLACES, check_number, refuse

HOUR, DAY = 60, 1440
SCALE = 60 * 10**PLACES
"""Block prices are whole numbers of 1/SCALE currency unit: exact for every price and every increment of an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Prices in currency units for one unit of the listing; at least one of them. A month has `month_days` days."""

    hour: Decimal | None = None
    shift: Decimal | None = None
    day: Decimal | None = None
    week: Decimal | None = None
    month: Decimal | None = None
    shift_hours: Decimal = Decimal(8)
    month_days: int = 30
    increment_minutes: int = HOUR

    def __post_init__(self) -> None:
        prices = {code: getattr(self, code) for code in ("hour", "shift", "day", "week", "month")}
        given = {code: price for code, price in prices.items() if price is not None}
        if not given:
            refuse("rates", "missing")
        for code, price in given.items():
            check_number(f"rates.{code}", price)
        check_number("rates.shift_hours", self.shift_hours, least=Decimal(1), most=Decimal(24))
        if self.shift_hours * HOUR % 1:
            refuse("rates.shift_hours", "not_whole_minutes")
        if not 28 <= self.month_days <= 31:
            refuse("rates.month_days", "out_of_range")
        if self.increment_minutes < 1 or HOUR % self.increment_minutes:
            refuse("rates.increment_minutes", "not_part_of_an_hour")


class Tariffs(NamedTuple):
    """`short`: hours and shifts; `long`: days, weeks, months; `together`: both. Lengths in minutes."""

    short: Tariff
    long: Tariff
    together: Tariff
    long_blocks: tuple[Block, ...]
    hour: Block | None
    leeway_minutes: int
    day_worth_taking: bool


def scaled(price: Decimal) -> int:
    """Currency units to whole 1/SCALE units."""
    return int(price.scaleb(PLACES)) * HOUR


def compile_rates(rates: Rates, *, leeway_minutes: int) -> Tariffs:
    short: list[Block] = []
    if rates.hour is not None:
        increment = rates.increment_minutes
        short.append(Block("hour", increment, scaled(rates.hour) * increment // HOUR))
    if rates.shift is not None:
        short.append(Block("shift", int(rates.shift_hours * HOUR), scaled(rates.shift)))
    days = {"day": (rates.day, 1), "week": (rates.week, 7), "month": (rates.month, rates.month_days)}
    long = [Block(code, DAY * count, scaled(price)) for code, (price, count) in days.items() if price is not None]
    together = tariff([*short, *long])
    return Tariffs(
        short=tariff(short),
        long=tariff(long),
        together=together,
        long_blocks=tuple(long),
        hour=short[0] if rates.hour is not None else None,
        leeway_minutes=leeway_minutes,
        day_worth_taking=any(block.code == "day" for block in together.chain),
    )
