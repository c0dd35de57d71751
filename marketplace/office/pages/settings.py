"""The park's settings, part by part, and how they came to be."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response as AnyResponse

from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.words import gettext
from marketplace.office.pages.blueprint import blueprint
from marketplace.office.park_settings import (
    Share,
    ShareDuties,
    change_park,
    drop_department,
    keep_department,
    keep_zone,
    settings_of,
    share_duties,
)
from marketplace.office.settings_schemas import DropDepartmentSchema, Edition, KeepDepartmentSchema, ParkForm, ZoneForm
from marketplace.office.sources.registry import SOURCES
from marketplace.office.trail import READERS, Wanted, acts
from marketplace.office.trail_words import line_of
from marketplace.ui.filters import reader_locale

PARTS = ("park", "zones", "departments", "duties", "history")
TIME_ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "UTC")
"""What the page offers beside the park's own; the API takes every IANA name."""

Answer = AnyResponse | tuple[str, int]
ADMIN = (OfficeRole.ADMIN,)


@blueprint.get("/settings")
@allow(Who.OFFICE, office=READERS)
def settings() -> str:
    """One part; an auditor reads what an admin may change."""
    part = request.args.get("part", "park")
    return _page(part if part in PARTS else "park", Form())


def _page(part: str, form: Form) -> str:
    session, actor, locale = current_session(), current_actor(), reader_locale()
    found = settings_of(session, actor=actor)
    context: dict[str, Any] = {}
    if part == "history":
        page = acts(session, Wanted(action="park."), actor=actor, cursor=request.args.get("cursor"))
        context = {"page": page, "lines": [line_of(act, locale) for act in page.items]}
    code = request.args.get("code")
    return render_template(
        "office/settings.html",
        found=found,
        part=part,
        parts=PARTS,
        form=form,
        may_change=OfficeRole.ADMIN in actor.office_roles,
        sources=[(source.name, source.label()) for source in SOURCES],
        time_zones=sorted({*TIME_ZONES, found.park.time_zone}),
        zone=next((zone for zone in found.zones if zone.code == code), None),
        department=next((one for one in found.departments if one.code == code), None),
        **context,
    )


def _kept(part: str, schema: Schema, change: Callable[[Any], object]) -> Answer:
    """Read the form, make the change, and say so; else the page again with what was typed."""
    form = typed()
    command = read(schema, form)
    if command is None:
        return _page(part, form), 422
    try:
        change(command)
    except DomainError as error:
        current_session().rollback()
        form.refuse(error)
        return _page(part, form), error.status
    flash(gettext("设置已保存，改动记在历史里。"), "done")
    return redirect(url_for(".settings", part=part), 303)


@blueprint.post("/settings/park")
@allow(Who.OFFICE, office=ADMIN)
@writes
def change_settings() -> Answer:
    session, actor, clock = current_session(), current_actor(), request_clock()
    return _kept("park", ParkForm(), lambda command: change_park(session, command, actor=actor, clock=clock))


@blueprint.post("/settings/zones")
@allow(Who.OFFICE, office=ADMIN)
@writes
def change_zone() -> Answer:
    session, actor, clock = current_session(), current_actor(), request_clock()
    return _kept("zones", ZoneForm(), lambda command: keep_zone(session, command, actor=actor, clock=clock))


@blueprint.post("/settings/departments")
@allow(Who.OFFICE, office=ADMIN)
@writes
def change_department() -> Answer:
    session, actor, clock = current_session(), current_actor(), request_clock()
    schema = KeepDepartmentSchema()
    return _kept("departments", schema, lambda command: keep_department(session, command, actor=actor, clock=clock))


@blueprint.post("/settings/departments/drop")
@allow(Who.OFFICE, office=ADMIN)
@writes
def drop_department_now() -> Answer:
    session, actor, clock = current_session(), current_actor(), request_clock()

    def drop(given: dict[str, Any]) -> None:
        drop_department(session, given["code"], edition=given["edition"], actor=actor, clock=clock)

    return _kept("departments", DropDepartmentSchema(), drop)


@blueprint.post("/settings/duties")
@allow(Who.OFFICE, office=ADMIN)
@writes
def change_duties() -> Answer:
    session, actor, clock = current_session(), current_actor(), request_clock()
    names = [source.name for source in SOURCES]

    def share(given: dict[str, Any]) -> None:
        command = ShareDuties(shares=tuple(_share(name) for name in names), edition=given["edition"])
        share_duties(session, command, sources=names, actor=actor, clock=clock)

    return _kept("duties", Edition(), share)


def _share(source: str) -> Share:
    return Share(
        source=source,
        responsible=request.form.get(f"responsible-{source}", ""),
        assisting=tuple(request.form.getlist(f"assisting-{source}")),
    )
