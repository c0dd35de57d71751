"""A party's rating in one role: score, rows that sum to it, dimensions, interval, counts, grade, gates and alarms."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from credit.scoring.alarms import RaisedAlarm, fault_alarm, newcomer_alarm
from credit.scoring.events import Event, Party, PublicRecord, RecordClass, Severity
from credit.scoring.grades import (
    UNRATED,
    Counts,
    Gate,
    PublicGrade,
    Unmet,
    gated,
    gates_of,
    grade_of_points,
    is_rated,
    is_stale,
    publish,
    unmet_for_top,
)
from credit.scoring.model import MICRO, Dimension, Model
from credit.scoring.points import Weighed, deviation, points_of, shares, variance, weigh
from credit.scoring.selection import IN_ORDER, Why, in_order, not_counted_by_state, select
from credit.scoring.standing import Standing

ByRole = dict[str, dict[str, list[Event]]]
"""A party's events by role and dimension."""

FRAUD = Severity.FRAUD.value
NINETY_PERCENT = 1.645
FULL = 100_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the score: `points` in thousandths, `size` in millionths, `aged` and `newer` in parts of 10**12.

    `kind` is base, event, public or cap. Events that do not count are rows of 0 points with the reason in `why`.
    """

    kind: str
    points: int
    id: str = ""
    dimension: str = ""
    why: Why = Why.COUNTED
    size: int = 0
    aged: int = 0
    newer: int = 0
    event: Event | None = None

    @property
    def memory(self) -> int:
        return max(self.aged, self.newer)


@dataclass(frozen=True, slots=True)
class DimensionResult:
    """One dimension: `points` in thousandths, `deviation` D, `weight` W, how many events count."""

    name: str
    allotment: int
    points: int
    deviation: float
    weight: float
    events: int


@dataclass(frozen=True, slots=True)
class Rating:
    """What is known of a party in one role on a day. Points are thousandths.

    `earned` is the grade of the points alone, `grade` what gates leave of it, `public` what is published.
    """

    party: str
    role: str
    day: int
    score: int
    low: int
    high: int
    dimensions: tuple[DimensionResult, ...]
    counts: Counts
    earned: str
    grade: str
    public: PublicGrade
    gates: tuple[Gate, ...]
    alarms: tuple[RaisedAlarm, ...]
    unmet: tuple[Unmet, ...]
    is_stale: bool
    rows: tuple[Row, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a rating stands on beside the events: the model, the day, standing, what is known of parties, records."""

    model: Model
    day: int
    standing: Standing
    parties: Mapping[str, Party] = field(default_factory=dict[str, Party])
    records: Mapping[str, Sequence[PublicRecord]] = field(default_factory=dict[str, Sequence[PublicRecord]])
    held: Mapping[tuple[str, str], PublicGrade] = field(default_factory=dict[tuple[str, str], PublicGrade])
    """What was published last, by party and role."""


@dataclass(slots=True)
class _Part:
    """One dimension on its way to a result."""

    dimension: Dimension
    known: list[Event]
    live: list[Event]
    verdicts: list[Why]
    weighed: Weighed
    points: int
    deviation: float


def file_event(by_role: ByRole, event: Event) -> None:
    """Put an event where its role and dimension are."""
    dimensions = by_role.get(event.role)
    if dimensions is None:
        dimensions = by_role[event.role] = {}
    known = dimensions.get(event.dimension)
    if known is None:
        dimensions[event.dimension] = [event]
    else:
        known.append(event)


def rate(party: str, events: Iterable[Event], context: Context, *, with_rows: bool = True) -> list[Rating]:
    """The party's rating in each role it has events in; `events` are its own, in any order."""
    by_role: ByRole = {}
    for event in events:
        file_event(by_role, event)
    return [
        rate_role(party, role, by_role[role], context, with_rows=with_rows)
        for role in context.model.roles
        if role in by_role
    ]


def rate_role(
    party: str, role: str, events: Mapping[str, list[Event]], context: Context, *, with_rows: bool = True
) -> Rating:
    """One role's rating; `events` by dimension. A role without events stands at the base, unrated."""
    model, day = context.model, context.day
    parts = [_part(dimension, events.get(name, []), context) for name, dimension in model.roles[role].items()]
    public_rows = _public_rows(context.records.get(party, ()), model, day=day)
    total = model.base + sum(part.points for part in parts) + sum(row.points for row in public_rows)
    score = min(FULL, max(0, total))
    low, high = _interval(score, parts, model)
    counts = _counts(parts, context.standing)
    frauds = [event for part in parts for event in part.known if event.severity == FRAUD]
    gates = tuple(gates_of(context.records.get(party, ()), frauds, model, day=day))
    held = context.held.get((party, role))
    unmet = _unmet(score, low, parts, counts, context)
    earned, softened = _grades(score, counts, unmet, held.by_points if held else "", context)
    return Rating(
        party=party,
        role=role,
        day=day,
        score=score,
        low=low,
        high=high,
        dimensions=tuple(_result(part) for part in parts),
        counts=counts,
        earned=earned,
        grade=gated(earned, gates),
        public=publish(held, softened, gates, model.grades, day=day),
        gates=gates,
        alarms=tuple(_alarms(parts, context)),
        unmet=tuple(unmet),
        is_stale=is_stale(counts, model.grades, day=day),
        rows=_rows(parts, public_rows, score - total, context) if with_rows else (),
    )


def _part(dimension: Dimension, known: list[Event], context: Context) -> _Part:
    model, day = context.model, context.day
    live = in_order([event for event in known if event.counts_by(day)])
    verdicts, counted = select(live, dimension, context.standing, model)
    weighed = weigh(counted, dimension, model, day=day)
    points = points_of(weighed, dimension, model)
    return _Part(dimension, known, live, verdicts, weighed, points, deviation(weighed, model))


def _result(part: _Part) -> DimensionResult:
    return DimensionResult(
        name=part.dimension.name,
        allotment=part.dimension.allotment,
        points=part.points,
        deviation=round(part.deviation, 9),
        weight=round(part.weighed.total / 10**18, 9),
        events=len(part.weighed.events),
    )


def _interval(score: int, parts: Sequence[_Part], model: Model) -> tuple[int, int]:
    """The 90 % interval in thousandths, inside 0 … 100."""
    spread = NINETY_PERCENT * math.sqrt(sum(variance(part.weighed, part.dimension, model) for part in parts))
    reach = round(spread * 1000)
    return max(0, score - reach), min(FULL, score + reach)


def _counts(parts: Sequence[_Part], standing: Standing) -> Counts:
    """Events that count; groups only of established counterparties."""
    orders: set[str] = set()
    others: set[tuple[str, str, bool | None]] = set()
    days: list[int] = []
    events = 0
    for part in parts:
        counted = part.weighed.events
        events += len(counted)
        if counted:
            days += (counted[0].day, counted[-1].day)
        orders.update([event.order or event.id for event in counted])
        others |= {(event.counterparty, event.counterparty_group, event.established) for event in counted}
    groups = {group or standing.group_of(other) for other, group, known in others if _is_known(other, known, standing)}
    return Counts(events, len(orders), len(groups), min(days, default=None), max(days, default=None))


def _is_known(other: str, told: bool | None, standing: Standing) -> bool:  # noqa: FBT001 - what the event says
    return other in standing.established if told is None else told


def _unmet(score: int, low: int, parts: Sequence[_Part], counts: Counts, context: Context) -> list[Unmet]:
    worst = min((round(part.deviation * MICRO) for part in parts), default=0)
    return unmet_for_top(score, low, worst, counts, context.model, day=context.day)


def _grades(score: int, counts: Counts, unmet: Sequence[Unmet], held: str, context: Context) -> tuple[str, str]:
    """The grade of the points, and the same with the cuts softened for the grade held."""
    grades = context.model.grades
    if is_stale(counts, grades, day=context.day) or not is_rated(counts, grades):
        return UNRATED, UNRATED
    beside_score = any(missing.condition != "score" for missing in unmet)
    sharp, soft = grade_of_points(score, grades), grade_of_points(score, grades, held)
    return ("B" if beside_score and sharp == "A" else sharp), ("B" if beside_score and soft == "A" else soft)


def _alarms(parts: Sequence[_Part], context: Context) -> Iterable[RaisedAlarm]:
    model, day = context.model, context.day
    since = day - model.alarm.days
    for part in parts:
        recent = [event for event in part.known if since < event.day <= day]
        if recent and (alarm := fault_alarm(recent, part.dimension, model)):
            yield alarm
        counted = part.weighed.events
        if counted and day - counted[-1].day < model.newcomer_cap.days:
            praise = [event for event in counted if event.x >= part.dimension.good_rate]
            if alarm := newcomer_alarm(praise, part.dimension, context.standing, model, day=day):
                yield alarm


def _public_rows(records: Iterable[PublicRecord], model: Model, *, day: int) -> list[Row]:
    """What commendations add, at most the model's best together; the earliest first."""
    left, rows = model.public_best, list[Row]()
    praised = [record for record in records if record.in_force(day) and record.record_class == RecordClass.COMMENDATION]
    for record in sorted(praised, key=lambda record: (record.published_from, record.id)):
        points = min(left, max(0, record.points))
        left -= points
        rows.append(Row("public", points, record.id))
    return rows


def _rows(parts: Sequence[_Part], public: Sequence[Row], cap: int, context: Context) -> tuple[Row, ...]:
    """Base, events by dimension, day and id, public records, and the cap when there is one: they sum to the score."""
    rows = [Row("base", context.model.base)]
    for part in parts:
        rows += _event_rows(part, context)
    rows += public
    if cap:
        rows.append(Row("cap", cap))
    return tuple(rows)


def _event_rows(part: _Part, context: Context) -> list[Row]:
    name, weighed = part.dimension.name, part.weighed
    owned = dict(zip((id(event) for event in weighed.events), range(len(weighed.events)), strict=True))
    points = shares(weighed, part.dimension, context.model)
    verdict = dict(zip((id(event) for event in part.live), part.verdicts, strict=True))
    rows: list[Row] = []
    for event in sorted(part.known, key=IN_ORDER):
        place = owned.get(id(event))
        if place is None:
            why = verdict.get(id(event)) or not_counted_by_state(event, context.day)
            rows.append(Row("event", 0, event.id, name, why, event=event))
            continue
        parts_of_weight = weighed.sizes[place], weighed.aged[place], weighed.newer[place]
        rows.append(Row("event", points[place], event.id, name, Why.COUNTED, *parts_of_weight, event=event))
    return rows
