"""Reads of notices: a person sees their own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.conversations.models import Notice
from marketplace.conversations.wording import words_of
from marketplace.kernel.actor import Actor
from marketplace.kernel.database import JSON
from marketplace.kernel.paging import Page, decode_cursor, page_of


@dataclass(frozen=True, slots=True)
class ReadableNotice:
    """A notice in its reader's words."""

    public_id: str
    subject: str
    body: str
    link: str
    at: datetime
    is_read: bool


def inbox(
    session: Session, *, actor: Actor, locale: str, cursor: str | None = None, size: int = 20
) -> Page[ReadableNotice]:
    """The person's notices, newest first, in the given language."""
    rows = select(Notice).where(Notice.user_id == actor.user_id).order_by(Notice.id.desc()).limit(size + 1)
    if after := decode_cursor(cursor, length=1):
        rows = rows.where(Notice.id < after[0])
    page = page_of(session.scalars(rows).all(), size=size, key=_position)
    return Page([_readable(notice, locale) for notice in page.items], page.next_cursor)


def _position(notice: Notice) -> tuple[int]:
    return (notice.id,)


def _readable(notice: Notice, locale: str) -> ReadableNotice:
    subject, body = words_of(notice.code, notice.facts, locale)
    return ReadableNotice(notice.public_id, subject, body, notice.link, notice.at, notice.read_at is not None)


def notices_told(session: Session, user_id: int) -> list[JSON]:
    """A person's notices as plain values, for the copy of their data they may ask for."""
    rows = session.scalars(select(Notice).where(Notice.user_id == user_id).order_by(Notice.id))
    return [{"code": row.code, "facts": row.facts, "at": row.at.isoformat(), "link": row.link} for row in rows]
