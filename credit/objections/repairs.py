"""Repair: mend, pledge, prove; then the evidence is hidden, no longer counted, and kept in the audit trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from credit.evidence.decisions import Decided, decide
from credit.evidence.models import Evidence
from credit.evidence.operations import OFFICERS, lock_evidence, refuse_own, set_state
from credit.evidence.queries import latest_states, own_evidence, state_of
from credit.objections.events import RepairDecided
from credit.objections.models import Repair, RepairStatus
from credit.scoring.events import Severity, State
from credit.scoring.model import shipped_model
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import record


@dataclass(frozen=True, slots=True)
class Wait:
    """What repair asks for before it may be granted."""

    days: int
    clean_orders: int


WAITS: Mapping[str, Wait] = {
    "": Wait(0, 0),
    Severity.MINOR: Wait(0, 0),
    Severity.GENERAL: Wait(91, 3),
    Severity.SERIOUS: Wait(365, 10),
    Severity.FRAUD: Wait(365, 10),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRepair:
    """What the firm mended, what it pledges and what proves it. `evidence` is a public id."""

    evidence: str
    pledge: str
    proof: str


def ask_repair(session: Session, command: AskRepair, *, actor: Actor, clock: Clock) -> Repair:
    """Ask to have a fault lifted. Raises `Conflict` `repair_too_early` while days or clean orders are missing."""
    actor.require_firm(FirmRole.OPERATOR)
    evidence, now = own_evidence(session, command.evidence, actor=actor), clock()
    missing = {name: ["required"] for name in ("pledge", "proof") if not getattr(command, name).strip()}
    if missing:
        raise Invalid("required", fields=missing)
    lock_evidence(session, evidence.id)
    if state_of(session, evidence.id).state not in {State.FINAL, State.UPHELD}:
        raise Conflict("nothing_to_repair")
    wait = WAITS[evidence.severity]
    done = clean_orders_since(session, evidence)
    if now < evidence.occurred_at + timedelta(days=wait.days) or done < wait.clean_orders:
        raise Conflict("repair_too_early", days=wait.days, orders=wait.clean_orders)
    repair = Repair(
        park_id=evidence.park_id,
        enterprise_id=evidence.enterprise_id,
        evidence_id=evidence.id,
        pledge=command.pledge,
        proof=command.proof,
        asked_by=actor.user_id,
        asked_at=now,
    )
    with refusing(session, {"uq_credit_repair_asked": lambda: Conflict("repair_asked")}):
        session.add(repair)
    _audit(session, repair, "credit_repair.asked", actor=actor, at=now)
    return repair


def clean_orders_since(session: Session, evidence: Evidence) -> int:
    """Orders of the firm in the same role, later than the fault, that left final evidence and no fault."""
    latest, faults = latest_states(), shipped_model().roles[evidence.role]
    rows = session.execute(
        select(Evidence.subject_ref, Evidence.dimension, func.min(Evidence.x))
        .join(latest, latest.c.evidence_id == Evidence.id)
        .where(
            Evidence.enterprise_id == evidence.enterprise_id,
            Evidence.park_id == evidence.park_id,
            Evidence.role == evidence.role,
            Evidence.occurred_at > evidence.occurred_at,
            latest.c.state.in_((State.FINAL, State.UPHELD)),
        )
        .group_by(Evidence.subject_ref, Evidence.dimension)
    )
    clean: dict[str, bool] = {}
    for subject, dimension, worst in rows:
        clean[subject] = clean.get(subject, True) and worst >= faults[dimension].good_rate
    return sum(clean.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRepair:
    repair: str
    grants: bool
    reason: str


def decide_repair(session: Session, command: DecideRepair, *, actor: Actor, clock: Clock) -> Repair:
    """Grant or refuse a repair; granted, the firm is rated anew the same day. Told again it changes nothing."""
    actor.require_office(*OFFICERS)
    repair = session.scalar(
        select(Repair)
        .where(Repair.public_id == command.repair, Repair.park_id == actor.park_id)
        .options(joinedload(Repair.evidence))
        .with_for_update(of=Repair)
    )
    if repair is None:
        raise NotFound("repair")
    status = RepairStatus.GRANTED if command.grants else RepairStatus.REFUSED
    if repair.status is status:
        return repair
    if repair.status is not RepairStatus.ASKED:
        raise Conflict("repair_decided")
    if not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    refuse_own(repair.evidence, actor)
    now = clock()
    repair.status, repair.decided_by, repair.decided_at, repair.decision = status, actor.user_id, now, command.reason
    if command.grants:
        lock_evidence(session, repair.evidence_id)
        set_state(session, repair.evidence, State.REPAIRED, actor=actor, at=now, reason=command.reason)
    _audit(session, repair, f"credit_repair.{status}", actor=actor, at=now)
    record(session, RepairDecided(repair.id, status.value), actor=actor, at=now)
    decided = Decided(action=f"repair.{status}", subject=f"credit_repair:{repair.public_id}", reason=command.reason)
    decide(session, decided, actor=actor, at=now)
    return repair


def _audit(session: Session, repair: Repair, action: str, *, actor: Actor, at: datetime) -> None:
    audit(session, actor, at=at, action=action, subject=f"credit_repair:{repair.public_id}")
