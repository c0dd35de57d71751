"""The morning queue: everything that waits for the office as one list, from sources that each know one kind of thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Park
from marketplace.kernel.actor import Actor
from marketplace.kernel.working_days import WorkingDays, working_days_of
from marketplace.office.duties import NOBODY, Duty, duties_of

MOST_OF_A_SOURCE = 200
"""As many items of one kind are listed; the totals count all of them."""
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """One thing that waits. `key` is stable (`source:id`), `weight` puts what matters more first among equal deadlines.

    `url` is the page that decides it; `impact` says in the reader's words what hangs on it.
    """

    key: str
    title: str
    note: str
    since: datetime
    impact: str
    url: str
    deadline: datetime | None = None
    weight: int = 0
    source: str = ""
    label: str = ""
    duty: Duty = NOBODY


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one source has: the items that are listed and how many there are in all."""

    items: Sequence[QueueItem] = ()
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who sits in front of the queue, when, and in which language; `days` counts working days in the park."""

    actor: Actor
    at: datetime
    locale: str
    days: WorkingDays
    most: int = MOST_OF_A_SOURCE


class QueueSource(Protocol):
    """One kind of thing that waits for the office.

    `name` is a stable word for addresses and for the duties of departments. `waiting` takes a fixed number of
    statements, sees the actor's park alone, and gives nothing to a role that has no business with it.
    """

    name: str

    def label(self) -> str:
        """What its items are called, in the reader's language."""
        ...

    def waiting(self, session: Session, desk: Desk) -> Waiting: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The list in the order of its deadlines, and how much waits of each source."""

    items: Sequence[QueueItem]
    totals: Mapping[str, int]
    labels: Mapping[str, str]
    overdue: int
    due_today: int

    @property
    def total(self) -> int:
        return sum(self.totals.values())

    def of(self, source: str | None) -> "Queue":
        """The items of one source alone; the totals stay."""
        if source not in self.totals:
            return self
        return replace(self, items=[item for item in self.items if item.source == source])


def queue_of(session: Session, sources: Sequence[QueueSource], *, actor: Actor, at: datetime, locale: str) -> Queue:
    """Everything that waits for the office of the actor's park: what is due first stands first."""
    actor.require_office()
    zone = session.scalars(select(Park.time_zone).where(Park.id == actor.park_id)).one()
    days = working_days_of(session, actor.park_id, ZoneInfo(zone))
    duties = duties_of(session, actor=actor)
    desk = Desk(actor=actor, at=at, locale=locale, days=days)
    items: list[QueueItem] = []
    totals: dict[str, int] = {}
    labels = {source.name: source.label() for source in sources}
    for source in sources:
        found = source.waiting(session, desk)
        totals[source.name] = found.total
        duty = duties.get(source.name, NOBODY)
        items += [replace(item, source=source.name, label=labels[source.name], duty=duty) for item in found.items]
    items.sort(key=_place)
    return Queue(
        items=items,
        totals=totals,
        labels=labels,
        overdue=sum(item.deadline is not None and item.deadline < at for item in items),
        due_today=sum(_is_today(item, at, days.zone) for item in items),
    )


def _place(item: QueueItem) -> tuple[datetime, int, datetime]:
    """Equal places keep the order of their source, which is by id."""
    return item.deadline or NEVER, -item.weight, item.since


def _is_today(item: QueueItem, at: datetime, zone: ZoneInfo) -> bool:
    if item.deadline is None or item.deadline < at:
        return False
    return item.deadline.astimezone(zone).date() == at.astimezone(zone).date()
