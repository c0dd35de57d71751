"""Use of a meter over time: hourly sums kept beside the readings, and exact sums of a billing period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, literal_column, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from billing.metering.models import FIRST, HourlyUse, Reading, ReadingStatus

_HOUR = func.date_trunc("hour", Reading.at, "UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Which moments count: from `start` on and before `end`, later than `after` and up to `until`, where they are set."""

    start: datetime | None = None
    end: datetime | None = None
    after: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        bounds = (
            (self.start, Reading.at.__ge__),
            (self.end, Reading.at.__lt__),
            (self.after, Reading.at.__gt__),
            (self.until, Reading.at.__le__),
        )
        return [compare(moment) for moment, compare in bounds if moment is not None]


def used_in(session: Session, meter_ids: Sequence[int], stretch: Stretch, *, received_by: datetime) -> Decimal | None:
    """What the meters used within the stretch, by readings that had come by `received_by`; never below zero.

    None where no reading counts there.
    """
    used = session.scalar(
        select(func.sum(Reading.used)).where(
            Reading.meter_id.in_(meter_ids),
            *stretch.conditions(),
            Reading.received_at <= received_by,
            Reading.status == ReadingStatus.COUNTED,
            Reading.reason != FIRST,
        )
    )
    return None if used is None else max(Decimal(0), Decimal(used))


def refresh_hours(session: Session, meter_id: int, hours: Iterable[datetime]) -> None:
    """Write the sums of these hours anew from the readings; hours without any vanish."""
    wanted = sorted(set(hours))
    if not wanted:
        return
    session.execute(delete(HourlyUse).where(HourlyUse.meter_id == meter_id, HourlyUse.hour.in_(wanted)))
    sums = _sums().where(Reading.meter_id == meter_id, _HOUR.in_(wanted))
    session.execute(insert(HourlyUse).from_select(["meter_id", "hour", "used", "readings"], sums))


def add_to_hours(session: Session, meter_id: int, uses: Iterable[tuple[datetime, Decimal]]) -> None:
    """Add newly counted readings, (when, how much), to the sums of their hours."""
    sums: dict[datetime, tuple[Decimal, int]] = {}
    for at, used in uses:
        hour = at.replace(minute=0, second=0, microsecond=0)
        before, count = sums.get(hour, (Decimal(0), 0))
        sums[hour] = before + used, count + 1
    if not sums:
        return
    rows = [
        {"meter_id": meter_id, "hour": hour, "used": used, "readings": count}
        for hour, (used, count) in sorted(sums.items())
    ]
    adding = upsert(HourlyUse).values(rows)
    session.execute(
        adding.on_conflict_do_update(
            index_elements=[HourlyUse.meter_id, HourlyUse.hour],
            set_={
                "used": HourlyUse.used + adding.excluded.used,
                "readings": HourlyUse.readings + adding.excluded.readings,
            },
        )
    )


def rebuild_hours(session: Session, meter_id: int) -> None:
    """Throw the hourly sums of a meter away and make them again."""
    session.execute(delete(HourlyUse).where(HourlyUse.meter_id == meter_id))
    sums = _sums().where(Reading.meter_id == meter_id)
    session.execute(insert(HourlyUse).from_select(["meter_id", "hour", "used", "readings"], sums))


def _sums() -> Select[int, Any, Decimal, int]:
    hour = _HOUR.label("hour")
    return (
        select(Reading.meter_id, hour, func.sum(Reading.used), func.count())
        .where(Reading.status == ReadingStatus.COUNTED)
        .group_by(Reading.meter_id, literal_column("hour"))
    )
