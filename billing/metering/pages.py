"""Pages of meters: the list, and one meter with its readings, gaps and use by the day."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from billing.metering import queries
from billing.metering.operations import add_meter
from billing.metering.schemas import AddMeterSchema
from billing.pricing.texts import UNIT_TEXTS
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.words import gettext

blueprint = Blueprint("billing_meters", __name__, template_folder="templates", url_prefix="/money/meters")
OPERATORS = (FirmRole.OPERATOR,)
GAPS_WITHIN = timedelta(days=31)


@blueprint.get("/")
@allow(Who.FIRM)
def index() -> str:
    return _index_page(Form())


def _index_page(form: Form) -> str:
    session, actor = current_session(), current_actor()
    page = queries.meters_of(session, actor=actor, cursor=request.args.get("cursor"))
    units = [(code, gettext(text)) for code, text in UNIT_TEXTS.items()]
    held = queries.held_counts(session, page.items)
    return render_template("billing_meters/index.html", page=page, held=held, form=form, units=units, texts=UNIT_TEXTS)


@blueprint.post("/")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def add() -> Response | tuple[str, int]:
    """Register a meter."""
    session, form = current_session(), typed()
    command = read(AddMeterSchema(), form)
    if command is None:
        return _index_page(form), 422
    try:
        meter = add_meter(session, command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _index_page(form), error.status
    return redirect(url_for(".show", meter=meter.public_id), 303)


@blueprint.get("/<meter>")
@allow(Who.SIGNED_IN)
def show(meter: str) -> str:
    """One meter: what it counted, what is missing, what waits for review."""
    session, actor = current_session(), current_actor()
    found = queries.meter_of(session, meter, actor=actor)
    since = request_now() - GAPS_WITHIN
    return render_template(
        "billing_meters/show.html",
        meter=found,
        unit=UNIT_TEXTS[found.unit],
        page=queries.readings_of(session, found, cursor=request.args.get("cursor")),
        gaps=queries.gaps_of(session, found, since=since),
        used=sum(hour.used for hour in queries.hours_of(session, found, since=since)),
        held=queries.held_counts(session, [found]).get(found.id, 0),
        tokens=queries.tokens_of(session, found),
        own=actor.enterprise_id,
    )
