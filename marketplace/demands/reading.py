"""A typed line becomes what a demand asks, in chips that its writer can take away or read otherwise."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from marketplace.accounts.models import Park
from marketplace.accounts.queries import zones_of
from marketplace.demands.constraints import Limit
from marketplace.demands.models import BudgetPer
from marketplace.listings.vocabulary import words_of_park
from search.understanding.corrections import read_corrections
from search.understanding.results import Budget, Constraint, Understood, Window
from search.understanding.understand import understand

HORIZON = timedelta(days=30)
"""How far a window reaches whose end nobody named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """What a line says, in the shape of a demand."""

    understood: Understood
    limits: tuple[Limit, ...]
    start: datetime | None
    end: datetime | None
    budget: tuple[int, BudgetPer] | None


def read_line(
    session: Session, line: str, *, park_id: int, now: datetime, locale: str, without: list[str], choose: list[str]
) -> ReadLine:
    """Read a line with its writer's corrections. Never raises on a text."""
    park = session.get_one(Park, park_id)
    understood = understand(
        line,
        vocabulary=words_of_park(zones_of(session, park_id)),
        now=now,
        zone=ZoneInfo(park.time_zone),
        locale="en" if locale.startswith("en") else "zh",
        corrections=read_corrections(without, choose),
    )
    start, end = _window(understood.window, now)
    limits = tuple(limit for one in understood.constraints if (limit := _limit(one)) is not None)
    return ReadLine(understood=understood, limits=limits, start=start, end=end, budget=_budget(understood.budget))


def _limit(constraint: Constraint) -> Limit | None:
    value = constraint.value
    if isinstance(value, str):
        value = (value,)
    limit = Limit(constraint.attribute, constraint.op, value, constraint.unit)
    return limit if limit.is_sound() else None


def _window(window: Window | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From now on when no start is said; a month when no end is; none when neither is."""
    if window is None or (window.start is None and window.end is None):
        return None, None
    start = window.start or now
    return start, window.end or start + HORIZON


def _budget(budget: Budget | None) -> tuple[int, BudgetPer] | None:
    """Budgets by the week, the month or the piece are left to the writer: no plan is compared with them."""
    if budget is None or budget.per not in {one.value for one in BudgetPer}:
        return None
    return budget.amount, BudgetPer(budget.per)
