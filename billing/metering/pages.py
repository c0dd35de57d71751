"""Pages of meters: the list, and one meter with its readings, gaps and use by the day."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import Schema, fields, post_load
from werkzeug.wrappers import Response

from billing.metering import queries
from billing.metering.models import Source
from billing.metering.operations import (
    CorrectReading,
    ExchangeMeter,
    NewReading,
    Outcome,
    TakeReadings,
    add_meter,
    correct_reading,
    exchange_meter,
    make_device_token,
    revoke_device_token,
    take_readings,
)
from billing.metering.reviewing import ReviewReading, Verdict, review_reading
from billing.metering.schemas import AddMeterSchema, DeviceNameSchema, Quantity, ReadingCorrectionSchema
from billing.pricing.texts import UNIT_TEXTS
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import Conflict, DomainError, Invalid
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.problems import sentence
from marketplace.kernel.words import gettext
from marketplace.ui.filters import reader_zone

blueprint = Blueprint("billing_meters", __name__, template_folder="templates", url_prefix="/money/meters")
OPERATORS = (FirmRole.OPERATOR,)
GAPS_WITHIN = timedelta(days=31)
LOCAL = "%Y-%m-%dT%H:%M"
"""How a browser writes a local time."""


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
    return _meter_page(meter, Form())


def _meter_page(meter: str, form: Form, *, at: str = "", secret: str = "") -> str:
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
        may_keep=actor.enterprise_id == found.enterprise_id and actor.firm_role in {FirmRole.OWNER, *OPERATORS},
        form=form,
        at=at,
        secret=secret,
        now=request_now().astimezone(reader_zone()).strftime(LOCAL),
    )


class ManualReadingForm(Schema):
    """A reading typed at the machine; the time is the park's."""

    value = Quantity(required=True)
    at = fields.NaiveDateTime(required=True, format=LOCAL)

    @post_load
    def to_reading(self, data: dict[str, Any], **_: object) -> NewReading:
        at = data["at"].replace(tzinfo=reader_zone())
        return NewReading(event_id=f"page-{new_public_id()}", at=at, value=data["value"])


class ExchangeForm(Schema):
    """What the old device showed last, and the new one first."""

    final = Quantity(required=True)
    first = Quantity(load_default=Decimal(0))


@blueprint.post("/<meter>/readings")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def add_reading(meter: str) -> Response | tuple[str, int]:
    """Write down what the meter shows; one that cannot be right is told, or kept for review."""

    def take(reading: NewReading) -> None:
        session, actor = current_session(), current_actor()
        found = queries.meter_of(session, meter, actor=actor)
        command = TakeReadings(meter_id=found.id, device="page", readings=(reading,), source=Source.MANUAL)
        (answer,) = take_readings(session, command, clock=request_clock())
        if answer.outcome is Outcome.REJECTED:
            raise Invalid("reading_refused", fields={"value": ["reading_refused"]}, why=answer.why)

    return _done(meter, ManualReadingForm(), take, at="reading")


@blueprint.post("/<meter>/corrections")
@allow(Who.FIRM, firm=OPERATORS)
@writes
def correct(meter: str) -> Response | tuple[str, int]:
    """Correct a reading: a new one names it, both are kept."""

    def put_right(given: dict[str, Any]) -> None:
        command = CorrectReading(meter=meter, **given)
        correct_reading(current_session(), command, actor=current_actor(), clock=request_clock())

    return _done(meter, ReadingCorrectionSchema(), put_right, at="correction")


@blueprint.post("/<meter>/exchange")
@allow(Who.FIRM, firm=OPERATORS)
@writes
def exchange(meter: str) -> Response | tuple[str, int]:
    """A new device in the same place."""

    def swap(given: dict[str, Any]) -> None:
        command = ExchangeMeter(meter=meter, **given)
        exchange_meter(current_session(), command, actor=current_actor(), clock=request_clock())

    return _done(meter, ExchangeForm(), swap, at="exchange")


@blueprint.post("/<meter>/held/<int:reading>/<any(confirm, dismiss):verdict>")
@allow(Who.FIRM, firm=OPERATORS)
@writes
def review(meter: str, reading: int, verdict: str) -> Response:
    """Say of a held reading that it counts, or that it is a glitch."""
    session = current_session()
    command = ReviewReading(meter=meter, reading=reading, verdict=Verdict(verdict))
    try:
        review_reading(session, command, actor=current_actor(), clock=request_clock())
    except Conflict as error:
        session.rollback()
        flash(sentence(error), "blocked")
    return redirect(url_for(".show", meter=meter), 303)


@blueprint.post("/<meter>/tokens")
@allow(Who.FIRM, firm=OPERATORS)
@writes
def make_token(meter: str) -> tuple[str, int]:
    """A token for the device that sends this meter's readings; its secret is on the page this once."""
    form = typed()
    given = read(DeviceNameSchema(), form)
    if given is None:
        return _meter_page(meter, form, at="token"), 422
    made = make_device_token(current_session(), meter, given["name"], actor=current_actor(), clock=request_clock())
    return _meter_page(meter, Form(), secret=made.secret), 201


@blueprint.post("/tokens/<device_token>/end")
@allow(Who.FIRM, firm=OPERATORS)
@writes
def end_token(device_token: str) -> Response:
    """End a device token."""
    session, actor = current_session(), current_actor()
    meter = queries.meter_of_device_token(session, device_token, actor=actor)
    revoke_device_token(session, device_token, actor=actor, clock=request_clock())
    return redirect(url_for(".show", meter=meter.public_id) + "#tokens", 303)


def _done(meter: str, schema: Schema, verb: Callable[[Any], None], *, at: str) -> Response | tuple[str, int]:
    """Do what the form asks for; what is wrong stands beside its fields."""
    session, form = current_session(), typed()
    given = read(schema, form)
    if given is None:
        return _meter_page(meter, form, at=at), 422
    try:
        verb(given)
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _meter_page(meter, form, at=at), error.status
    flash(gettext("已记下。"), "done")
    return redirect(url_for(".show", meter=meter), 303)
