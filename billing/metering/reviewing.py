"""Readings under review: held because they cannot be right or are contested, confirmed or dismissed by the owner."""

from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.metering.aggregates import refresh_hours
from billing.metering.models import Reading, ReadingStatus
from billing.metering.queries import locked_meter
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, NotFound


class Verdict(StrEnum):
    """What the meter's owner says of a held reading."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReading:
    """A held reading by its number on the meter."""

    meter: str
    reading: int
    verdict: Verdict


def hold_reading(session: Session, reading: Reading, *, reason: str, actor: Actor, clock: Clock) -> None:
    """A counted reading does not count until it is reviewed."""
    reading.status, reading.reason = ReadingStatus.HELD, reason
    _write(session, reading, "reading.contested", {"reason": reason}, actor=actor, clock=clock)


def review_reading(session: Session, command: ReviewReading, *, actor: Actor, clock: Clock) -> Reading:
    """Confirm that a held reading counts, or dismiss it as a glitch. Raises `NotFound`, `Conflict` `reading_not_held`."""
    meter = locked_meter(session, command.meter, actor=actor)
    reading = session.scalar(select(Reading).where(Reading.meter_id == meter.id, Reading.id == command.reading))
    if reading is None:
        raise NotFound("reading")
    if reading.status is not ReadingStatus.HELD:
        raise Conflict("reading_not_held")
    confirmed = command.verdict is Verdict.CONFIRM
    reading.status = ReadingStatus.COUNTED if confirmed else ReadingStatus.DISMISSED
    _write(session, reading, f"reading.{command.verdict.value}ed", {}, actor=actor, clock=clock)
    return reading


def _write(
    session: Session, reading: Reading, action: str, after: dict[str, object], *, actor: Actor, clock: Clock
) -> None:
    session.flush()
    refresh_hours(session, reading.meter_id, [reading.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)])
    audit(
        session,
        actor,
        at=clock(),
        action=action,
        subject=f"reading:{reading.id}",
        after={"event": reading.event_id, "used": str(reading.used), **after},
    )
