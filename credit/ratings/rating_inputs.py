"""What a rating in a park stands on: events, groups, anchors, public records, grades published before."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from credit.evidence.queries import scoring_events
from credit.public_records.queries import scoring_records
from credit.ratings.groups import groups_of
from credit.ratings.models import Anchor, PublicGrade, Standing
from credit.scoring.batch import Known, context_of
from credit.scoring.events import Party
from credit.scoring.grades import PublicGrade as Held
from credit.scoring.model import Model
from credit.scoring.rating import Context
from credit.scoring.standing import Standing as Standings
from marketplace.accounts.models import Enterprise, Membership, Park


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is rated and against what; `watermark` is the highest evidence state seen."""

    known: Known
    context: Context
    watermark: int


def park_day(park: Park, at: datetime) -> int:
    """The park's calendar day as the scorer counts days."""
    return at.astimezone(ZoneInfo(park.time_zone)).toordinal()


def park_inputs(session: Session, park: Park, model: Model, *, day: int) -> Inputs:
    """Everything about all firms of a park; standing is worked out anew."""
    events, watermark = scoring_events(session, park)
    known = Known(events=events, parties=_parties(session, park.id), records=scoring_records(session, park.id))
    context = context_of(known, model, day=day)
    held = _held(session, park.id)
    return Inputs(known, _with_held(context, held), watermark)


def firm_inputs(session: Session, park: Park, enterprise_id: int, model: Model, *, day: int) -> Inputs:
    """Everything about one firm; standing as the last full rating left it."""
    events, watermark = scoring_events(session, park, enterprise_id=enterprise_id)
    records = scoring_records(session, park.id, enterprise_id=enterprise_id)
    standing = Standings()
    for row in session.scalars(select(Standing).where(Standing.park_id == park.id)):
        standing.groups[str(row.enterprise_id)] = row.group_ref
        if row.is_established:
            standing.established.add(str(row.enterprise_id))
    context = Context(
        model=model,
        day=day,
        standing=standing,
        records={str(enterprise_id): records},
        held=_held(session, park.id, enterprise_id),
    )
    return Inputs(Known(events=events, records=records), context, watermark)


def _with_held(context: Context, held: dict[tuple[str, str], Held]) -> Context:
    return Context(
        model=context.model,
        day=context.day,
        standing=context.standing,
        parties=context.parties,
        records=context.records,
        held=held,
    )


def _parties(session: Session, park_id: int) -> dict[str, Party]:
    firms = session.scalars(
        select(Enterprise)
        .join(Membership, Membership.enterprise_id == Enterprise.id)
        .where(Membership.park_id == park_id)
    ).all()
    anchors = set(
        session.scalars(
            select(Anchor.enterprise_id).where(
                Anchor.park_id == park_id, Anchor.confirmed_at.is_not(None), Anchor.ended_at.is_(None)
            )
        )
    )
    return {
        str(firm): Party(id=str(firm), group=group, anchor=firm in anchors) for firm, group in groups_of(firms).items()
    }


def _held(session: Session, park_id: int, enterprise_id: int | None = None) -> dict[tuple[str, str], Held]:
    """What was published last. Softened cuts and steps start from the grade of the points, not from a gate."""
    rows = select(PublicGrade).where(PublicGrade.park_id == park_id)
    if enterprise_id is not None:
        rows = rows.where(PublicGrade.enterprise_id == enterprise_id)
    return {
        (str(row.enterprise_id), row.role.value): Held(
            row.grade, row.by_points, row.stepped_up_on.toordinal() if row.stepped_up_on else None
        )
        for row in session.scalars(rows)
    }
