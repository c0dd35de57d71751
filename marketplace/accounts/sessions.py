"""Who is signed in: a revocable session behind a cookie, or an API token, read into an actor by one statement."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask_login import UserMixin
from sqlalchemy import Row, Select, and_, select
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


def signed_in_by_session(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """The person behind a session cookie; None when it is unknown, revoked, idle or too old, or the person disabled."""
    row = session.execute(
        _standing(SignInSession)
        .where(SignInSession.token_hash == token_hash(token))
        .where(SignInSession.revoked_at.is_(None), SignInSession.expires_at > now)
        .where(SignInSession.used_at > now - IDLE)
    ).one_or_none()
    if row is None:
        return None
    kept: SignInSession = row[0]
    return SignedIn(token, _actor(row), session_id=kept.id, used_at=kept.used_at, is_verified=kept.is_verified)


def signed_in_by_api_token(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """The person or machine behind `Authorization: Bearer`; None when the token is unknown, revoked or expired."""
    row = session.execute(
        _standing(ApiToken)
        .where(ApiToken.token_hash == token_hash(token), ApiToken.revoked_at.is_(None))
        .where((ApiToken.expires_at.is_(None)) | (ApiToken.expires_at > now))
    ).one_or_none()
    if row is None:
        return None
    return SignedIn(token, _actor(row), is_verified=row[0].is_verified, scopes=frozenset(row[0].scopes))


def _standing(holder: type[Any]) -> Select[*tuple[Any, ...]]:
    """The holder with its person, their place in the firm and the office, and the firm's standing in the park."""
    return (
        select(holder, User, FirmMember.role, Membership.status, OfficeMember.roles)
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
    )


def _actor(row: Row[*tuple[Any, ...]]) -> Actor:
    holder, user, firm_role, standing, office_roles = row
    return Actor(
        park_id=holder.park_id,
        user_id=user.id,
        enterprise_id=holder.enterprise_id if firm_role else None,
        admitted=standing is MembershipStatus.ADMITTED,
        firm_role=FirmRole(firm_role) if firm_role else None,
        office_roles=frozenset(OfficeRole(role) for role in office_roles or () if holder.is_verified),
        name=user.name,
        locale=user.locale,
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
