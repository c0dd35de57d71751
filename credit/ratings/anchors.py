"""Anchor firms: named by one admin, confirmed by another."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.evidence.decisions import Decided, decide
from credit.ratings.models import Anchor
from marketplace.accounts.models import Enterprise, Membership
from marketplace.kernel.actor import Actor, OfficeRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class NameAnchor:
    """A firm to be an anchor; `enterprise` is a public id."""

    enterprise: str
    reason: str = ""


def name_anchor(session: Session, command: NameAnchor, *, actor: Actor, clock: Clock) -> Anchor:
    """One admin names an anchor firm, another confirms by naming it too; the same admin twice changes nothing."""
    actor.require_office(OfficeRole.ADMIN)
    firm, now = _member(session, command.enterprise, actor=actor), clock()
    found = session.scalar(
        select(Anchor)
        .where(Anchor.park_id == actor.park_id, Anchor.enterprise_id == firm.id, Anchor.ended_at.is_(None))
        .with_for_update()
    )
    if found is None:
        if not command.reason.strip():
            raise Invalid("reason_required", fields={"reason": ["reason_required"]})
        found = Anchor(
            park_id=actor.park_id, enterprise_id=firm.id, named_by=actor.user_id, named_at=now, reason=command.reason
        )
        with refusing(session, {"uq_credit_anchor_current": lambda: Conflict("anchor_named_meanwhile")}):
            session.add(found)
        _decide_anchor(session, firm, "anchor.named", command.reason, actor=actor, at=now)
    elif found.confirmed_at is None and found.named_by != actor.user_id:
        found.confirmed_by, found.confirmed_at = actor.user_id, now
        _decide_anchor(session, firm, "anchor.confirmed", command.reason, actor=actor, at=now)
    session.flush()
    return found


def end_anchor(session: Session, command: NameAnchor, *, actor: Actor, clock: Clock) -> None:
    """An admin takes an anchor firm off the list; its word counts then as far as its own orders make it established."""
    actor.require_office(OfficeRole.ADMIN)
    firm, now = _member(session, command.enterprise, actor=actor), clock()
    found = session.scalar(
        select(Anchor)
        .where(Anchor.park_id == actor.park_id, Anchor.enterprise_id == firm.id, Anchor.ended_at.is_(None))
        .with_for_update()
    )
    if found is not None:
        found.ended_at = now
        _decide_anchor(session, firm, "anchor.ended", command.reason, actor=actor, at=now)
    session.flush()


def _member(session: Session, public_id: str, *, actor: Actor) -> Enterprise:
    firm = session.scalar(
        select(Enterprise)
        .join(Membership, Membership.enterprise_id == Enterprise.id)
        .where(Enterprise.public_id == public_id, Membership.park_id == actor.park_id)
    )
    if firm is None:
        raise NotFound("enterprise")
    return firm


def _decide_anchor(session: Session, firm: Enterprise, action: str, reason: str, *, actor: Actor, at: datetime) -> None:
    decide(session, Decided(action=action, subject=f"enterprise:{firm.public_id}", reason=reason), actor=actor, at=at)
    audit(session, actor, at=at, action=f"credit_{action}", subject=f"enterprise:{firm.public_id}")
