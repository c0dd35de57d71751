"""The audit trail as the office reads it: by who, what, subject and time, never another park's rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise, Park
from marketplace.accounts.queries import enterprises_by_id
from marketplace.kernel.actor import Actor, OfficeRole
from marketplace.kernel.audit import AuditRow
from marketplace.kernel.errors import Invalid
from marketplace.kernel.paging import Page, decode_cursor, page_of

READERS = (OfficeRole.ADMIN, OfficeRole.AUDITOR)
MOST_EXPORTED = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which acts: empty fields want all. Dates are days of the park, both included."""

    who: str = ""
    action: str = ""
    subject: str = ""
    enterprise: str = ""
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the trail with the firm its actor acted for."""

    row: AuditRow
    firm: Enterprise | None


def acts(session: Session, wanted: Wanted, *, actor: Actor, cursor: str | None = None, size: int = 50) -> Page[Act]:
    """The acts of the actor's park that match, newest first; admins and auditors alone."""
    rows = _matching(session, wanted, actor=actor).limit(size + 1)
    if after := decode_cursor(cursor, length=2):
        rows = rows.where(tuple_(AuditRow.at, AuditRow.id) < _position(after))
    found = page_of(session.scalars(rows).all(), size=size, key=_key)
    return Page(with_firms(session, found.items), found.next_cursor)


def all_acts(session: Session, wanted: Wanted, *, actor: Actor) -> Sequence[Act]:
    """What an export holds: the newest 50,000 acts that match."""
    return with_firms(session, session.scalars(_matching(session, wanted, actor=actor).limit(MOST_EXPORTED)).all())


def with_firms(session: Session, rows: Sequence[AuditRow]) -> Sequence[Act]:
    firms: Mapping[int, Enterprise] = enterprises_by_id(session, [row.enterprise_id or 0 for row in rows])
    return [Act(row, firms.get(row.enterprise_id or 0)) for row in rows]


def _matching(session: Session, wanted: Wanted, *, actor: Actor) -> Select[AuditRow]:
    actor.require_office(*READERS)
    rows = select(AuditRow).where(AuditRow.park_id == actor.park_id).order_by(AuditRow.at.desc(), AuditRow.id.desc())
    if wanted.who:
        rows = rows.where(AuditRow.actor_name.icontains(wanted.who, autoescape=True))
    if wanted.action:
        rows = rows.where(AuditRow.action.startswith(wanted.action, autoescape=True))
    if wanted.subject:
        rows = rows.where(AuditRow.subject.startswith(wanted.subject, autoescape=True))
    if wanted.enterprise:
        firm = select(Enterprise.id).where(Enterprise.public_id == wanted.enterprise).scalar_subquery()
        rows = rows.where((AuditRow.enterprise_id == firm) | (AuditRow.subject == f"enterprise:{wanted.enterprise}"))
    if wanted.first_day or wanted.last_day:
        zone = ZoneInfo(session.scalars(select(Park.time_zone).where(Park.id == actor.park_id)).one())
        if wanted.first_day:
            rows = rows.where(AuditRow.at >= datetime.combine(wanted.first_day, time(), zone))
        if wanted.last_day and wanted.last_day < date.max:
            rows = rows.where(AuditRow.at < datetime.combine(wanted.last_day + timedelta(days=1), time(), zone))
    return rows


def _key(row: AuditRow) -> tuple[str, int]:
    return row.at.isoformat(), row.id


def _position(after: list[Any]) -> tuple[datetime, int]:
    try:
        at, number = datetime.fromisoformat(after[0]), int(after[1])
    except (TypeError, ValueError) as error:
        raise Invalid("bad_cursor", fields={"cursor": ["unknown"]}) from error
    if at.tzinfo is None or not 0 <= number < 2**63:
        raise Invalid("bad_cursor", fields={"cursor": ["unknown"]})
    return at, number
