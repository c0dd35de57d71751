"""Which events of one role and dimension count, and why the others do not."""

from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from operator import attrgetter

from credit.scoring.events import ENDED, Event
from credit.scoring.model import Dimension, Model
from credit.scoring.standing import Standing

IN_ORDER = attrgetter("day", "id")
"""Events are taken by day, then id: the order in which they arrived is never looked at."""


class Why(StrEnum):
    """Why an event counts or does not."""

    COUNTED = "counted"
    LATER = "later"
    PROVISIONAL = "provisional"
    HELD_OUT = "held_out"
    SUPERSEDED = "superseded"
    ENDED = "ended"
    SAME_GROUP = "same_group"
    STRANGER = "stranger"
    UNPAID = "unpaid"
    SAME_ORDER = "same_order"
    GROUP_CAP = "group_cap"
    NEWCOMER_CAP = "newcomer_cap"


def not_counted_by_state(event: Event, day: int) -> Why:
    """Why an event that is not live on the day is not."""
    if event.day > day:
        return Why.LATER
    if event.superseded:
        return Why.SUPERSEDED
    if event.state in ENDED:
        return Why.ENDED
    return Why.HELD_OUT if event.held_out else Why.PROVISIONAL


def select(live: Sequence[Event], dimension: Dimension, standing: Standing, model: Model) -> list[Why]:
    """The verdict on each live event of one party, role and dimension; `live` is in order of day and id."""
    good_rate = dimension.good_rate
    caps = _PraiseCaps(model)
    worst: dict[str, int] = {}
    verdicts: list[Why] = []
    for place, event in enumerate(live):
        group = event.counterparty_group or standing.group_of(event.counterparty)
        if event.counterparty and group == standing.group_of(event.party):
            verdicts.append(Why.SAME_GROUP)
            continue
        established = event.established
        if established is None:
            established = event.counterparty in standing.established
        if event.x >= good_rate:
            met = caps.meet(group, event.day)
            verdicts.append(_praise(event, established=established) or caps.admit(group, event.day, met))
            continue
        verdicts.append(_fault(event, established=established))
        if event.order and verdicts[-1] is Why.COUNTED:
            _keep_worst(worst, place, live, verdicts)
    return verdicts


def _fault(event: Event, *, established: bool) -> Why:
    """A fault counts when an established firm stands against it, or nobody but the office, or once it is upheld."""
    if established or not event.counterparty or event.state == "upheld":
        return Why.COUNTED
    return Why.STRANGER


def _praise(event: Event, *, established: bool) -> Why | None:
    """Praise needs a paid order with an established firm."""
    if not event.paid:
        return Why.UNPAID
    return None if established else Why.STRANGER


def _keep_worst(worst: dict[str, int], place: int, live: Sequence[Event], verdicts: list[Why]) -> None:
    """At most one fault per order and dimension counts: the worst, of equal ones the last."""
    order = live[place].order
    before = worst.get(order)
    if before is not None and live[before].x < live[place].x:
        verdicts[place] = Why.SAME_ORDER
        return
    if before is not None:
        verdicts[before] = Why.SAME_ORDER
    worst[order] = place


class _PraiseCaps:
    """Absolute limits, the earliest first: so much praise from one group, so much from groups only just met."""

    __slots__ = ("_by_group", "_first_met", "_group_cap", "_newcomer_cap", "_newcomers")

    def __init__(self, model: Model) -> None:
        self._group_cap = model.group_cap
        self._newcomer_cap = model.newcomer_cap
        self._by_group: dict[str, deque[int]] = {}
        self._newcomers: deque[int] = deque()
        self._first_met: dict[str, int] = {}

    def meet(self, group: str, day: int) -> int:
        """The day on which praise from the group was first seen."""
        return self._first_met.setdefault(group, day)

    def admit(self, group: str, day: int, met: int) -> Why:
        """Count the praise unless a window that ends on its day is full."""
        counted = self._by_group.setdefault(group, deque())
        _forget(counted, day - self._group_cap.days)
        if len(counted) >= self._group_cap.events:
            return Why.GROUP_CAP
        if day - met < self._newcomer_cap.days:
            _forget(self._newcomers, day - self._newcomer_cap.days)
            if len(self._newcomers) >= self._newcomer_cap.events:
                return Why.NEWCOMER_CAP
            self._newcomers.append(day)
        counted.append(day)
        return Why.COUNTED


def _forget(days: deque[int], until: int) -> None:
    while days and days[0] <= until:
        days.popleft()
