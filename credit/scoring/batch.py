"""Many parties at once: group events by party, work out standing once, rate each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from credit.scoring.events import Event, Party, PublicRecord
from credit.scoring.grades import PublicGrade
from credit.scoring.model import Model
from credit.scoring.rating import ByRole, Context, Rating, file_event, rate_role
from credit.scoring.standing import standing_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything a re-rating reads."""

    events: Collection[Event]
    parties: Mapping[str, Party] = field(default_factory=dict[str, Party])
    records: Sequence[PublicRecord] = ()


def context_of(known: Known, model: Model, *, day: int) -> Context:
    """What ratings on the day stand on: standing from all events, records by party, grades published before."""
    records: dict[str, list[PublicRecord]] = {}
    for record in known.records:
        records.setdefault(record.party, []).append(record)
    held = {
        (party.id, role): PublicGrade(grade, grade, party.stepped_up_day.get(role))
        for party in known.parties.values()
        for role, grade in party.public_grade.items()
    }
    return Context(
        model=model,
        day=day,
        standing=standing_of(known.events, known.parties, model, day=day),
        parties=known.parties,
        records=records,
        held=held,
    )


def rate_all(known: Known, model: Model, *, day: int, with_rows: bool = True) -> list[Rating]:
    """The ratings of every party that has an event or a record, by party and role; arrival order changes nothing."""
    context = context_of(known, model, day=day)
    by_party: dict[str, ByRole] = {}
    for event in known.events:
        roles = by_party.get(event.party)
        if roles is None:
            roles = by_party[event.party] = {}
        file_event(roles, event)
    ratings: list[Rating] = []
    for party in sorted(by_party.keys() | context.records.keys()):
        ratings += _rated(party, by_party.get(party, {}), context, with_rows=with_rows)
    return ratings


def _rated(party: str, by_role: ByRole, context: Context, *, with_rows: bool) -> list[Rating]:
    """A party known from public records alone is rated in each role: its gates matter."""
    roles = by_role.keys() or context.model.roles.keys()
    return [
        rate_role(party, role, by_role.get(role, {}), context, with_rows=with_rows)
        for role in context.model.roles
        if role in roles
    ]
