# pyright: standard
"""Meters for programs: a gateway sends readings with its device token, a firm looks after its meters."""

from typing import Any

from flask import request
from flask_smorest import Blueprint

from billing.metering import queries
from billing.metering.models import Meter, Reading, Source
from billing.metering.operations import (
    AddMeter,
    CorrectReading,
    MadeDeviceToken,
    TakeReadings,
    add_meter,
    correct_reading,
    hash_of,
    make_device_token,
    revoke_device_token,
    take_readings,
)
from billing.metering.schemas import (
    AddMeterSchema,
    DeviceNameSchema,
    DeviceTokenSchema,
    MeterPageSchema,
    MeterSchema,
    ReadingAnswersSchema,
    ReadingBatchSchema,
    ReadingCorrectionSchema,
    ReadingPageSchema,
    ReadingSchema,
)
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import SignInRequired, Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.schemas import PageArguments

blueprint = Blueprint("billing_meters_api", __name__, url_prefix="/api/v1/meters", description="Meters and readings")
OPERATORS = (FirmRole.OPERATOR,)


@blueprint.get("/")
@allow(Who.FIRM)
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, MeterPageSchema)
def list_meters(page: dict[str, Any]) -> object:
    """Your firm's meters, newest first."""
    return queries.meters_of(current_session(), actor=current_actor(), **page)


@blueprint.post("/")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(AddMeterSchema)
@blueprint.response(201, MeterSchema)
def create(command: AddMeter) -> Meter:
    """Register a meter."""
    return add_meter(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.get("/<string:meter>")
@allow(Who.SIGNED_IN)
@blueprint.response(200, MeterSchema)
def get_meter(meter: str) -> Meter:
    """One meter."""
    return queries.meter_of(current_session(), meter, actor=current_actor())


@blueprint.post("/<string:meter>/tokens")
@allow(Who.FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(DeviceNameSchema)
@blueprint.response(201, DeviceTokenSchema)
def make_token(name: dict[str, str], meter: str) -> MadeDeviceToken:
    """A token for the device that sends this meter's readings; its secret is shown this once."""
    return make_device_token(current_session(), meter, name["name"], actor=current_actor(), clock=request_clock())


@blueprint.delete("/tokens/<string:device_token>")
@allow(Who.FIRM, firm=OPERATORS)
@writes
@blueprint.response(204)
def revoke_token(device_token: str) -> None:
    """End a device token."""
    revoke_device_token(current_session(), device_token, actor=current_actor(), clock=request_clock())


@blueprint.post("/<string:meter>/readings")
@allow(Who.ANYONE)
@writes
@blueprint.arguments(ReadingBatchSchema)
@blueprint.response(200, ReadingAnswersSchema)
def send_readings(batch: dict[str, Any], meter: str) -> dict[str, object]:
    """Send up to 1,000 readings with the meter's device token; each is stored, held, duplicate or rejected.

    Sending a batch again is safe. The token of another meter finds nothing (404).
    """
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret:
        raise SignInRequired("sign_in_required")
    session = current_session()
    found, token = queries.meter_of_token(session, meter, hash_of(secret))
    command = TakeReadings(
        meter_id=found.id, device=token.public_id, readings=batch["readings"], source=Source.AUTOMATIC
    )
    return {"answers": take_readings(session, command, clock=request_clock())}


@blueprint.get("/<string:meter>/readings")
@allow(Who.SIGNED_IN)
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, ReadingPageSchema)
def list_readings(page: dict[str, Any], meter: str) -> object:
    """A meter's readings, newest first."""
    session = current_session()
    return queries.readings_of(session, queries.meter_of(session, meter, actor=current_actor()), **page)


@blueprint.post("/<string:meter>/corrections")
@allow(Who.FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(ReadingCorrectionSchema)
@blueprint.response(201, ReadingSchema)
def correct(correction: dict[str, Any], meter: str) -> Reading:
    """Correct a reading by a new event that names it; both are kept."""
    command = CorrectReading(meter=meter, **correction)
    return correct_reading(current_session(), command, actor=current_actor(), clock=request_clock())
