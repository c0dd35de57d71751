"""Which VAT rate a supply bears on a day: a table by seller's taxpayer type, supply and operator, never code."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path

from billing.pricing.checks import refuse

TABLE = Path(__file__).with_name("vat_rates.toml")


class Taxpayer(StrEnum):
    """`simplified`: a general taxpayer who uses the simplified method for this supply."""

    GENERAL = "general"
    SMALL_SCALE = "small_scale"
    SIMPLIFIED = "simplified"


@dataclass(frozen=True, slots=True)
class VatRate:
    """`rate` as a fraction; `operator` None: with or without; `until` is exclusive; `source` is the notice it rests on."""

    taxpayer: Taxpayer
    supplies: frozenset[str]
    operator: bool | None
    rate: Decimal
    starts: date
    until: date | None
    source: str

    def covers(self, supply: str, on: date, *, operator: bool) -> bool:
        in_time = self.starts <= on and (self.until is None or on < self.until)
        known = supply in self.supplies or ("*" in self.supplies and supply in all_supplies())
        return in_time and known and self.operator in {None, operator}


@cache
def vat_rates() -> tuple[VatRate, ...]:
    rows = tomllib.loads(TABLE.read_text("utf-8"))["rate"]
    return tuple(
        VatRate(
            taxpayer=Taxpayer(row["taxpayer"]),
            supplies=frozenset(row["supplies"]),
            operator=row.get("operator"),
            rate=Decimal(row["percent"]) / 100,
            starts=row["from"],
            until=row.get("until"),
            source=row["source"],
        )
        for row in rows
    )


@cache
def all_supplies() -> frozenset[str]:
    """Every supply that the table names."""
    rows = tomllib.loads(TABLE.read_text("utf-8"))["rate"]
    return frozenset(supply for row in rows for supply in row["supplies"] if supply != "*")


def vat_rate(taxpayer: Taxpayer, supply: str, on: date, *, operator: bool = False) -> VatRate:
    """The row that holds on that day. Raises `PlanError` `unknown` for a supply nobody names, `no_rate` for a day without one."""
    if supply not in all_supplies():
        refuse("supply", "unknown")
    rows = (row for row in vat_rates() if row.taxpayer is taxpayer and row.covers(supply, on, operator=operator))
    return next(rows, None) or refuse("supply", "no_rate")
