"""Reads about firms and people, scoped to the actor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.accounts.models import (
    ApiToken,
    Enterprise,
    FirmMember,
    Licence,
    Membership,
    MembershipStatus,
    MemberStatus,
    OfficeMember,
    Park,
    SignInSession,
    User,
    Zone,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import Page, decode_cursor, page_of


def only_park(session: Session) -> Park:
    """The park a visitor without a sign-in comes to. Raises `NotFound` when there is none yet."""
    park = session.scalar(select(Park).order_by(Park.id).limit(1))
    if park is None:
        raise NotFound("park")
    return park


ZONES = select(Zone).where(Zone.park_id == bindparam("park_id")).order_by(Zone.id)


def zones_of(session: Session, park_id: int) -> Sequence[Zone]:
    return session.scalars(ZONES, {"park_id": park_id}).all()


def memberships(
    session: Session,
    *,
    actor: Actor,
    status: MembershipStatus | None = None,
    text: str = "",
    cursor: str | None = None,
    size: int = 20,
) -> Page[Membership]:
    """The firms of the office's park, those that wait first, then by age; `text` is part of a name or of the USCC."""
    actor.require_office()
    waiting_last = case((Membership.status == MembershipStatus.APPLIED, 0), else_=1)
    rows = (
        select(Membership)
        .where(Membership.park_id == actor.park_id)
        .options(joinedload(Membership.enterprise), joinedload(Membership.zone))
        .order_by(waiting_last, Membership.id)
        .limit(size + 1)
    )
    if status is not None:
        rows = rows.where(Membership.status == status)
    if text:
        rows = rows.join(Enterprise, Enterprise.id == Membership.enterprise_id).where(_is_called(text))
    if after := decode_cursor(cursor, length=2):
        rows = rows.where((waiting_last > after[0]) | ((waiting_last == after[0]) & (Membership.id > after[1])))
    found = session.scalars(rows).all()
    return page_of(found, size=size, key=_place_in_queue)


def _is_called(text: str) -> ColumnElement[bool]:
    names = (Enterprise.name_zh, Enterprise.name_en, Enterprise.short_name_zh, Enterprise.short_name_en)
    return or_(
        *(name.icontains(text, autoescape=True) for name in names),
        Enterprise.uscc.startswith(text.upper(), autoescape=True),
    )


def _place_in_queue(row: Membership) -> tuple[int, int]:
    return (0 if row.status is MembershipStatus.APPLIED else 1), row.id


def membership_of(session: Session, enterprise: str, *, actor: Actor) -> Membership:
    """A firm's standing in the office's park. Raises `NotFound` for a firm unknown to it."""
    actor.require_office()
    found = session.scalar(
        select(Membership)
        .join(Enterprise, Enterprise.id == Membership.enterprise_id)
        .where(Enterprise.public_id == enterprise, Membership.park_id == actor.park_id)
        .options(joinedload(Membership.enterprise), joinedload(Membership.zone))
    )
    if found is None:
        raise NotFound("enterprise")
    return found


def own_membership(session: Session, *, actor: Actor) -> Membership | None:
    """The standing of the actor's firm in the park it acts in."""
    return session.scalar(
        select(Membership)
        .where(Membership.enterprise_id == actor.enterprise_id, Membership.park_id == actor.park_id)
        .options(joinedload(Membership.enterprise), joinedload(Membership.zone))
    )


def asked_to_join(session: Session, *, actor: Actor) -> Sequence[Enterprise]:
    """Firms that the actor asked to join and that have not answered."""
    asked = select(FirmMember.enterprise_id).where(
        FirmMember.user_id == actor.user_id, FirmMember.status == MemberStatus.REQUESTED
    )
    return session.scalars(select(Enterprise).where(Enterprise.id.in_(asked)).order_by(Enterprise.id)).all()


def members_of(session: Session, enterprise_id: int) -> Sequence[FirmMember]:
    """People of a firm, those who ask to join first."""
    return session.scalars(
        select(FirmMember)
        .where(FirmMember.enterprise_id == enterprise_id)
        .where(FirmMember.status.in_((MemberStatus.ACTIVE, MemberStatus.REQUESTED)))
        .options(joinedload(FirmMember.user))
        .order_by((FirmMember.status == MemberStatus.REQUESTED).desc(), FirmMember.id)
    ).all()


def office_people(session: Session, *, actor: Actor) -> Sequence[User]:
    """The people of the park's office, by name: who may look after a firm."""
    actor.require_office()
    return session.scalars(
        select(User)
        .join(OfficeMember, OfficeMember.user_id == User.id)
        .where(OfficeMember.park_id == actor.park_id, User.is_disabled.is_(False))
        .order_by(User.name, User.id)
    ).all()


def serves_office(session: Session, actor: Actor) -> bool:
    """Whether the person has a place in the park's office, verified or not."""
    found = select(OfficeMember.id).where(OfficeMember.user_id == actor.user_id, OfficeMember.park_id == actor.park_id)
    return session.scalar(found) is not None


def licence_of(session: Session, enterprise_id: int) -> Licence | None:
    """The newest licence a firm uploaded, without its content."""
    return session.scalar(
        select(Licence).where(Licence.enterprise_id == enterprise_id).order_by(Licence.id.desc()).limit(1)
    )


def licence_content(session: Session, licence_id: int) -> bytes:
    return session.scalars(select(Licence.content).where(Licence.id == licence_id)).one()


def enterprises_by_id(session: Session, ids: Sequence[int]) -> Mapping[int, Enterprise]:
    """Firms by key, in one statement."""
    return {firm.id: firm for firm in session.scalars(select(Enterprise).where(Enterprise.id.in_(set(ids))))}


def sessions_of(session: Session, *, actor: Actor, at: datetime) -> Sequence[SignInSession]:
    """The browsers a person is signed in with, last used first."""
    return session.scalars(
        select(SignInSession)
        .where(SignInSession.user_id == actor.user_id, SignInSession.revoked_at.is_(None))
        .where(SignInSession.expires_at > at)
        .order_by(SignInSession.used_at.desc())
        .limit(50)
    ).all()


def tokens_of(session: Session, *, actor: Actor, at: datetime) -> Sequence[ApiToken]:
    """The person's API tokens that still work, newest first."""
    return session.scalars(
        select(ApiToken)
        .where(ApiToken.user_id == actor.user_id, ApiToken.revoked_at.is_(None))
        .where(or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > at))
        .order_by(ApiToken.id.desc())
        .limit(200)
    ).all()


@dataclass(frozen=True, slots=True)
class StandingCounts:
    """How many firms of a park stand how."""

    by_status: Mapping[MembershipStatus, int]

    @property
    def waiting(self) -> int:
        return self.by_status.get(MembershipStatus.APPLIED, 0)


def standing_counts(session: Session, *, actor: Actor) -> StandingCounts:
    rows = session.execute(
        select(Membership.status, func.count()).where(Membership.park_id == actor.park_id).group_by(Membership.status)
    )
    return StandingCounts({row[0]: row[1] for row in rows})
