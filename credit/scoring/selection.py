"""Which events of one role and dimension count, and why the others do not."""

from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from operator import attrgetter

from credit.scoring.events import ENDED, Event
from credit.scoring.model import Dimension, Model
from credit.scoring.standing import Standing

BY_DAY = attrgetter("day")
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


COUNTED, SAME_GROUP = Why.COUNTED, Why.SAME_GROUP
"""Looked up once: a member of an enumeration costs several times a name, and this is the hottest loop."""


def not_counted_by_state(event: Event, day: int) -> Why:
    """Why an event that is not live on the day is not."""
    if event.day > day:
        return Why.LATER
    if event.superseded:
        return Why.SUPERSEDED
    if event.state in ENDED:
        return Why.ENDED
    return Why.HELD_OUT if event.held_out else Why.PROVISIONAL


def in_order(live: list[Event]) -> list[Event]:
    """The same list by day, then id; ids are only compared where days are equal."""
    live.sort(key=BY_DAY)
    last = -1
    for event in live:
        if event.day == last:
            live.sort(key=IN_ORDER)
            break
        last = event.day
    return live


def select(
    live: Sequence[Event], dimension: Dimension, standing: Standing, model: Model
) -> tuple[list[Why], list[Event]]:
    """The verdict on each live event of one party, role and dimension, in order of day and id, and those that count."""
    good_rate, group_of, established_ones = dimension.good_rate, standing.groups.get, standing.established
    own = standing.group_of(live[0].party) if live else ""
    caps = _PraiseCaps(model)
    worst: dict[str, int] = {}
    verdicts: list[Why] = []
    for place, event in enumerate(live):
        other = event.counterparty
        group = event.counterparty_group or group_of(other, other)
        established = event.established
        if established is None:
            established = other in established_ones
        if group == own and other:
            verdict = SAME_GROUP
        elif event.x >= good_rate:
            verdict = caps.judge(event.day, group, event.paid, established)
        else:
            verdict = _fault(event, established=established)
        verdicts.append(verdict)
        if verdict is COUNTED and event.order and event.x < good_rate:
            _keep_worst(worst, place, live, verdicts)
    counted = [event for event, why in zip(live, verdicts, strict=True) if why is COUNTED]
    return verdicts, counted


def _fault(event: Event, *, established: bool) -> Why:
    """A fault counts when an established firm stands against it, or nobody but the office, or once it is upheld."""
    if established or not event.counterparty or event.state == "upheld":
        return COUNTED
    return Why.STRANGER


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

    __slots__ = ("_by_group", "_first_met", "_group_days", "_group_events", "_newcomer_cap", "_newcomers")

    def __init__(self, model: Model) -> None:
        self._group_events, self._group_days = model.group_cap.events, model.group_cap.days
        self._newcomer_cap = model.newcomer_cap
        self._by_group: dict[str, list[int]] = {}
        self._newcomers: deque[int] = deque()
        self._first_met: dict[str, int] = {}

    def judge(self, day: int, group: str, paid: bool, established: bool) -> Why:  # noqa: FBT001 - the hottest loop
        """Praise needs a paid order with an established firm, and counts unless a window that ends on its day is full.

        A group is met with the first praise from it, whether that counts or not.
        """
        met = self._first_met.get(group)
        if met is None:
            met = self._first_met[group] = day
        if not paid:
            return Why.UNPAID
        if not established:
            return Why.STRANGER
        counted = self._by_group.get(group)
        if counted is not None and len(counted) >= self._group_events:
            until = day - self._group_days
            counted = self._by_group[group] = [before for before in counted if before > until]
            if len(counted) >= self._group_events:
                return Why.GROUP_CAP
        if day - met < self._newcomer_cap.days and not self._admit_newcomer(day):
            return Why.NEWCOMER_CAP
        if counted is None:
            self._by_group[group] = [day]
        else:
            counted.append(day)
        return COUNTED

    def _admit_newcomer(self, day: int) -> bool:
        until = day - self._newcomer_cap.days
        while self._newcomers and self._newcomers[0] <= until:
            self._newcomers.popleft()
        if len(self._newcomers) >= self._newcomer_cap.events:
            return False
        self._newcomers.append(day)
        return True
