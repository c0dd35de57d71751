"""Ratings as plain JSON values; the form is published as docs/schemas/credit-ratings.schema.json."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple
from datetime import date
from typing import Any

from credit.scoring.batch import Known
from credit.scoring.model import MICRO, Model
from credit.scoring.rating import Rating, Row
from credit.scoring.selection import Why
from credit.scoring.weights import MEMORY_ONE


def to_json(ratings: Sequence[Rating], known: Known, model: Model, *, day: int) -> dict[str, Any]:
    """The answer to a file of events. Points come as whole thousandths (`…_milli`) and as decimals."""
    return {
        "model": {"version": model.version, "hash": model.hash},
        "as_of": _date(day),
        "input_hash": input_hash(known),
        "ratings": [rating_json(rating) for rating in ratings],
    }


def input_hash(known: Known) -> str:
    """The SHA-256 of everything read, whatever its order was."""
    facts = sorted(json.dumps(astuple(fact), default=str, ensure_ascii=False) for fact in _facts(known))
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _facts(known: Known) -> list[Any]:
    return [*known.events, *known.parties.values(), *known.records]


def rating_json(rating: Rating) -> dict[str, Any]:
    """One rating with its rows."""
    counts = rating.counts
    return {
        "party": rating.party,
        "role": rating.role,
        "score_milli": rating.score,
        "score": rating.score / 1000,
        "interval": {
            "low_milli": rating.low,
            "high_milli": rating.high,
            "low": rating.low / 1000,
            "high": rating.high / 1000,
        },
        "grade_by_points": rating.earned,
        "grade": rating.grade,
        "public_grade": rating.public.grade,
        "is_stale": rating.is_stale,
        "counts": {
            "events": counts.events,
            "orders": counts.orders,
            "groups": counts.groups,
            "first_day": _date(counts.first_day),
            "last_day": _date(counts.last_day),
        },
        "dimensions": [
            {
                "dimension": part.name,
                "allotment": part.allotment,
                "points_milli": part.points,
                "points": part.points / 1000,
                "deviation": part.deviation,
                "weight": part.weight,
                "events": part.events,
            }
            for part in rating.dimensions
        ],
        "gates": [
            {"reason": gate.reason, "record": gate.record, "highest_grade": gate.highest, "until": _date(gate.until)}
            for gate in rating.gates
        ],
        "alarms": [
            {
                "kind": alarm.kind,
                "dimension": alarm.dimension,
                "seen": alarm.seen,
                "events": alarm.events,
                "tail": alarm.tail,
            }
            for alarm in rating.alarms
        ],
        "unmet_for_a": [
            {"condition": unmet.condition, "has": unmet.has, "needs": unmet.needs} for unmet in rating.unmet
        ],
        "rows": [_row(row) for row in rating.rows],
    }


def _row(row: Row) -> dict[str, Any]:
    counted = row.why is Why.COUNTED
    form: dict[str, Any] = {
        "kind": row.kind,
        "id": row.id or None,
        "dimension": row.dimension or None,
        "points_milli": row.points,
        "points": row.points / 1000,
    }
    if row.kind != "event":
        return form
    size, memory = row.size / MICRO, row.memory / MEMORY_ONE
    return form | {
        "counted": counted,
        "reason": row.why,
        "weight": {
            "size": size,
            "standing": 1 if counted else 0,
            "memory": memory,
            "total": row.size * row.memory / (MICRO * MEMORY_ONE),
        },
    }


def _date(day: int | None) -> str | None:
    return None if day is None else date.fromordinal(day).isoformat()
