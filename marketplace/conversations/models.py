"""Notices: what waits for a person, in the app and by mail."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.accounts.models import Park, User
from marketplace.kernel.database import JSON, Keyed, Record, text_enum


class MailStatus(StrEnum):
    """queued → sent; a mail that could not be sent is tried again by its job and parked in the end."""

    QUEUED = "queued"
    SENT = "sent"
    NOT_WANTED = "not_wanted"


class Notice(Keyed, Record):
    """One thing told to one person. `code` names the sentence, `facts` fill it in the reader's language when shown."""

    __tablename__ = "conversations_notice"
    __table_args__ = (
        Index("ix_conversations_notice_user_id", "user_id", text("id DESC")),
        Index("ix_conversations_notice_unread", "user_id", postgresql_where=text("read_at IS NULL")),
        UniqueConstraint("user_id", "once_key"),
    )

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    code: Mapped[str] = mapped_column(String(80))
    facts: Mapped[JSON]
    link: Mapped[str]
    at: Mapped[datetime]
    once_key: Mapped[str | None] = mapped_column(String(120), default=None)
    """The same key tells the same person nothing twice (a job run again)."""
    read_at: Mapped[datetime | None] = mapped_column(default=None)
    mail_status: Mapped[MailStatus] = mapped_column(text_enum(MailStatus), default=MailStatus.QUEUED)
    mailed_at: Mapped[datetime | None] = mapped_column(default=None)
