"""Verbs of objections: file, acknowledge, answer, decide, appeal; overdue ones hold their evidence out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from credit.evidence.decisions import Decided, decide
from credit.evidence.models import Evidence
from credit.evidence.operations import OFFICERS, lock_evidence, refuse_own, set_state
from credit.evidence.queries import own_evidence, state_of
from credit.objections.events import ObjectionMoved
from credit.objections.models import OPEN, Objection, ObjectionStatus
from credit.scoring.events import ENDED, Source, State
from credit.scoring.model import shipped_model
from marketplace.accounts.models import FirmMember, MemberStatus, Park
from marketplace.kernel.actor import Actor, FirmRole, system_actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import refusing
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.kernel.working_days import WorkingDays, working_days_of

ACKNOWLEDGE_DAYS, ANSWER_DAYS, DECIDE_DAYS, INSPECT_DAYS, APPEAL_DAYS = 1, 5, 10, 15, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class FileObjection:
    """A firm contests a piece of evidence about it; `evidence` is a public id, `proof` says what supports it."""

    evidence: str
    reason: str
    proof: str = ""


def file_objection(session: Session, command: FileObjection, *, actor: Actor, clock: Clock) -> Objection:
    """Contest a fault within 30 days of its recording; it is marked contested at once. Once for each piece.

    Raises `NotFound` for another firm's evidence, `Invalid` naming the field, `Conflict` when it is too late, ended or
    contested already.
    """
    actor.require_firm(FirmRole.OPERATOR)
    evidence, now = own_evidence(session, command.evidence, actor=actor), clock()
    if not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    lock_evidence(session, evidence.id)
    _may_contest(session, evidence, now)
    days = _working_days(session, evidence.park_id)
    objection = Objection(
        park_id=evidence.park_id,
        enterprise_id=evidence.enterprise_id,
        evidence_id=evidence.id,
        reason=command.reason,
        proof=command.proof,
        filed_by=actor.user_id,
        filed_at=now,
        acknowledge_by=days.after(now, ACKNOWLEDGE_DAYS),
        answer_by=days.after(now, ANSWER_DAYS),
        decide_by=days.after(now, DECIDE_DAYS),
    )
    with refusing(session, {"uq_credit_objection_evidence": lambda: Conflict("objection_filed")}):
        session.add(objection)
    set_state(session, evidence, State.CONTESTED, actor=actor, at=now, reason=command.reason)
    _audit(session, objection, "credit_objection.filed", actor=actor, at=now)
    return objection


def _may_contest(session: Session, evidence: Evidence, now: datetime) -> None:
    stands = state_of(session, evidence.id)
    if evidence.source is Source.PUBLIC_IMPORT:
        raise Conflict("mirrored_record")
    if stands.state is State.CONTESTED:
        raise Conflict("objection_filed")
    if stands.state in ENDED or stands.is_superseded or evidence.x >= _good_rate(evidence):
        raise Conflict("nothing_to_contest")
    if now > evidence.recorded_at + timedelta(days=shipped_model().objection_days):
        raise Conflict("objection_too_late")


def _good_rate(evidence: Evidence) -> int:
    return shipped_model().roles[evidence.role][evidence.dimension].good_rate


def _locked(session: Session, public_id: str, *, actor: Actor) -> Objection:
    found = session.scalar(
        select(Objection)
        .where(Objection.public_id == public_id, Objection.park_id == actor.park_id)
        .options(joinedload(Objection.evidence))
        .with_for_update(of=Objection)
    )
    if found is None:
        raise NotFound("objection")
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """The office takes the objection on. Prima facie proof holds the points out; an inspection gives more days."""

    objection: str
    is_prima_facie: bool = False
    needs_inspection: bool = False


def acknowledge_objection(session: Session, command: Acknowledge, *, actor: Actor, clock: Clock) -> Objection:
    """Take an objection on; told again it changes nothing."""
    actor.require_office(*OFFICERS)
    objection, now = _locked(session, command.objection, actor=actor), clock()
    if objection.status is ObjectionStatus.ACKNOWLEDGED:
        return objection
    if objection.status is not ObjectionStatus.FILED:
        raise Conflict("objection_transition")
    objection.status, objection.is_prima_facie = ObjectionStatus.ACKNOWLEDGED, command.is_prima_facie
    if command.needs_inspection:
        days = _working_days(session, objection.park_id)
        objection.decide_by = days.after(objection.filed_at, INSPECT_DAYS)
    if command.is_prima_facie:
        lock_evidence(session, objection.evidence_id)
        set_state(session, objection.evidence, State.CONTESTED, actor=actor, at=now, is_held_out=True)
    _audit(session, objection, "credit_objection.acknowledged", actor=actor, at=now)
    return objection


def answer_objection(session: Session, public_id: str, answer: str, *, actor: Actor, clock: Clock) -> Objection:
    """The other side of the order says how it saw it, while the objection is open."""
    firm = actor.require_firm(FirmRole.OPERATOR)
    objection, now = _locked(session, public_id, actor=actor), clock()
    if objection.evidence.counterparty_id != firm:
        raise NotFound("objection")
    if not answer.strip():
        raise Invalid("required", fields={"answer": ["required"]})
    if objection.status not in OPEN:
        raise Conflict("objection_transition")
    objection.answer, objection.answered_at = answer, now
    _audit(session, objection, "credit_objection.answered", actor=actor, at=now)
    return objection


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideObjection:
    """Grant it (the evidence is dismissed) or reject it (the evidence is upheld), with a reason both sides see."""

    objection: str
    grants: bool
    reason: str


def decide_objection(session: Session, command: DecideObjection, *, actor: Actor, clock: Clock) -> Objection:
    """Decide an objection or its appeal, by someone without a part in it; told again it changes nothing.

    Raises `Conflict` `own_evidence`, `own_decision` or `tied_to_party` for whoever may not, and `objection_transition`.
    """
    actor.require_office(*OFFICERS)
    objection, now = _locked(session, command.objection, actor=actor), clock()
    first, appeal = (ObjectionStatus.REJECTED, ObjectionStatus.CONFIRMED)
    wanted = (ObjectionStatus.GRANTED,) if command.grants else (first, appeal)
    if objection.status in wanted:
        return objection
    if not objection.is_open:
        raise Conflict("objection_transition")
    if not command.reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    _refuse_partial(session, objection, actor)
    if objection.status is ObjectionStatus.APPEALED:
        objection.status = ObjectionStatus.GRANTED if command.grants else appeal
        objection.appeal_decided_by, objection.appeal_decision = actor.user_id, command.reason
    else:
        objection.status = ObjectionStatus.GRANTED if command.grants else first
        objection.decided_by, objection.decision = actor.user_id, command.reason
    objection.decided_at = now
    state = State.DISMISSED if command.grants else State.UPHELD
    lock_evidence(session, objection.evidence_id)
    set_state(session, objection.evidence, state, actor=actor, at=now, reason=command.reason)
    _audit(session, objection, f"credit_objection.{objection.status}", actor=actor, at=now)
    subject = f"credit_objection:{objection.public_id}"
    decided = Decided(action=f"objection.{objection.status}", subject=subject, reason=command.reason)
    decide(session, decided, actor=actor, at=now)
    return objection


def _refuse_partial(session: Session, objection: Objection, actor: Actor) -> None:
    """Nobody decides who recorded it, decided it before, or works for one of the firms."""
    refuse_own(objection.evidence, actor)
    if objection.status is ObjectionStatus.APPEALED and objection.decided_by == actor.user_id:
        raise Conflict("own_decision")
    firms = [objection.enterprise_id, objection.evidence.counterparty_id]
    tied = select(FirmMember.id).where(
        FirmMember.user_id == actor.user_id,
        FirmMember.enterprise_id.in_([firm for firm in firms if firm is not None]),
        FirmMember.status == MemberStatus.ACTIVE,
    )
    if session.scalar(tied) is not None:
        raise Conflict("tied_to_party")


def appeal_objection(session: Session, public_id: str, reason: str, *, actor: Actor, clock: Clock) -> Objection:
    """The firm appeals a rejection, once; a second reviewer has 15 working days."""
    firm = actor.require_firm(FirmRole.OPERATOR)
    objection, now = _locked(session, public_id, actor=actor), clock()
    if objection.enterprise_id != firm:
        raise NotFound("objection")
    if not reason.strip():
        raise Invalid("reason_required", fields={"reason": ["reason_required"]})
    if objection.status is not ObjectionStatus.REJECTED:
        raise Conflict("objection_transition")
    days = _working_days(session, objection.park_id)
    objection.status, objection.appeal = ObjectionStatus.APPEALED, reason
    objection.decide_by, objection.escalated_at = days.after(now, APPEAL_DAYS), None
    lock_evidence(session, objection.evidence_id)
    set_state(session, objection.evidence, State.CONTESTED, actor=actor, at=now, reason=reason)
    _audit(session, objection, "credit_objection.appealed", actor=actor, at=now)
    return objection


def suspend_overdue(session: Session, *, clock: Clock) -> int:
    """Objections past their deadline hold their evidence out and are escalated; returns how many. Safe to repeat."""
    now = clock()
    overdue = session.scalars(
        select(Objection)
        .where(Objection.status.in_(OPEN), Objection.decide_by < now, Objection.escalated_at.is_(None))
        .options(joinedload(Objection.evidence))
        .order_by(Objection.id)
        .with_for_update(of=Objection, skip_locked=True)
    ).all()
    for objection in overdue:
        actor = system_actor(objection.park_id)
        objection.escalated_at = now
        lock_evidence(session, objection.evidence_id)
        set_state(session, objection.evidence, State.CONTESTED, actor=actor, at=now, is_held_out=True)
        _audit(session, objection, "credit_objection.escalated", actor=actor, at=now)
    session.flush()
    return len(overdue)


def _audit(session: Session, objection: Objection, action: str, *, actor: Actor, at: datetime) -> None:
    subject = f"credit_objection:{objection.public_id}"
    audit(session, actor, at=at, action=action, subject=subject, after={"status": objection.status.value})
    session.flush()
    record(session, ObjectionMoved(objection.id, action.removeprefix("credit_objection.")), actor=actor, at=at)


def _working_days(session: Session, park_id: int) -> WorkingDays:
    return working_days_of(session, park_id, ZoneInfo(session.get_one(Park, park_id).time_zone))
