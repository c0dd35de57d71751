"""Meters, their device tokens and readings. Everything flushes and nothing commits."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from billing.metering.aggregates import add_to_hours, refresh_hours
from billing.metering.models import FIRST, DeviceToken, Meter, MeterKind, Reading, ReadingStatus, Source
from billing.metering.queries import locked_meter, meter_of, reading_of
from billing.pricing.texts import UNIT_TEXTS
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound

MOST_READINGS = 1000
FUTURE = timedelta(minutes=5)
"""How far a device's clock may be ahead."""
PAST = timedelta(days=400)
NEAR_THE_END = Decimal("0.9")
"""A counter that has run this far of its range may begin anew; one that falls before has gone back."""
OPERATORS = (FirmRole.OPERATOR,)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMeter:
    """`rollover_at`: after which value the counter begins at 0 again."""

    name: str
    kind: MeterKind
    unit: str
    rollover_at: Decimal | None = None
    subject_ref: str = ""


def add_meter(session: Session, command: AddMeter, *, actor: Actor, clock: Clock) -> Meter:
    """Raises `Invalid` on the unit."""
    firm = actor.require_trading(*OPERATORS)
    if command.unit not in UNIT_TEXTS:
        raise Invalid("unknown_unit", fields={"unit": ["unknown_unit"]})
    meter = Meter(
        park_id=actor.park_id,
        enterprise_id=firm,
        name=command.name,
        kind=command.kind,
        unit=command.unit,
        created_at=clock(),
        subject_ref=command.subject_ref,
        rollover_at=command.rollover_at,
    )
    session.add(meter)
    session.flush()
    after = {"name": meter.name, "kind": meter.kind.value, "unit": meter.unit}
    audit(session, actor, at=clock(), action="meter.added", subject=f"meter:{meter.public_id}", after=after)
    return meter


@dataclass(frozen=True, slots=True)
class MadeDeviceToken:
    """A new token and its secret, which is shown this once."""

    token: DeviceToken
    secret: str


def make_device_token(session: Session, meter: str, name: str, *, actor: Actor, clock: Clock) -> MadeDeviceToken:
    found = meter_of(session, meter, actor=actor)
    secret = f"gzm_{secrets.token_urlsafe(32)}"
    token = DeviceToken(meter_id=found.id, name=name, token_hash=hash_of(secret), created_at=clock())
    session.add(token)
    session.flush()
    subject = f"meter:{found.public_id}"
    audit(session, actor, at=clock(), action="meter.token_made", subject=subject, after={"name": name})
    return MadeDeviceToken(token, secret)


def revoke_device_token(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> None:
    """End a token of one of the firm's meters; again changes nothing."""
    token = session.scalar(
        select(DeviceToken)
        .join(Meter, Meter.id == DeviceToken.meter_id)
        .where(DeviceToken.public_id == public_id, Meter.enterprise_id == actor.require_firm(*OPERATORS))
    )
    if token is None:
        raise NotFound("device_token")
    token.revoked_at = token.revoked_at or clock()
    session.flush()
    audit(session, actor, at=clock(), action="meter.token_revoked", subject=f"device_token:{token.public_id}")


def hash_of(secret: str) -> str:
    """What is kept of a token: it is long and random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Outcome(StrEnum):
    STORED = "stored"
    HELD = "held"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReading:
    """One event as a device sends it; `sequence` counts its events, so that gaps show."""

    event_id: str
    at: datetime
    value: Decimal
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of one reading; `why` is a stable word for what was held or rejected."""

    event_id: str
    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeReadings:
    """A batch of one device for one meter, in the order in which it was sent."""

    meter_id: int
    device: str
    readings: Sequence[NewReading]
    source: Source = Source.AUTOMATIC


def take_readings(session: Session, command: TakeReadings, *, clock: Clock) -> list[Answered]:
    """Store each event once and say what became of it; locks the meter.

    A counter that falls without having rolled over is held for review and not counted. A batch sent again is answered
    `duplicate` and changes nothing. Raises `Invalid` for more than 1,000.
    """
    if len(command.readings) > MOST_READINGS:
        raise Invalid("too_many_readings", fields={"readings": ["too_many_readings"]})
    meter = session.scalars(
        select(Meter).where(Meter.id == command.meter_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    now = clock()
    answers: dict[str, Answered] = {}
    seen = set(_known(session, command))
    fresh: list[_Fresh] = []
    state = _State(meter.last_counter, meter.last_at, meter.last_sequence)
    for reading in sorted(command.readings, key=_moment):
        if reading.event_id in seen:
            continue
        if why := _refusal(reading, now):
            answers[reading.event_id] = Answered(reading.event_id, Outcome.REJECTED, why)
            continue
        seen.add(reading.event_id)
        is_first = meter.kind is MeterKind.COUNTER and state.counter is None
        used, why = _used(meter, state, reading)
        at = reading.at.astimezone(UTC)
        fresh.append(_Fresh(reading.event_id, at, reading.value, used, reading.sequence, why, is_first))
        outcome = Outcome.HELD if why else Outcome.STORED
        answers[reading.event_id] = Answered(reading.event_id, outcome, why)
    meter.last_counter, meter.last_at, meter.last_sequence = state.counter, state.at, state.sequence
    _store(session, command, fresh, now)
    add_to_hours(session, meter.id, [(row.at, row.used) for row in fresh if not row.why])
    session.flush()
    return _in_order(command.readings, answers)


def _in_order(readings: Sequence[NewReading], answers: dict[str, Answered]) -> list[Answered]:
    """One answer for each reading sent; an event sent twice in one batch is first stored and then a duplicate."""
    told: list[Answered] = []
    for reading in readings:
        answer = answers.pop(reading.event_id, None)
        told.append(answer or Answered(reading.event_id, Outcome.DUPLICATE))
    return told


@dataclass(slots=True)
class _State:
    """Where the meter's counting stands while a batch is read."""

    counter: Decimal | None
    at: datetime | None
    sequence: int | None


def _moment(reading: NewReading) -> datetime:
    return reading.at


def _known(session: Session, command: TakeReadings) -> Sequence[str]:
    ids = [reading.event_id for reading in command.readings]
    return session.scalars(
        select(Reading.event_id).where(
            Reading.meter_id == command.meter_id,
            Reading.device == command.device,
            Reading.event_id == func.any(ids),
        )
    ).all()


def _refusal(reading: NewReading, now: datetime) -> str:
    if reading.at > now + FUTURE:
        return "in_the_future"
    if reading.at < now - PAST:
        return "too_old"
    return "negative" if reading.value < 0 else ""


class _Fresh(NamedTuple):
    """A reading that was not known yet; `why` it is held, or empty; whether a counter's counting begins with it."""

    event_id: str
    at: datetime
    value: Decimal
    used: Decimal
    sequence: int | None
    why: str
    is_first: bool


def _used(meter: Meter, state: _State, reading: NewReading) -> tuple[Decimal, str]:
    """What the reading adds, or why it is held. A counter's first reading is where counting begins."""
    if reading.sequence is not None:
        state.sequence = max(reading.sequence, state.sequence or 0)
    if meter.kind is MeterKind.DELTA:
        state.at = reading.at if state.at is None else max(reading.at, state.at)
        return reading.value, ""
    before = state.counter
    if state.at is not None and reading.at < state.at:
        return Decimal(0), "older_than_the_last"
    if before is not None and reading.value < before:
        if meter.rollover_at is None or before < meter.rollover_at * NEAR_THE_END:
            return Decimal(0), "counter_went_back"
        used = meter.rollover_at - before + reading.value
    else:
        used = Decimal(0) if before is None else reading.value - before
    state.counter, state.at = reading.value, reading.at
    return used, ""


_STORE = text("""
INSERT INTO billing_reading
    (meter_id, device, event_id, at, received_at, value, used, source, status, sequence, reason)
SELECT :meter_id, :device, sent.event_id, sent.at, :received_at, sent.value, sent.used, :source, sent.status,
    sent.sequence, sent.reason
FROM json_to_recordset(CAST(:rows AS json)) AS sent(
    event_id text, at timestamptz, value numeric, used numeric, status text, sequence bigint, reason text)
ON CONFLICT (meter_id, device, event_id) DO NOTHING
""")
"""One statement for all; they travel as one document, which is several times quicker than arrays of values."""


def _store(session: Session, command: TakeReadings, rows: Sequence[_Fresh], now: datetime) -> None:
    if not rows:
        return
    session.execute(
        _STORE,
        {
            "meter_id": command.meter_id,
            "device": command.device,
            "received_at": now,
            "source": command.source.value,
            "rows": json.dumps([_row(row) for row in rows]),
        },
    )


def _row(row: _Fresh) -> dict[str, object]:
    return {
        "event_id": row.event_id,
        "at": row.at.isoformat(),
        "value": str(row.value),
        "used": str(row.used),
        "status": "held" if row.why else "counted",
        "sequence": row.sequence,
        "reason": row.why or (FIRST if row.is_first else ""),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectReading:
    """`used` is what the old reading should have added."""

    meter: str
    event_id: str
    used: Decimal
    reason: str


def correct_reading(session: Session, command: CorrectReading, *, actor: Actor, clock: Clock) -> Reading:
    """A new event that names the old one; both are kept, only the new one counts.

    Raises `Conflict` `reading_corrected` when another one stands in its place already.
    """
    meter = locked_meter(session, command.meter, actor=actor)
    old = reading_of(session, meter, command.event_id)
    if old.status is ReadingStatus.CORRECTED:
        raise Conflict("reading_corrected")
    old.status = ReadingStatus.CORRECTED
    new = Reading(
        meter_id=meter.id,
        device=old.device,
        event_id=f"correction:{old.id}",
        at=old.at,
        received_at=clock(),
        value=old.value,
        used=command.used,
        source=Source.CORRECTED,
        status=ReadingStatus.COUNTED,
        corrects_id=old.id,
        reason=command.reason,
    )
    session.add(new)
    session.flush()
    refresh_hours(session, meter.id, [old.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)])
    subject = f"meter:{meter.public_id}"
    before, after = {"used": str(old.used)}, {"used": str(new.used), "reason": command.reason}
    audit(session, actor, at=clock(), action="reading.corrected", subject=subject, before=before, after=after)
    return new


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeMeter:
    """The old device's last counter and the new one's first."""

    meter: str
    final: Decimal
    first: Decimal = Decimal(0)


def exchange_meter(session: Session, command: ExchangeMeter, *, actor: Actor, clock: Clock) -> Meter:
    """A new device in the same place: what the old one still counted is added, then counting goes on from `first`."""
    meter = locked_meter(session, command.meter, actor=actor)
    if meter.kind is not MeterKind.COUNTER:
        raise Conflict("not_a_counter")
    now = clock()
    rest = Decimal(0) if meter.last_counter is None else command.final - meter.last_counter
    if rest < 0:
        raise Invalid("counter_went_back", fields={"final": ["counter_went_back"]})
    row = {
        "meter_id": meter.id,
        "device": "exchange",
        "event_id": f"exchange:{now.isoformat()}",
        "at": now,
        "received_at": now,
        "value": command.final,
        "used": rest,
        "source": Source.MANUAL,
        "status": ReadingStatus.COUNTED,
        "reason": "exchanged",
    }
    session.execute(insert(Reading), [row])
    add_to_hours(session, meter.id, [(now.astimezone(UTC), rest)])
    meter.last_counter, meter.last_at, meter.last_sequence = command.first, now, None
    session.flush()
    subject = f"meter:{meter.public_id}"
    after = {"final": str(command.final), "first": str(command.first)}
    audit(session, actor, at=now, action="meter.exchanged", subject=subject, after=after)
    return meter
