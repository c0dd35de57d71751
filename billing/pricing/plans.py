"""Rate plans as values. Prices are decimals in currency units (yuan per hour); what is computed from them is Money."""

from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from enum import StrEnum

from billing.pricing.checks import check_codes, check_number, check_rising, refuse
from billing.pricing.rent_to_own import RentToOwnTerms
from billing.pricing.tariffs import Rates, Tariffs, compile_rates
from billing.pricing.tiers import Model, Tier, check_tiers
from billing.pricing.vat import Vat
from marketplace.kernel.money import EXPONENTS

CNY = "CNY"
ZERO = Decimal(0)


class DayRule(StrEnum):
    """Whether a day is a date on the calendar of the contract's zone, or 24 hours from the start."""

    CALENDAR = "calendar"
    HOURS_24 = "24h"


class OperatorMode(StrEnum):
    """`included`: comes with the machine at no price; `required`: always charged; `optional`: when asked for."""

    INCLUDED = "included"
    REQUIRED = "required"
    OPTIONAL = "optional"


class Per(StrEnum):
    JOB = "job"
    UNIT = "unit"


class Meter(StrEnum):
    """What a usage plan counts; turnover in currency units."""

    MACHINE_HOUR = "machine_hour"
    PIECE = "piece"
    SAMPLE = "sample"
    KWH = "kwh"
    CYCLE = "cycle"
    TURNOVER = "turnover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """The supplier's operator, per hour of use and unit."""

    mode: OperatorMode
    hour: Decimal = ZERO

    def __post_init__(self) -> None:
        check_number("operator.hour", self.hour)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A price that comes once, per job or per unit: set-up, cleaning, a fixture. `name` is the supplier's own word."""

    code: str
    price: Decimal
    per: Per = Per.JOB
    name: str = ""

    def __post_init__(self) -> None:
        check_number("fees.price", self.price)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Hours and shifts in this part of the week cost `percent` more (or less, below zero).

    Daily from `start` to `end` on the clock of the job's zone (the next day when `end` is not later), on the weekdays
    it starts on, Monday = 0. Day, week and month prices hold round the clock and are not touched.
    """

    code: str
    percent: Decimal
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)
    start: time = time()
    end: time = time()

    def __post_init__(self) -> None:
        check_number("bands.percent", self.percent, least=Decimal(-100), most=Decimal(1000))
        if not self.weekdays or not set(self.weekdays) <= set(range(7)):
            refuse("bands.weekdays", "not_weekdays")


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """`percent` off the rent from `at_least` (units, or hours charged) on; of several the highest reached counts."""

    at_least: Decimal
    percent: Decimal

    def __post_init__(self) -> None:
        check_number("discounts.at_least", self.at_least)
        check_number("discounts.percent", self.percent, most=Decimal(50))


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDiscount:
    """`percent` off the rent for customers of the group `code`."""

    code: str
    percent: Decimal

    def __post_init__(self) -> None:
        check_number("group_discounts.percent", self.percent, most=Decimal(50))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncludedHours:
    """Hours of use that a day, week or month of rent contains; what goes beyond costs `overage_hour` each.

    They are also the use one assumes when a job does not say its hours.
    """

    day: Decimal = Decimal(8)
    week: Decimal = Decimal(40)
    month: Decimal = Decimal(176)
    overage_hour: Decimal = ZERO

    def __post_init__(self) -> None:
        check_number("included.day", self.day, most=Decimal(24))
        check_number("included.week", self.week, least=self.day, most=Decimal(168))
        check_number("included.month", self.month, least=self.week, most=Decimal(744))
        check_number("included.overage_hour", self.overage_hour)


@dataclass(frozen=True, slots=True, kw_only=True)
class RentPlan:
    """Rent by the hour, shift, day, week or month, whichever combination is cheapest for the job.

    `spans_closed_hours`: a rent of three days does not end each night, so the whole range is charged; otherwise only
    the hours of use. A started increment of `increment_minutes` counts. `leeway_minutes` past the end of a 24-hour
    day, week or month are free, the last of them included. Raises `PlanError` naming the field.
    """

    rates: Rates
    currency: str = CNY
    vat: Vat = field(default_factory=Vat)
    day_rule: DayRule = DayRule.CALENDAR
    leeway_minutes: int = 0
    spans_closed_hours: bool = False
    minimum_hours: Decimal = ZERO
    minimum_charge: Decimal = ZERO
    included: IncludedHours = field(default_factory=IncludedHours)
    bands: tuple[Band, ...] = ()
    quantity_discounts: tuple[Discount, ...] = ()
    duration_discounts: tuple[Discount, ...] = ()
    group_discounts: tuple[GroupDiscount, ...] = ()
    operator: Operator | None = None
    delivery: Decimal | None = None
    fees: tuple[Fee, ...] = ()
    tariffs: Tariffs = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_number("minimum_hours", self.minimum_hours, most=Decimal(8784))
        if self.minimum_hours * 60 % 1:
            refuse("minimum_hours", "not_whole_minutes")
        check_number("minimum_charge", self.minimum_charge)
        check_extras(self.currency, self.delivery, self.fees)
        if not 0 <= self.leeway_minutes < 1440:
            refuse("leeway_minutes", "out_of_range")
        if self.leeway_minutes and self.day_rule is DayRule.CALENDAR:
            refuse("leeway_minutes", "needs_24h_rule")
        check_codes("bands", [band.code for band in self.bands])
        check_codes("group_discounts", [group.code for group in self.group_discounts])
        for name, discounts in (("quantity", self.quantity_discounts), ("duration", self.duration_discounts)):
            check_rising(f"{name}_discounts", [discount.at_least for discount in discounts])
        object.__setattr__(self, "tariffs", compile_rates(self.rates, leeway_minutes=self.leeway_minutes))


@dataclass(frozen=True, slots=True, kw_only=True)
class UsagePlan:
    """Pay per machine hour, piece, sample or kilowatt-hour, by tiers.

    `minimum_commitment` is topped up when the period closes, `cap` bounds it from above (each as its own line).
    Raises `PlanError` naming the field; a commitment above the cap is refused.
    """

    meter: Meter
    tiers: tuple[Tier, ...]
    model: Model = Model.FLAT
    package_size: Decimal = Decimal(1)
    free_units: Decimal = ZERO
    minimum_commitment: Decimal = ZERO
    cap: Decimal | None = None
    currency: str = CNY
    vat: Vat = field(default_factory=Vat)
    operator: Operator | None = None
    delivery: Decimal | None = None
    fees: tuple[Fee, ...] = ()

    def __post_init__(self) -> None:
        check_tiers(self.model, self.tiers)
        check_number("package_size", self.package_size, least=Decimal("0.000001"))
        check_number("free_units", self.free_units)
        check_number("minimum_commitment", self.minimum_commitment)
        check_extras(self.currency, self.delivery, self.fees)
        if self.cap is not None:
            check_number("cap", self.cap)
            if self.cap < self.minimum_commitment:
                refuse("cap", "below_commitment")


@dataclass(frozen=True, slots=True, kw_only=True)
class AsWritten:
    """A price of another kind, shown as the supplier wrote it; a search reads "on request" and sorts it last."""

    text: str = ""


Plan = RentPlan | UsagePlan | RentToOwnTerms | AsWritten
PricedPlan = RentPlan | UsagePlan


def check_extras(currency: str, delivery: Decimal | None, fees: tuple[Fee, ...]) -> None:
    """Raises `PlanError` for what rent and usage plans refuse alike."""
    check_codes("fees", [fee.code for fee in fees])
    if currency not in EXPONENTS:
        refuse("currency", "unknown")
    if delivery is not None:
        check_number("delivery", delivery)
