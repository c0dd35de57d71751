"""Reads of units' time. They lock nothing but expired holds: the constraint has the last word."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.bookings.models import OCCUPYING, Occupancy
from marketplace.listings.models import Unit


def free_units(session: Session, unit_ids: Sequence[int], occupied: Range[datetime]) -> Sequence[int]:
    """Of these units the ones with nothing in the range, lowest id first."""
    taken = exists().where(
        Occupancy.unit_id == Unit.id, Occupancy.occupied.op("&&")(occupied), Occupancy.status.in_(OCCUPYING)
    )
    return session.scalars(select(Unit.id).where(Unit.id.in_(unit_ids), ~taken).order_by(Unit.id)).all()


def busy_ranges(
    session: Session, unit_ids: Sequence[int], during: Range[datetime]
) -> Sequence[tuple[datetime, datetime]]:
    """When these units are taken, as far as it touches the range: when, never by whom or why."""
    rows = session.scalars(
        select(Occupancy.during)
        .where(Occupancy.unit_id.in_(unit_ids), Occupancy.occupied.op("&&")(during), Occupancy.status.in_(OCCUPYING))
        .order_by(Occupancy.during)
        .distinct()
    )
    return [(row.lower, row.upper) for row in rows if row.lower is not None and row.upper is not None]
