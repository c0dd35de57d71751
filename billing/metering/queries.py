"""Reads of meters: the firm they belong to, and the park office. A device of another firm is not found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from billing.cursors import id_after
from billing.metering.models import DeviceToken, HourlyUse, Meter, Reading, ReadingStatus
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import Page, page_of


def _visible(actor: Actor) -> Select[Meter]:
    rows = select(Meter).where(Meter.park_id == actor.park_id).options(joinedload(Meter.enterprise))
    if actor.enterprise_id is None and (actor.is_office or actor.is_system):
        return rows
    return rows.where(Meter.enterprise_id == actor.require_firm())


def meter_of(session: Session, public_id: str, *, actor: Actor) -> Meter:
    """One meter. Raises `NotFound`."""
    meter = session.scalar(_visible(actor).where(Meter.public_id == public_id))
    if meter is None:
        raise NotFound("meter")
    return meter


def locked_meter(session: Session, public_id: str, *, actor: Actor) -> Meter:
    """One meter, locked for a change. Raises `NotFound`."""
    rows = _visible(actor).where(Meter.public_id == public_id).with_for_update(of=Meter)
    meter = session.scalar(rows.execution_options(populate_existing=True))
    if meter is None:
        raise NotFound("meter")
    return meter


def meters_of(session: Session, *, actor: Actor, cursor: str | None = None, size: int = 20) -> Page[Meter]:
    rows = _visible(actor).order_by(Meter.id.desc()).limit(size + 1)
    if after := id_after(cursor):
        rows = rows.where(Meter.id < after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def _position(row: Meter | Reading) -> tuple[int]:
    return (row.id,)


def meter_of_token(session: Session, public_id: str, token_hash: str) -> tuple[Meter, DeviceToken]:
    """The meter that a device token may write to. Raises `NotFound` for any other one, and for a revoked token."""
    found = session.execute(
        select(Meter, DeviceToken)
        .join(DeviceToken, DeviceToken.meter_id == Meter.id)
        .where(Meter.public_id == public_id, DeviceToken.token_hash == token_hash, DeviceToken.revoked_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound("meter")
    return found[0], found[1]


def meter_of_device_token(session: Session, public_id: str, *, actor: Actor) -> Meter:
    """The meter that a token belongs to. Raises `NotFound`."""
    meter = session.scalar(
        _visible(actor).join(DeviceToken, DeviceToken.meter_id == Meter.id).where(DeviceToken.public_id == public_id)
    )
    if meter is None:
        raise NotFound("device_token")
    return meter


def reading_of(session: Session, meter: Meter, event_id: str) -> Reading:
    """The newest reading of that event id. Raises `NotFound`."""
    rows = select(Reading).where(Reading.meter_id == meter.id, Reading.event_id == event_id)
    reading = session.scalar(rows.order_by(Reading.id.desc()).limit(1))
    if reading is None:
        raise NotFound("reading")
    return reading


def readings_of(session: Session, meter: Meter, *, cursor: str | None = None, size: int = 20) -> Page[Reading]:
    """Readings of a meter, newest first."""
    rows = select(Reading).where(Reading.meter_id == meter.id).order_by(Reading.id.desc()).limit(size + 1)
    if after := id_after(cursor):
        rows = rows.where(Reading.id < after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


@dataclass(frozen=True, slots=True)
class Gap:
    """Events `first` to `last` of a device never came."""

    device: str
    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1


def gaps_of(session: Session, meter: Meter, *, since: datetime) -> Sequence[Gap]:
    """Holes in the devices' own counting, newest first, at most fifty."""
    before = func.lag(Reading.sequence).over(partition_by=Reading.device, order_by=Reading.sequence)
    numbered = (
        select(Reading.device, Reading.sequence, before.label("before"))
        .where(Reading.meter_id == meter.id, Reading.sequence.is_not(None), Reading.received_at >= since)
        .subquery()
    )
    rows = session.execute(
        select(numbered.c.device, numbered.c.before + 1, numbered.c.sequence - 1)
        .where(numbered.c.sequence > numbered.c.before + 1)
        .order_by(numbered.c.sequence.desc())
        .limit(50)
    )
    return [Gap(device, first, last) for device, first, last in rows]


def held_counts(session: Session, meters: Sequence[Meter]) -> dict[int, int]:
    """How many readings of each meter wait for review."""
    rows = session.execute(
        select(Reading.meter_id, func.count())
        .where(Reading.meter_id.in_([meter.id for meter in meters]), Reading.status == ReadingStatus.HELD)
        .group_by(Reading.meter_id)
    )
    return {row[0]: row[1] for row in rows}


def hours_of(session: Session, meter: Meter, *, since: datetime) -> Sequence[HourlyUse]:
    """Use by the hour, oldest first."""
    rows = select(HourlyUse).where(HourlyUse.meter_id == meter.id, HourlyUse.hour >= since)
    return session.scalars(rows.order_by(HourlyUse.hour)).all()


def tokens_of(session: Session, meter: Meter) -> Sequence[DeviceToken]:
    return session.scalars(select(DeviceToken).where(DeviceToken.meter_id == meter.id).order_by(DeviceToken.id)).all()
