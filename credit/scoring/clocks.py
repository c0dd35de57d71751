"""When an event will weigh half of what it does now: both time and newer evidence are needed."""

from bisect import bisect_left
from dataclasses import dataclass

from credit.scoring.model import MICRO, Dimension, Model
from credit.scoring.rating import Row
from credit.scoring.weights import ageing


@dataclass(frozen=True, slots=True)
class Halving:
    """From `day` on and after `orders` more full-sized events of the dimension; 0 and no day: that part is met."""

    day: int | None
    orders: int


def halving_of(row: Row, dimension: Dimension, model: Model, *, day: int) -> Halving | None:
    """When a counted event's memory halves; None for rows without one."""
    if row.event is None or row.memory == 0:
        return None
    half, ages = row.memory // 2, ageing(dimension.half_life_months)
    age = bisect_left(ages, -half, key=lambda share: -share)
    later = row.event.day + age
    orders, left = 0, row.newer
    while left > half:
        left = left * (MICRO - model.memory_loss) // MICRO
        orders += 1
    return Halving(later if later > day else None, orders)
