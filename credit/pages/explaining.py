"""A rating as a page tells it: a waterfall by dimension, faults one by one, praise together, what would lift the grade."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask import current_app, url_for
from sqlalchemy.orm import Session

from credit.evidence.models import Evidence
from credit.evidence.queries import evidence_by_public_id
from credit.pages.words import bad_name, condition_name, good_name
from credit.scoring.clocks import Halving, halving_of
from credit.scoring.events import Event, Role
from credit.scoring.model import Model
from credit.scoring.rating import Context, Rating, Row, rate_role
from credit.scoring.selection import Why
from marketplace.accounts.models import Park
from marketplace.kernel.words import gettext
from marketplace.ui.charts import Waterfall, WaterfallRow

LIFT_AFTER = (3, 6, 12)
LIFT_DAYS_APART = 10
LIFT_AMOUNT_FEN = 2_000_000


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the list: a fault by itself, or all praise of a dimension. `points` are thousandths."""

    label: str
    points: int
    count: int
    first: date
    last: date
    evidence: Evidence | None = None
    order_ref: str = ""
    order_url: str = ""
    halving: Halving | None = None
    halves_on: date | None = None
    contest_until: date | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Lift:
    orders: int
    score: int
    grade: str


def is_fault(row: Row, model: Model, role: str) -> bool:
    return row.event is not None and row.event.x < model.roles[role][row.dimension].good_rate


def waterfall_of(rating: Rating, model: Model) -> Waterfall:
    """From the base through gains and losses of each dimension to the score."""
    rows, at = (
        [WaterfallRow(label=gettext("起点"), basis=gettext("人人相同"), after=model.base / 1000, kind="start")],
        model.base,
    )
    for label, points, count in _steps(rating, model):
        basis = gettext("%(n)s 条", n=count)
        rows.append(WaterfallRow(label=label, basis=basis, before=at / 1000, after=(at + points) / 1000))
        at += points
    rows.append(WaterfallRow(label=gettext("得分"), after=rating.score / 1000, kind="total"))
    values = [row.after for row in rows]
    lowest, highest = min(70.0, min(values) - 2), max(90.0, max(values) + 2)
    return Waterfall(
        rows=rows, lowest=max(0.0, lowest), highest=min(100.0, highest), cut=model.grades.cuts[0][1] / 1000
    )


def _steps(rating: Rating, model: Model) -> list[tuple[str, int, int]]:
    steps: list[tuple[str, int, int]] = []
    for name in model.roles[rating.role]:
        counted = [row for row in rating.rows if row.dimension == name and row.why is Why.COUNTED]
        for fault, label in ((False, good_name(name)), (True, bad_name(name))):
            points = [row.points for row in counted if is_fault(row, model, rating.role) is fault]
            if points:
                steps.append((label, sum(points), len(points)))
    for kind, label in (("public", gettext("公共信用")), ("cap", gettext("满分封顶"))):
        points = [row.points for row in rating.rows if row.kind == kind]
        if points:
            steps.append((label, sum(points), len(points)))
    return steps


def told_rows(session: Session, rating: Rating, model: Model, park: Park, *, now: datetime) -> list[Told]:
    """Faults that count, the dearest first, then praise by dimension; two statements however many there are."""
    counted = [row for row in rating.rows if row.kind == "event" and row.why is Why.COUNTED]
    faults = sorted((row for row in counted if is_fault(row, model, rating.role)), key=lambda row: (row.points, row.id))
    found = evidence_by_public_id(session, park.id, [row.id for row in faults])
    told = [_fault(row, found, rating, model, now) for row in faults if row.id in found]
    for name in model.roles[rating.role]:
        praise = [row for row in counted if row.dimension == name and not is_fault(row, model, rating.role)]
        days = [row.event.day for row in praise if row.event]
        if days:
            first, last = date.fromordinal(min(days)), date.fromordinal(max(days))
            told.append(Told(good_name(name), sum(row.points for row in praise), len(praise), first, last))
    return told


def _fault(row: Row, found: Mapping[str, Evidence], rating: Rating, model: Model, now: datetime) -> Told:
    evidence, event = found[row.id], row.event
    halving = halving_of(row, model.roles[rating.role][row.dimension], model, day=rating.day)
    until = evidence.recorded_at + timedelta(days=model.objection_days)
    state = event.state if event else ""
    day = date.fromordinal(event.day) if event else evidence.occurred_at.date()
    return Told(
        label=bad_name(row.dimension),
        points=row.points,
        count=1,
        first=day,
        last=day,
        evidence=evidence,
        order_ref=evidence.subject_ref.partition(":")[2] or evidence.subject_ref,
        order_url=subject_url(evidence.subject_ref),
        halving=halving,
        halves_on=date.fromordinal(halving.day) if halving and halving.day else None,
        contest_until=until.date() if now <= until and state != "contested" else None,
        state=state,
    )


def subject_url(subject_ref: str) -> str:
    """The page of the order that evidence names, where this installation has one."""
    kind, _, name = subject_ref.partition(":")
    if kind != "order" or not name or "orders_pages.show" not in current_app.view_functions:
        return ""
    return url_for("orders_pages.show", order=name)


def lifts_of(rating: Rating, events: Iterable[Event], context: Context) -> list[Lift]:
    """The score after so many more good orders of 20,000 yuan, one in ten days, with established partners."""
    by_dimension: dict[str, list[Event]] = {name: [] for name in context.model.roles[rating.role]}
    for event in events:
        if event.role == rating.role:
            by_dimension[event.dimension].append(event)
    lifts: list[Lift] = []
    for orders in LIFT_AFTER:
        more = {name: known + _good(rating, name, orders, context) for name, known in by_dimension.items()}
        later = replace(context, day=context.day + orders * LIFT_DAYS_APART)
        after = rate_role(rating.party, rating.role, more, later, with_rows=False)
        lifts.append(Lift(orders, after.score, after.grade))
    return lifts


def _good(rating: Rating, dimension: str, orders: int, context: Context) -> list[Event]:
    return [
        Event(
            id=f"~{n:03}",
            party=rating.party,
            role=rating.role,
            dimension=dimension,
            x=1_000_000,
            day=context.day + n * LIFT_DAYS_APART,
            order=f"~{n:03}",
            counterparty=f"~{n % 3}",
            amount=LIFT_AMOUNT_FEN,
            established=True,
        )
        for n in range(1, orders + 1)
    ]


def conditions_of(rating: Rating, model: Model) -> list[tuple[bool, str]]:
    """The six conditions of the best grade, met ones ticked."""
    top, unmet = model.grades.top, {missing.condition: missing for missing in rating.unmet}
    needs = {
        "score": model.grades.cuts[0][1] // 1000,
        "interval_low": top.interval_low // 1000,
        "events": top.events,
        "groups": top.groups,
        "months": top.months,
    }
    shown: list[tuple[bool, str]] = []
    for name, need in needs.items():
        missing = unmet.get(name)
        text = gettext("%(what)s ≥ %(need)s", what=condition_name(name), need=need)
        if missing is not None:
            has = f"{missing.has / 1000:.1f}" if name in {"score", "interval_low"} else str(missing.has)
            text = gettext("%(what)s ≥ %(need)s，现在 %(has)s", what=condition_name(name), need=need, has=has)
        shown.append((missing is None, text))
    shown.append(("worst_dimension" not in unmet, condition_name("worst_dimension")))
    return shown


def role_of(given: str | None) -> Role:
    return Role(given) if given in set(Role) else Role.SUPPLIER
