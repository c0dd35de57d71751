"""Notices: what waits for a person, in the app and by mail. Messages: what two sides write to each other."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Enterprise, Park, User
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


class Message(Keyed, Record):
    """What a firm wrote about one subject; never changed. `is_masked`: ways around the platform were blacked out."""

    __tablename__ = "conversations_message"
    __table_args__ = (Index("ix_conversations_message_subject", "park_id", "subject_ref", "id"),)

    park_id: Mapped[int] = mapped_column(ForeignKey(Park.id))
    subject_ref: Mapped[str] = mapped_column(String(60))
    """`order:` and the order's public id."""
    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    text: Mapped[str]
    is_masked: Mapped[bool]
    at: Mapped[datetime]
    user: Mapped[User] = relationship(init=False, lazy="raise_on_sql")


class ThreadRead(Record):
    """How far a firm has read a subject's messages."""

    __tablename__ = "conversations_thread_read"

    enterprise_id: Mapped[int] = mapped_column(ForeignKey(Enterprise.id), primary_key=True)
    subject_ref: Mapped[str] = mapped_column(String(60), primary_key=True)
    message_id: Mapped[int] = mapped_column(BigInteger)
