"""Points of one role and dimension: exact whole-number arithmetic from weights to thousandths of a point."""

from collections.abc import Sequence
from dataclasses import dataclass

from credit.scoring.events import Event
from credit.scoring.model import MICRO, Dimension, Model
from credit.scoring.weights import MEMORY_ONE, ageing, size_of

WEIGHT_ONE = MICRO * MEMORY_ONE
"""A weight is size (millionths) times memory (parts of `MEMORY_ONE`); this is a weight of 1."""


@dataclass(slots=True)
class Weighed:
    """Counted events of one dimension with their parts: sizes in millionths, ages and memories of `MEMORY_ONE`.

    `newer` is what later events alone would leave, `aged` what age alone would; memory is the larger.
    """

    events: Sequence[Event]
    sizes: list[int]
    aged: list[int]
    newer: list[int]
    total: int = 0
    balance: int = 0
    """Sum of weight times (x - good rate)."""

    def weight(self, place: int) -> int:
        return self.sizes[place] * max(self.aged[place], self.newer[place])


def weigh(counted: Sequence[Event], dimension: Dimension, model: Model, *, day: int) -> Weighed:
    """Weigh events that count, in order of day and id.

    An event fades only when time passed and newer evidence came: memory is the larger of what age and what later
    events leave of it.
    """
    ages, good_rate, loss = ageing(dimension.half_life_months), dimension.good_rate, model.memory_loss
    oldest, one = len(ages) - 1, MICRO * MICRO
    sizes: list[int] = []
    aged: list[int] = []
    newer: list[int] = []
    left, total, balance = MEMORY_ONE, 0, 0
    for event in reversed(counted):
        size, age = size_of(event.amount), day - event.day
        memory = ages[age] if age < oldest else ages[oldest]
        sizes.append(size)
        aged.append(memory)
        newer.append(left)
        weight = size * (left if left > memory else memory)  # noqa: FURB136 - max() costs a call for each of millions
        total += weight
        balance += weight * (event.x - good_rate)
        left = left * (one - loss * size) // one
    sizes.reverse()
    aged.reverse()
    newer.reverse()
    return Weighed(counted, sizes, aged, newer, total, balance)


def scale(dimension: Dimension, balance: int, model: Model) -> tuple[int, int]:
    """(numerator, denominator) that turn `balance / (total + prior)` into thousandths of a point.

    Above the usual rate everything good wins `gain` of the allotment, below it everything bad costs `loss` of it.
    """
    if balance >= 0:
        return 1000 * dimension.allotment * model.gain, MICRO * (MICRO - dimension.good_rate)
    return 1000 * dimension.allotment * model.loss, MICRO * dimension.good_rate


def points_of(weighed: Weighed, dimension: Dimension, model: Model) -> int:
    """The dimension's points in thousandths, rounded once, half up."""
    numerator, denominator = scale(dimension, weighed.balance, model)
    denominator *= weighed.total + model.prior_weight * WEIGHT_ONE
    return (2 * weighed.balance * numerator + denominator) // (2 * denominator)


def shares(weighed: Weighed, dimension: Dimension, model: Model) -> list[int]:
    """What each event owns of the points: whole thousandths by largest remainder, so that they sum to the points.

    Of equal remainders the earlier event by day and id gets the odd thousandth.
    """
    numerator, denominator = scale(dimension, weighed.balance, model)
    denominator *= weighed.total + model.prior_weight * WEIGHT_ONE
    owned: list[int] = []
    remainders: list[tuple[int, int]] = []
    for place, event in enumerate(weighed.events):
        exact = weighed.weight(place) * (event.x - dimension.good_rate) * numerator
        whole, rest = divmod(exact, denominator)
        owned.append(whole)
        remainders.append((-rest, place))
    missing = points_of(weighed, dimension, model) - sum(owned)
    for _, place in sorted(remainders)[:missing]:
        owned[place] += 1
    return owned


def deviation(weighed: Weighed, model: Model) -> float:
    """D: how far the weighed mean lies above or below the usual good rate."""
    return weighed.balance / (MICRO * (weighed.total + model.prior_weight * WEIGHT_ONE))


def variance(weighed: Weighed, dimension: Dimension, model: Model) -> float:
    """The dimension's part of the score's variance, in points squared."""
    k = model.gain / (MICRO - dimension.good_rate) if weighed.balance >= 0 else model.loss / dimension.good_rate
    mean = min(1.0, max(0.0, deviation(weighed, model) + dimension.good_rate / MICRO))
    weight = weighed.total / WEIGHT_ONE
    return (dimension.allotment * k) ** 2 * mean * (1 - mean) / (weight + model.prior_weight + 1)
