"""How events of a period become one quantity: sum, count, max, latest, unique or weighted by time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from billing.pricing.checks import check_number, refuse
from billing.pricing.proration import share_of_seconds


class Aggregation(StrEnum):
    """`latest`: the last value; `unique`: how many different keys; `time_weighted`: the mean level over the period."""

    SUM = "sum"
    COUNT = "count"
    MAX = "max"
    LATEST = "latest"
    UNIQUE = "unique"
    TIME_WEIGHTED = "time_weighted"


class Charging(StrEnum):
    """What is charged: all use, what was reserved whether used or not, or only use beyond the reservation."""

    USAGE = "usage"
    RESERVATION = "reservation"
    OVERAGE = "overage"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageEvent:
    """One event; the same `source` and `id` again is the same event. `key` is what `unique` counts."""

    id: str
    at: datetime
    quantity: Decimal = Decimal(1)
    source: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        check_number("usage.events.quantity", self.quantity, least=Decimal(-(10**12)))


def distinct(events: Iterable[UsageEvent]) -> list[UsageEvent]:
    """Each event once, in a fixed order whatever the order of arrival.

    Raises `PlanError` when one source uses an id for two different events.
    """
    seen: dict[tuple[str, str], UsageEvent] = {}
    for event in events:
        if seen.setdefault((event.source, event.id), event) != event:
            refuse("usage.events.id", "twice_with_other_content")
    return sorted(seen.values(), key=lambda event: (event.at, event.source, event.id))


def aggregate(
    events: Iterable[UsageEvent], how: Aggregation, within: tuple[datetime, datetime] | None = None
) -> Fraction:
    """The exact quantity of a half-open period; without one every event counts (`time_weighted` needs one)."""
    sorted_events = [
        event for event in distinct(events) if within is None or (event.at < within[1] and event.at >= within[0])
    ]
    if how is Aggregation.TIME_WEIGHTED:
        return _mean_level(list(distinct(events)), within)
    amounts = [Fraction(event.quantity) for event in sorted_events]
    match how:
        case Aggregation.SUM:
            return sum(amounts, Fraction(0))
        case Aggregation.COUNT:
            return Fraction(len(sorted_events))
        case Aggregation.MAX:
            return max(amounts, default=Fraction(0))
        case Aggregation.LATEST:
            return amounts[-1] if amounts else Fraction(0)
        case Aggregation.UNIQUE:
            return Fraction(len({event.key for event in sorted_events}))


def _mean_level(events: Sequence[UsageEvent], within: tuple[datetime, datetime] | None) -> Fraction:
    """Each value holds until the next; before the first the level is zero."""
    if within is None:
        refuse("period", "missing")
    start, end = within[0].astimezone(UTC), within[1].astimezone(UTC)
    level, points = Fraction(0), [(start, Fraction(0))]
    for event in events:
        at = event.at.astimezone(UTC)
        if at >= end:
            break
        level = Fraction(event.quantity)
        points.append((max(at, start), level))
    points.append((end, level))
    return sum(
        (value * share_of_seconds(begin, until, start, end) for (begin, value), (until, _) in pairwise(points)),
        Fraction(0),
    )


def charged_quantity(used: Fraction, charging: Charging, reserved: Decimal) -> Fraction:
    match charging:
        case Charging.USAGE:
            return used
        case Charging.RESERVATION:
            return Fraction(reserved)
        case Charging.OVERAGE:
            return max(Fraction(0), used - Fraction(reserved))
