"""When lines are free: every unit below them at the same time. One statement for any number of lines."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

COMMON = """
    SELECT part.root, range_intersect_agg(kept.free) FROM (
        SELECT DISTINCT below.root, member.unit_id FROM below
        JOIN listings_line_member AS member ON member.line_id = below.line_id AND member.unit_id IS NOT NULL
    ) AS part
    LEFT JOIN bookings_unit_free_time AS kept ON kept.unit_id = part.unit_id
    GROUP BY part.root HAVING count(kept.unit_id) = count(*)
"""
THESE = "SELECT line.id AS root, line.id AS line_id FROM listings_listing AS line WHERE line.kind = 'line'"


def _statement(condition: str) -> Any:
    """A cycle of lines ends by itself: no pair of root and line comes twice."""
    first = f"{THESE} AND {condition}"
    return text(
        f"WITH RECURSIVE below AS ({first} UNION SELECT below.root, member.nested_line_id FROM below "  # noqa: S608
        "JOIN listings_line_member AS member ON member.line_id = below.line_id AND member.nested_line_id IS NOT NULL) "
        f"{COMMON}"
    )


OFFERED = _statement("line.status = 'published'")
NAMED = _statement("line.id = ANY(:lines)")


def offered_lines_free(session: Session, window: Range[datetime]) -> dict[int, list[Range[datetime]]]:
    """Every published line → when all its units are free at once, inside the window."""
    return _clipped(session.execute(OFFERED).all(), window)


def lines_free(session: Session, line_ids: Sequence[int], window: Range[datetime]) -> dict[int, list[Range[datetime]]]:
    """Those of the listings that are lines → when all their units are free at once, inside the window."""
    rows = session.execute(NAMED, {"lines": list(line_ids)}).all()
    return _clipped(rows, window)


def _clipped(rows: Iterable[Any], window: Range[datetime]) -> dict[int, list[Range[datetime]]]:
    return {row[0]: clipped(row[1], window) for row in rows}


def line_free_ranges(session: Session, line_id: int, window: Range[datetime]) -> list[Range[datetime]]:
    """When every unit of a line is free at once, inside the window."""
    return lines_free(session, [line_id], window).get(line_id, [])


def clipped(ranges: Iterable[Range[datetime]], window: Range[datetime]) -> list[Range[datetime]]:
    """The parts of the ranges inside the window, in order."""
    inside: list[Range[datetime]] = []
    for one in ranges:
        if one.lower is None or one.upper is None or window.lower is None or window.upper is None:
            continue
        lower, upper = max(one.lower, window.lower), min(one.upper, window.upper)
        if lower < upper:
            inside.append(Range(lower, upper))
    return inside
