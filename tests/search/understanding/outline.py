"""An understood line as one line of text, to be compared with what a person expects."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from marketplace.kernel.quantities import format_number, from_base
from search.understanding.results import Constraint, Understood, Window
from search.understanding.understand import understand
from tests.search.understanding.park_words import park_words

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY_MORNING = datetime(2026, 11, 30, 8, tzinfo=SHANGHAI)


def read(text, *, now=MONDAY_MORNING, locale="zh", **corrections):
    return understand(text, vocabulary=park_words(), now=now, zone=SHANGHAI, locale=locale, **corrections)


def outline(understood: Understood) -> str:
    pieces = [f"type {understood.type_code}" if understood.type_code else ""]
    pieces += [_constraint(constraint) for constraint in understood.constraints]
    pieces.append(_window(understood.window) if understood.window else "")
    if understood.quantity:
        pieces.append(f"{understood.quantity.amount} {understood.quantity.kind}")
    if understood.place:
        pieces.append(f"zone {understood.place.zone}" if understood.place.zone else "")
        pieces.append(f"radius {understood.place.radius_m} m" if understood.place.radius_m else "")
    if understood.budget:
        pieces.append(f"yuan {format_number(Decimal(understood.budget.amount) / 100)} per {understood.budget.per}")
    pieces.append(f"words {understood.remaining_words}" if understood.remaining_words else "")
    return " | ".join(piece for piece in pieces if piece)


def _constraint(constraint: Constraint) -> str:
    if isinstance(constraint.value, tuple):
        return f"{constraint.attribute} {'/'.join(constraint.value)}"
    number = format_number(from_base(constraint.value, constraint.unit, constraint.dimension))
    return f"{constraint.attribute} {constraint.op} {number} {constraint.unit}"


def _window(window: Window) -> str:
    start = window.start.strftime("%m-%d %H:%M") if window.start else ""
    end = window.end.strftime("%m-%d %H:%M") if window.end else ""
    hours = f" {window.hours} h" if window.hours is not None else ""
    return f"when {start}..{end}{hours} {window.question}"
