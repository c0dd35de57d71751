"""Parts of a period: exact shares of days or seconds, billing days that clamp to the end of the month."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from marketplace.kernel.money import Money


class Proration(StrEnum):
    """`actual`: days of the real period; `fixed_30`: days of 30, never more than a whole month; `none`: always whole;
    `second`: elapsed time between two moments.
    """

    ACTUAL = "actual"
    FIXED_30 = "fixed_30"
    SECOND = "second"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Dates:
    """Half-open range of dates. Raises `ValueError` when empty."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError("empty_range")

    @property
    def days(self) -> int:
        return (self.end - self.start).days


class Change(NamedTuple):
    """What a change of price in mid-period gives back and charges."""

    credit: Money
    charge: Money

    @property
    def net(self) -> Money:
        return self.credit + self.charge


def share_of_period(used: Dates, period: Dates, rule: Proration) -> Fraction:
    """The exact part of a period's price that `used` owes. Raises `ValueError` when it reaches outside the period."""
    if used.start < period.start or used.end > period.end:
        raise ValueError("outside_the_period")
    match rule:
        case Proration.ACTUAL | Proration.SECOND:
            return Fraction(used.days, period.days)
        case Proration.FIXED_30:
            return Fraction(1) if used == period else min(Fraction(1), Fraction(used.days, 30))
        case Proration.NONE:
            return Fraction(1)


def share_of_seconds(
    used_start: datetime, used_end: datetime, period_start: datetime, period_end: datetime
) -> Fraction:
    """The exact part of a period between two absolute moments."""
    whole = _microseconds(period_start, period_end)
    part = _microseconds(used_start, used_end)
    if whole <= 0 or not 0 <= part <= whole:
        raise ValueError("outside_the_period")
    return Fraction(part, whole)


def change_of_price(old: Money, new: Money, left: Fraction) -> Change:
    """The unused part of the old price comes back, the same part of the new one is charged; two lines, each rounded."""
    return Change(credit=-old.times(left), charge=new.times(left))


def months_billed(range_: Dates, bill_day: int) -> Fraction:
    """How many monthly periods a range holds, partial ones as days of their own period: 1 + 12/31."""
    return sum((Fraction(part.days, period.days) for part, period in monthly_parts(range_, bill_day)), Fraction(0))


def monthly_parts(range_: Dates, bill_day: int) -> Iterator[tuple[Dates, Dates]]:
    """The range cut at every billing day: each part with the whole period it belongs to.

    A billing day 29–31 falls on the last day of shorter months and returns afterwards.
    Raises `ValueError` for a billing day that no month has.
    """
    if not 1 <= bill_day <= 31:
        raise ValueError("no_such_day")
    year, month = range_.start.year, range_.start.month
    if billing_date(year, month, bill_day) > range_.start:
        year, month = _next_month(year, month, -1)
    period_start = billing_date(year, month, bill_day)
    while period_start < range_.end:
        year, month = _next_month(year, month, 1)
        period = Dates(period_start, billing_date(year, month, bill_day))
        yield Dates(max(period.start, range_.start), min(period.end, range_.end)), period
        period_start = period.end


def billing_date(year: int, month: int, bill_day: int) -> date:
    return date(year, month, min(bill_day, monthrange(year, month)[1]))


def _next_month(year: int, month: int, step: int) -> tuple[int, int]:
    months = year * 12 + month - 1 + step
    return months // 12, months % 12 + 1


def _microseconds(start: datetime, end: datetime) -> int:
    elapsed = end - start
    return (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds
