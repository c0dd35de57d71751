"""Reads of evidence: the office sees its park's, a firm its own, nobody another's."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import Subquery, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from credit.evidence.models import Evidence, EvidenceState
from credit.scoring.events import Event, State
from marketplace.accounts.models import Park
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import NotFound


def latest_states() -> Subquery:
    """Evidence id -> where it stands now."""
    return (
        select(
            EvidenceState.id,
            EvidenceState.evidence_id,
            EvidenceState.state,
            EvidenceState.at,
            EvidenceState.is_held_out,
            EvidenceState.is_superseded,
        )
        .ext(distinct_on(EvidenceState.evidence_id))
        .order_by(EvidenceState.evidence_id, EvidenceState.id.desc())
        .subquery()
    )


def state_of(session: Session, evidence_id: int) -> EvidenceState:
    """Where a piece of evidence stands."""
    return session.scalars(
        select(EvidenceState).where(EvidenceState.evidence_id == evidence_id).order_by(EvidenceState.id.desc()).limit(1)
    ).one()


def states_of(session: Session, evidence_id: int) -> Sequence[EvidenceState]:
    """All it went through, oldest first."""
    rows = select(EvidenceState).where(EvidenceState.evidence_id == evidence_id).order_by(EvidenceState.id)
    return session.scalars(rows).all()


def evidence_in_park(session: Session, public_id: str, *, actor: Actor) -> Evidence:
    """A piece of evidence of the office's park. Raises `NotFound`."""
    actor.require_office()
    found = session.scalar(select(Evidence).where(Evidence.public_id == public_id, Evidence.park_id == actor.park_id))
    if found is None:
        raise NotFound("evidence")
    return found


def own_evidence(session: Session, public_id: str, *, actor: Actor) -> Evidence:
    """A piece of evidence about the actor's own firm. Raises `NotFound` for anybody else's."""
    found = session.scalar(
        select(Evidence).where(
            Evidence.public_id == public_id,
            Evidence.park_id == actor.park_id,
            Evidence.enterprise_id == actor.require_firm(),
        )
    )
    if found is None:
        raise NotFound("evidence")
    return found


def evidence_by_public_id(session: Session, park_id: int, public_ids: Sequence[str]) -> Mapping[str, Evidence]:
    """Evidence by public id, in one statement; for rows that a rating already names."""
    rows = select(Evidence).where(Evidence.park_id == park_id, Evidence.public_id.in_(public_ids))
    return {row.public_id: row for row in session.scalars(rows)}


def scoring_events(session: Session, park: Park, *, enterprise_id: int | None = None) -> tuple[list[Event], int]:
    """The park's evidence (or one firm's) as the scorer takes it, and the highest state id seen.

    Provisional evidence counts once the job has made it final; contested evidence as before the objection.
    """
    latest = latest_states()
    rows = (
        select(Evidence, latest.c.id, latest.c.state, latest.c.at, latest.c.is_held_out, latest.c.is_superseded)
        .join(latest, latest.c.evidence_id == Evidence.id)
        .where(Evidence.park_id == park.id)
    )
    if enterprise_id is not None:
        rows = rows.where(Evidence.enterprise_id == enterprise_id)
    zone, events, watermark = ZoneInfo(park.time_zone), list[Event](), 0
    for evidence, state_id, state, at, held, superseded in session.execute(rows):
        watermark = max(watermark, state_id)
        decided = at.astimezone(zone).toordinal() if state is State.UPHELD else None
        final = evidence.final_at.astimezone(zone).toordinal() if state is State.CONTESTED else None
        event = Event(
            id=evidence.public_id,
            party=str(evidence.enterprise_id),
            role=evidence.role,
            dimension=evidence.dimension,
            x=evidence.x,
            day=evidence.occurred_at.astimezone(zone).toordinal(),
            order=evidence.subject_ref,
            counterparty="" if evidence.counterparty_id is None else str(evidence.counterparty_id),
            amount=evidence.amount,
            state=state,
            final_day=final,
            decided_day=decided,
            severity=evidence.severity,
            source=evidence.source,
            type=evidence.kind,
            paid=evidence.is_paid,
            held_out=held,
            superseded=superseded,
        )
        events.append(event)
    return events, watermark
