"""JSON Lines in: events, parties and public records of an outside file; what cannot be read is named by line and field.

The form is published as docs/schemas/credit-events.schema.json.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar, cast
from zoneinfo import ZoneInfo

from credit.scoring.batch import Known
from credit.scoring.events import Event, Party, PublicRecord, RecordClass, Role, Severity, Source, State
from credit.scoring.model import Model, micro, milli

PARK_ZONE = ZoneInfo("Asia/Shanghai")
MOST_YUAN = Decimal(10) ** 12
MOST_TEXT = 200
MOST_PROBLEMS = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line: the field (empty for the whole line), a stable code, and a sentence."""

    line: int
    field: str
    code: str
    message: str


class RefusedEvents(ValueError):
    """A file with problems; none of it is scored."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class _BadField(ValueError):
    def __init__(self, name: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field, self.code = name, code


def _refuse(name: str, code: str, message: str) -> NoReturn:
    raise _BadField(name, code, message)


@dataclass(slots=True)
class _Heap:
    """What has been read so far."""

    events: dict[str, Event] = field(default_factory=dict[str, Event])
    parties: dict[str, Party] = field(default_factory=dict[str, Party])
    records: dict[str, PublicRecord] = field(default_factory=dict[str, PublicRecord])
    groups: dict[str, str] = field(default_factory=dict[str, str])


def read_events(lines: Iterable[str], model: Model) -> Known:
    """What a file holds. Raises `RefusedEvents` with up to 100 problems; blank lines are passed over."""
    heap, problems = _Heap(), list[Problem]()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            _read_line(line, heap, model)
        except _BadField as bad:
            problems.append(Problem(number, bad.field, bad.code, str(bad)))
            if len(problems) == MOST_PROBLEMS:
                break
    if problems:
        raise RefusedEvents(problems)
    for party, group in heap.groups.items():
        known = heap.parties.get(party)
        if known is None or not known.group:
            heap.parties[party] = Party(id=party, group=group) if known is None else _with_group(known, group)
    return Known(events=list(heap.events.values()), parties=heap.parties, records=list(heap.records.values()))


def _with_group(party: Party, group: str) -> Party:
    return Party(
        id=party.id,
        group=group,
        anchor=party.anchor,
        public_grade=party.public_grade,
        stepped_up_day=party.stepped_up_day,
    )


def _read_line(line: str, heap: _Heap, model: Model) -> None:
    fields = _Fields(_object(line))
    kind = fields.choice("kind", ("event", "party", "public_record"), default="event")
    match kind:
        case "party":
            _keep(heap.parties, _party(fields))
        case "public_record":
            _keep(heap.records, _record(fields))
        case _:
            _keep(heap.events, _event(fields, heap, model))
    fields.refuse_unknown()


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line, parse_float=Decimal, parse_constant=float, object_pairs_hook=_without_doubles)
    except RecursionError:
        _refuse("", "bad_json", "nested too deeply")
    except ValueError as error:
        if isinstance(error, _BadField):
            raise
        _refuse("", "bad_json", f"not JSON: {error}")
    if not isinstance(found, dict):
        _refuse("", "bad_json", "a line holds one JSON object")
    return cast("dict[str, Any]", found)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            _refuse(name, "given_twice", "the field is given twice")
        found[name] = value
    return found


def _keep(heap: dict[str, Any], found: Event | Party | PublicRecord) -> None:
    if found.id in heap:
        _refuse("id", "duplicate", f"{found.id} was there before")
    heap[found.id] = found


class _Fields:
    """The fields of one line; whatever nobody asked for is refused at the end."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given
        self._asked: set[str] = set()

    def refuse_unknown(self) -> None:
        for name in self._given:
            if name not in self._asked:
                _refuse(name, "unknown_field", "the field is not known")

    def get(self, name: str, read: Callable[[str, Any], T], *, default: T) -> T:
        self._asked.add(name)
        value = self._given.get(name)
        return default if value is None else read(name, value)

    def need(self, name: str, read: Callable[[str, Any], T]) -> T:
        self._asked.add(name)
        value = self._given.get(name)
        if value is None:
            _refuse(name, "missing", "the field is needed")
        return read(name, value)

    def choice(self, name: str, among: Iterable[str], *, default: str | None = None) -> str:
        known = tuple(among)

        def read(name: str, value: Any) -> str:
            if value not in known:
                _refuse(name, "unknown_value", f"must be one of {', '.join(known)}")
            return str(value)

        return self.need(name, read) if default is None else self.get(name, read, default=default)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MOST_TEXT or "\x00" in value:
        _refuse(name, "bad_text", f"must be text of 1 to {MOST_TEXT} characters")
    return value


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        _refuse(name, "bad_flag", "must be true or false")
    return value


def _number(name: str, value: Any) -> Decimal:
    """A JSON number, or one written as text; NaN and Infinity, which JSON does not know, arrive as floats."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        _refuse(name, "not_a_number", "must be a number")
    try:
        number = Decimal(value)
    except InvalidOperation:
        _refuse(name, "not_a_number", "must be a number")
    if not number.is_finite():
        _refuse(name, "not_a_number", "must be a number")
    return number


def _share(name: str, value: Any) -> int:
    number = _number(name, value)
    if not 0 <= number <= 1:
        _refuse(name, "out_of_range", "must lie between 0 and 1")
    return micro(number)


def _yuan(name: str, value: Any) -> int:
    number = _number(name, value)
    if not 0 <= number <= MOST_YUAN:
        _refuse(name, "out_of_range", "must lie between 0 and 1,000,000,000,000 yuan")
    return int(number * 100 + Decimal("0.5"))


def _points(name: str, value: Any) -> int:
    number = _number(name, value)
    if not 0 <= number <= 100:
        _refuse(name, "out_of_range", "must lie between 0 and 100")
    return milli(number)


def _day(name: str, value: Any) -> int:
    """A date, or a moment whose day in the park counts."""
    try:
        found = _date_of(value)
    except (TypeError, ValueError, OverflowError):
        _refuse(name, "bad_date", "must be a date such as 2026-11-28, or a moment such as 2026-11-28T08:00:00+08:00")
    if not 1900 <= found.year <= 2200:
        _refuse(name, "bad_date", "must lie between the years 1900 and 2200")
    return found.toordinal()


def _date_of(value: Any) -> date:
    if len(value) <= len("2026-11-28"):
        return date.fromisoformat(value)
    moment = datetime.fromisoformat(value)
    return (moment.astimezone(PARK_ZONE) if moment.tzinfo else moment).date()


def _event(fields: _Fields, heap: _Heap, model: Model) -> Event:
    role = fields.choice("role", list(Role))
    day, state = fields.need("occurred", _day), fields.choice("state", list(State), default="")
    final = fields.get("final_at", _optional(_day), default=None)
    if final is None and state in {"", State.CONTESTED}:
        final = day + model.finality_days
    party, other = fields.need("party", _text), fields.get("counterparty", _text, default="")
    own_group = fields.get("party_group", _text, default="")
    if own_group and heap.groups.setdefault(party, own_group) != own_group:
        _refuse("party_group", "contradiction", f"{party} was in group {heap.groups[party]} before")
    return Event(
        id=fields.need("id", _text),
        party=party,
        role=role,
        dimension=fields.choice("dimension", model.roles[role]),
        x=fields.need("x", _share),
        day=day,
        order=fields.get("order", _text, default=""),
        counterparty=other,
        counterparty_group=fields.get("counterparty_group", _text, default=""),
        amount=fields.get("amount", _optional(_yuan), default=None),
        state=state or State.PROVISIONAL,
        final_day=final,
        decided_day=fields.get("decided_at", _optional(_day), default=None),
        severity=fields.choice("severity", list(Severity), default=""),
        source=fields.choice("source", list(Source), default=Source.ORDER_MACHINE),
        type=fields.get("type", _text, default=""),
        paid=fields.get("paid", _flag, default=True),
        held_out=fields.get("held_out", _flag, default=False),
        superseded=bool(fields.get("superseded_by", _text, default="")),
        established=fields.get("counterparty_established", _optional(_flag), default=None),
    )


def _optional(read: Callable[[str, Any], T]) -> Callable[[str, Any], T | None]:
    return read


def _party(fields: _Fields) -> Party:
    grades: dict[str, str] = {}
    steps: dict[str, int] = {}
    for role in Role:
        if grade := fields.choice(f"{role}_public_grade", "ABCDU", default=""):
            grades[role] = grade
        if (day := fields.get(f"{role}_stepped_up_on", _optional(_day), default=None)) is not None:
            steps[role] = day
    return Party(
        id=fields.need("id", _text),
        group=fields.get("group", _text, default=""),
        anchor=fields.get("anchor", _flag, default=False),
        public_grade=grades,
        stepped_up_day=steps,
    )


def _record(fields: _Fields) -> PublicRecord:
    start = fields.need("published_from", _day)
    ends = {name: fields.get(name, _optional(_day), default=None) for name in ("min_until", "max_until")}
    for name, end in ends.items():
        if end is not None and end < start:
            _refuse(name, "out_of_range", "must not lie before published_from")
    least, most = ends["min_until"], ends["max_until"]
    if least is not None and most is not None and most < least:
        _refuse("max_until", "out_of_range", "must not lie before min_until")
    return PublicRecord(
        id=fields.need("id", _text),
        party=fields.need("party", _text),
        record_class=fields.choice("class", list(RecordClass)),
        published_from=start,
        min_until=least,
        max_until=most,
        repaired=fields.get("repaired", _flag, default=False),
        points=fields.get("points", _points, default=0),
    )
