"""The import wizard: drop the ledger, look at how it was read, decide, watch, take the annotated file."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.wrappers import Response
from werkzeug.wrappers import Response as AnyResponse

from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import Conflict, DomainError
from marketplace.kernel.problems import field_sentence, sentence
from marketplace.kernel.words import gettext
from marketplace.listings.batches import PublishAll, publish_all
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.imports import queries, sheet_view
from marketplace.listings.imports.codec import from_stored
from marketplace.listings.imports.models import WAITING, ImportRun, RunState
from marketplace.listings.imports.operations import (
    CommitImport,
    MapColumns,
    StartImport,
    commit_import,
    map_columns,
    start_import,
)
from marketplace.listings.ledger.messages import text_of_reason
from marketplace.ui.filters import reader_locale

blueprint = Blueprint("listings_imports", __name__, url_prefix="/machines/import")
MOST_PROBLEMS = 300
MOST_ITEMS = 200


@blueprint.get("/")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
def index() -> str:
    """Drop a ledger, or go on with one."""
    return _index_page(error=None)


@blueprint.post("/")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def upload() -> AnyResponse | tuple[str, int]:
    file = request.files.get("file")
    if file is None or not file.filename:
        return _index_page(error=field_sentence("file_missing")), 422
    try:
        command = StartImport(filename=file.filename, content=file.read())
        run = start_import(current_session(), command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        current_session().rollback()
        return _index_page(error=sentence(error)), error.status
    return redirect(url_for("listings_imports.run", public_id=run.public_id), 303)


def _index_page(*, error: str | None) -> str:
    runs = queries.recent_runs(current_session(), actor=current_actor())
    return render_template("listings/import.html", runs=runs, error=error, mark=run_mark, reason=reason_text)


@blueprint.get("/<public_id>")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
def run(public_id: str) -> str:
    """Where the run stands: being read, to be decided, being written, done."""
    found = queries.own_run(current_session(), public_id, actor=current_actor(), whole=True)
    return render_template("listings/import_run.html", **_run_parts(found))


def _run_parts(found: ImportRun) -> dict[str, Any]:
    locale = reader_locale()
    parts: dict[str, Any] = {
        "run": found,
        "states": RunState,
        "is_waiting": found.state in WAITING,
        "mark": run_mark(found),
        "reason": reason_text(found),
        "locale": locale,
        "table": None,
        "tables": [],
        "problems": [],
        "items": [],
        "type_names": load_catalogue().types,
    }
    if found.outcome is None or found.state in WAITING:
        return parts
    outcome = from_stored(found.outcome)
    at = _whole_argument("table") or 0
    if outcome.tables:
        at = min(at, len(outcome.tables) - 1)
        parts["table"] = sheet_view.shown_table(outcome, at, row=_whole_argument("row"), locale=locale)
        parts["tables"] = [(place, table.sheet, len(table.rows)) for place, table in enumerate(outcome.tables)]
        kinds = dict.fromkeys(listing.resource_type or "" for listing in outcome.listings)
        parts["choices"] = sheet_view.field_choices(locale, kinds)
    parts["problems"] = sheet_view.problems(outcome, locale, most=MOST_PROBLEMS)
    parts["problem_count"] = len(outcome.messages)
    parts["asked_row"] = _whole_argument("row")
    plan = found.plan or {"counts": {}, "items": [], "withdrawals": []}
    verdict = request.args.get("verdict", "create")
    parts |= {"plan": plan, "verdict": verdict}
    parts["items"] = [item for item in plan["items"] if item["verdict"] == verdict][:MOST_ITEMS]
    return parts


def _whole_argument(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else None


@blueprint.get("/<public_id>/progress")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
def progress(public_id: str) -> Response | str:
    """How far the worker is; when it is through, the page loads anew."""
    found = queries.own_run(current_session(), public_id, actor=current_actor())
    if found.state in WAITING:
        return render_template("listings/_import_progress.html", run=found, states=RunState)
    return Response("", headers={"HX-Redirect": url_for("listings_imports.run", public_id=public_id)})


@blueprint.post("/<public_id>/mapping")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def remap(public_id: str) -> AnyResponse:
    """Read the file again with the columns as the clerk says."""
    session, actor = current_session(), current_actor()
    found = queries.own_run(session, public_id, actor=actor, whole=True)
    if found.outcome is None:
        raise Conflict("import_transition")
    mapping = sheet_view.mapping_of(from_stored(found.outcome), request.form)
    keys = tuple(dict.fromkeys(request.form.getlist("key_column")))[:5]
    map_columns(
        session, MapColumns(run=public_id, mapping=mapping, key_columns=keys), actor=actor, clock=request_clock()
    )
    return redirect(url_for("listings_imports.run", public_id=public_id), 303)


@blueprint.post("/<public_id>/commit")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def commit(public_id: str) -> AnyResponse:
    """Let the worker write it."""
    command = CommitImport(
        run=public_id,
        only_whole=request.form.get("only_whole") == "1",
        create_unidentified=request.form.get("create_unidentified") == "1",
        publish=request.form.get("publish") == "1",
    )
    try:
        commit_import(current_session(), command, actor=current_actor(), clock=request_clock())
    except Conflict as error:
        current_session().rollback()
        flash(sentence(error), "you")
    return redirect(url_for("listings_imports.run", public_id=public_id), 303)


@blueprint.post("/<public_id>/publish")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
def publish(public_id: str) -> AnyResponse:
    """Send everything this run has made."""
    session, actor = current_session(), current_actor()
    found = queries.own_run(session, public_id, actor=actor)
    batch = publish_all(session, PublishAll(import_run_id=found.id), actor=actor, clock=request_clock())
    if batch.published:
        flash(gettext("%(count)s 条已发布，现在就能被搜到。", count=batch.published), "done")
    if batch.submitted:
        flash(gettext("%(count)s 条已送园区审核，通过后自动上线。", count=batch.submitted), "others")
    if batch.lacking:
        flash(gettext("%(count)s 条还缺内容，留在草稿里。", count=len(batch.lacking)), "you")
    return redirect(url_for("listings_pages.index"), 303)


@blueprint.get("/<public_id>/annotated")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
def annotated(public_id: str) -> Response:
    """The clerk's own file with one column of remarks."""
    name, content = queries.annotated_file(current_session(), public_id, actor=current_actor())
    return annotated_answer(name, content)


def annotated_answer(name: str, content: bytes) -> Response:
    """The file as an attachment, under a plain name of its own ending."""
    ending = name.rpartition(".")[2].lower()
    kind = "text/csv" if ending in {"csv", "tsv", "txt"} else "application/octet-stream"
    headers = {"Content-Disposition": f'attachment; filename="ledger-remarks.{ending if ending.isalnum() else "xlsx"}"'}
    return Response(content, content_type=kind, headers=headers)


def run_mark(found: ImportRun) -> tuple[str, str]:
    """Status mark of a run."""
    return {
        RunState.UPLOADED: ("others", gettext("正在读取")),
        RunState.NEEDS_MAPPING: ("you", gettext("请指定各列")),
        RunState.PREVIEWED: ("you", gettext("等您确认")),
        RunState.COMMITTING: ("others", gettext("正在写入")),
        RunState.DONE: ("done", gettext("已完成")),
        RunState.REFUSED: ("blocked", gettext("无法读取")),
        RunState.FAILED: ("blocked", gettext("没有写入")),
    }[found.state]


def reason_text(found: ImportRun) -> str:
    """Why a run stopped, in words."""
    if not found.reason:
        return ""
    try:
        return text_of_reason(found.reason, reader_locale())
    except KeyError:
        return field_sentence(found.reason) if found.state is RunState.FAILED else gettext("没有可导入的设备。")
