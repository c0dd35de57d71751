"""Size and memory of an event: whole numbers worked out once, the same on every machine."""

import math
from datetime import date
from decimal import Context, Decimal
from functools import cache

from credit.scoring.model import MICRO

FULL_SIZE_FEN = 100 * (1000 - 1) * 100
"""99,900 yuan: log10(1 + yuan/100) is 3."""
MEMORY_ONE = 10**12
"""Memory is held in these parts of 1."""
MONTH_DAYS = Decimal("30.4375")
_EXACT = Context(prec=40)
_DOUBTFUL = 1e-4


@cache
def size_of(amount_fen: int | None) -> int:
    """min(1, log10(1 + yuan / 100) / 3) in whole millionths, half up; 1 when there is no amount."""
    if amount_fen is None or amount_fen >= FULL_SIZE_FEN:
        return MICRO
    return _size(amount_fen) if amount_fen > 0 else 0


def _size(amount_fen: int) -> int:
    """A float, checked by 40 digits where its rounding could be in doubt, so that every machine gets the same."""
    scaled = math.log10(1 + amount_fen / 10_000) * MICRO / 3
    if abs(scaled % 1 - 0.5) > _DOUBTFUL:
        return int(scaled + 0.5)
    exact = _EXACT.log10(1 + Decimal(amount_fen) / 10_000) * MICRO / 3
    return int(exact + Decimal("0.5"))


@cache
def ageing(half_life_months: int) -> list[int]:
    """Entry n is 0.5 ** (n days / half-life) in parts of `MEMORY_ONE`, until nothing is left of it.

    A month is 30.4375 days, a year 365.25.
    """
    per_day = _EXACT.power(Decimal("0.5"), 1 / (half_life_months * MONTH_DAYS))
    share, entries = Decimal(1), list[int]()
    while True:
        entry = int(share * MEMORY_ONE + Decimal("0.5"))
        entries.append(entry)
        if entry == 0:
            return entries
        share = _EXACT.multiply(share, per_day)


def by_age(half_life_months: int, days: int) -> int:
    """What age alone leaves of an event, in parts of `MEMORY_ONE`."""
    entries = ageing(half_life_months)
    return entries[days] if days < len(entries) else 0


def months_later(day: int, months: int) -> int:
    """The same day of the month so many months later, or the month's last day."""
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for last in (start.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(start.day, last)).toordinal()
        except ValueError:
            continue
    raise ValueError(f"no day {day} in {months} months")
