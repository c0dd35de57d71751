"""Verbs of ratings: rate a firm or a park, publish grades, name anchor firms."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from credit.evidence.decisions import Decided, decide
from credit.evidence.models import Decision
from credit.ratings.events import PublicGradeChanged
from credit.ratings.models import PublicGrade, Snapshot, Standing
from credit.ratings.rating_inputs import Inputs, firm_inputs, park_day, park_inputs
from credit.scoring.batch import rate_all
from credit.scoring.events import Role
from credit.scoring.grades import UNRATED, gated
from credit.scoring.json_form import input_hash
from credit.scoring.model import shipped_model
from credit.scoring.rating import Rating, rate, rate_role
from marketplace.accounts.models import Park
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import record

REASONS = 3
LOCK = 7_221_042


def firm_ratings(session: Session, park_id: int, enterprise_id: int, *, at: datetime) -> list[Rating]:
    """A firm's ratings in both roles as of a moment, row by row; nothing is written."""
    return _rate_firm(session, session.get_one(Park, park_id), enterprise_id, at=at)[0]


def _rate_firm(session: Session, park: Park, enterprise_id: int, *, at: datetime) -> tuple[list[Rating], Inputs]:
    inputs = firm_inputs(session, park, enterprise_id, shipped_model(), day=park_day(park, at))
    found = {rating.role: rating for rating in rate(str(enterprise_id), inputs.known.events, inputs.context)}
    ratings = [found.get(role) or rate_role(str(enterprise_id), role, {}, inputs.context) for role in Role]
    return ratings, inputs


def rerate_firm(session: Session, park_id: int, enterprise_id: int, *, clock: Clock) -> list[Rating]:
    """Rate one firm, keep a snapshot where something changed, and let gates act at once on what is published."""
    now, park = clock(), session.get_one(Park, park_id)
    session.execute(select(func.pg_advisory_xact_lock(LOCK, enterprise_id)))
    ratings, inputs = _rate_firm(session, park, enterprise_id, at=now)
    _keep(session, park, ratings, inputs, at=now)
    return ratings


def rerate_park(session: Session, park_id: int, *, clock: Clock) -> list[Rating]:
    """Rate every firm of a park that has evidence or records; who is established is worked out anew."""
    now, park = clock(), session.get_one(Park, park_id)
    inputs = park_inputs(session, park, shipped_model(), day=park_day(park, now))
    _keep_standing(session, park_id, inputs)
    ratings = rate_all(inputs.known, shipped_model(), day=inputs.context.day)
    _keep(session, park, ratings, inputs, at=now)
    return ratings


def _keep_standing(session: Session, park_id: int, inputs: Inputs) -> None:
    standing = inputs.context.standing
    rows = [
        {
            "park_id": park_id,
            "enterprise_id": int(party),
            "group_ref": standing.group_of(party),
            "is_established": standing.is_established(party),
        }
        for party in sorted(inputs.known.parties, key=int)
    ]
    if not rows:
        return
    statement = insert(Standing)
    new = {name: statement.excluded[name] for name in ("group_ref", "is_established")}
    session.execute(statement.on_conflict_do_update(constraint="pk_credit_standing", set_=new), rows)


def _keep(session: Session, park: Park, ratings: Sequence[Rating], inputs: Inputs, *, at: datetime) -> None:
    latest = latest_snapshots(session, park.id, {int(rating.party) for rating in ratings})
    digest = input_hash(inputs.known)
    for rating in ratings:
        before = latest.get((int(rating.party), rating.role))
        after = _snapshot(park.id, rating, inputs, digest, at=at)
        if before is None or _said(before) != _said(after):
            session.add(after)
    session.flush()
    _let_gates_act(session, park.id, ratings, at=at)


def latest_snapshots(session: Session, park_id: int, firms: Iterable[int]) -> dict[tuple[int, str], Snapshot]:
    """The newest snapshot by firm and role, in one statement."""
    rows = (
        select(Snapshot)
        .where(Snapshot.park_id == park_id, Snapshot.enterprise_id.in_(set(firms)))
        .ext(distinct_on(Snapshot.enterprise_id, Snapshot.role))
        .order_by(Snapshot.enterprise_id, Snapshot.role, Snapshot.id.desc())
    )
    return {(row.enterprise_id, row.role.value): row for row in session.scalars(rows)}


def _said(row: Snapshot) -> tuple[Any, ...]:
    return row.score, row.low, row.high, row.grade, row.counts, row.gates, row.alarms, row.model_hash


def _snapshot(park_id: int, rating: Rating, inputs: Inputs, digest: str, *, at: datetime) -> Snapshot:
    model = inputs.context.model
    strongest = sorted((row for row in rating.rows if row.kind == "event"), key=lambda row: (-abs(row.points), row.id))
    return Snapshot(
        park_id=park_id,
        enterprise_id=int(rating.party),
        role=Role(rating.role),
        at=at,
        model_version=model.version,
        model_hash=model.hash,
        watermark=inputs.watermark,
        input_hash=digest,
        score=rating.score,
        low=rating.low,
        high=rating.high,
        earned=rating.earned,
        grade=rating.grade,
        counts=asdict(rating.counts),
        gates=[asdict(gate) for gate in rating.gates],
        alarms=[asdict(alarm) for alarm in rating.alarms],
        reasons=[{"evidence": row.id, "dimension": row.dimension, "points": row.points} for row in strongest[:REASONS]],
    )


def _let_gates_act(session: Session, park_id: int, ratings: Sequence[Rating], *, at: datetime) -> None:
    """A gate that closes or opens changes what is published the same day; points wait for the month."""
    published = _published(session, park_id)
    for rating in ratings:
        row = published.get((int(rating.party), rating.role))
        if row is None and not rating.gates:
            continue
        if row is None:
            row = _blank(park_id, rating, at=at)
            session.add(row)
        grade = gated(row.by_points, rating.gates)
        row.is_gated = grade != row.by_points
        if grade != row.grade:
            _tell(session, row, grade, at=at)
    session.flush()


def _published(session: Session, park_id: int) -> dict[tuple[int, str], PublicGrade]:
    rows = session.scalars(select(PublicGrade).where(PublicGrade.park_id == park_id).order_by(PublicGrade.id))
    return {(row.enterprise_id, row.role.value): row for row in rows}


def _blank(park_id: int, rating: Rating, *, at: datetime) -> PublicGrade:
    return PublicGrade(
        park_id=park_id,
        enterprise_id=int(rating.party),
        role=Role(rating.role),
        grade=UNRATED,
        by_points=UNRATED,
        score=rating.score,
        low=rating.low,
        high=rating.high,
        events=rating.counts.events,
        orders=rating.counts.orders,
        groups=rating.counts.groups,
        published_on=at.date(),
    )


def _tell(session: Session, row: PublicGrade, grade: str, *, at: datetime) -> None:
    actor, before = system_actor(row.park_id), row.grade
    row.grade = grade
    changed = PublicGradeChanged(row.park_id, row.enterprise_id, row.role.value, before, grade)
    record(session, changed, actor=actor, at=at)
    facts = {"role": row.role.value, "before": before, "after": grade, "score": row.score}
    decided = Decided(action="grade.published", subject=f"enterprise:{row.enterprise_id}", facts=facts)
    decide(session, decided, actor=actor, at=at)


def publish_grades(session: Session, park_id: int, *, clock: Clock) -> int:
    """Publish the month's grades of a park, once a month however often it runs; returns how many changed."""
    now, park = clock(), session.get_one(Park, park_id)
    today = date.fromordinal(park_day(park, now))
    session.execute(select(func.pg_advisory_xact_lock(LOCK, -park_id)))
    month = f"month:{today:%Y-%m}"
    done = select(Decision.id).where(Decision.park_id == park_id, Decision.subject == month)
    if today.day < shipped_model().publication_day or session.scalar(done) is not None:
        return 0
    ratings, changes = rerate_park(session, park_id, clock=clock), 0
    published = _published(session, park_id)
    for rating in ratings:
        row = published.get((int(rating.party), rating.role))
        if row is None:
            row = _blank(park_id, rating, at=now)
            session.add(row)
        _write(row, rating, today)
        if rating.public.grade != row.grade:
            changes += 1
            _tell(session, row, rating.public.grade, at=now)
    decided = Decided(action="grades.published", subject=month, facts={"changes": changes})
    decide(session, decided, actor=system_actor(park_id), at=now)
    return changes


def _write(row: PublicGrade, rating: Rating, today: date) -> None:
    public, counts = rating.public, rating.counts
    row.by_points, row.published_on = public.by_points, today
    row.score, row.low, row.high = rating.score, rating.low, rating.high
    row.events, row.orders, row.groups = counts.events, counts.orders, counts.groups
    row.is_gated = public.grade != public.by_points
    row.stepped_up_on = date.fromordinal(public.stepped_up_day) if public.stepped_up_day else None
