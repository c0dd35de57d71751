"""The firm's own page: the score line by line, what would lift it, objection and repair."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit.evidence.models import Evidence
from credit.evidence.queries import own_evidence
from credit.objections import queries as objection_queries
from credit.objections.operations import FileObjection, answer_objection, appeal_objection, file_objection
from credit.objections.repairs import WAITS, AskRepair, ask_repair
from credit.pages import words
from credit.pages.blueprint import blueprint
from credit.pages.explaining import conditions_of, lifts_of, role_of, told_rows, waterfall_of
from credit.public_records.queries import speaking_records
from credit.ratings.queries import history_of, published_of
from credit.ratings.rating_inputs import firm_inputs, park_day
from credit.scoring.events import Role
from credit.scoring.model import shipped_model
from credit.scoring.rating import Rating, rate_role
from credit.scoring.selection import Why
from marketplace.accounts.models import Park
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, typed
from marketplace.kernel.words import gettext
from marketplace.ui.charts import Chart, Series

OPERATORS = (FirmRole.OPERATOR,)
MOST_TEXT = 2000


@blueprint.get("/credit")
@allow(Who.FIRM)
def own() -> str:
    """The firm's rating in one role, as a waterfall and line by line."""
    actor, role = current_actor(), role_of(request.args.get("role"))
    context = rating_page(actor.require_firm(), role)
    session = current_session()
    return render_template(
        "credit/own.html",
        **context,
        objections=objection_queries.objections_of_firm(session, actor=actor),
        to_answer=objection_queries.objections_to_answer(session, actor=actor),
    )


def rating_page(enterprise_id: int, role: Role) -> dict[str, Any]:
    """What a page of one firm's rating shows; the office's page shows the same."""
    session, actor, now, model = current_session(), current_actor(), request_now(), shipped_model()
    park = session.get_one(Park, actor.park_id)
    inputs = firm_inputs(session, park, enterprise_id, model, day=park_day(park, now))
    by_dimension: dict[str, list[Any]] = {}
    for event in inputs.known.events:
        if event.role == role:
            by_dimension.setdefault(event.dimension, []).append(event)
    rating = rate_role(str(enterprise_id), role, by_dimension, inputs.context)
    records = speaking_records(session, park.id, enterprise_id=enterprise_id)
    return {
        "role": role,
        "rating": rating,
        "model": model,
        "words": words,
        "published": published_of(session, park.id, enterprise_id).get(role),
        "fall": waterfall_of(rating, model),
        "told": told_rows(session, rating, model, park, now=now),
        "held": [row for row in rating.rows if row.kind == "event" and row.why is not Why.COUNTED],
        "day_of": date.fromordinal,
        "lifts": lifts_of(rating, inputs.known.events, inputs.context),
        "conditions": conditions_of(rating, model),
        "chart": _history(enterprise_id, role, rating),
        "records": records,
        "now": now,
    }


def _history(enterprise_id: int, role: Role, rating: Rating) -> Chart | None:
    rows = history_of(current_session(), current_actor().park_id, enterprise_id, role)
    if not rows:
        return None
    labels = [f"{row.at:%Y-%m}" for row in rows[:-1]] + [gettext("现在")]
    return Chart(
        title=gettext("得分走势"),
        labels=labels,
        series=[
            Series(
                name=gettext("得分"),
                values=[row.score / 1000 for row in rows[:-1]] + [rating.score / 1000],
                kind="line",
            )
        ],
        digits=1,
        label_name=gettext("月份"),
        lowest=40,
        highest=100,
    )


def _shown(evidence: Evidence, form: Form, template: str) -> str:
    bad = words.bad_name(evidence.dimension)
    return render_template(template, evidence=evidence, form=form, what=bad, wait=WAITS[evidence.severity])


@blueprint.get("/credit/evidence/<evidence>/objection")
@allow(Who.FIRM)
def objection_form(evidence: str) -> str:
    found = own_evidence(current_session(), evidence, actor=current_actor())
    return _shown(found, Form(), "credit/objection_form.html")


@blueprint.post("/credit/evidence/<evidence>/objection")
@allow(Who.FIRM, firm=OPERATORS)
@writes
def object_to(evidence: str) -> Response | tuple[str, int]:
    """File an objection; the record is marked contested at once."""
    session, actor, form = current_session(), current_actor(), typed()
    command = FileObjection(evidence=evidence, reason=_text(form, "reason"), proof=_text(form, "proof"))
    try:
        objection = file_objection(session, command, actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        if error.status == 404:
            raise
        form.refuse(error)
        return _shown(own_evidence(session, evidence, actor=actor), form, "credit/objection_form.html"), error.status
    flash(gettext("已标为“异议中”，一个工作日内受理。"), "done")
    return redirect(url_for(".objection", objection=objection.public_id), 303)


@blueprint.get("/credit/evidence/<evidence>/repair")
@allow(Who.FIRM)
def repair_form(evidence: str) -> str:
    found = own_evidence(current_session(), evidence, actor=current_actor())
    return _shown(found, Form(), "credit/repair_form.html")


@blueprint.post("/credit/evidence/<evidence>/repair")
@allow(Who.FIRM, firm=OPERATORS)
@writes
def repair(evidence: str) -> Response | tuple[str, int]:
    """Ask to have a fault lifted after making good."""
    session, actor, form = current_session(), current_actor(), typed()
    command = AskRepair(evidence=evidence, pledge=_text(form, "pledge"), proof=_text(form, "proof"))
    try:
        ask_repair(session, command, actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        if error.status == 404:
            raise
        form.refuse(error)
        return _shown(own_evidence(session, evidence, actor=actor), form, "credit/repair_form.html"), error.status
    flash(gettext("修复申请已提交，园区会核实。"), "done")
    return redirect(url_for(".own"), 303)


def _text(form: Form, name: str) -> str:
    return str(form.values.get(name) or "").replace("\x00", "")[:MOST_TEXT].strip()


@blueprint.get("/credit/objections/<objection>")
@allow(Who.FIRM)
def objection(objection: str) -> str:
    return _objection_page(objection, Form())


def _objection_page(public_id: str, form: Form) -> str:
    actor = current_actor()
    found = objection_queries.objection_of(current_session(), public_id, actor=actor)
    return render_template(
        "credit/objection.html",
        objection=found,
        form=form,
        is_own=found.enterprise_id == actor.enterprise_id,
        what=words.bad_name(found.evidence.dimension),
    )


@blueprint.post("/credit/objections/<objection>/<any(answer, appeal):verb>")
@allow(Who.FIRM, firm=OPERATORS)
@writes
def speak(objection: str, verb: str) -> Response | tuple[str, int]:
    """The other side answers, or the firm appeals."""
    session, actor, form = current_session(), current_actor(), typed()
    say = answer_objection if verb == "answer" else appeal_objection
    field = "answer" if verb == "answer" else "reason"
    try:
        say(session, objection, _text(form, field), actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        if error.status == 404:
            raise
        form.refuse(error)
        return _objection_page(objection, form), error.status
    flash(gettext("已记录，园区会看到。"), "done")
    return redirect(url_for(".objection", objection=objection), 303)
