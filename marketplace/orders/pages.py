"""Pages of orders: the booking panel, one order, lists for both sides."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask import Response as FlaskResponse
from marshmallow import Schema, fields, post_load, validate
from sqlalchemy.dialects.postgresql import Range
from werkzeug.wrappers import Response

from billing.pricing.plans import UsagePlan
from billing.pricing.rent_to_own import RentToOwnTerms, position
from billing.pricing.texts import UNIT_TEXTS
from marketplace.bookings.ical import Entry, calendar_of
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import (
    Who,
    allow,
    current_actor,
    current_actor_or_none,
    current_session,
    request_clock,
    request_now,
    writes,
)
from marketplace.kernel.errors import Conflict, DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.schemas import Text, WholeNumber
from marketplace.kernel.words import gettext
from marketplace.listings.models import Listing
from marketplace.orders import queries
from marketplace.orders.alternatives import Alternative, instead_of
from marketplace.orders.disputes.operations import may_dispute
from marketplace.orders.disputes.queries import disputes_of
from marketplace.orders.fulfilments.models import Fulfilment, FulfilmentKind, FulfilmentStatus
from marketplace.orders.fulfilments.pages import fulfilment_context
from marketplace.orders.messages import has_unread, order_messages
from marketplace.orders.models import Order, OrderStatus, Side
from marketplace.orders.operations.agreeing import approve_order
from marketplace.orders.operations.ending import EndOrder, cancel_order, decline_order
from marketplace.orders.operations.placing import PlaceOrder, offered_listing, place_order, priced_job, wanted_range
from marketplace.orders.panels import order_panels
from marketplace.orders.pricing import PricedJob, is_on_request, plan_of, price_job, wants_expected_usage
from marketplace.ui.filters import reader_locale, reader_zone

blueprint = Blueprint("orders_pages", __name__, template_folder="templates")
OPERATORS = (FirmRole.OPERATOR,)
ASK = "demands_pages.new"
LOCAL = "%Y-%m-%dT%H:%M"
"""How a browser writes a local time."""
LONGEST_MINUTES = 366 * 24 * 60


class PanelForm(Schema):
    """What the booking panel holds: local times of the park."""

    start = fields.NaiveDateTime(required=True, format=LOCAL)
    end = fields.NaiveDateTime(load_default=None, format=LOCAL)
    expected_usage = fields.Decimal(load_default=None, allow_nan=False, places=4, validate=validate.Range(0, 10**9))
    quantity = WholeNumber(load_default=1, least=1, most=1000)
    operator = fields.Boolean(load_default=None)
    delivery = fields.Boolean(load_default=False)
    note = Text(load_default="", most=1000)
    accepted_total = WholeNumber(load_default=None, allow_none=True)

    @post_load
    def to_values(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        start, end = _in_park(data.pop("start")), data.pop("end")
        if end is None:
            return {"during": Range(start, None), **data}
        end = _in_park(end)
        return {"during": Range(start, end) if start < end else Range(empty=True), **data}


def _in_park(moment: datetime) -> datetime:
    return moment.replace(tzinfo=reader_zone())


def panel_context(listing: Listing, form: Form, *, alternatives: Sequence[Alternative] = ()) -> dict[str, Any]:
    """What `orders/_booking_panel.html` needs."""
    price, actor = None, current_actor_or_none()
    on_request = is_on_request(current_session(), listing)
    plan = plan_of(current_session(), listing)
    term = plan if isinstance(plan, RentToOwnTerms) else None
    if term is not None:
        form.values.pop("end", None)
    if not on_request and form.values.get("start") and (form.values.get("end") or term is not None):
        price = _price(listing, form)
    return {
        "listing": listing,
        "form": form,
        "price": price,
        "other_times": [(one, _panel_url(form, one)) for one in alternatives if one.listing is listing],
        "other_machines": [(one, _listing_url(form, one)) for one in alternatives if one.listing is not listing],
        "is_on_request": on_request,
        "term": term,
        "buy_outs": [position(term, paid) for paid in _shown_months(term)] if term is not None else [],
        "usage_unit": UNIT_TEXTS[plan.meter.value] if isinstance(plan, UsagePlan) else "",
        "wants_usage": wants_expected_usage(plan),
        "ask_url": _ask_url(listing, form) if on_request else "",
        "once": new_public_id(),
        "minutes": _minutes(form),
        "may_order": actor is not None and actor.admitted and actor.enterprise_id != listing.enterprise_id,
        "is_own": actor is not None and actor.enterprise_id == listing.enterprise_id,
        "is_signed_in": actor is not None,
    }


def _shown_months(term: RentToOwnTerms) -> list[int]:
    """After how many rents the panel says what buying costs: at once, half-way, at the end."""
    return sorted({0, term.instalments // 2, term.instalments})


def _ask_url(listing: Listing, form: Form) -> str:
    """Where one asks this supplier for a quote, with the window of the panel; empty where no demands are installed."""
    if ASK not in current_app.view_functions:
        return ""
    typed_so_far = {name: form.values[name] for name in ("start", "end") if form.values.get(name)}
    if len(typed_so_far) == len(("start", "end")):
        typed_so_far |= {"question": "exact", "units": form.values.get("quantity") or 1}
    return url_for(ASK, listing=listing.public_id, **typed_so_far)


def _panel_url(form: Form, one: Alternative) -> str:
    """The panel with another window, everything else as typed."""
    names = ("quantity", "operator", "delivery", "note", "expected_usage")
    kept = {name: form.values[name] for name in names if form.values.get(name)}
    return url_for(".panel", listing=one.listing.public_id, **window_texts(one.during, reader_zone()), **kept)


def _listing_url(form: Form, one: Alternative) -> str:
    """The page of another machine with the wanted window filled in."""
    kept = {"quantity": form.values["quantity"]} if form.values.get("quantity") else {}
    return url_for(
        "discovery_pages.listing", listing=one.listing.public_id, **window_texts(one.during, reader_zone()), **kept
    )


def window_texts(during: Range[datetime], zone: tzinfo) -> dict[str, Any]:
    """A window as the booking panel's fields hold it."""
    edges = {"start": during.lower, "end": during.upper}
    return {name: at.astimezone(zone).strftime(LOCAL) for name, at in edges.items() if at is not None}


def _price(listing: Listing, form: Form) -> PricedJob | None:
    values = read(PanelForm(), form)
    if values is None:
        return None
    values.pop("accepted_total", None)
    if values["during"].isempty:
        form.errors.setdefault("end", []).append(gettext("结束时间要晚于开始时间。"))
        return None
    command = PlaceOrder(listing=listing.public_id, **values)
    session = current_session()
    try:
        return price_job(session, listing, priced_job(session, listing, command))
    except DomainError as error:
        form.refuse(error)
        return None


@blueprint.get("/listings/<listing>/panel")
@allow(Who.SIGNED_IN)
def panel(listing: str) -> str:
    """The booking panel with the price of the window typed so far (an HTMX fragment)."""
    found = offered_listing(current_session(), listing, actor=current_actor())
    form = Form({name: request.args.get(name) for name in request.args})
    _let_end_follow(form)
    return render_template("orders/_booking_panel.html", **panel_context(found, form))


def _let_end_follow(form: Form) -> None:
    """Whoever moves the start beyond the end means a job as long as before."""
    start, end, length = (_typed_moment(form, "start"), _typed_moment(form, "end"), form.values.get("length") or "")
    if start and end and start >= end and length.isdecimal() and int(length) <= LONGEST_MINUTES:
        form.values["end"] = (start + timedelta(minutes=int(length))).strftime(LOCAL)


def _typed_moment(form: Form, name: str) -> datetime | None:
    try:
        return datetime.strptime(form.values.get(name) or "", LOCAL)  # noqa: DTZ007 - the park's own clock
    except ValueError:
        return None


def _minutes(form: Form) -> int | None:
    """How long the window is that stands in the panel; None where it is none."""
    start, end = _typed_moment(form, "start"), _typed_moment(form, "end")
    return (end - start) // timedelta(minutes=1) if start and end and start < end else None


@blueprint.post("/listings/<listing>/book")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@idempotent
def book(listing: str) -> Response | tuple[str, int]:
    """Book, or ask the owner; a refusal comes back beside its field with what is still free."""
    session, actor, form = current_session(), current_actor(), typed()
    found = offered_listing(session, listing, actor=actor)
    values = read(PanelForm(), form)
    if values is None or values["during"].isempty:
        return _refused(found, form, 422)
    try:
        command = PlaceOrder(listing=listing, **values)
        order = place_order(session, command, actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _refused(offered_listing(session, listing, actor=actor), form, error.status, error)
    there = url_for(".show", order=order.public_id)
    return redirect(there, 303)


def _refused(listing: Listing, form: Form, status: int, error: DomainError | None = None) -> tuple[str, int]:
    free: Sequence[Alternative] = ()
    if isinstance(error, Conflict) and error.code == "slot_taken":
        free = _free_instead(listing, form)
    is_taken = isinstance(error, Conflict) and error.code == "slot_taken"
    context = panel_context(listing, form, alternatives=free) | {"may_wait": is_taken}
    body = render_template("orders/book_refused.html", **context)
    return body, status


def _free_instead(listing: Listing, form: Form) -> Sequence[Alternative]:
    """What else is free, looked up after the rollback."""
    again = read(PanelForm(), Form(dict(form.values)))
    if again is None:
        return ()
    session, actor, now = current_session(), current_actor(), request_now()
    during = Range(*wanted_range(session, listing, again["during"]))
    return instead_of(session, listing, during, quantity=again["quantity"], actor=actor, now=now)


@blueprint.get("/orders")
@allow(Who.FIRM)
def index() -> str:
    """The firm's orders; `side` keeps those where it supplies or demands."""
    given = request.args.get("side")
    side = Side(given) if given in {Side.SUPPLIER.value, Side.DEMANDER.value} else None
    session, actor = current_session(), current_actor()
    page = queries.orders_of(session, actor=actor, side=side, cursor=request.args.get("cursor"))
    return render_template(
        "orders/index.html",
        page=page,
        side=side,
        own=actor.enterprise_id,
        counts=queries.counts_of(session, actor=actor),
    )


@blueprint.get("/orders/<order>")
@allow(Who.SIGNED_IN)
def show(order: str) -> str:
    return order_page(order, Form())


@blueprint.get("/orders/of-booking/<booking>")
@allow(Who.SIGNED_IN)
def of_booking(booking: str) -> Response:
    """Whoever meets a booking on a timeline is led to its order."""
    order = queries.order_of_booking(current_session(), booking, actor=current_actor())
    return redirect(url_for(".show", order=order.public_id), 302)


@blueprint.get("/orders/<order>/calendar.ics")
@allow(Who.SIGNED_IN)
def calendar_file(order: str) -> FlaskResponse:
    """The order for one's own calendar."""
    found = queries.order_of(current_session(), order, actor=current_actor())
    title = found.listing.title(reader_locale())
    there = url_for(".show", order=found.public_id, _external=True)
    entry = Entry(booking=found.booking, summary=title, place=found.terms.get("place", ""), url=there)
    content = calendar_of([entry], name=title, now=request_now())
    headers = {"Content-Disposition": f'attachment; filename="{found.number}.ics"'}
    return FlaskResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def order_page(public_id: str, form: Form) -> str:
    """The order as its reader sees it; `form` holds what was typed and refused."""
    session, actor = current_session(), current_actor()
    order = queries.order_of(session, public_id, actor=actor)
    side, now = queries.side_seen_by(order, actor), request_now()
    start = order.booking.during.lower
    may_act = side is not None and actor.admitted and actor.firm_role in {FirmRole.OPERATOR, FirmRole.OWNER}
    before_start = start is not None and now < start
    around = fulfilment_context(order)
    disputes = disputes_of(session, order)
    is_out = around["fulfilment"] is not None and around["fulfilment"].status is not FulfilmentStatus.PLANNED
    return render_template(
        "orders/show.html",
        **around,
        order=order,
        disputes=disputes,
        may_dispute=may_act and may_dispute(order, disputes, now=now),
        side=side.value if side else "",
        seen_side=side,
        panels=order_panels(),
        stream=queries.stream_of(session, order),
        messages=order_messages(session, order),
        has_unread=may_act and has_unread(session, order, actor.enterprise_id),
        may_write=may_act,
        once=new_public_id(),
        form=form,
        steps=_steps(order, around["fulfilment"]),
        fee_now=order.cancellation_fee(start=start or now, at=now, by=side) if side and not order.is_over else None,
        may_cancel=may_act and order.status in _OPEN and not is_out and (before_start or side is Side.SUPPLIER),
        is_waiting_for_me=may_act and side is Side.SUPPLIER and order.status is OrderStatus.REQUESTED,
    )


_OPEN = {OrderStatus.REQUESTED, OrderStatus.AWAITING_PAYMENT, OrderStatus.ACTIVE}


def _steps(order: Order, fulfilment: Fulfilment | None) -> list[dict[str, str]]:
    """Where the order stands, computed from the agreement and its fulfilment."""
    words = [gettext("提出预订"), gettext("双方同意"), gettext("交接"), gettext("归还"), gettext("验收")]
    reached = {OrderStatus.REQUESTED: 1, OrderStatus.AWAITING_PAYMENT: 1, OrderStatus.ACTIVE: 2}.get(order.status, 5)
    if fulfilment is not None and order.status is OrderStatus.ACTIVE:
        known = FulfilmentStatus
        reached = {known.HANDED_OVER: 3, known.RETURNED: 4, known.INSPECTED: 4, known.DELIVERED: 4}.get(
            fulfilment.status, reached
        )
    if fulfilment is not None and fulfilment.kind is FulfilmentKind.SERVICE:
        words[2:4] = [gettext("交付")]
        reached = min(reached, 4) if reached < 4 else reached - 1
    states = ["past" if n < reached else "now" if n == reached else "next" for n in range(len(words))]
    return [{"label": word, "state": state, "note": ""} for word, state in zip(words, states, strict=True)]


@blueprint.post("/orders/<order>/<any(approve, decline, cancel):verb>")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def act(order: str, verb: str) -> Response | tuple[str, int]:
    """The one next step of whoever it waits for."""
    session, actor, clock, form = current_session(), current_actor(), request_clock(), typed()
    command = EndOrder(order=order, reason=(form.values.get("reason") or "")[:500])
    try:
        match verb:
            case "approve":
                approve_order(session, order, actor=actor, clock=clock)
            case "decline":
                decline_order(session, command, actor=actor, clock=clock)
            case _:
                cancel_order(session, command, actor=actor, clock=clock)
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return order_page(order, form), error.status
    flash(gettext("已记录，对方会收到通知。"), "done")
    return redirect(url_for(".show", order=order), 303)
