"""Tell people what happened: written with the data, mailed by a job."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.accounts.models import FirmMember, MemberStatus, OfficeMember
from marketplace.conversations.models import MailStatus, Notice
from marketplace.kernel.actor import Actor, FirmRole, OfficeRole
from marketplace.kernel.errors import NotFound
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.jobs import defer


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """Who is told: people by id, the members of a firm, the office of the park; roles narrow the last two."""

    user_ids: Sequence[int] = ()
    enterprise_id: int | None = None
    firm_roles: Sequence[FirmRole] = ()
    office_roles: Sequence[OfficeRole] | None = None


def notify(
    session: Session,
    *,
    park_id: int,
    to: Recipients,
    code: str,
    facts: Mapping[str, Any],
    link: str,
    at: datetime,
    once_key: str | None = None,
) -> None:
    """Put a notice into each recipient's inbox and write the job that mails it, in the caller's transaction.

    `facts` are plain JSON values (names in both languages where the sentence needs one, times ISO 8601).
    With `once_key` a person is told once, however often the caller runs.
    """
    for user_id in _user_ids(session, park_id, to):
        notice_id = session.scalar(
            insert(Notice)
            .values(
                public_id=new_public_id(),
                park_id=park_id,
                user_id=user_id,
                code=code,
                facts=dict(facts),
                link=link,
                at=at,
                once_key=once_key,
                mail_status=MailStatus.QUEUED,
            )
            .on_conflict_do_nothing(index_elements=["user_id", "once_key"])
            .returning(Notice.id)
        )
        if notice_id is not None:
            defer(session, "conversations.mail_notice", arguments={"notice_id": notice_id})


def _user_ids(session: Session, park_id: int, to: Recipients) -> list[int]:
    found = set(to.user_ids)
    if to.enterprise_id is not None:
        members = select(FirmMember.user_id).where(
            FirmMember.enterprise_id == to.enterprise_id, FirmMember.status == MemberStatus.ACTIVE
        )
        if to.firm_roles:
            members = members.where(FirmMember.role.in_({*to.firm_roles, FirmRole.OWNER}))
        found.update(session.scalars(members))
    if to.office_roles is not None:
        officers = select(OfficeMember.user_id).where(OfficeMember.park_id == park_id)
        if to.office_roles:
            officers = officers.where(OfficeMember.roles.overlap([role.value for role in to.office_roles]))
        found.update(session.scalars(officers))
    return sorted(found)


def mark_read(session: Session, public_id: str, *, actor: Actor, at: datetime) -> Notice:
    """The person has seen it; again changes nothing. Raises `NotFound` for anybody else's notice."""
    notice = session.scalar(select(Notice).where(Notice.public_id == public_id, Notice.user_id == actor.user_id))
    if notice is None:
        raise NotFound("notice")
    notice.read_at = notice.read_at or at
    return notice


def mark_all_read(session: Session, *, actor: Actor, at: datetime) -> int:
    """The person has seen everything; returns how many were unread."""
    unread = update(Notice).where(Notice.user_id == actor.user_id, Notice.read_at.is_(None)).values(read_at=at)
    return len(session.scalars(unread.returning(Notice.id)).all())


UNREAD = select(func.count()).where(Notice.user_id == bindparam("person"), Notice.read_at.is_(None))


def unread_count(session: Session, *, actor: Actor) -> int:
    """How many notices wait for the person."""
    return session.scalar(UNREAD, {"person": actor.user_id}) or 0
