"""Reads of ratings: published grades for anybody who trades, scores and alarms for the firm itself and the office."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from credit.evidence.models import Decision
from credit.ratings.models import Anchor, PublicGrade, Snapshot
from credit.ratings.operations import firm_ratings
from credit.scoring.events import Role
from credit.scoring.grades import UNRATED
from credit.scoring.rating import Rating
from marketplace.accounts.models import Enterprise, Membership
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import Page, decode_cursor, page_of


@dataclass(frozen=True, slots=True)
class GradeShown:
    """A published grade with its sample size; U with nothing behind it for a firm never rated."""

    grade: str = UNRATED
    orders: int = 0
    score: int | None = None


NOT_RATED = GradeShown()


PUBLISHED = select(PublicGrade.enterprise_id, PublicGrade.grade, PublicGrade.orders, PublicGrade.score).where(
    PublicGrade.park_id == bindparam("park"),
    PublicGrade.role == bindparam("role"),
    PublicGrade.enterprise_id == any_(bindparam("firms", type_=ARRAY(BigInteger))),
)


def public_grades(
    session: Session, enterprise_ids: Iterable[int], *, park_id: int, role: Role = Role.SUPPLIER
) -> Mapping[int, GradeShown]:
    """Enterprise id -> its published grade in the role, in one statement; a firm without one is U."""
    ids = set(enterprise_ids)
    rows = session.execute(PUBLISHED, {"park": park_id, "role": role, "firms": list(ids)})
    found = {row[0]: GradeShown(row[1], row[2], row[3] if row[1] != UNRATED else None) for row in rows}
    return {enterprise_id: found.get(enterprise_id, NOT_RATED) for enterprise_id in ids}


def public_grade_of(session: Session, enterprise_id: int, *, park_id: int, role: Role = Role.SUPPLIER) -> GradeShown:
    """One firm's published grade."""
    return public_grades(session, [enterprise_id], park_id=park_id, role=role)[enterprise_id]


def own_ratings(session: Session, *, actor: Actor, at: datetime) -> list[Rating]:
    """The actor's firm in both roles, row by row."""
    return firm_ratings(session, actor.park_id, actor.require_firm(), at=at)


def score_of(session: Session, enterprise: str, *, actor: Actor, at: datetime) -> tuple[Enterprise, list[Rating]]:
    """A firm's ratings for the office, by public id. Raises `NotFound` for a firm of another park."""
    actor.require_office()
    firm = session.scalar(
        select(Enterprise)
        .join(Membership, Membership.enterprise_id == Enterprise.id)
        .where(Enterprise.public_id == enterprise, Membership.park_id == actor.park_id)
    )
    if firm is None:
        raise NotFound("enterprise")
    return firm, firm_ratings(session, actor.park_id, firm.id, at=at)


def published_of(session: Session, park_id: int, enterprise_id: int) -> Mapping[str, PublicGrade]:
    """What is published of a firm, by role."""
    rows = select(PublicGrade).where(PublicGrade.park_id == park_id, PublicGrade.enterprise_id == enterprise_id)
    return {row.role.value: row for row in session.scalars(rows)}


def history_of(session: Session, park_id: int, enterprise_id: int, role: Role) -> Sequence[Snapshot]:
    """The last snapshot of each of the last twelve months, oldest first."""
    month = func.date_trunc("month", Snapshot.at)
    newest = (
        select(func.max(Snapshot.id))
        .where(Snapshot.park_id == park_id, Snapshot.enterprise_id == enterprise_id, Snapshot.role == role)
        .group_by(month)
    )
    rows = session.scalars(select(Snapshot).where(Snapshot.id.in_(newest)).order_by(Snapshot.id.desc()).limit(12)).all()
    return rows[::-1]


def grade_counts(session: Session, *, actor: Actor, role: Role) -> Mapping[str, int]:
    """How many admitted firms hold which published grade; firms without one are U."""
    actor.require_office()
    rows = session.execute(
        select(PublicGrade.grade, func.count())
        .select_from(Membership)
        .outerjoin(
            PublicGrade,
            (PublicGrade.enterprise_id == Membership.enterprise_id)
            & (PublicGrade.park_id == Membership.park_id)
            & (PublicGrade.role == role),
        )
        .where(Membership.park_id == actor.park_id, Membership.status == "admitted")
        .group_by(PublicGrade.grade)
    )
    counts: dict[str, int] = {}
    for grade, count in rows:
        counts[grade or UNRATED] = counts.get(grade or UNRATED, 0) + count
    return counts


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One firm on the office's board: what is published, where the score stands now and how far it moved."""

    firm: Enterprise
    published: PublicGrade | None
    snapshot: Snapshot

    @property
    def moved(self) -> int:
        """Thousandths since the last publication."""
        return self.snapshot.score - self.published.score if self.published else 0


def board(
    session: Session, *, actor: Actor, role: Role, grade: str = "", cursor: str | None = None, size: int = 20
) -> Page[BoardRow]:
    """Firms of the office's park that were ever rated in the role, the lowest score first."""
    actor.require_office()
    newest = (
        select(func.max(Snapshot.id))
        .where(Snapshot.park_id == actor.park_id, Snapshot.role == role)
        .group_by(Snapshot.enterprise_id)
    )
    rows = (
        select(Enterprise, PublicGrade, Snapshot)
        .join(Snapshot, Snapshot.enterprise_id == Enterprise.id)
        .outerjoin(
            PublicGrade,
            (PublicGrade.enterprise_id == Enterprise.id)
            & (PublicGrade.park_id == actor.park_id)
            & (PublicGrade.role == role),
        )
        .where(Snapshot.id.in_(newest))
        .order_by(Snapshot.score, Enterprise.id)
        .limit(size + 1)
    )
    if grade:
        rows = rows.where(func.coalesce(PublicGrade.grade, UNRATED) == grade)
    if after := decode_cursor(cursor, length=2):
        rows = rows.where((Snapshot.score > after[0]) | ((Snapshot.score == after[0]) & (Enterprise.id > after[1])))
    found = [BoardRow(row[0], row[1], row[2]) for row in session.execute(rows)]
    return page_of(found, size=size, key=_position)


def _position(row: BoardRow) -> tuple[int, int]:
    return row.snapshot.score, row.firm.id


def open_alarms(session: Session, *, actor: Actor, size: int = 20) -> Sequence[tuple[Enterprise, Snapshot]]:
    """Firms whose newest snapshot holds an alarm, the newest first."""
    actor.require_office()
    newest = (
        select(func.max(Snapshot.id))
        .where(Snapshot.park_id == actor.park_id)
        .group_by(Snapshot.enterprise_id, Snapshot.role)
    )
    rows = session.execute(
        select(Enterprise, Snapshot)
        .join(Snapshot, Snapshot.enterprise_id == Enterprise.id)
        .where(Snapshot.id.in_(newest), func.jsonb_array_length(Snapshot.alarms) > 0)
        .order_by(Snapshot.id.desc())
        .limit(size)
    )
    return [(row[0], row[1]) for row in rows]


def has_alarm(session: Session, enterprise_id: int, *, park_id: int, role: Role) -> bool:
    """Whether deposit relief and instant booking pause for the firm; never shown to others."""
    alarms = session.scalar(
        select(Snapshot.alarms)
        .where(Snapshot.park_id == park_id, Snapshot.enterprise_id == enterprise_id, Snapshot.role == role)
        .order_by(Snapshot.id.desc())
        .limit(1)
    )
    return bool(alarms)


def anchors_of(session: Session, *, actor: Actor) -> Sequence[Anchor]:
    """Anchor firms of the office's park, those that wait for a second admin first."""
    actor.require_office()
    rows = (
        select(Anchor)
        .where(Anchor.park_id == actor.park_id, Anchor.ended_at.is_(None))
        .options(joinedload(Anchor.enterprise))
        .order_by(Anchor.confirmed_at.is_not(None), Anchor.id)
    )
    return session.scalars(rows).all()


def decisions_of(session: Session, subject: str, *, actor: Actor, size: int = 20) -> Sequence[Decision]:
    """The chained decisions about one thing, newest first."""
    actor.require_office()
    rows = (
        select(Decision)
        .where(Decision.park_id == actor.park_id, Decision.subject == subject)
        .order_by(Decision.id.desc())
        .limit(size)
    )
    return session.scalars(rows).all()
