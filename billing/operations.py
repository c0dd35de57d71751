"""Verbs that change what billing keeps. They flush and never commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from billing.models import PlanKind, RatePlan
from billing.pricing.plan_json import plan_to_json
from billing.pricing.plans import Plan
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class StorePlan:
    """A new version of the subject's plan."""

    subject_ref: str
    plan: Plan
    label_zh: str = ""
    label_en: str = ""


def store_plan(session: Session, command: StorePlan, *, clock: Clock) -> RatePlan:
    """Supersede the subject's current plan by this one; an equal plan stays the version it is."""
    return store_plans(session, [command], clock=clock)[command.subject_ref]


def store_plans(session: Session, commands: list[StorePlan], *, clock: Clock) -> Mapping[str, RatePlan]:
    """As `store_plan` for many subjects at once; subject → the version that counts now.

    Locks the current versions in the order of their ids.
    """
    now = clock()
    wanted = {command.subject_ref: command for command in commands}
    standing = _standing(session, list(wanted))
    kept: dict[str, RatePlan] = {}
    outdated: list[int] = []
    for ref, command in wanted.items():
        current = standing.get(ref)
        body = plan_to_json(command.plan)
        if current is not None and _is_equal(current, command, body):
            kept[ref] = current
            continue
        if current is not None:
            outdated.append(current.id)
        kept[ref] = _version_after(current, command, body, at=now)
    if outdated:
        session.execute(update(RatePlan).where(RatePlan.id.in_(outdated)).values(superseded_at=now))
    session.add_all(kept.values())
    session.flush()
    return kept


def _standing(session: Session, refs: list[str]) -> dict[str, RatePlan]:
    plans = session.scalars(
        select(RatePlan)
        .where(RatePlan.subject_ref == func.any(refs), RatePlan.superseded_at.is_(None))
        .order_by(RatePlan.id)
        .with_for_update()
    )
    return {plan.subject_ref: plan for plan in plans}


def _is_equal(current: RatePlan, command: StorePlan, body: JSON) -> bool:
    return (current.plan, current.label_zh, current.label_en) == (body, command.label_zh, command.label_en)


def _version_after(current: RatePlan | None, command: StorePlan, body: JSON, *, at: datetime) -> RatePlan:
    return RatePlan(
        subject_ref=command.subject_ref,
        version=1 if current is None else current.version + 1,
        kind=PlanKind(str(body["kind"])),
        plan=body,
        label_zh=command.label_zh,
        label_en=command.label_en,
        created_at=at,
    )
