"""When lines are free: every unit below them at the same time. One statement for any number of lines."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

BELOW = """
    below AS (
        SELECT line.id AS root, line.id AS line_id FROM listings_listing AS line
        WHERE line.kind = 'line' AND {condition}
        UNION
        SELECT below.root, member.nested_line_id FROM below
        JOIN listings_line_member AS member ON member.line_id = below.line_id AND member.nested_line_id IS NOT NULL
    )
"""
"""Lines with every line below them, as part of a WITH RECURSIVE; a cycle ends by itself: no pair comes twice."""
COMMON = """
    SELECT part.root, range_intersect_agg(kept.free) AS free FROM (
        SELECT DISTINCT below.root, member.unit_id FROM below
        JOIN listings_line_member AS member ON member.line_id = below.line_id AND member.unit_id IS NOT NULL
    ) AS part
    LEFT JOIN bookings_unit_free_time AS kept ON kept.unit_id = part.unit_id
    GROUP BY part.root HAVING count(kept.unit_id) = count(*)
"""
"""When all units of each line are free at once."""
OFFERED_LINES = BELOW.format(condition="line.status = 'published'")
NAMED = text(f"WITH RECURSIVE {BELOW.format(condition='line.id = ANY(:lines)')} {COMMON}")


def lines_free(session: Session, line_ids: Sequence[int], window: Range[datetime]) -> dict[int, list[Range[datetime]]]:
    """Those of the listings that are lines → when all their units are free at once, inside the window."""
    rows: Sequence[Any] = session.execute(NAMED, {"lines": list(line_ids)}).all()
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
