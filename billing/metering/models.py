"""Meters, device tokens, readings, hourly sums."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Enterprise, Park
from marketplace.kernel.database import Keyed, Record, text_enum


class MeterKind(StrEnum):
    """`counter`: a reading says what the counter shows; `delta`: what was used since the last one."""

    COUNTER = "counter"
    DELTA = "delta"


class Meter(Keyed, Record):
    """One device that counts. `unit` is a word of `billing.pricing.texts.UNIT_TEXTS`.

    A counter jumps back to 0 after `rollover_at`. `offset` is what exchanged devices showed before this one.
    """

    __tablename__ = "billing_meter"
    __table_args__ = (
        CheckConstraint("rollover_at IS NULL OR rollover_at > 0", name="rolls_over_somewhere"),
        Index("ix_billing_meter_enterprise_id", "enterprise_id", "id"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[MeterKind] = mapped_column(text_enum(MeterKind))
    unit: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    subject_ref: Mapped[str] = mapped_column(String(60), default="")
    rollover_at: Mapped[Decimal | None] = mapped_column(Numeric, default=None)
    last_counter: Mapped[Decimal | None] = mapped_column(Numeric, default=None)
    last_at: Mapped[datetime | None] = mapped_column(default=None)
    last_sequence: Mapped[int | None] = mapped_column(default=None)
    enterprise: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql")


class DeviceToken(Keyed, Record):
    """What a gateway signs in with to send readings of one meter; only its hash is kept."""

    __tablename__ = "billing_device_token"

    meter_id: Mapped[int] = mapped_column(ForeignKey(Meter.id), index=True)
    name: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class Source(StrEnum):
    """How a reading came to be."""

    AUTOMATIC = "automatic"
    QR = "qr"
    MANUAL = "manual"
    CORRECTED = "corrected"


class ReadingStatus(StrEnum):
    """`held`: kept for review and not counted; `corrected`: another reading stands in its place; `dismissed`: a glitch."""

    COUNTED = "counted"
    HELD = "held"
    CORRECTED = "corrected"
    DISMISSED = "dismissed"


FIRST = "first"
"""The reason of the reading from which a counter counts: it says what it shows, not what was used."""


class Reading(Record):
    """One event of a device: `value` as it was sent, `used` what it adds to the meter's use.

    Unique by (meter, device, event id); `sequence` finds gaps; `corrects_id` names the reading it stands for.
    """

    __tablename__ = "billing_reading"
    __table_args__ = (
        UniqueConstraint("meter_id", "device", "event_id"),
        Index("ix_billing_reading_meter_id_at", "meter_id", "at"),
        Index("ix_billing_reading_corrects_id", "corrects_id", unique=True, postgresql_where="corrects_id IS NOT NULL"),
        Index("ix_billing_reading_held", "meter_id", "id", postgresql_where="status = 'held'"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    meter_id: Mapped[int] = mapped_column(ForeignKey(Meter.id))
    device: Mapped[str] = mapped_column(String(60))
    event_id: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    value: Mapped[Decimal] = mapped_column(Numeric)
    used: Mapped[Decimal] = mapped_column(Numeric)
    source: Mapped[Source] = mapped_column(text_enum(Source))
    status: Mapped[ReadingStatus] = mapped_column(text_enum(ReadingStatus))
    sequence: Mapped[int | None] = mapped_column(default=None)
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("billing_reading.id"), default=None)
    reason: Mapped[str] = mapped_column(String(200), default="")


class HourlyUse(Record):
    """What a meter used within an hour that begins at `hour` (UTC); made of its counted readings, rebuildable."""

    __tablename__ = "billing_hourly_use"

    meter_id: Mapped[int] = mapped_column(ForeignKey(Meter.id), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    used: Mapped[Decimal] = mapped_column(Numeric)
    readings: Mapped[int]
