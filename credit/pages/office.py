"""The office's pages: grades, movers and alarms; one firm point by point; objections, repairs, public records, anchors."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from credit.evidence.operations import OFFICERS
from credit.objections import queries as objection_queries
from credit.objections.operations import Acknowledge, DecideObjection, acknowledge_objection, decide_objection
from credit.objections.repairs import DecideRepair, decide_repair
from credit.pages import words
from credit.pages.blueprint import blueprint
from credit.pages.explaining import role_of, subject_url
from credit.pages.firm import rating_page
from credit.public_records.operations import ImportRecords, Preview, import_records, preview_records
from credit.public_records.queries import batches_of
from credit.public_records.reading import MOST_BYTES
from credit.ratings import queries
from credit.ratings.anchors import NameAnchor, end_anchor, name_anchor
from credit.scoring.grades import ORDER, UNRATED
from credit.scoring.model import shipped_model
from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import DomainError, Invalid
from marketplace.kernel.forms import Form, typed
from marketplace.kernel.words import gettext
from marketplace.ui.charts import BarRow, Tone

GRADES = ORDER[::-1] + UNRATED
TONES: dict[str, Tone] = {"A": "green", "B": "accent", "C": "amber", "D": "red", "U": "grey"}


@blueprint.get("/office/credit")
@allow(Who.OFFICE)
def board() -> str:
    """Where all firms stand, who moved, what waits."""
    session, actor, role = current_session(), current_actor(), role_of(request.args.get("role"))
    given = request.args.get("grade", "")
    grade = given if given in set(GRADES) else ""
    counts = queries.grade_counts(session, actor=actor, role=role)
    return render_template(
        "credit/board.html",
        role=role,
        grade=grade,
        words=words,
        bars=[_bar(name, counts.get(name, 0), role.value) for name in GRADES],
        page=queries.board(session, actor=actor, role=role, grade=grade, cursor=request.args.get("cursor")),
        alarms=queries.open_alarms(session, actor=actor),
        objections=objection_queries.objection_queue(session, actor=actor),
        repairs=objection_queries.repair_queue(session, actor=actor),
        anchors=queries.anchors_of(session, actor=actor),
        model=shipped_model(),
        now=request_now(),
        may_decide=may_decide(),
        is_admin=OfficeRole.ADMIN in actor.office_roles,
        own_id=actor.user_id,
    )


def may_decide() -> bool:
    return bool(current_actor().office_roles & set(OFFICERS))


def _bar(name: str, count: int, role: str) -> BarRow:
    label = gettext("未评级") if name == UNRATED else name
    address = url_for(".board", role=role, grade=name)
    return BarRow(label=label, value=count, shown=str(count), tone=TONES[name], url=address)


@blueprint.get("/office/credit/firms/<enterprise>")
@allow(Who.OFFICE)
def firm(enterprise: str) -> str:
    """One firm, every point with its evidence."""
    session, actor, role = current_session(), current_actor(), role_of(request.args.get("role"))
    found, _ = queries.score_of(session, enterprise, actor=actor, at=request_now())
    context = rating_page(found.id, role)
    rows = [row for row in context["rating"].rows if row.kind == "event"]
    return render_template(
        "credit/firm.html",
        firm=found,
        rows=rows,
        subject_url=subject_url,
        is_admin=OfficeRole.ADMIN in actor.office_roles,
        decisions=queries.decisions_of(session, f"enterprise:{found.id}", actor=actor),
        **context,
    )


@blueprint.post("/office/credit/firms/<enterprise>/anchor")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
def anchor(enterprise: str) -> Response:
    """Name, confirm or end an anchor firm."""
    form = typed()
    command = NameAnchor(enterprise=enterprise, reason=str(form.values.get("reason") or "")[:500])
    verb = end_anchor if form.values.get("verb") == "end" else name_anchor
    verb(current_session(), command, actor=current_actor(), clock=request_clock())
    flash(gettext("已记录。锚定企业要两位管理员先后确认，当晚重新评分。"), "done")
    return redirect(url_for(".firm", enterprise=enterprise), 303)


@blueprint.get("/office/credit/objections/<objection>")
@allow(Who.OFFICE)
def office_objection(objection: str) -> str:
    return _objection_page(objection, Form())


def _objection_page(public_id: str, form: Form) -> str:
    found = objection_queries.objection_of(current_session(), public_id, actor=current_actor())
    return render_template(
        "credit/office_objection.html",
        objection=found,
        form=form,
        what=words.bad_name(found.evidence.dimension),
        subject_url=subject_url(found.evidence.subject_ref),
        now=request_now(),
        may_decide=may_decide(),
    )


@blueprint.post("/office/credit/objections/<objection>/<any(acknowledge, decide):verb>")
@allow(Who.OFFICE, office=OFFICERS)
@writes
def judge(objection: str, verb: str) -> Response | tuple[str, int]:
    """Take an objection on, or decide it."""
    session, form = current_session(), typed()
    try:
        _judge(objection, verb, form)
    except DomainError as error:
        session.rollback()
        if error.status == 404:
            raise
        form.refuse(error)
        return _objection_page(objection, form), error.status
    flash(gettext("已记录，企业会看到。"), "done")
    return redirect(url_for(".office_objection", objection=objection), 303)


def _judge(objection: str, verb: str, form: Form) -> None:
    session, actor, clock = current_session(), current_actor(), request_clock()
    if verb == "acknowledge":
        command = Acknowledge(
            objection=objection,
            is_prima_facie=form.values.get("prima_facie") == "yes",
            needs_inspection=form.values.get("inspection") == "yes",
        )
        acknowledge_objection(session, command, actor=actor, clock=clock)
        return
    if form.values.get("outcome") not in {"grant", "reject"}:
        raise Invalid("required", fields={"outcome": ["required"]})
    grants, reason = form.values["outcome"] == "grant", str(form.values.get("reason") or "")[:2000]
    decide_objection(
        session, DecideObjection(objection=objection, grants=grants, reason=reason), actor=actor, clock=clock
    )


@blueprint.post("/office/credit/repairs/<repair>")
@allow(Who.OFFICE, office=OFFICERS)
@writes
def judge_repair(repair: str) -> Response:
    """Grant or refuse a repair."""
    form = typed()
    reason = str(form.values.get("reason") or "")[:2000]
    command = DecideRepair(repair=repair, grants=form.values.get("outcome") == "grant", reason=reason)
    decide_repair(current_session(), command, actor=current_actor(), clock=request_clock())
    flash(gettext("已记录，企业会看到。"), "done")
    return redirect(url_for(".board"), 303)


@blueprint.get("/office/credit/records")
@allow(Who.OFFICE)
def records() -> str:
    return _records_page(Form(), None)


def _records_page(form: Form, preview: Preview | None) -> str:
    batches = batches_of(current_session(), actor=current_actor())
    context: dict[str, Any] = {"form": form, "preview": preview, "batches": batches, "words": words}
    return render_template("credit/records.html", **context, may_decide=may_decide())


@blueprint.post("/office/credit/records")
@allow(Who.OFFICE, office=OFFICERS)
@writes
def bring_records() -> Response | str | tuple[str, int]:
    """Look at a file first; with `sure` keep its good rows."""
    session, actor, form = current_session(), current_actor(), typed()
    file = request.files.get("file")
    content = file.stream.read(MOST_BYTES + 1) if file else b""
    command = ImportRecords(filename=(file.filename or "") if file else "", content=content)
    try:
        if form.values.get("verb") != "keep":
            return _records_page(form, preview_records(session, command, actor=actor))
        batch = import_records(session, command, actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _records_page(form, None), error.status
    flash(gettext("已导入 %(n)s 条，%(m)s 条已有。", n=batch.rows_added, m=batch.rows_known), "done")
    return redirect(url_for(".records"), 303)
