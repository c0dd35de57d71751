"""Free time kept per unit: free = opening − occupied, rewritten in the transaction that changes either."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.bookings.models import OCCUPYING

REFRESH = text(
    f"""
    UPDATE bookings_unit_free_time AS kept
    SET free = kept.open - taken.ranges,
        clear = tstzmultirange(kept.horizon) - taken.ranges
    FROM (
        SELECT unit.unit_id, coalesce(range_agg(occupancy.occupied), '{{}}'::tstzmultirange) AS ranges
        FROM unnest(cast(:units AS bigint[])) AS unit(unit_id)
        LEFT JOIN bookings_occupancy AS occupancy
            ON occupancy.unit_id = unit.unit_id
            AND occupancy.status IN ({", ".join(repr(status.value) for status in OCCUPYING)})
        GROUP BY unit.unit_id
    ) AS taken
    WHERE kept.unit_id = taken.unit_id
    """  # noqa: S608 - the words come from our own enum
)
LOCK = text("SELECT 1 FROM bookings_unit_free_time WHERE unit_id = ANY(:units) ORDER BY unit_id FOR UPDATE")


def refresh(session: Session, unit_ids: Sequence[int]) -> None:
    """Rewrite the free time of these units from their opening and occupancies; their rows are locked in id order."""
    if not unit_ids:
        return
    session.flush()
    units = sorted(unit_ids)
    session.execute(LOCK, {"units": units})
    session.execute(REFRESH, {"units": units})
