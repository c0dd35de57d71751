"""Which department answers for which part of the queue: one is responsible 责任, others assist 配合."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Department, Park
from marketplace.kernel.actor import Actor

SETTING = "duties"
"""Where the park's settings keep it: {source: {"responsible": department code, "assisting": [codes]}}."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A responsible department and those that assist; none when nobody was named."""

    responsible: Department | None = None
    assisting: tuple[Department, ...] = ()


NOBODY = Duty()


def duties_of(session: Session, *, actor: Actor) -> Mapping[str, Duty]:
    """Source name → duty, in two statements."""
    settings = session.scalars(select(Park.settings).where(Park.id == actor.park_id)).one()
    departments = {
        department.code: department
        for department in session.scalars(select(Department).where(Department.park_id == actor.park_id))
    }
    kept: dict[str, dict[str, Any]] = settings.get(SETTING, {})
    return {
        source: Duty(
            departments.get(duty.get("responsible", "")),
            tuple(departments[code] for code in duty.get("assisting", ()) if code in departments),
        )
        for source, duty in kept.items()
    }
