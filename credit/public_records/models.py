"""Batches of public-credit records as they came; rows are never edited, a later batch says what became of them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from credit.scoring.events import RecordClass
from marketplace.accounts.models import Enterprise, Park, User
from marketplace.kernel.database import Keyed, Record, text_enum


class PublicBatch(Keyed, Record):
    """One imported file."""

    __tablename__ = "credit_public_batch"

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id), index=True)
    filename: Mapped[str]
    encoding: Mapped[str] = mapped_column(String(20))
    imported_at: Mapped[datetime]
    imported_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    rows_added: Mapped[int]
    rows_known: Mapped[int]


class PublicRecordRow(Keyed, Record):
    """One record of an authority about a firm. Of rows with one document number the newest speaks."""

    __tablename__ = "credit_public_record"
    __table_args__ = (
        UniqueConstraint("park_id", "row_hash"),
        CheckConstraint("min_until >= published_from AND max_until >= published_from", name="runs_forward"),
        Index("ix_credit_public_record_firm", "park_id", "enterprise_id"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    batch_id: Mapped[int] = mapped_column(ForeignKey(PublicBatch.id), index=True)
    document_number: Mapped[str] = mapped_column(String(100))
    authority: Mapped[str]
    record_class: Mapped[RecordClass] = mapped_column(text_enum(RecordClass))
    published_from: Mapped[date]
    row_hash: Mapped[str] = mapped_column(String(64))
    min_until: Mapped[date | None] = mapped_column(default=None)
    max_until: Mapped[date | None] = mapped_column(default=None)
    is_repaired: Mapped[bool] = mapped_column(default=False)
    points: Mapped[int] = mapped_column(default=0)
    """Thousandths of a point that a commendation adds."""
