# pyright: standard
"""Fulfilments for programs: a factory's own system may write and sign handovers."""

from typing import Any

from flask_smorest import Blueprint

from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import NotFound
from marketplace.orders.fulfilments import queries
from marketplace.orders.fulfilments.models import HandoverRecord
from marketplace.orders.fulfilments.operations.accepting import (
    InspectReturn,
    accept_result,
    begin_rework,
    inspect_return,
    reject_result,
)
from marketplace.orders.fulfilments.operations.handing_over import (
    RefuseRecord,
    WriteRecord,
    refuse_record,
    sign_record,
    write_record,
)
from marketplace.orders.fulfilments.operations.missing import ReportMissed, report_missed
from marketplace.orders.fulfilments.schemas import (
    FulfilmentSchema,
    HandoverReasonSchema,
    HandoverRecordSchema,
    InspectionSchema,
    MissedReportSchema,
    WriteRecordSchema,
)
from marketplace.orders.operations.ending import EndOrder
from marketplace.orders.queries import order_of

blueprint = Blueprint(
    "fulfilments_api", __name__, url_prefix="/api/v1", description="Handover, return, acceptance of an order"
)
OPERATORS = (FirmRole.OPERATOR,)


def _shown(order_id: str) -> dict[str, Any]:
    session = current_session()
    session.flush()
    order = order_of(session, order_id, actor=current_actor())
    fulfilment = queries.fulfilment_of(session, order)
    if fulfilment is None:
        raise NotFound("fulfilment")
    records = queries.records_of(session, fulfilment)
    columns = {column.key: getattr(fulfilment, column.key) for column in fulfilment.__mapper__.column_attrs}
    return {**columns, "currency": order.currency, "records": records}


@blueprint.get("/orders/<string:order>/fulfilment")
@allow(Who.SIGNED_IN)
@blueprint.response(200, FulfilmentSchema)
def show(order: str) -> dict[str, Any]:
    """What became of an order so far."""
    return _shown(order)


@blueprint.post("/orders/<string:order>/records")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(WriteRecordSchema)
@blueprint.response(201, HandoverRecordSchema)
def write(given: dict[str, Any], order: str) -> HandoverRecord:
    """Write what your side finds; the other side signs it. A record that still waited is replaced."""
    given |= {"checklist": tuple(given["checklist"]), "units": tuple(given["units"])}
    command = WriteRecord(order=order, **given)
    return write_record(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.post("/records/<string:record>/sign")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.response(200, HandoverRecordSchema)
def sign(record: str) -> HandoverRecord:
    """Sign what the other side wrote; the machine has changed hands."""
    return sign_record(current_session(), record, actor=current_actor(), clock=request_clock())


@blueprint.post("/records/<string:record>/refuse")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(HandoverReasonSchema)
@blueprint.response(200, HandoverRecordSchema)
def refuse(given: dict[str, str], record: str) -> HandoverRecord:
    """Do not sign, and say why."""
    command = RefuseRecord(record=record, reason=given["reason"])
    return refuse_record(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.post("/orders/<string:order>/inspection")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(InspectionSchema)
@blueprint.response(200, FulfilmentSchema)
def inspect(given: dict[str, Any], order: str) -> dict[str, Any]:
    """The supplier says how the machine came back, with a claim where it is damaged."""
    command = InspectReturn(order=order, **given)
    inspect_return(current_session(), command, actor=current_actor(), clock=request_clock())
    return _shown(order)


@blueprint.post("/orders/<string:order>/acceptance")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.response(200, FulfilmentSchema)
def accept(order: str) -> dict[str, Any]:
    """The demander accepts: the order is complete."""
    accept_result(current_session(), order, actor=current_actor(), clock=request_clock())
    return _shown(order)


@blueprint.post("/orders/<string:order>/rejection")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(HandoverReasonSchema)
@blueprint.response(200, FulfilmentSchema)
def reject(given: dict[str, str], order: str) -> dict[str, Any]:
    """The demander does not accept, with a reason."""
    command = EndOrder(order=order, reason=given["reason"])
    reject_result(current_session(), command, actor=current_actor(), clock=request_clock())
    return _shown(order)


@blueprint.post("/orders/<string:order>/rework")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.response(200, FulfilmentSchema)
def rework(order: str) -> dict[str, Any]:
    """The supplier does what was rejected again."""
    begin_rework(current_session(), order, actor=current_actor(), clock=request_clock())
    return _shown(order)


@blueprint.post("/orders/<string:order>/missed")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(MissedReportSchema)
@blueprint.response(200, FulfilmentSchema)
def missed(given: dict[str, str], order: str) -> dict[str, Any]:
    """Say that the other side did not come; the order ends."""
    command = ReportMissed(order=order, note=given["note"])
    report_missed(current_session(), command, actor=current_actor(), clock=request_clock())
    return _shown(order)
