"""Which listings are free: thousands of units asked at once.

Most units share an opening and are taken by nobody in the window, so a window is held against each distinct opening
once; only what is taken inside it is worked out unit by unit: free = opening − occupied.
"""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, exists, func, select, text
from sqlalchemy.dialects.postgresql import TSTZRANGE
from sqlalchemy.orm import Session

from marketplace.bookings.free_time import OCCUPYING_WORDS
from marketplace.bookings.line_time import COMMON, OFFERED_LINES
from marketplace.bookings.models import OCCUPYING, Occupancy, UnitFreeTime
from marketplace.bookings.queries import FreeQuestion, Question
from marketplace.listings.models import Unit

OPENINGS = f"""
    WITH RECURSIVE step AS (
        (SELECT open_hash FROM bookings_unit_free_time ORDER BY open_hash LIMIT 1)
        UNION ALL
        SELECT (SELECT next.open_hash FROM bookings_unit_free_time AS next
                WHERE next.open_hash > step.open_hash ORDER BY next.open_hash LIMIT 1)
        FROM step WHERE step.open_hash IS NOT NULL
    ), {OFFERED_LINES}, opening AS MATERIALIZED (
        SELECT step.open_hash, first.here FROM step, LATERAL (
            SELECT kept.open * tstzmultirange(cast(:window AS tstzrange)) AS here FROM bookings_unit_free_time AS kept
            WHERE kept.open_hash = step.open_hash LIMIT 1
        ) AS first
        WHERE step.open_hash IS NOT NULL
    )
"""  # noqa: S608 - put together from constants
"""Each distinct opening inside the window, found by stepping through its index."""
TAKEN = f"""
    SELECT taken.unit_id, range_agg(taken.occupied) AS ranges FROM bookings_occupancy AS taken
    WHERE taken.occupied && cast(:window AS tstzrange) AND taken.status IN ({OCCUPYING_WORDS})
    GROUP BY taken.unit_id
"""  # noqa: S608 - the words come from our own enum
COUNTED = f"""
    SELECT coalesce(array_agg(found.listing_id), '{{}}') FROM (
        SELECT listing_id FROM fitting
        WHERE unit_id NOT IN (SELECT unit.id FROM listings_unit AS unit WHERE NOT unit.is_bookable)
        GROUP BY listing_id HAVING count(*) >= :units
        UNION ALL
        SELECT line.root FROM ({COMMON}) AS line WHERE
"""  # noqa: S608 - put together from constants
EXACT = f"""
    {OPENINGS}, taken AS MATERIALIZED ({TAKEN}), fitting AS (
        SELECT kept.unit_id, kept.listing_id FROM bookings_unit_free_time AS kept
        WHERE kept.open_hash = ANY(ARRAY(SELECT open_hash FROM opening WHERE here @> cast(:window AS tstzrange)))
            AND kept.unit_id NOT IN (SELECT unit_id FROM taken)
    ) {COUNTED} line.free @> cast(:window AS tstzrange)) AS found
"""  # noqa: S608 - put together from constants


def _within(longest: str) -> str:
    """Units with enough free time in the window, where `longest` sums the pieces up or takes the longest."""
    return f"""
        {OPENINGS}, enough AS MATERIALIZED (
            SELECT open_hash, here FROM opening
            WHERE (SELECT {longest}(upper(piece) - lower(piece)) FROM unnest(here) AS piece) >= make_interval(mins => :minutes)
        ), taken AS MATERIALIZED ({TAKEN}), fitting AS (
            SELECT kept.unit_id, kept.listing_id FROM bookings_unit_free_time AS kept
            WHERE kept.open_hash = ANY(ARRAY(SELECT open_hash FROM enough))
                AND kept.unit_id NOT IN (SELECT unit_id FROM taken)
            UNION ALL
            SELECT piece.unit_id, piece.listing_id FROM (
                SELECT kept.unit_id, kept.listing_id, unnest(enough.here - taken.ranges) AS free
                FROM taken JOIN bookings_unit_free_time AS kept ON kept.unit_id = taken.unit_id
                JOIN enough ON enough.open_hash = kept.open_hash
            ) AS piece
            GROUP BY piece.unit_id, piece.listing_id
            HAVING {longest}(upper(piece.free) - lower(piece.free)) >= make_interval(mins => :minutes)
        ) {COUNTED} (
            SELECT {longest}(upper(piece) - lower(piece))
            FROM unnest(line.free * tstzmultirange(cast(:window AS tstzrange))) AS piece
        ) >= make_interval(mins => :minutes)) AS found
    """  # noqa: S608 - put together from constants


WINDOW = bindparam("window", type_=TSTZRANGE())
QUESTIONS = {
    Question.EXACT: text(EXACT).bindparams(WINDOW),
    Question.RUN: text(_within("max")).bindparams(WINDOW),
    Question.TOTAL: text(_within("sum")).bindparams(WINDOW),
}


def free_listing_ids(session: Session, question: FreeQuestion) -> set[int]:
    """Ids of the listings with enough units free as the question asks; a line must have all its units free at once."""
    given: dict[str, Any] = {"window": question.window, "units": question.units}
    if question.kind is not Question.EXACT:
        given["minutes"] = question.minutes
    found: list[int] = session.execute(QUESTIONS[question.kind], given).scalar_one()
    return set(found)


def units_free(listing_id: ColumnElement[int], window: ColumnElement[Any]) -> ScalarSelect[int]:
    """How many units of a listing are free through a window, as part of another statement."""
    is_taken = exists().where(
        Occupancy.unit_id == UnitFreeTime.unit_id,
        Occupancy.occupied.op("&&")(window),
        Occupancy.status.in_(OCCUPYING),
    )
    return (
        select(func.count())
        .select_from(UnitFreeTime)
        .join(Unit, and_(Unit.id == UnitFreeTime.unit_id, Unit.is_bookable))
        .where(UnitFreeTime.listing_id == listing_id, UnitFreeTime.open.op("@>")(window), ~is_taken)
        .scalar_subquery()
    )
