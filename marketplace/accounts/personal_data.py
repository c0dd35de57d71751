"""Everything the platform keeps about one person, for that person (PIPL article 45): plain values, no secrets."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import (
    ApiToken,
    Enterprise,
    FirmMember,
    Invitation,
    OfficeMember,
    Park,
    SignInSession,
    User,
)
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import AuditRow

MOST_ACTS = 10_000
Part = Callable[[Session, int], list[dict[str, Any]]]
"""`part(session, user_id)`: what an upper package keeps about a person."""
_parts: dict[str, Part] = {}


def tell_also(name: str, part: Part) -> None:
    """Add what an upper package keeps; `marketplace.app` calls it."""
    _parts[name] = part


def told_of_person(session: Session, *, actor: Actor) -> dict[str, Any]:
    """The person's own data as JSON values; acts are the newest 10,000."""
    user = session.get_one(User, actor.user_id)
    own: dict[str, Any] = {
        "person": {
            "name": user.name,
            "email": user.email,
            "phone": user.phone,
            "locale": user.locale,
            "since": user.created_at.isoformat(),
            "second_factor": user.totp_secret is not None,
        },
        "firms": _rows(
            session,
            select(Enterprise.uscc, Enterprise.name_zh, FirmMember.role, FirmMember.status, FirmMember.since)
            .join(Enterprise, Enterprise.id == FirmMember.enterprise_id)
            .where(FirmMember.user_id == user.id),
        ),
        "offices": _rows(
            session,
            select(Park.name_zh, OfficeMember.roles)
            .join(Park, Park.id == OfficeMember.park_id)
            .where(OfficeMember.user_id == user.id),
        ),
        "invitations": _rows(
            session,
            select(Invitation.role, Invitation.created_at, Invitation.accepted_at).where(
                Invitation.email == user.email
            ),
        ),
        "sessions": _rows(
            session,
            select(SignInSession.created_at, SignInSession.used_at, SignInSession.address, SignInSession.agent)
            .where(SignInSession.user_id == user.id)
            .order_by(SignInSession.id),
        ),
        "tokens": _rows(
            session,
            select(ApiToken.name, ApiToken.scopes, ApiToken.created_at, ApiToken.revoked_at).where(
                ApiToken.user_id == user.id
            ),
        ),
        "acts": _rows(
            session,
            select(AuditRow.at, AuditRow.action, AuditRow.subject)
            .where(AuditRow.user_id == user.id)
            .order_by(AuditRow.id.desc())
            .limit(MOST_ACTS),
        ),
    }
    return own | {name: part(session, user.id) for name, part in _parts.items()}


def _rows(session: Session, query: Any) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in row.items()} for row in session.execute(query).mappings()]


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value
