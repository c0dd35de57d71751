"""A review that one side of an order wrote about the other."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from credit.scoring.events import Role
from marketplace.accounts.models import Enterprise, Park, User
from marketplace.kernel.database import Keyed, Record, text_enum


class Review(Keyed, Record):
    """Stars 1 to 5 by criterion and a text; `role` is the part the reviewed firm played. Append-only."""

    __tablename__ = "credit_review"
    __table_args__ = (
        UniqueConstraint("subject_ref", "author_id"),
        CheckConstraint("author_id <> about_id", name="two_parties"),
        Index("ix_credit_review_about_id", "about_id", "written_at"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    subject_ref: Mapped[str] = mapped_column(String(60))
    author_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    about_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    role: Mapped[Role] = mapped_column(text_enum(Role))
    stars: Mapped[dict[str, int]] = mapped_column(JSONB)
    text: Mapped[str]
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
