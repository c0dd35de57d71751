"""Reads of objections and repairs: the firm's own, those it is asked about, the office's queue."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from credit.evidence.models import Evidence
from credit.objections.models import OPEN, Objection, Repair, RepairStatus
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound


def objections_of_firm(session: Session, *, actor: Actor) -> Sequence[Objection]:
    """The firm's own objections, newest first."""
    rows = (
        select(Objection)
        .where(Objection.park_id == actor.park_id, Objection.enterprise_id == actor.require_firm())
        .options(joinedload(Objection.evidence))
        .order_by(Objection.id.desc())
        .limit(50)
    )
    return session.scalars(rows).all()


def objections_to_answer(session: Session, *, actor: Actor) -> Sequence[Objection]:
    """Open objections about orders in which the firm was the other side."""
    rows = (
        select(Objection)
        .join(Evidence, Evidence.id == Objection.evidence_id)
        .where(
            Objection.park_id == actor.park_id,
            Evidence.counterparty_id == actor.require_firm(),
            Objection.status.in_(OPEN),
            Objection.answered_at.is_(None),
        )
        .options(joinedload(Objection.evidence))
        .order_by(Objection.answer_by)
        .limit(50)
    )
    return session.scalars(rows).all()


def objection_queue(session: Session, *, actor: Actor, size: int = 50) -> Sequence[Objection]:
    """What waits for the office, by deadline."""
    actor.require_office()
    rows = (
        select(Objection)
        .where(Objection.park_id == actor.park_id, Objection.status.in_(OPEN))
        .options(joinedload(Objection.evidence), joinedload(Objection.enterprise))
        .order_by(Objection.decide_by, Objection.id)
        .limit(size)
    )
    return session.scalars(rows).all()


def objection_of(session: Session, public_id: str, *, actor: Actor) -> Objection:
    """One objection, for the office and for both firms. Raises `NotFound` for anybody else."""
    rows = (
        select(Objection)
        .join(Evidence, Evidence.id == Objection.evidence_id)
        .where(Objection.public_id == public_id, Objection.park_id == actor.park_id)
        .options(joinedload(Objection.evidence), joinedload(Objection.enterprise))
    )
    if not actor.is_office or actor.enterprise_id is not None:
        firm = actor.require_firm()
        rows = rows.where(or_(Objection.enterprise_id == firm, Evidence.counterparty_id == firm))
    found = session.scalar(rows)
    if found is None:
        raise NotFound("objection")
    return found


def repair_queue(session: Session, *, actor: Actor, size: int = 50) -> Sequence[Repair]:
    """Repairs that wait for the office, the oldest first."""
    actor.require_office()
    rows = (
        select(Repair)
        .where(Repair.park_id == actor.park_id, Repair.status == RepairStatus.ASKED)
        .options(joinedload(Repair.evidence), joinedload(Repair.enterprise))
        .order_by(Repair.id)
        .limit(size)
    )
    return session.scalars(rows).all()
