"""Price of a quantity by tiers: flat, graduated, volume, package, graduated percentage."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from billing.pricing.checks import check_number, check_rising, refuse

ZERO = Decimal(0)


class Model(StrEnum):
    """`flat`: one price; `graduated`: each tier prices its own part; `volume`: the reached tier prices all;
    `package`: a started package costs a whole one; `graduated_percentage`: the quantity is a sum of money in currency
    units, of which each tier takes `percent` of its own part.
    """

    FLAT = "flat"
    GRADUATED = "graduated"
    VOLUME = "volume"
    PACKAGE = "package"
    GRADUATED_PERCENTAGE = "graduated_percentage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Up to and including `up_to` (None: no end) at `unit_price`, with `flat_fee` once when the tier is entered."""

    unit_price: Decimal = ZERO
    up_to: Decimal | None = None
    flat_fee: Decimal = ZERO
    percent: Decimal = ZERO

    def __post_init__(self) -> None:
        check_number("tiers.unit_price", self.unit_price)
        check_number("tiers.percent", self.percent, most=Decimal(100))
        check_number("tiers.flat_fee", self.flat_fee)
        if self.up_to is not None:
            check_number("tiers.up_to", self.up_to, least=Decimal("0.00000001"))


def check_tiers(model: Model, tiers: Sequence[Tier]) -> None:
    """Rising, only the last one open; flat and package prices have exactly one. Raises `PlanError`."""
    if not tiers:
        refuse("tiers", "missing")
    if tiers[-1].up_to is not None or any(tier.up_to is None for tier in tiers[:-1]):
        refuse("tiers.up_to", "only_last_open")
    check_rising("tiers.up_to", [tier.up_to for tier in tiers if tier.up_to is not None])
    if model in {Model.FLAT, Model.PACKAGE} and len(tiers) > 1:
        refuse("tiers", "one_wanted")
    by_percent = model is Model.GRADUATED_PERCENTAGE
    if any(tier.unit_price for tier in tiers) if by_percent else any(tier.percent for tier in tiers):
        refuse("tiers.unit_price" if by_percent else "tiers.percent", "not_in_this_model")


def tier_price(model: Model, tiers: Sequence[Tier], quantity: Fraction, package_size: Decimal = Decimal(1)) -> Fraction:
    """The exact price in currency units of a billable quantity (free units already taken off)."""
    match model:
        case Model.FLAT:
            return quantity * Fraction(tiers[0].unit_price) + Fraction(tiers[0].flat_fee)
        case Model.PACKAGE:
            packages = -(-quantity // Fraction(package_size))
            return packages * Fraction(tiers[0].unit_price) + Fraction(tiers[0].flat_fee)
        case Model.VOLUME:
            reached = next(tier for tier in tiers if tier.up_to is None or quantity <= tier.up_to)
            return quantity * Fraction(reached.unit_price) + Fraction(reached.flat_fee)
        case Model.GRADUATED | Model.GRADUATED_PERCENTAGE:
            return _graduated(tiers, quantity)


def _graduated(tiers: Sequence[Tier], quantity: Fraction) -> Fraction:
    price, below = Fraction(0), Fraction(0)
    for at, tier in enumerate(tiers):
        if at and quantity <= below:
            break
        within = quantity if tier.up_to is None else min(quantity, Fraction(tier.up_to))
        per_unit = Fraction(tier.unit_price) + Fraction(tier.percent) / 100
        price += (within - below) * per_unit + Fraction(tier.flat_fee)
        if tier.up_to is not None:
            below = Fraction(tier.up_to)
    return price
