"""Checks that plans share; each refusal names the field."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import NoReturn

from billing.pricing.errors import PlanError

PLACES = 8
"""Decimal places a unit price may have: 0.067 yuan per kilowatt-hour is fine."""
LARGEST = Decimal(10) ** 12


def refuse(field: str, code: str) -> NoReturn:
    raise PlanError(field, code)


def check_number(field: str, number: Decimal, *, least: Decimal = Decimal(0), most: Decimal = LARGEST) -> None:
    """A finite decimal from `least` to `most` with at most eight places."""
    if not isinstance(number, Decimal):  # pyright: ignore[reportUnnecessaryIsInstance]  a float slips in from untyped callers
        refuse(field, "not_a_decimal")
    if not number.is_finite():
        refuse(field, "not_a_number")
    if not least <= number <= most:
        refuse(field, "out_of_range")
    if decimal_places(number) > PLACES:
        refuse(field, "too_many_places")


def decimal_places(number: Decimal) -> int:
    places = number.as_tuple().exponent
    return -places if isinstance(places, int) and places < 0 else 0


def check_rising(field: str, numbers: Sequence[Decimal]) -> None:
    """Each number larger than the one before, so that which step applies is never in doubt."""
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        refuse(field, "not_rising")


def check_codes(field: str, codes: Sequence[str]) -> None:
    if not all(codes) or len(set(codes)) < len(codes):
        refuse(f"{field}.code", "empty_or_twice")
