"""Alarms, apart from the score: too many recent faults for a good rate, too much praise from firms only just met."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum

from credit.scoring.events import ENDED, Event
from credit.scoring.model import MICRO, Dimension, Model
from credit.scoring.standing import Standing

_DIGITS = Context(prec=30)
NEWCOMER_DAYS = 90
NEWCOMER_EVENTS = 6
NEWCOMER_SHARE = 0.8


class AlarmKind(StrEnum):
    FAULTS = "faults"
    NEWCOMERS = "newcomers"


@dataclass(frozen=True, slots=True)
class RaisedAlarm:
    """What was seen: `seen` of `events` recent ones; `tail` is the chance of that many faults at the good rate."""

    kind: AlarmKind
    dimension: str
    seen: int
    events: int
    tail: float


def fault_alarm(recent: Sequence[Event], dimension: Dimension, model: Model) -> RaisedAlarm | None:
    """Faults of the last days, provisional ones too, that a firm of the usual good rate would hardly have.

    `recent` are the dimension's events of the alarm's days.
    """
    events = [event for event in recent if not event.superseded and event.state not in ENDED]
    faults = sum(1 for event in events if event.x < dimension.good_rate)
    if faults < model.alarm.at_least:
        return None
    tail = binomial_tail(len(events), faults, MICRO - dimension.good_rate)
    if tail >= Decimal(str(model.alarm.tail_below)):
        return None
    return RaisedAlarm(AlarmKind.FAULTS, dimension.name, faults, len(events), float(round(tail, 9)))


def binomial_tail(trials: int, at_least: int, share: int) -> Decimal:
    """The chance of at least so many hits, each with a chance of `share` millionths; 30 digits."""
    hit, miss = Decimal(share) / MICRO, 1 - Decimal(share) / MICRO
    term = _DIGITS.power(miss, trials)
    below = Decimal(0)
    for hits in range(at_least):
        below = _DIGITS.add(below, term)
        odds = _DIGITS.divide(_DIGITS.multiply(trials - hits, hit), _DIGITS.multiply(hits + 1, miss))
        term = _DIGITS.multiply(term, odds)
    return max(Decimal(0), 1 - below)


def newcomer_alarm(
    praise: Sequence[Event], dimension: Dimension, standing: Standing, model: Model, *, day: int
) -> RaisedAlarm | None:
    """Praise of the last 90 days that comes almost only from groups not known before: insiders who drip it.

    `praise` are the events that count, in order. A firm's first 90 days are no reason: everybody is new to it.
    """
    since = day - NEWCOMER_DAYS
    if not praise or praise[0].day > since or sum([event.day > since for event in praise]) < NEWCOMER_EVENTS:
        return None
    met: dict[str, int] = {}
    recent: list[bool] = []
    for event in praise:
        group = event.counterparty_group or standing.group_of(event.counterparty)
        first = met.setdefault(group, event.day)
        if event.day > since:
            recent.append(event.day - first < model.newcomer_cap.days)
    new = sum(recent)
    if new < NEWCOMER_SHARE * len(recent):
        return None
    return RaisedAlarm(AlarmKind.NEWCOMERS, dimension.name, new, len(recent), 0.0)
