"""From score to grade: cuts, what the best grade asks for, gates that beat points, and the slow public grade."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from credit.scoring.events import Event, PublicRecord, RecordClass
from credit.scoring.model import Grades, Model
from credit.scoring.weights import months_later

UNRATED = "U"
ORDER = "DCBA"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a grade stands on: counted events, their orders and established groups, first and last day."""

    events: int
    orders: int
    groups: int
    first_day: int | None
    last_day: int | None


@dataclass(frozen=True, slots=True)
class Gate:
    """What holds a grade down: the record or event, the highest grade meanwhile, until when (None: open)."""

    reason: str
    record: str
    highest: str
    until: int | None


@dataclass(frozen=True, slots=True)
class Unmet:
    """One condition of a better grade that does not hold yet: what is there and what is needed, in thousandths for points."""

    condition: str
    has: int
    needs: int


def worse(one: str, other: str) -> str:
    """The lower of two grades."""
    return min(one, other, key=ORDER.index)


def grade_of_points(score: int, grades: Grades, held: str = "") -> str:
    """The grade of a score in thousandths; a grade held before is kept until the score falls clearly below its cut."""
    for name, cut in grades.cuts:
        slack = grades.hysteresis if held in ORDER and held and ORDER.index(held) >= ORDER.index(name) else 0
        if score >= cut - slack:
            return name
    return grades.cuts[-1][0]


def unmet_for_top(score: int, low: int, worst_deviation: int, counts: Counts, model: Model, *, day: int) -> list[Unmet]:
    """What the best grade still asks for; empty when it is reached. Deviations are millionths."""
    top, cut = model.grades.top, model.grades.cuts[0][1]
    months = top.months
    old_enough = counts.first_day is not None and months_later(counts.first_day, months) <= day
    checks = (
        ("score", score, cut),
        ("events", counts.events, top.events),
        ("groups", counts.groups, top.groups),
        ("months", months if old_enough else _whole_months(counts.first_day, day), months),
        ("interval_low", low, top.interval_low),
        ("worst_dimension", worst_deviation, top.no_dimension_below),
    )
    return [Unmet(name, has, needs) for name, has, needs in checks if has < needs]


def _whole_months(first_day: int | None, day: int) -> int:
    if first_day is None or first_day > day:
        return 0
    start, end = date.fromordinal(first_day), date.fromordinal(day)
    return max(0, (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day))


def is_rated(counts: Counts, grades: Grades) -> bool:
    """Enough events from enough established groups to say anything at all."""
    return counts.events >= grades.rated_events and counts.groups >= grades.rated_groups


def is_stale(counts: Counts, grades: Grades, *, day: int) -> bool:
    """Nothing new for so long that the grade says nothing any more."""
    return counts.last_day is not None and months_later(counts.last_day, grades.stale_after_months) <= day


def gates_of(records: Iterable[PublicRecord], events: Sequence[Event], model: Model, *, day: int) -> list[Gate]:
    """Gates that are closed on the day, the strictest first."""
    gates = [gate for record in records if record.in_force(day) and (gate := _gate(record, model, day))]
    for event in events:
        if event.severity != "fraud" or event.state != "upheld" or event.superseded or event.held_out:
            continue
        start = event.decided_day or event.final_day or event.day
        until = months_later(start, model.fraud_months)
        if start <= day < until:
            gates.append(Gate("upheld_fraud", event.id, model.gates["upheld_fraud"], until))
    return sorted(gates, key=lambda gate: (ORDER.index(gate.highest), gate.reason, gate.record))


def _gate(record: PublicRecord, model: Model, day: int) -> Gate | None:
    if record.record_class == RecordClass.GENERAL_PENALTY:
        if record.min_until is None or day >= record.min_until:
            return None
        highest = model.gates["general_penalty_in_minimum_period"]
        return Gate("general_penalty_in_minimum_period", record.id, highest, record.min_until)
    if record.record_class not in model.gates:
        return None
    return Gate(record.record_class, record.id, model.gates[record.record_class], record.max_until)


def gated(grade: str, gates: Iterable[Gate]) -> str:
    """The grade that gates leave; a gate of D or C also speaks for a firm without a rating."""
    for gate in gates:
        grade = gate.highest if grade == UNRATED and gate.highest in {"C", "D"} else grade
        grade = grade if grade == UNRATED else worse(grade, gate.highest)
    return grade


@dataclass(frozen=True, slots=True)
class PublicGrade:
    """What the park publishes: `by_points` ignores gates, `grade` is what they leave of it."""

    grade: str
    by_points: str
    stepped_up_day: int | None


def publish(before: PublicGrade | None, earned: str, gates: Iterable[Gate], grades: Grades, *, day: int) -> PublicGrade:
    """The next public grade: down as far as earned, up one step a quarter at most; gates beat it.

    `earned` is the grade of the points, cuts softened for the grade held. The first grade after U is no step up.
    """
    if before is None or UNRATED in {before.by_points, earned}:
        stepped = before.stepped_up_day if before else None
        return PublicGrade(gated(earned, gates), earned, stepped)
    held, stepped = before.by_points, before.stepped_up_day
    if ORDER.index(earned) <= ORDER.index(held):
        return PublicGrade(gated(earned, gates), earned, stepped)
    if stepped is not None and day - stepped < grades.step_up_days:
        return PublicGrade(gated(held, gates), held, stepped)
    up = ORDER[ORDER.index(held) + 1]
    return PublicGrade(gated(up, gates), up, day)
