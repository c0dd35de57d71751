"""The demand wizard: what, when and where, money and trust. Its state is the address, so every step can be shared."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from marshmallow import Schema, fields, validate
from sqlalchemy.dialects.postgresql import Range
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from marketplace.accounts.queries import zones_of
from marketplace.bookings.queries import Question
from marketplace.demands.models import BudgetPer, Confidentiality
from marketplace.demands.operations.demanding import PostDemand, post_demand
from marketplace.demands.pages.blueprint import blueprint
from marketplace.demands.reading import ReadLine, read_line
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import DomainError, Invalid
from marketplace.kernel.forms import Form, read
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.schemas import Text, WholeNumber
from marketplace.kernel.words import gettext
from marketplace.listings.models import Listing
from marketplace.listings.queries import visible_listing
from marketplace.listings.types import active_types
from marketplace.ui.filters import reader_locale, reader_zone
from search.understanding.corrections import as_parameters, choosing, read_corrections, taking_away
from search.understanding.results import Chip

OPERATORS = (FirmRole.OPERATOR,)
LOCAL = "%Y-%m-%dT%H:%M"
STEPS = (
    ("title", "q", "type_code", "constraints", "details", "other_title", "pieces", "units", "listing"),
    ("start", "end", "hours", "question", "zone", "radius"),
    ("budget", "per", "confidentiality", "invited", "closes_at", "form"),
)
"""Which step asks what; a refused field leads back to its step."""
CORRECTIONS = ("without", "choose")


class WizardForm(Schema):
    """Everything the three steps ask; times are the park's, money is in yuan."""

    q = Text(load_default="", most=200)
    type_code = Text(load_default=None, most=60)
    details = Text(load_default="", most=4000)
    other_title = Text(load_default="", most=200)
    pieces = WholeNumber(load_default=None, least=1, most=10**9)
    units = WholeNumber(load_default=1, least=1, most=1000)
    start = fields.NaiveDateTime(load_default=None, format=LOCAL)
    end = fields.NaiveDateTime(load_default=None, format=LOCAL)
    hours = fields.Decimal(load_default=None, validate=validate.Range(Decimal("0.25"), Decimal(8784)))
    question = fields.Enum(Question, by_value=True, load_default=Question.RUN)
    zone = Text(load_default=None, most=40)
    radius = fields.Decimal(load_default=None, validate=validate.Range(Decimal("0.1"), Decimal(1000)))
    budget = fields.Decimal(load_default=None, validate=validate.Range(Decimal("0.01"), Decimal(10**10)))
    per = fields.Enum(BudgetPer, by_value=True, load_default=BudgetPer.JOB)
    confidentiality = fields.Enum(Confidentiality, by_value=True, load_default=Confidentiality.PUBLIC)
    invited = Text(load_default="", most=4000)
    closes_at = fields.NaiveDateTime(load_default=None, format=LOCAL)
    listing = Text(load_default=None, most=20)


FIELDS = frozenset(name for names in STEPS for name in names) - {"title", "constraints", "form"}
"""What travels in the address; anything else in it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The wizard as it stands: what was typed, what the line says, and the demand made of both where it can be read."""

    form: Form
    line: ReadLine
    command: PostDemand | None


def draft_of(given: MultiDict[str, str]) -> Draft:
    """Read the wizard's fields; what the line says fills those that nobody has touched."""
    form = Form({name: given.get(name) for name in given if name in FIELDS})
    actor, locale = current_actor(), reader_locale()
    line = read_line(
        current_session(),
        str(form.values.get("q") or "")[:200],
        park_id=actor.park_id,
        now=request_now(),
        locale=locale,
        without=given.getlist("without"),
        choose=given.getlist("choose"),
    )
    _fill(form, line)
    values = read(WizardForm(), form)
    return Draft(form=form, line=line, command=None if values is None else _command(values, line, form, locale))


def _fill(form: Form, line: ReadLine) -> None:
    """Fields that are not in the address yet take what was understood."""
    said = line.understood
    hours = said.window.hours if said.window else None
    known: dict[str, Any] = {
        "type_code": said.type_code,
        "pieces": said.quantity.amount if said.quantity and said.quantity.kind == "pieces" else None,
        "units": said.quantity.amount if said.quantity and said.quantity.kind == "units" else None,
        "start": _local(line.start),
        "end": _local(line.end),
        "hours": f"{hours.normalize():f}" if hours is not None else None,
        "question": said.window.question if said.window else None,
        "zone": said.place.zone if said.place else None,
        "radius": f"{said.place.radius_m / 1000:g}" if said.place and said.place.radius_m else None,
        "budget": f"{Decimal(line.budget[0]) / 100:f}" if line.budget else None,
        "per": line.budget[1].value if line.budget else None,
    }
    for name, value in known.items():
        if value is not None and name not in form.values:
            form.values[name] = value


def _local(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(reader_zone()).strftime(LOCAL)


def _moment(local: datetime | None) -> datetime | None:
    return None if local is None else local.replace(tzinfo=reader_zone())


def _command(values: dict[str, Any], line: ReadLine, form: Form, locale: str) -> PostDemand | None:
    """The demand of what was typed; None with the error beside its field when the window does not run forward."""
    english = locale.startswith("en")
    start, end = _moment(values["start"]), _moment(values["end"])
    if (start is None) != (end is None) or (start is not None and end is not None and start >= end):
        form.errors.setdefault("end" if start is not None else "start", []).append(gettext("结束时间要晚于开始时间。"))
        return None
    title, other = values["q"], values["other_title"]
    return PostDemand(
        title_zh=other if english else title,
        title_en=title if english else other,
        text_zh="" if english else values["details"],
        text_en=values["details"] if english else "",
        type_code=values["type_code"],
        constraints=line.limits,
        during=Range(start, end) if start is not None and end is not None else None,
        question=values["question"],
        duration_minutes=int(values["hours"] * 60) if values["hours"] is not None else None,
        units=values["units"],
        pieces=values["pieces"],
        zone=values["zone"],
        radius_metres=int(values["radius"] * 1000) if values["radius"] is not None else None,
        budget_amount=int(values["budget"] * 100) if values["budget"] is not None else None,
        budget_per=values["per"],
        confidentiality=values["confidentiality"],
        invited=tuple(dict.fromkeys(name.strip() for name in values["invited"].splitlines() if name.strip())),
        listing=values["listing"],
        closes_at=_moment(values["closes_at"]),
    )


@blueprint.get("/demands/new")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
def new() -> str | tuple[str, int]:
    """One step of the wizard; a mistake in an earlier step leads back to it."""
    draft = draft_of(request.args)
    given = request.args.get("step", "1")
    step = int(given) if given in {"1", "2", "3"} else 1
    if step > 1 and draft.command is not None and not (draft.command.title_zh or draft.command.title_en):
        draft.form.refuse(Invalid("demand_untitled", fields={"q": ["demand_untitled"]}))
    wrong = _first_wrong_step(draft.form)
    if wrong < step:
        return _page(draft, wrong), 422
    draft.form.errors.clear()
    return _page(draft, step)


def _first_wrong_step(form: Form) -> int:
    """The step that asks the first field in error; past the last when all is well."""
    return next((n for n, names in enumerate(STEPS, 1) if any(name in form.errors for name in names)), len(STEPS) + 1)


@blueprint.post("/demands")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@idempotent
def create() -> Response | tuple[str, int]:
    """Post the demand; a refusal comes back on the step that asks for it, input kept."""
    draft, session = draft_of(request.form), current_session()
    if draft.command is None:
        return _page(draft, min(_first_wrong_step(draft.form), len(STEPS))), 422
    try:
        demand = post_demand(session, draft.command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        draft.form.refuse(error)
        return _page(draft, min(_first_wrong_step(draft.form), len(STEPS))), error.status
    flash(gettext("需求已发出，有人报价会通知您。"), "done")
    return redirect(url_for("demands_pages.show", demand=demand.public_id), 303)


def _page(draft: Draft, step: int) -> str:
    session, actor, locale = current_session(), current_actor(), reader_locale()
    values = draft.form.values
    asked = set(STEPS[step - 1])
    source = request.form if request.method == "POST" else request.args
    carried = [(name, value) for name, value in values.items() if name not in asked and value not in ("", None)]
    carried += [(name, value) for name in CORRECTIONS for value in source.getlist(name)]
    return render_template(
        "demands/wizard.html",
        step=step,
        form=draft.form,
        carried=carried,
        chips=[_chip(chip, source) for chip in draft.line.understood.chips],
        types=sorted(active_types(session, actor.park_id, locale).items(), key=_second),
        zones=[
            (one.code, one.name_en if locale.startswith("en") else one.name_zh)
            for one in zones_of(session, actor.park_id)
        ],
        asked_listing=_asked(values.get("listing")),
        locale=locale,
        back_url=_step_url(source, values, step - 1) if step > 1 else "",
        once=new_public_id(),
    )


def _second(pair: tuple[str, str]) -> str:
    return pair[1]


def _asked(public_id: Any) -> Listing | None:
    return visible_listing(current_session(), str(public_id), actor=current_actor()) if public_id else None


def _step_url(source: MultiDict[str, str], values: dict[str, Any], step: int) -> str:
    given: dict[str, Any] = {name: value for name, value in values.items() if name in FIELDS}
    given |= {name: source.getlist(name) for name in CORRECTIONS}
    return url_for("demands_pages.new", step=step, **given)


def _chip(chip: Chip, source: MultiDict[str, str]) -> dict[str, Any]:
    """What was understood: taken away by its ×, read otherwise by a link."""
    corrections = read_corrections(source.getlist("without"), source.getlist("choose"))
    kept = {name: source.get(name) for name in ("q", "details", "other_title", "listing") if name in source}

    def url(changed: Any) -> str:
        given: dict[str, Any] = {**kept, "without": [], "choose": []}
        for name, value in as_parameters(changed):
            given[name].append(value)
        return url_for("demands_pages.new", step=1, **given)

    return {
        "label": chip.label,
        "value": chip.value,
        "why": chip.explanation,
        "remove_url": url(taking_away(corrections, chip.key)),
        "others": [(one.label, url(choosing(corrections, chip.key, one.code))) for one in chip.alternatives],
    }
