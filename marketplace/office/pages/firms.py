"""The park's firms and the file of each: data, people, listings, orders, audit."""

from dataclasses import replace
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.wrappers import Response
from marshmallow import Schema, fields, post_load
from werkzeug.wrappers import Response as AnyResponse

from marketplace.accounts import queries
from marketplace.accounts.models import Membership, MembershipStatus
from marketplace.accounts.operations.admission import DecideStanding, decide_standing
from marketplace.accounts.operations.relations import Arrange, arrange
from marketplace.accounts.schemas import StandingSchema
from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.edge import (
    Who,
    allow,
    current_actor,
    current_session,
    request_clock,
    writes,
)
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.schemas import Text, WholeNumber
from marketplace.kernel.words import gettext
from marketplace.listings import labels
from marketplace.listings.storable import plain_words
from marketplace.office import firm_file
from marketplace.office.pages.blueprint import blueprint
from marketplace.office.trail import READERS, Wanted, acts
from marketplace.office.trail_words import line_of
from marketplace.ui.filters import reader_locale
from marketplace.ui.pages import own_path

TABS = ("data", "people", "listings", "orders", "audit")


@blueprint.get("/firms")
@allow(Who.OFFICE)
def firms() -> str:
    status = request.args.get("status")
    chosen = MembershipStatus(status) if status in {item.value for item in MembershipStatus} else None
    text = plain_words(request.args.get("text", ""), 60)
    session, actor = current_session(), current_actor()
    return render_template(
        "office/firms.html",
        page=queries.memberships(session, actor=actor, status=chosen, text=text, cursor=request.args.get("cursor")),
        counts=queries.standing_counts(session, actor=actor).by_status,
        officers={person.id: person.name for person in queries.office_people(session, actor=actor)},
        statuses=list(MembershipStatus),
        chosen=chosen,
        text=text,
    )


@blueprint.get("/firms/<enterprise>")
@allow(Who.OFFICE)
def firm(enterprise: str) -> str:
    """One tab of the file; what the reader's role may not see has no tab."""
    return _file(enterprise, Form())


def _file(enterprise: str, form: Form) -> str:
    session, actor = current_session(), current_actor()
    standing = queries.membership_of(session, enterprise, actor=actor)
    shown = [tab for tab in TABS if tab != "audit" or actor.office_roles & set(READERS)]
    wanted = request.args.get("tab", "data")
    tab = wanted if wanted in shown else "data"
    return render_template(
        "office/firm.html",
        form=form,
        standing=standing,
        figures=firm_file.figures_of(session, standing, actor=actor),
        officers=queries.office_people(session, actor=actor),
        licence=queries.licence_of(session, standing.enterprise_id),
        tabs=shown,
        tab=tab,
        may_decide=OfficeRole.ADMIN in actor.office_roles,
        there=request.values.get("next", ""),
        labels=labels,
        locale=reader_locale(),
        **_tab(tab, standing),
    )


def _tab(tab: str, standing: Membership) -> dict[str, Any]:
    """What the chosen tab alone needs."""
    session, actor, cursor = current_session(), current_actor(), request.args.get("cursor")
    match tab:
        case "people":
            return {"members": queries.members_of(session, standing.enterprise_id)}
        case "listings":
            return {"page": firm_file.listings_of(session, standing, actor=actor, cursor=cursor)}
        case "orders":
            return {"page": firm_file.orders_of(session, standing, actor=actor, cursor=cursor)}
        case "audit":
            wanted = Wanted(enterprise=standing.enterprise.public_id)
            page = acts(session, wanted, actor=actor, cursor=cursor)
            return {"page": page, "lines": [line_of(act, reader_locale()) for act in page.items]}
        case _:
            return {}


@blueprint.post("/firms/<enterprise>")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
def decide_firm(enterprise: str) -> AnyResponse | tuple[str, int]:
    form = typed()
    given: DecideStanding | None = read(StandingSchema(), form)
    if given is None:
        return _file(enterprise, form), 422
    try:
        command = replace(given, enterprise=enterprise)
        decide_standing(current_session(), command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        current_session().rollback()
        form.refuse(error)
        return _file(enterprise, form), error.status
    flash(gettext("决定已记录，企业会收到通知。"), "done")
    there = request.form.get("next")
    return redirect(own_path(there) if there else url_for(".firms"), 303)


class ArrangeForm(Schema):
    """How the office deals with a firm."""

    officer = Text(most=14, load_default="")
    publishes_unreviewed = fields.Boolean(load_default=False)
    version = WholeNumber(load_default=None, allow_none=True)

    @post_load
    def to_command(self, data: dict[str, Any], **_: object) -> Arrange:
        return Arrange(enterprise="", **data)


@blueprint.post("/firms/<enterprise>/arrangement")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
def arrange_firm(enterprise: str) -> AnyResponse | tuple[str, int]:
    form = typed()
    given: Arrange | None = read(ArrangeForm(), form)
    if given is None:
        return _file(enterprise, form), 422
    try:
        command = replace(given, enterprise=enterprise)
        arrange(current_session(), command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        current_session().rollback()
        form.refuse(error)
        return _file(enterprise, form), error.status
    flash(gettext("对接和免审已更新。"), "done")
    return redirect(url_for(".firm", enterprise=enterprise), 303)


@blueprint.get("/firms/<enterprise>/licence")
@allow(Who.OFFICE)
def licence(enterprise: str) -> Response:
    """The licence as the firm uploaded it: a picture shown, a PDF only as an attachment."""
    session = current_session()
    standing = queries.membership_of(session, enterprise, actor=current_actor())
    kept = queries.licence_of(session, standing.enterprise_id)
    if kept is None:
        return make_response("", 404)
    response = make_response(queries.licence_content(session, kept.id))
    response.content_type = kept.content_type
    way = "inline" if kept.content_type.startswith("image/") else "attachment"
    suffix = "jpg" if way == "inline" else "pdf"
    response.headers["Content-Disposition"] = f'{way}; filename="licence.{suffix}"'
    return response
