"""The chained log of decisions: each row's hash covers the one before it."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credit.evidence.models import Decision
from marketplace.kernel.actor import Actor
from marketplace.kernel.database import JSON

START = "0" * 64
LOCK = 7_221_040


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was decided about what (`kind:public_id`) and why."""

    action: str
    subject: str
    reason: str = ""
    facts: JSON = field(default_factory=dict[str, object])


def decide(session: Session, decided: Decided, *, actor: Actor, at: datetime) -> Decision:
    """Add a decision to the park's chain; one writer at a time, held until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK, actor.park_id)))
    last = session.scalar(
        select(Decision.hash).where(Decision.park_id == actor.park_id).order_by(Decision.id.desc()).limit(1)
    )
    row = Decision(
        park_id=actor.park_id,
        at=at,
        user_id=actor.user_id,
        actor_name=actor.name,
        action=decided.action,
        subject=decided.subject,
        reason=decided.reason,
        facts=decided.facts,
        previous_hash=last or START,
        hash="",
    )
    row.hash = hash_of(row)
    session.add(row)
    session.flush()
    return row


def hash_of(row: Decision) -> str:
    """SHA-256 over everything the row says and the hash before it."""
    said = [
        row.park_id,
        row.at.astimezone(UTC).isoformat(),
        row.user_id,
        row.actor_name,
        row.action,
        row.subject,
        row.reason,
        row.facts,
        row.previous_hash,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def broken_link(session: Session, park_id: int) -> int | None:
    """The id of the first decision that does not fit the chain; None when all do."""
    before = START
    for row in session.scalars(select(Decision).where(Decision.park_id == park_id).order_by(Decision.id)):
        if row.previous_hash != before or row.hash != hash_of(row):
            return row.id
        before = row.hash
    return None
