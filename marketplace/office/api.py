# pyright: standard
"""The park office for programs."""

from typing import Any

from flask_smorest import Blueprint

from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.edge import (
    Who,
    allow,
    current_actor,
    current_session,
    request_clock,
    request_now,
    writes,
)
from marketplace.office.figures.report import report_of
from marketplace.office.figures.tables import told
from marketplace.office.jobs import run_again
from marketplace.office.park_settings import (
    ChangePark,
    KeepDepartment,
    KeepZone,
    ParkSettings,
    ShareDuties,
    change_park,
    drop_department,
    keep_department,
    keep_zone,
    settings_of,
    share_duties,
)
from marketplace.office.queue import Queue, queue_of
from marketplace.office.schemas import (
    ActPageSchema,
    ActQuery,
    FiguresQuery,
    FiguresSchema,
    QueueQuery,
    QueueSchema,
)
from marketplace.office.settings_schemas import (
    ChangeParkSchema,
    DropDepartmentSchema,
    KeepDepartmentSchema,
    KeepZoneSchema,
    ParkSettingsSchema,
    ShareDutiesSchema,
)
from marketplace.office.sources.registry import SOURCES
from marketplace.office.trail import READERS, Wanted, acts
from marketplace.ui.filters import reader_locale

blueprint = Blueprint("office_api", __name__, url_prefix="/api/v1/office", description="The park office")


@blueprint.get("/queue")
@allow(Who.OFFICE)
@blueprint.arguments(QueueQuery, location="query")
@blueprint.response(200, QueueSchema)
def queue(query: dict[str, Any]) -> Queue:
    """Everything that waits for the office, first due first."""
    found = queue_of(current_session(), SOURCES, actor=current_actor(), at=request_now(), locale=reader_locale())
    return found.of(query["source"])


@blueprint.post("/jobs/<int:job_id>/run-again")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
@blueprint.response(204)
def run_job_again(job_id: int) -> None:
    """Put a parked job back into the queue."""
    run_again(current_session(), job_id, actor=current_actor(), clock=request_clock())


@blueprint.get("/audit")
@allow(Who.OFFICE, office=READERS)
@blueprint.arguments(ActQuery, location="query")
@blueprint.response(200, ActPageSchema)
def audit(query: dict[str, Any]) -> object:
    """Who did what to which thing, newest first."""
    cursor, size = query.pop("cursor"), query.pop("size")
    return acts(current_session(), Wanted(**query), actor=current_actor(), cursor=cursor, size=size)


@blueprint.get("/figures")
@allow(Who.OFFICE)
@blueprint.arguments(FiguresQuery, location="query")
@blueprint.response(200, FiguresSchema)
def figures(query: dict[str, Any]) -> dict[str, Any]:
    """Hours open and booked, utilisation by family and week, machines that stayed empty."""
    report = report_of(current_session(), actor=current_actor(), at=request_now(), weeks=query["weeks"])
    return told(report, reader_locale())


@blueprint.get("/settings")
@allow(Who.OFFICE, office=READERS)
@blueprint.response(200, ParkSettingsSchema)
def park_settings() -> ParkSettings:
    """Names and rules of the park, its zones, departments and duties."""
    return settings_of(current_session(), actor=current_actor())


@blueprint.put("/settings")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
@blueprint.arguments(ChangeParkSchema)
@blueprint.response(200, ParkSettingsSchema)
def put_park(command: ChangePark) -> ParkSettings:
    """Set names, time zone and whether orders are paid first."""
    session, actor = current_session(), current_actor()
    change_park(session, command, actor=actor, clock=request_clock())
    return settings_of(session, actor=actor)


@blueprint.put("/zones")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
@blueprint.arguments(KeepZoneSchema)
@blueprint.response(200, ParkSettingsSchema)
def put_zone(command: KeepZone) -> ParkSettings:
    """Add a zone, or change the one of that code."""
    session, actor = current_session(), current_actor()
    keep_zone(session, command, actor=actor, clock=request_clock())
    return settings_of(session, actor=actor)


@blueprint.put("/departments")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
@blueprint.arguments(KeepDepartmentSchema)
@blueprint.response(200, ParkSettingsSchema)
def put_department(command: KeepDepartment) -> ParkSettings:
    """Add a department, or rename the one of that code."""
    session, actor = current_session(), current_actor()
    keep_department(session, command, actor=actor, clock=request_clock())
    return settings_of(session, actor=actor)


@blueprint.post("/departments/drop")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
@blueprint.arguments(DropDepartmentSchema)
@blueprint.response(200, ParkSettingsSchema)
def post_department_drop(given: dict[str, Any]) -> ParkSettings:
    """Take away a department that has neither people nor duties."""
    session, actor = current_session(), current_actor()
    drop_department(session, given["code"], edition=given["edition"], actor=actor, clock=request_clock())
    return settings_of(session, actor=actor)


@blueprint.put("/duties")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
@blueprint.arguments(ShareDutiesSchema)
@blueprint.response(200, ParkSettingsSchema)
def put_duties(command: ShareDuties) -> ParkSettings:
    """Say which department answers for what, and which assist."""
    session, actor = current_session(), current_actor()
    sources = [source.name for source in SOURCES]
    share_duties(session, command, sources=sources, actor=actor, clock=request_clock())
    return settings_of(session, actor=actor)
