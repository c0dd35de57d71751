"""Who is signed in: a revocable session behind a cookie, or an API token, read into an actor by one statement."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask_login import UserMixin
from sqlalchemy import Row, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from marketplace.accounts.models import (
    ApiToken,
    FirmMember,
    Membership,
    MembershipStatus,
    MemberStatus,
    OfficeMember,
    SignInSession,
    User,
)
from marketplace.kernel.actor import Actor, FirmRole, OfficeRole

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=14)
TOUCH_EVERY = timedelta(minutes=5)


def new_token() -> str:
    """A secret for a cookie or a program: 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a token."""
    return sha256(token.encode()).hexdigest()


@dataclass(slots=True, eq=False)
class SignedIn(UserMixin):
    """flask-login's user: the token of the session and the actor it stands for."""

    token: str
    actor: Actor
    session_id: int | None = None
    used_at: datetime | None = None
    is_verified: bool = True
    scopes: frozenset[str] | None = None
    """None for a browser session, which may do whatever its person may."""

    def get_id(self) -> str:
        return self.token


def _standing(holder: type[Any]) -> Select[*tuple[Any, ...]]:
    """The holder with its person, their place in the firm and the office, and the firm's standing in the park."""
    return (
        select(
            holder.id,
            holder.park_id,
            holder.enterprise_id,
            holder.is_verified,
            User.id.label("user_id"),
            User.name,
            User.locale,
            FirmMember.role.label("firm_role"),
            Membership.status.label("standing"),
            OfficeMember.roles.label("office_roles"),
        )
        .join(User, and_(User.id == holder.user_id, User.is_disabled.is_(False)))
        .outerjoin(
            FirmMember,
            and_(
                FirmMember.user_id == User.id,
                FirmMember.enterprise_id == holder.enterprise_id,
                FirmMember.status == MemberStatus.ACTIVE,
            ),
        )
        .outerjoin(
            Membership,
            and_(Membership.enterprise_id == FirmMember.enterprise_id, Membership.park_id == holder.park_id),
        )
        .outerjoin(OfficeMember, and_(OfficeMember.user_id == User.id, OfficeMember.park_id == holder.park_id))
        .where(holder.token_hash == bindparam("token_hash"), holder.revoked_at.is_(None))
    )


BY_SESSION = (
    _standing(SignInSession)
    .add_columns(SignInSession.used_at)
    .where(SignInSession.expires_at > bindparam("now"), SignInSession.used_at > bindparam("idle_since"))
)
BY_API_TOKEN = (
    _standing(ApiToken)
    .add_columns(ApiToken.scopes)
    .where((ApiToken.expires_at.is_(None)) | (ApiToken.expires_at > bindparam("now")))
)
"""Every request asks one of these: they are put together once."""


def signed_in_by_session(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """The person behind a session cookie; None when it is unknown, revoked, idle or too old, or the person disabled."""
    given = {"token_hash": token_hash(token), "now": now, "idle_since": now - IDLE}
    row = session.execute(BY_SESSION, given).one_or_none()
    if row is None:
        return None
    return SignedIn(token, _actor(row), session_id=row.id, used_at=row.used_at, is_verified=row.is_verified)


def signed_in_by_api_token(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """The person or machine behind `Authorization: Bearer`; None when the token is unknown, revoked or expired."""
    row = session.execute(BY_API_TOKEN, {"token_hash": token_hash(token), "now": now}).one_or_none()
    if row is None:
        return None
    return SignedIn(token, _actor(row), is_verified=row.is_verified, scopes=frozenset(row.scopes))


def _actor(row: Row[*tuple[Any, ...]]) -> Actor:
    return Actor(
        park_id=row.park_id,
        user_id=row.user_id,
        enterprise_id=row.enterprise_id if row.firm_role else None,
        admitted=row.standing is MembershipStatus.ADMITTED,
        firm_role=FirmRole(row.firm_role) if row.firm_role else None,
        office_roles=frozenset(OfficeRole(role) for role in row.office_roles or () if row.is_verified),
        name=row.name,
        locale=row.locale,
    )


def open_session(
    session: Session,
    *,
    user: User,
    park_id: int,
    enterprise_id: int | None,
    at: datetime,
    address: str = "",
    agent: str = "",
    is_verified: bool = True,
) -> str:
    """Open a session and return its token, which is kept nowhere but in the cookie.

    Without `is_verified` its person has no office roles in it until a second factor is set up.
    """
    token = new_token()
    session.add(
        SignInSession(
            user_id=user.id,
            token_hash=token_hash(token),
            park_id=park_id,
            enterprise_id=enterprise_id,
            created_at=at,
            used_at=at,
            expires_at=at + ABSOLUTE,
            address=address[:100],
            agent=agent[:300],
            is_verified=is_verified,
        )
    )
    session.flush()
    return token
