"""Evidence, the states it went through, and the chained log of decisions: three append-only tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from credit.scoring.events import Role, Source, State
from marketplace.accounts.models import Enterprise, Park, User
from marketplace.kernel.database import JSON, Keyed, Record, text_enum


class Evidence(Keyed, Record):
    """One dated fact about a firm. `x` is whole millionths, 1,000,000 good … 0 bad; `amount` the order's in fen.

    Never changed: what becomes of it are rows of `EvidenceState`, a correction is evidence of the next `revision`.
    """

    __tablename__ = "credit_evidence"
    __table_args__ = (
        UniqueConstraint(
            "enterprise_id", "park_id", "role", "dimension", "subject_ref", "revision", name="uq_credit_evidence_once"
        ),
        CheckConstraint("x BETWEEN 0 AND 1000000", name="x_is_a_share"),
        CheckConstraint("amount >= 0", name="no_negative_amount"),
        CheckConstraint("counterparty_id <> enterprise_id", name="two_parties"),
        Index("ix_credit_evidence_park_id_enterprise_id", "park_id", "enterprise_id"),
        Index("ix_credit_evidence_subject_ref", "subject_ref"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    role: Mapped[Role] = mapped_column(text_enum(Role))
    dimension: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(40))
    x: Mapped[int]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    final_at: Mapped[datetime]
    subject_ref: Mapped[str] = mapped_column(String(60))
    counterparty_id: Mapped[int | None] = mapped_column(ForeignKey(Enterprise.id), default=None)
    amount: Mapped[int | None] = mapped_column(default=None)
    severity: Mapped[str] = mapped_column(String(10), default="")
    source: Mapped[Source] = mapped_column(text_enum(Source), default=Source.ORDER_MACHINE)
    is_paid: Mapped[bool] = mapped_column(default=True)
    proof: Mapped[list[str]] = mapped_column(JSONB, default_factory=list[str])
    facts: Mapped[JSON] = mapped_column(JSONB, default_factory=dict[str, Any])
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey(User.id), default=None)
    revision: Mapped[int] = mapped_column(default=1)


class EvidenceState(Record):
    """One state of a piece of evidence; the row with the highest id is where it stands."""

    __tablename__ = "credit_evidence_state"
    __table_args__ = (Index("ix_credit_evidence_state_evidence_id", "evidence_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    evidence_id: Mapped[int] = mapped_column(ForeignKey(Evidence.id))
    state: Mapped[State] = mapped_column(text_enum(State))
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), default=None)
    is_held_out: Mapped[bool] = mapped_column(default=False)
    is_superseded: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")


class Decision(Record):
    """One decision about credit. `hash` covers the row and the hash before it, so that nothing can be cut out."""

    __tablename__ = "credit_decision"
    __table_args__ = (
        UniqueConstraint("park_id", "previous_hash"),
        Index("ix_credit_decision_subject", "subject"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True, init=False)
    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    actor_name: Mapped[str]
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str]
    facts: Mapped[JSON]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
