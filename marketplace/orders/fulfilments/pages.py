"""Pages at the machine: who may use it now, handover and return, signatures, and what follows."""

from decimal import Decimal
from typing import Any

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.wrappers import Response as PlainResponse
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response

from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import Conflict, DomainError, Invalid, NotFound
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.money import EXPONENTS
from marketplace.kernel.problems import sentence
from marketplace.kernel.schemas import Text
from marketplace.kernel.words import gettext
from marketplace.listings.queries import own_listing, units_of
from marketplace.orders.fulfilments import queries
from marketplace.orders.fulfilments.models import FulfilmentStatus, HandoverRecord, RecordKind, RecordStatus
from marketplace.orders.fulfilments.operations.accepting import (
    InspectReturn,
    accept_result,
    begin_rework,
    inspect_return,
    reject_result,
)
from marketplace.orders.fulfilments.operations.handing_over import (
    CheckedItem,
    RefuseRecord,
    WriteRecord,
    add_record_photo,
    refuse_record,
    resource_type_of,
    sign_record,
    write_record,
)
from marketplace.orders.fulfilments.operations.missing import ReportMissed, report_missed
from marketplace.orders.models import Order
from marketplace.orders.operations.ending import EndOrder
from marketplace.orders.queries import order_of, side_seen_by
from marketplace.ui.filters import reader_locale

blueprint = Blueprint("orders_handovers", __name__, template_folder="../templates")
OPERATORS = (FirmRole.OPERATOR,)


class RecordForm(Schema):
    """The figures of a record; the checklist's answers are read beside it."""

    reading = fields.Decimal(
        load_default=None, allow_none=True, allow_nan=False, validate=validate.Range(min=0, max=1_000_000_000)
    )
    note = Text(load_default="", most=1000)


class InspectionForm(Schema):
    """The claim is typed in yuan."""

    damage = Text(load_default="", most=1000)
    claim = fields.Decimal(load_default=Decimal(0), allow_nan=False, validate=validate.Range(min=0, max=10**10))


@blueprint.get("/at/<unit>")
@allow(Who.FIRM)
def machine(unit: str) -> str:
    """What a person before this machine can do now; the code on the machine leads here."""
    here = queries.at_machine(current_session(), unit, actor=current_actor(), now=request_now())
    side = side_seen_by(here.order, current_actor()) if here.order is not None else None
    records = queries.records_of(current_session(), here.fulfilment)
    waiting = next((one for one in records if one.status is RecordStatus.WAITING), None)
    return render_template(
        "orders/at_machine.html", here=here, side=side.value if side else "", waiting=waiting, locale=reader_locale()
    )


@blueprint.get("/machines/<public_id>/labels")
@allow(Who.TRADING_FIRM)
def labels(public_id: str) -> str:
    """A label with a code for each unit, to print and stick on the machine."""
    session = current_session()
    listing = own_listing(session, public_id, actor=current_actor())
    codes = [(unit, _code(unit.public_id)) for unit in units_of(session, listing.id)]
    return render_template("orders/labels.html", listing=listing, codes=codes, locale=reader_locale())


def _code(unit: str) -> str:
    address = url_for(".machine", unit=unit, _external=True)
    return str(segno.make(address, error="q").svg_data_uri(scale=5, border=2))


@blueprint.get("/orders/<order>/records/<any(handover, return, delivery):kind>")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
def write(order: str, kind: str) -> str:
    return _record_page(order, RecordKind(kind), Form())


@blueprint.post("/orders/<order>/records/<any(handover, return, delivery):kind>")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def write_now(order: str, kind: str) -> Response | tuple[str, int]:
    """Keep what was found; photos that are none are named, the record comes in all the same."""
    session, actor, clock, form = current_session(), current_actor(), request_clock(), typed("units")
    values = read(RecordForm(), form)
    if values is None:
        return _record_page(order, RecordKind(kind), form), 422
    command = WriteRecord(
        order=order,
        kind=RecordKind(kind),
        checklist=_answers(form),
        units=tuple(form.values.get("units") or ()),
        **values,
    )
    try:
        written = write_record(session, command, actor=actor, clock=clock)
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _record_page(order, RecordKind(kind), form), error.status
    _keep_photos(written.public_id)
    flash(gettext("已记录，请对方签字。") if kind != "delivery" else gettext("已记录，等需方验收。"), "done")
    return redirect(url_for("orders_pages.show", order=order), 303)


def _answers(form: Form) -> tuple[CheckedItem, ...]:
    """The checklist as ticked: `check.<code>` is ok or not, `why.<code>` says what is not in order."""
    return tuple(
        CheckedItem(
            code=name.removeprefix("check."),
            ok=value == "ok",
            note=str(form.values.get(f"why.{name.removeprefix('check.')}") or "")[:300],
        )
        for name, value in form.values.items()
        if name.startswith("check.") and value in {"ok", "not"}
    )


def _keep_photos(record: str) -> None:
    for file in [file for file in request.files.getlist("photos") if file.filename][:12]:
        try:
            add_record_photo(current_session(), record, file.read(), actor=current_actor(), clock=request_clock())
        except (Invalid, Conflict) as error:
            flash(f"{file.filename}：{sentence(error)}", "blocked")


def _record_page(order_id: str, kind: RecordKind, form: Form) -> str:
    session, actor = current_session(), current_actor()
    order = order_of(session, order_id, actor=actor)
    fulfilment = queries.fulfilment_of(session, order)
    if fulfilment is None or side_seen_by(order, actor) is None:
        raise NotFound("order")
    due = [unit for unit in fulfilment.unit_ids if unit not in fulfilment.returned_unit_ids]
    return render_template(
        "orders/record.html",
        order=order,
        kind=kind.value,
        type=resource_type_of(session, order),
        units=_unit_options(due) if kind is RecordKind.RETURN else (),
        form=form,
        locale=reader_locale(),
    )


def _unit_options(unit_ids: list[int]) -> list[tuple[str, str]]:
    """The units by the number on their plate."""
    units = queries.units_named(current_session(), unit_ids)
    return [(unit.public_id, unit.asset_number or str(place)) for place, unit in enumerate(units, start=1)]


@blueprint.post("/records/<record>/<any(sign, refuse):verb>")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def answer(record: str, verb: str) -> Response:
    """Sign what the other side wrote, or say why not."""
    session, actor, clock = current_session(), current_actor(), request_clock()
    order, _ = queries.visible_record(session, record, actor=actor)
    try:
        if verb == "sign":
            sign_record(session, record, actor=actor, clock=clock)
            flash(gettext("已签字。"), "done")
        else:
            reason = str(request.form.get("reason") or "")[:500]
            refuse_record(session, RefuseRecord(record=record, reason=reason), actor=actor, clock=clock)
            flash(gettext("已退回，对方会重新填写。"), "done")
    except (Conflict, Invalid) as error:
        session.rollback()
        flash(sentence(error), "blocked")
    return redirect(url_for("orders_pages.show", order=order.public_id), 303)


@blueprint.post("/records/<record>/photos")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def add_photos(record: str) -> Response:
    order, _ = queries.visible_record(current_session(), record, actor=current_actor())
    _keep_photos(record)
    return redirect(url_for("orders_pages.show", order=order.public_id), 303)


@blueprint.get("/records/<record>/photos/<photo>.jpg")
@allow(Who.SIGNED_IN)
def photo(record: str, photo: str) -> PlainResponse:
    content = queries.visible_photo(current_session(), record, photo, actor=current_actor())
    return PlainResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


@blueprint.post("/orders/<order>/<any(inspection, acceptance, rejection, rework, missed):verb>")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def act(order: str, verb: str) -> Response:
    """The step after the machine came back; a refusal is shown on the order's page with what was typed."""
    session, form = current_session(), typed()
    try:
        _step(order, verb, form)
    except (Conflict, Invalid) as error:
        session.rollback()
        flash(sentence(error), "blocked")
        return redirect(url_for("orders_pages.show", order=order) + "#fulfilment", 303)
    flash(gettext("已记录，对方会收到通知。"), "done")
    return redirect(url_for("orders_pages.show", order=order), 303)


def _step(order: str, verb: str, form: Form) -> None:
    session, actor, clock = current_session(), current_actor(), request_clock()
    reason = str(form.values.get("reason") or "")[:500]
    match verb:
        case "inspection":
            inspect_return(session, _inspection(order, form), actor=actor, clock=clock)
        case "acceptance":
            accept_result(session, order, actor=actor, clock=clock)
        case "rejection":
            reject_result(session, EndOrder(order=order, reason=reason), actor=actor, clock=clock)
        case "rework":
            begin_rework(session, order, actor=actor, clock=clock)
        case _:
            report_missed(session, ReportMissed(order=order, note=reason), actor=actor, clock=clock)


def _inspection(order_id: str, form: Form) -> InspectReturn:
    order = order_of(current_session(), order_id, actor=current_actor())
    values = read(InspectionForm(), form)
    if values is None:
        raise Invalid("bad_claim", fields={"claim": ["bad_claim"]})
    scale = Decimal(10) ** EXPONENTS[order.currency]
    amount = values["claim"] * scale
    if amount != int(amount):
        raise Invalid("bad_claim", fields={"claim": ["bad_claim"]})
    return InspectReturn(order=order_id, damage=values["damage"], claim_amount=int(amount))


def _ticks(order: Order, record: HandoverRecord) -> list[tuple[bool, str]]:
    """The checklist in the reader's words, with what was noted."""
    kind, locale = resource_type_of(current_session(), order), reader_locale()
    words = {item.code: item.zh if locale.startswith("zh") else item.en for item in kind.checklist} if kind else {}
    return [
        (row["ok"], "：".join(part for part in (words.get(row["code"], row["code"]), row["note"]) if part))
        for row in record.checklist
    ]


def fulfilment_context(order: Order) -> dict[str, Any]:
    """What `orders/_fulfilment.html` needs on the order's page."""
    session, actor, now = current_session(), current_actor(), request_now()
    fulfilment = queries.fulfilment_of(session, order)
    records = queries.records_of(session, fulfilment)
    side = side_seen_by(order, actor)
    may_act = side is not None and actor.admitted and actor.firm_role in {FirmRole.OPERATOR, FirmRole.OWNER}
    start, end = order.booking.during.lower, order.booking.during.upper
    return {
        "fulfilment": fulfilment,
        "records": records,
        "record_photos": queries.photos_of(session, records),
        "waiting_record": next((one for one in records if one.status is RecordStatus.WAITING), None),
        "record_ticks": {record.id: _ticks(order, record) for record in records},
        "may_fulfil": may_act,
        "has_begun": start is not None and start <= now,
        "is_overdue": fulfilment is not None
        and fulfilment.status is FulfilmentStatus.HANDED_OVER
        and end is not None
        and end < now,
    }
