"""The fulfilment of an order and the records that both sides sign when a machine changes hands."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Numeric, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.kernel.database import Keyed, Record, text_enum
from marketplace.kernel.errors import Conflict
from marketplace.orders.models import Order, Side

ONE_WAITING = "ix_orders_handover_record_waiting"


class FulfilmentKind(StrEnum):
    """`use`: a machine is handed over and comes back; `service`: a result is delivered."""

    USE = "use"
    SERVICE = "service"


class FulfilmentStatus(StrEnum):
    """planned → handed_over → returned → inspected → accepted; services: planned → delivered → accepted.

    rejected → rework goes round again; no_show and cancelled end it before it began. A machine that the demander has
    bought out goes from handed_over to accepted: it does not come back.
    """

    PLANNED = "planned"
    HANDED_OVER = "handed_over"
    RETURNED = "returned"
    INSPECTED = "inspected"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REWORK = "rework"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class RecordKind(StrEnum):
    HANDOVER = "handover"
    RETURN = "return"
    DELIVERY = "delivery"


class RecordStatus(StrEnum):
    """waiting → signed | refused; a newer record of the same step replaces one that waits."""

    WAITING = "waiting"
    SIGNED = "signed"
    REFUSED = "refused"
    REPLACED = "replaced"


class Fulfilment(Keyed, Record):
    """One booking from handover to acceptance. Times are moments, `claim_amount` minor units of the order's currency.

    `unit_ids` are the booked units; `returned_unit_ids` those that came back so far. After `accept_by` silence accepts.
    """

    __tablename__ = "orders_fulfilment"
    __table_args__ = (
        CheckConstraint("claim_amount >= 0", name="no_negative_claim"),
        Index("ix_orders_fulfilment_accept_by", "accept_by", postgresql_where=text("accept_by IS NOT NULL")),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id), unique=True)
    kind: Mapped[FulfilmentKind] = mapped_column(text_enum(FulfilmentKind))
    unit_ids: Mapped[list[int]] = mapped_column(JSONB)
    accept_by: Mapped[datetime | None]
    status: Mapped[FulfilmentStatus] = mapped_column(text_enum(FulfilmentStatus), default=FulfilmentStatus.PLANNED)
    returned_unit_ids: Mapped[list[int]] = mapped_column(JSONB, default_factory=list)
    handed_over_at: Mapped[datetime | None] = mapped_column(default=None)
    returned_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    inspected_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    accepted_by_silence: Mapped[bool] = mapped_column(default=False)
    reworked: Mapped[bool] = mapped_column(default=False)
    damage: Mapped[str] = mapped_column(default="")
    claim_amount: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(default="")
    missed_by: Mapped[Side | None] = mapped_column(text_enum(Side), default=None)
    version: Mapped[int] = mapped_column(init=False, default=1)
    order: Mapped[Order] = relationship(init=False, lazy="raise_on_sql")

    __mapper_args__: ClassVar = {"version_id_col": version}

    def move_to(self, status: FulfilmentStatus) -> None:
        """One step; raises `Conflict` `fulfilment_transition` for a step the table does not know."""
        known = FulfilmentStatus
        match (self.status, status):
            case (
                (known.PLANNED | known.REWORK, known.HANDED_OVER | known.DELIVERED)
                | (known.PLANNED, known.NO_SHOW | known.CANCELLED | known.ACCEPTED)
                | (known.HANDED_OVER, known.RETURNED)
                | (known.RETURNED, known.INSPECTED | known.ACCEPTED | known.REJECTED)
                | (known.INSPECTED | known.DELIVERED, known.ACCEPTED | known.REJECTED)
                | (known.REJECTED, known.REWORK | known.ACCEPTED)
            ):
                self.status = status
            case _:
                raise Conflict("fulfilment_transition", before=self.status.value, after=status.value)

    def stay(self) -> None:
        """The machine was bought and does not come back; raises `Conflict` unless it is in the demander's hands."""
        if self.status is not FulfilmentStatus.HANDED_OVER:
            raise Conflict("fulfilment_transition", before=self.status.value, after=FulfilmentStatus.ACCEPTED.value)
        self.status = FulfilmentStatus.ACCEPTED

    @property
    def is_over(self) -> bool:
        return self.status in {FulfilmentStatus.ACCEPTED, FulfilmentStatus.NO_SHOW, FulfilmentStatus.CANCELLED}


class HandoverRecord(Keyed, Record):
    """What both sides found when the machine changed hands: checklist, meter, photos; signed by the second side.

    `checklist` rows are {code, ok, note}; `reading` is the meter's figure in the resource type's own unit.
    """

    __tablename__ = "orders_handover_record"
    __table_args__ = (
        CheckConstraint("reading >= 0", name="no_negative_reading"),
        Index("ix_orders_handover_record_fulfilment_id", "fulfilment_id", "id"),
        Index(ONE_WAITING, "fulfilment_id", unique=True, postgresql_where=text("status = 'waiting'")),
    )

    fulfilment_id: Mapped[int] = mapped_column(ForeignKey(Fulfilment.id))
    kind: Mapped[RecordKind] = mapped_column(text_enum(RecordKind))
    at: Mapped[datetime]
    unit_ids: Mapped[list[int]] = mapped_column(JSONB)
    checklist: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    written_side: Mapped[Side] = mapped_column(text_enum(Side))
    written_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    writer: Mapped[str]
    status: Mapped[RecordStatus] = mapped_column(text_enum(RecordStatus), default=RecordStatus.WAITING)
    meter: Mapped[str] = mapped_column(String(32), default="")
    reading: Mapped[Any] = mapped_column(Numeric(16, 3), default=None, nullable=True)
    note: Mapped[str] = mapped_column(default="")
    signed_at: Mapped[datetime | None] = mapped_column(default=None)
    signed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id), default=None)
    signer: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    fulfilment: Mapped[Fulfilment] = relationship(init=False, lazy="raise_on_sql")


class HandoverPhoto(Keyed, Record):
    """A picture of what was found, re-encoded; sizes in pixels."""

    __tablename__ = "orders_handover_photo"

    record_id: Mapped[int] = mapped_column(ForeignKey(HandoverRecord.id), index=True)
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    thumbnail: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    uploaded_at: Mapped[datetime]
    side: Mapped[Side] = mapped_column(text_enum(Side))
