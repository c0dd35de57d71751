"""Objections and repairs: one at a time for a piece of evidence."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from credit.evidence.models import Evidence
from marketplace.accounts.models import Enterprise, Park, User
from marketplace.kernel.database import Keyed, Record, text_enum


class ObjectionStatus(StrEnum):
    """filed → acknowledged → granted | rejected; rejected → appealed → granted | rejected for good."""

    FILED = "filed"
    ACKNOWLEDGED = "acknowledged"
    GRANTED = "granted"
    REJECTED = "rejected"
    APPEALED = "appealed"
    CONFIRMED = "confirmed"


OPEN = (ObjectionStatus.FILED, ObjectionStatus.ACKNOWLEDGED, ObjectionStatus.APPEALED)


class Objection(Keyed, Record):
    """A firm contests a piece of evidence; deadlines are counted in working days."""

    __tablename__ = "credit_objection"
    __table_args__ = (
        Index("uq_credit_objection_evidence", "evidence_id", unique=True),
        Index(
            "ix_credit_objection_open",
            "park_id",
            "decide_by",
            postgresql_where=text("status IN ('filed','acknowledged','appealed')"),
        ),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id), index=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey(Evidence.id))
    reason: Mapped[str]
    proof: Mapped[str]
    filed_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    filed_at: Mapped[datetime]
    acknowledge_by: Mapped[datetime]
    answer_by: Mapped[datetime]
    decide_by: Mapped[datetime]
    status: Mapped[ObjectionStatus] = mapped_column(text_enum(ObjectionStatus), default=ObjectionStatus.FILED)
    is_prima_facie: Mapped[bool] = mapped_column(default=False)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(User.id), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decision: Mapped[str] = mapped_column(default="")
    appeal: Mapped[str] = mapped_column(default="")
    appeal_decided_by: Mapped[int | None] = mapped_column(ForeignKey(User.id), default=None)
    appeal_decision: Mapped[str] = mapped_column(default="")
    escalated_at: Mapped[datetime | None] = mapped_column(default=None)
    evidence: Mapped[Evidence] = relationship(init=False, lazy="raise_on_sql")
    enterprise: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql")

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class RepairStatus(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class Repair(Keyed, Record):
    """A firm has made good and pledges to keep to it; granted, the evidence no longer counts."""

    __tablename__ = "credit_repair"
    __table_args__ = (
        Index("uq_credit_repair_asked", "evidence_id", unique=True, postgresql_where=text("status = 'asked'")),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id), index=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    evidence_id: Mapped[int] = mapped_column(ForeignKey(Evidence.id))
    pledge: Mapped[str]
    proof: Mapped[str]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    asked_at: Mapped[datetime]
    status: Mapped[RepairStatus] = mapped_column(text_enum(RepairStatus), default=RepairStatus.ASKED)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(User.id), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    decision: Mapped[str] = mapped_column(default="")
    evidence: Mapped[Evidence] = relationship(init=False, lazy="raise_on_sql")
    enterprise: Mapped[Enterprise] = relationship(init=False, lazy="raise_on_sql")
