"""The office's firms."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.wrappers import Response
from werkzeug.wrappers import Response as AnyResponse

from marketplace.accounts import queries
from marketplace.accounts.models import MembershipStatus
from marketplace.accounts.operations.admission import (
    DecideStanding,
    decide_standing,
)
from marketplace.accounts.pages.blueprint import blueprint
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
from marketplace.kernel.words import gettext


@blueprint.get("/office/firms")
@allow(Who.OFFICE)
def office_firms() -> str:
    status = request.args.get("status")
    chosen = MembershipStatus(status) if status in {item.value for item in MembershipStatus} else None
    session, actor = current_session(), current_actor()
    return render_template(
        "accounts/office_firms.html",
        page=queries.memberships(session, actor=actor, status=chosen, cursor=request.args.get("cursor")),
        counts=queries.standing_counts(session, actor=actor).by_status,
        statuses=list(MembershipStatus),
        chosen=chosen,
    )


@blueprint.get("/office/firms/<enterprise>")
@allow(Who.OFFICE)
def office_firm(enterprise: str) -> str:
    return _office_firm_page(enterprise, Form())


def _office_firm_page(enterprise: str, form: Form) -> str:
    session, actor = current_session(), current_actor()
    standing = queries.membership_of(session, enterprise, actor=actor)
    return render_template(
        "accounts/office_firm.html",
        form=form,
        standing=standing,
        licence=queries.licence_of(session, standing.enterprise_id),
        members=queries.members_of(session, standing.enterprise_id),
        may_decide=OfficeRole.ADMIN in actor.office_roles,
    )


@blueprint.post("/office/firms/<enterprise>")
@allow(Who.OFFICE, office=(OfficeRole.ADMIN,))
@writes
def decide_firm(enterprise: str) -> AnyResponse | tuple[str, int]:
    form = typed()
    given: DecideStanding | None = read(StandingSchema(), form)
    if given is not None:
        values: dict[str, Any] = {
            name: getattr(given, name) for name in ("status", "reason", "version", "publishes_unreviewed")
        }
        try:
            command = DecideStanding(enterprise=enterprise, **values)
            decide_standing(current_session(), command, actor=current_actor(), clock=request_clock())
        except DomainError as error:
            current_session().rollback()
            form.refuse(error)
            return _office_firm_page(enterprise, form), error.status
        flash(gettext("决定已记录，企业会收到通知。"), "done")
        return redirect(url_for(".office_firms"), 303)
    return _office_firm_page(enterprise, form), 422


@blueprint.get("/office/firms/<enterprise>/licence")
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
