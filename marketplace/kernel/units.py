"""Every quantity is stored as an integer in the base unit of its dimension; this is the table of units.

Sizes are exact fractions from `units.toml`. A dimension may continue another one in a finer base unit
(`fine_length` knows every unit of `length`, stored in nm).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

INT64_MAX = 2**63 - 1


class BadQuantity(ValueError):
    """A written quantity cannot be read: `bad_number` or `bad_unit`, with the text that was read."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text!r}")
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: `value * factor + offset` is its size in base units. `glued` symbols follow the number without a space."""

    code: str
    factor: Fraction
    offset: Fraction
    symbol: str
    symbol_zh: str
    glued: bool


@dataclass(frozen=True)
class Dimension:
    """What is measured, its base unit, and its units by code, by written name and by case-folded name."""

    code: str
    zh: str
    en: str
    base: str
    units: Mapping[str, Unit]
    names: Mapping[str, str]
    folded: Mapping[str, str]

    def find_unit(self, written: str) -> str | None:
        """The unit meant by a word: as written, else without regard to case and full stops."""
        return self.names.get(written) or self.folded.get(written.casefold().rstrip("."))

    def unit(self, code: str) -> Unit:
        try:
            return self.units[code]
        except KeyError:
            raise BadQuantity("bad_unit", code) from None


def units_of(dimension: str) -> tuple[str, ...]:
    """The codes of all units of a dimension, in the order of the table."""
    return tuple(dimension_of(dimension).units)


def dimension_of(code: str) -> Dimension:
    """The dimension with this code; an unknown one is a mistake in the program or in the shipped table."""
    return DIMENSIONS[code]


def to_base(value: Decimal | Fraction | int, unit: str, dimension: str) -> int:
    """The nearest integer in base units (half to even); outside int64 is `bad_number`."""
    found = dimension_of(dimension).unit(unit)
    base = round(Fraction(value) * found.factor + found.offset)
    if abs(base) > INT64_MAX:
        raise BadQuantity("bad_number", f"{value} {unit}")
    return base


def difference_to_base(value: Decimal | Fraction | int, unit: str, dimension: str) -> int:
    """As `to_base`, for a difference: 1 °F is 5/9 K however cold it is."""
    return round(Fraction(value) * dimension_of(dimension).unit(unit).factor)


def from_base(value: int, unit: str, dimension: str | None = None) -> Decimal:
    """The shortest decimal in this unit that is stored as exactly this integer.

    Without a dimension the unit's own is taken: the first of the table that has it.
    """
    name = dimension or dimension_with(unit)
    found = dimension_of(name).unit(unit)
    exact = (Fraction(value) - found.offset) / found.factor
    for digits in range(40):
        numerator = round(exact * 10**digits)
        if round(Fraction(numerator, 10**digits) * found.factor + found.offset) == value:
            return Decimal(numerator).scaleb(-digits)
    raise BadQuantity("bad_number", str(value))


def dimension_with(unit: str) -> str:
    """The first dimension of the table that has this unit code."""
    try:
        return _FIRST_WITH[unit]
    except KeyError:
        raise BadQuantity("bad_unit", unit) from None


def _load() -> Mapping[str, Dimension]:
    table: dict[str, Any] = tomllib.loads(Path(__file__).with_name("units.toml").read_text(encoding="utf-8"))
    loaded: dict[str, Dimension] = {}
    for code, row in table.items():
        rows: list[dict[str, Any]] = row["units"]
        if "like" in row:
            scale = Fraction(row["scale"])
            inherited: list[dict[str, Any]] = table[row["like"]]["units"]
            rows = [{**unit, "factor": Fraction(unit["factor"]) * scale} for unit in inherited] + rows
        loaded[code] = _dimension(code, row, rows)
    return MappingProxyType(loaded)


def _dimension(code: str, row: dict[str, Any], rows: list[dict[str, Any]]) -> Dimension:
    units: dict[str, Unit] = {}
    names: dict[str, str] = {}
    folded: dict[str, str] = {}
    for unit in rows:
        symbol = unit.get("symbol", unit["code"])
        units[unit["code"]] = Unit(
            unit["code"],
            Fraction(unit["factor"]),
            Fraction(unit.get("offset", 0)),
            symbol,
            unit.get("zh", symbol),
            unit.get("glued", False),
        )
        for name in (unit["code"], symbol.replace("µ", "μ"), unit.get("zh", symbol), *unit.get("names", ())):
            names.setdefault(name, unit["code"])
    for name, meant in names.items():
        folded.setdefault(name.casefold(), meant)
    return Dimension(code, row["zh"], row["en"], row["base"], units, names, folded)


DIMENSIONS: Mapping[str, Dimension] = _load()
_FIRST_WITH: dict[str, str] = {unit: code for code in reversed(tuple(DIMENSIONS)) for unit in DIMENSIONS[code].units}
