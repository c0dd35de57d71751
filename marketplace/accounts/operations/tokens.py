"""API tokens: a person's or a machine's, for the firm and park it was made in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import ApiToken
from marketplace.accounts.sessions import new_token, token_hash
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Forbidden, Invalid, NotFound

LONGEST = timedelta(days=366)
WAYS = ("read", "write")
_areas: list[str] = []


def know_areas(areas: Iterable[str]) -> None:
    """Tell which areas the API has, one a blueprint; `marketplace.app` calls it once."""
    _areas[:] = sorted(set(areas))


def known_scopes() -> tuple[str, ...]:
    """What a token can be allowed: reading and writing in each area."""
    return tuple(f"{area}:{way}" for area in _areas for way in WAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeToken:
    name: str
    scopes: tuple[str, ...]
    days: int = 90
    is_verified: bool = True
    """Whether the session that makes it may act for the office."""


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A new token and its secret, which is shown this once."""

    token: ApiToken
    secret: str


def make_token(session: Session, command: MakeToken, *, actor: Actor, clock: Clock) -> MadeToken:
    """Make a token that may do what its scopes name, at most what its person may. Raises `Invalid` naming the field."""
    if actor.user_id is None:
        raise Forbidden("sign_in_required")
    if unknown := [scope for scope in command.scopes if scope not in known_scopes()]:
        raise Invalid("unknown_scope", fields={"scopes": ["unknown_scope"]}, scopes=unknown)
    if not command.scopes:
        raise Invalid("unknown_scope", fields={"scopes": ["required"]}, scopes=[])
    now, secret = clock(), f"gz_{new_token()}"
    token = ApiToken(
        user_id=actor.user_id,
        park_id=actor.park_id,
        enterprise_id=actor.enterprise_id,
        name=command.name,
        token_hash=token_hash(secret),
        scopes=sorted(set(command.scopes)),
        created_at=now,
        expires_at=_expiry(now, command.days),
        is_verified=command.is_verified,
    )
    session.add(token)
    session.flush()
    after = {"name": token.name, "scopes": token.scopes}
    audit(session, actor, at=now, action="token.made", subject=f"token:{token.public_id}", after=after)
    return MadeToken(token, secret)


def _expiry(now: datetime, days: int) -> datetime:
    return now + min(timedelta(days=days), LONGEST)


def revoke_token(session: Session, public_id: str, *, actor: Actor, clock: Clock) -> None:
    """End one of the person's own tokens; again changes nothing. Raises `NotFound` for anybody else's."""
    token = session.scalar(select(ApiToken).where(ApiToken.public_id == public_id, ApiToken.user_id == actor.user_id))
    if token is None:
        raise NotFound("token")
    token.revoked_at = token.revoked_at or clock()
    audit(session, actor, at=clock(), action="token.revoked", subject=f"token:{token.public_id}")
