# pyright: standard
"""Imports over JSON: upload, look, map, commit, fetch the annotated file."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.listings.api import uploaded
from marketplace.listings.imports import queries
from marketplace.listings.imports.codec import from_stored
from marketplace.listings.imports.models import ImportRun
from marketplace.listings.imports.operations import (
    CommitImport,
    MapColumns,
    StartImport,
    commit_import,
    map_columns,
    start_import,
)
from marketplace.listings.imports.pages import annotated_answer
from marketplace.listings.imports.schemas import (
    ImportCommitSchema,
    ImportMappingSchema,
    ImportPreviewSchema,
    ImportRunListSchema,
    ImportRunSchema,
    run_list,
)
from marketplace.listings.ledger.json_form import to_json

blueprint = Blueprint(
    "imports_api", __name__, url_prefix="/api/v1/imports", description="Equipment ledgers become listings"
)
WRITERS = (FirmRole.OPERATOR,)
BINARY = {"schema": {"type": "string", "format": "binary"}}
ANNOTATED = {
    "description": "A workbook comes back as a workbook, a CSV as a CSV",
    "content": {"text/csv": BINARY, "application/octet-stream": BINARY},
}


@blueprint.get("")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@blueprint.response(200, ImportRunListSchema)
def recent() -> dict[str, Any]:
    """The firm's latest runs, newest first."""
    return run_list(queries.recent_runs(current_session(), actor=current_actor()))


@blueprint.post("")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.response(202, ImportRunSchema)
def start() -> ImportRun:
    """Upload a ledger (multipart, part `file`); a worker reads it."""
    name, content = uploaded()
    command = StartImport(filename=name, content=content)
    return start_import(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.get("/<public_id>")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@blueprint.response(200, ImportRunSchema)
def one(public_id: str) -> ImportRun:
    """Where the run stands."""
    return queries.own_run(current_session(), public_id, actor=current_actor())


@blueprint.get("/<public_id>/preview")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@blueprint.response(200, ImportPreviewSchema)
def preview(public_id: str) -> dict[str, Any]:
    """What was read and what would be written."""
    actor = current_actor()
    run = queries.own_run(current_session(), public_id, actor=actor, whole=True)
    outcome = to_json(from_stored(run.outcome), locale=actor.locale) if run.outcome else None
    return {"outcome": outcome, "plan": run.plan}


@blueprint.put("/<public_id>/mapping")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.arguments(ImportMappingSchema)
@blueprint.response(202, ImportRunSchema)
def remap(asked: dict[str, Any], public_id: str) -> ImportRun:
    """Read the file again with these columns; the mapping is remembered."""
    command = MapColumns(run=public_id, mapping=asked["mapping"], key_columns=tuple(asked["key_columns"]))
    return map_columns(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.post("/<public_id>/commit")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@writes
@blueprint.arguments(ImportCommitSchema)
@blueprint.response(202, ImportRunSchema)
def commit(asked: dict[str, bool], public_id: str) -> ImportRun:
    """Write it: drafts for what is new, changes for what changed; all in one transaction."""
    return commit_import(
        current_session(), CommitImport(run=public_id, **asked), actor=current_actor(), clock=request_clock()
    )


@blueprint.get("/<public_id>/annotated")
@allow(Who.TRADING_FIRM, firm=WRITERS)
@blueprint.response(200)
@blueprint.doc(responses={"200": ANNOTATED})
def annotated(public_id: str) -> Response:
    """The clerk's own file with one column of remarks."""
    name, content = queries.annotated_file(current_session(), public_id, actor=current_actor())
    return annotated_answer(name, content)
