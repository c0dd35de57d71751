"""Verbs of evidence: record it, let it become final, move it by a decision, correct it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credit.evidence.decisions import Decided, decide
from credit.evidence.events import EvidenceChanged
from credit.evidence.models import Evidence, EvidenceState
from credit.evidence.queries import evidence_in_park, latest_states, state_of
from credit.scoring.events import Role, Source, State
from credit.scoring.model import MICRO, shipped_model
from marketplace.accounts.models import Membership
from marketplace.kernel.actor import Actor, OfficeRole, system_actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.kernel.ids import new_public_id

OFFICERS = (OfficeRole.ADMIN, OfficeRole.CREDIT_OFFICER)
LOCK = 7_221_041


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvidence:
    """One dated fact about a firm, from an order machine or by a decision.

    `x` is whole millionths, 1,000,000 good … 0 bad; `amount` the order's in fen; `subject_ref` names it, such as
    `order:3kq0…`. Orders are recorded when they are over: praise only for paid and delivered ones.
    """

    enterprise_id: int
    role: Role
    dimension: str
    kind: str
    x: int
    occurred_at: datetime
    subject_ref: str
    counterparty_id: int | None = None
    amount: int | None = None
    is_paid: bool = True
    severity: str = ""
    source: Source = Source.ORDER_MACHINE
    state: State = State.PROVISIONAL
    proof: Sequence[str] = ()
    facts: JSON = field(default_factory=dict[str, object])


def record_evidence(session: Session, command: RecordEvidence, *, actor: Actor, clock: Clock) -> Evidence:
    """Write a fact down, once for a subject, dimension and role: told again it answers what stands.

    It is provisional and becomes final after the model's days. Adds `EvidenceChanged`. Raises `Invalid` naming the
    field, `NotFound` for a firm of another park, `Conflict` `evidence_differs` when the same fact was told otherwise.
    """
    actor.require_office(*OFFICERS)
    _check(session, command, park_id=actor.park_id)
    now, days = clock(), shipped_model().finality_days
    evidence = session.scalar(
        insert(Evidence)
        .values(**_values(command, park_id=actor.park_id, now=now, days=days), recorded_by=actor.user_id)
        .on_conflict_do_nothing(constraint="uq_credit_evidence_once")
        .returning(Evidence)
    )
    if evidence is None:
        return _known(session, command, park_id=actor.park_id)
    _audit(session, evidence, "credit_evidence.recorded", actor=actor, at=now)
    set_state(session, evidence, command.state, actor=actor, at=now)
    return evidence


def _check(session: Session, command: RecordEvidence, *, park_id: int) -> None:
    if command.dimension not in shipped_model().roles[command.role]:
        raise Invalid("unknown_dimension", fields={"dimension": ["unknown_dimension"]})
    if not 0 <= command.x <= MICRO:
        raise Invalid("not_a_share", fields={"x": ["not_a_share"]})
    if not command.subject_ref:
        raise Invalid("required", fields={"subject_ref": ["required"]})
    firms = {command.enterprise_id, command.counterparty_id} - {None}
    known = session.scalar(
        select(func.count()).where(Membership.park_id == park_id, Membership.enterprise_id.in_(firms))
    )
    if known != len(firms):
        raise NotFound("enterprise")


def _values(command: RecordEvidence, *, park_id: int, now: datetime, days: int) -> JSON:
    return {
        "public_id": new_public_id(),
        "park_id": park_id,
        "enterprise_id": command.enterprise_id,
        "role": command.role,
        "dimension": command.dimension,
        "kind": command.kind,
        "x": command.x,
        "occurred_at": command.occurred_at,
        "recorded_at": now,
        "final_at": now + timedelta(days=days) if command.state is State.PROVISIONAL else now,
        "subject_ref": command.subject_ref,
        "counterparty_id": command.counterparty_id,
        "amount": command.amount,
        "severity": command.severity,
        "source": command.source,
        "is_paid": command.is_paid,
        "proof": list(command.proof),
        "facts": dict(command.facts),
        "revision": 1,
    }


def _known(session: Session, command: RecordEvidence, *, park_id: int) -> Evidence:
    """What stands already under the same name; the first telling counts, whatever corrected it later."""
    found = session.scalars(
        select(Evidence).where(
            Evidence.park_id == park_id,
            Evidence.enterprise_id == command.enterprise_id,
            Evidence.role == command.role,
            Evidence.dimension == command.dimension,
            Evidence.subject_ref == command.subject_ref,
            Evidence.revision == 1,
        )
    ).one()
    if (found.x, found.occurred_at) != (command.x, command.occurred_at):
        raise Conflict("evidence_differs")
    return found


def set_state(
    session: Session,
    evidence: Evidence,
    state: State,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    is_held_out: bool = False,
    is_superseded: bool = False,
) -> None:
    """Write the next state of a piece of evidence. Adds `EvidenceChanged`."""
    session.add(
        EvidenceState(
            evidence_id=evidence.id,
            state=state,
            at=at,
            user_id=actor.user_id,
            reason=reason,
            is_held_out=is_held_out,
            is_superseded=is_superseded,
        )
    )
    session.flush()
    changed = EvidenceChanged(evidence.id, evidence.park_id, evidence.enterprise_id, state.value)
    record(session, changed, actor=actor, at=at)


def lock_evidence(session: Session, evidence_id: int) -> None:
    """One writer of its states at a time; rows of append-only tables cannot be locked, so a key is."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK, evidence_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideEvidence:
    """Uphold or dismiss, with a reason both sides see. `evidence` is a public id."""

    evidence: str
    state: State
    reason: str


def decide_evidence(session: Session, command: DecideEvidence, *, actor: Actor, clock: Clock) -> Evidence:
    """An officer who did not record it upholds or dismisses a piece of evidence; told again it changes nothing.

    Raises `NotFound`, `Invalid` without a reason, `Conflict` for evidence that has ended.
    """
    actor.require_office(*OFFICERS)
    evidence = evidence_in_park(session, command.evidence, actor=actor)
    lock_evidence(session, evidence.id)
    stands = state_of(session, evidence.id)
    if stands.state is command.state:
        return evidence
    if not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    if command.state not in {State.UPHELD, State.DISMISSED} or stands.is_superseded:
        raise Conflict("evidence_transition")
    if stands.state in {State.DISMISSED, State.REPAIRED, State.EXPIRED}:
        raise Conflict("evidence_transition")
    refuse_own(evidence, actor)
    now = clock()
    set_state(session, evidence, command.state, actor=actor, at=now, reason=command.reason)
    _audit(session, evidence, f"credit_evidence.{command.state}", actor=actor, at=now)
    decided = Decided(
        action=f"evidence.{command.state}", subject=f"credit_evidence:{evidence.public_id}", reason=command.reason
    )
    decide(session, decided, actor=actor, at=now)
    return evidence


def refuse_own(evidence: Evidence, actor: Actor) -> None:
    """Whoever recorded it does not decide about it."""
    if actor.user_id is not None and evidence.recorded_by == actor.user_id:
        raise Conflict("own_evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectEvidence:
    """The fact as it should have been recorded: the old row stays, superseded."""

    evidence: str
    x: int
    reason: str


def correct_evidence(session: Session, command: CorrectEvidence, *, actor: Actor, clock: Clock) -> Evidence:
    """Write the next revision of a piece of evidence and supersede the one before. A reason is owed."""
    actor.require_office(*OFFICERS)
    before = evidence_in_park(session, command.evidence, actor=actor)
    if not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    if not 0 <= command.x <= MICRO:
        raise Invalid("not_a_share", fields={"x": ["not_a_share"]})
    lock_evidence(session, before.id)
    stands, now = state_of(session, before.id), clock()
    if stands.is_superseded:
        raise Conflict("evidence_transition")
    after = Evidence(
        **{name: getattr(before, name) for name in _COPIED},
        x=command.x,
        recorded_at=now,
        recorded_by=actor.user_id,
        revision=before.revision + 1,
    )
    session.add(after)
    session.flush()
    set_state(session, before, stands.state, actor=actor, at=now, reason=command.reason, is_superseded=True)
    set_state(session, after, stands.state, actor=actor, at=now, reason=command.reason)
    _audit(session, after, "credit_evidence.corrected", actor=actor, at=now)
    decided = Decided(
        action="evidence.corrected",
        subject=f"credit_evidence:{after.public_id}",
        reason=command.reason,
        facts={"before": before.x, "after": after.x},
    )
    decide(session, decided, actor=actor, at=now)
    return after


_COPIED = (
    *("park_id", "enterprise_id", "role", "dimension", "kind", "occurred_at", "final_at", "subject_ref"),
    *("counterparty_id", "amount", "severity", "source", "is_paid", "proof", "facts"),
)


def finalise_evidence(session: Session, *, clock: Clock, limit: int = 1000) -> int:
    """Provisional evidence whose days have passed becomes final; returns how many. Safe to run at any time."""
    now, latest = clock(), latest_states()
    due = session.scalars(
        select(Evidence)
        .join(latest, latest.c.evidence_id == Evidence.id)
        .where(latest.c.state == State.PROVISIONAL, ~latest.c.is_superseded, Evidence.final_at <= now)
        .order_by(Evidence.id)
        .limit(limit)
    ).all()
    done = 0
    for evidence in due:
        lock_evidence(session, evidence.id)
        if state_of(session, evidence.id).state is State.PROVISIONAL:
            set_state(session, evidence, State.FINAL, actor=system_actor(evidence.park_id), at=now)
            done += 1
    return done


def _audit(session: Session, evidence: Evidence, action: str, *, actor: Actor, at: datetime) -> None:
    facts = {"enterprise_id": evidence.enterprise_id, "dimension": evidence.dimension, "x": evidence.x}
    audit(session, actor, at=at, action=action, subject=f"credit_evidence:{evidence.public_id}", after=facts)
