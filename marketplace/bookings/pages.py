"""Pages of units' time for their owner: the timeline of all machines, time kept from booking."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_date  # pyright: ignore[reportUnknownVariableType]
from marshmallow import Schema, fields, post_load, validate
from sqlalchemy.dialects.postgresql import Range
from werkzeug.wrappers import Response

from marketplace.accounts.models import Park
from marketplace.bookings import blackouts, queries
from marketplace.bookings.labels import kind_label, kind_note
from marketplace.bookings.models import OccupancyKind
from marketplace.bookings.timeline import MachineLane, Taken, machine_lanes
from marketplace.bookings.waiting import JoinWaitlist, join_waitlist, leave_waitlist, waits_of
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import (
    Who,
    allow,
    current_actor,
    current_session,
    request_clock,
    request_now,
    writes,
)
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.schemas import Text, WholeNumber
from marketplace.kernel.words import gettext
from marketplace.listings.queries import visible_listing
from marketplace.ui.filters import reader_locale
from marketplace.ui.timelines import Bar, Lane, Tick, Timeline, day_ticks, hour_ticks

blueprint = Blueprint("bookings_pages", __name__, template_folder="templates")
OPERATORS = (FirmRole.OPERATOR,)
SCALES = {"day": 1, "week": 7, "month": 31}
LOCAL = "%Y-%m-%dT%H:%M"
"""How a browser writes a local time."""


def park_zone() -> ZoneInfo:
    """The park's clock: machines stand there, wherever their owner reads."""
    return ZoneInfo(current_session().get_one(Park, current_actor().park_id).time_zone)


@blueprint.get("/machines/timeline")
@allow(Who.FIRM)
def timeline() -> str:
    """All machines over a day, a week or a month."""
    scale = request.args.get("scale", "week")
    days = SCALES.get(scale, SCALES["week"])
    zone = park_zone()
    today = request_now().astimezone(zone).date()
    first = _first_day(request.args.get("from", ""), today, days)
    start = datetime.combine(first, time(0), zone)
    end = datetime.combine(first + timedelta(days=days), time(0), zone)
    page = machine_lanes(current_session(), Range(start, end), actor=current_actor(), cursor=request.args.get("cursor"))
    drawn = Timeline(
        start=start,
        end=end,
        zone=zone,
        lanes=[_lane(one) for one in page.items],
        ticks=_ticks(start, end, zone, days),
        now=request_now(),
    )
    return render_template(
        "bookings/timeline.html",
        timeline=drawn,
        page=page,
        scale=scale if scale in SCALES else "week",
        first=first,
        last=first + timedelta(days=days - 1),
        before=first - timedelta(days=days),
        after=first + timedelta(days=days),
    )


def _first_day(given: str, today: date, days: int) -> date:
    """The day of the address; a week begins on its Monday."""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        day = today
    day = min(max(day, today - timedelta(days=3660)), today + timedelta(days=3660))
    return day - timedelta(days=day.weekday()) if days == SCALES["week"] else day


def _ticks(start: datetime, end: datetime, zone: ZoneInfo, days: int) -> list[Tick]:
    if days == 1:
        return hour_ticks(start, end, zone)
    pattern = "EEE d" if days == SCALES["week"] else "d"
    words = [str(format_date(start.date() + timedelta(days=index), pattern, rebase=False)) for index in range(days)]
    return day_ticks(start, end, zone, words)


def _lane(one: MachineLane) -> Lane:
    unit = one.unit.label or one.unit.asset_number
    return Lane(
        label=one.listing.title(reader_locale()),
        note=unit,
        url=url_for(".block", machine=one.listing.public_id),
        bars=[_bar(taken) for taken in one.taken],
    )


def _bar(taken: Taken) -> Bar:
    start, end = taken.during.lower, taken.during.upper
    if start is None or end is None:
        raise ValueError("an occupancy is finite")
    if taken.booking is None:
        url = url_for(".blackout", blackout=taken.blackout) if taken.blackout else ""
        return Bar(start=start, end=end, label=kind_label(taken.kind), look="blackout", url=url, note=taken.note)
    return Bar(
        start=start,
        end=end,
        label=taken.firm.name(reader_locale()) if taken.firm else "",
        look="hold" if taken.is_hold else "done" if end <= request_now() else "booked",
        url=url_for("orders_pages.of_booking", booking=taken.booking),
        note=gettext("暂留，还没约定") if taken.is_hold else "",
    )


class BlockForm(Schema):
    """Time kept from booking, in local times of the park."""

    start = fields.NaiveDateTime(required=True, format=LOCAL)
    end = fields.NaiveDateTime(required=True, format=LOCAL)
    kind = fields.Enum(OccupancyKind, by_value=True, required=True, validate=validate.OneOf(blackouts.OWNERS_KINDS))
    note = Text(load_default="", most=200)
    cancel_bookings = fields.Boolean(load_default=False)

    @post_load
    def to_values(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        start, end = (data.pop(name).replace(tzinfo=park_zone()) for name in ("start", "end"))
        return {"during": Range(start, end) if start < end else Range(empty=True), **data}


@blueprint.get("/machines/<machine>/block")
@allow(Who.FIRM)
def block(machine: str) -> str:
    """Keep time of a machine from booking; what is kept already."""
    given = {name: request.args[name] for name in ("start", "end", "kind") if request.args.get(name)}
    return _block_page(machine, Form(given))


def _block_page(machine: str, form: Form, *, met: int = 0) -> str:
    session, actor = current_session(), current_actor()
    listing = queries.own_listing(session, machine, actor=actor)
    kinds = [
        {"value": kind.value, "label": kind_label(kind), "note": kind_note(kind)} for kind in blackouts.OWNERS_KINDS
    ]
    return render_template(
        "bookings/block.html",
        listing=listing,
        title=listing.title(reader_locale()),
        form=form,
        kinds=kinds,
        kind_label=kind_label,
        met=met,
        kept=blackouts.blackouts_of(session, listing, now=request_now()),
        may_act=actor.admitted and actor.firm_role in {FirmRole.OPERATOR, FirmRole.OWNER},
        zone=park_zone(),
    )


@blueprint.post("/machines/<machine>/block")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def block_now(machine: str) -> Response | tuple[str, int]:
    """Keep the time; bookings in the way of a breakdown are cancelled only after asking."""
    session, actor, form = current_session(), current_actor(), typed()
    queries.own_listing(session, machine, actor=actor)
    values = read(BlockForm(), form)
    if values is None:
        return _block_page(machine, form), 422
    try:
        blackouts.black_out(session, blackouts.BlackOut(listing=machine, **values), actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        asks = error.code == "bookings_in_the_way" and values["kind"] is OccupancyKind.BREAKDOWN
        met = error.facts.get("count", 0) if asks else 0
        return _block_page(machine, form, met=met if isinstance(met, int) else 0), error.status
    flash(gettext("已停用这段时间。"), "done")
    return redirect(url_for(".block", machine=machine), 303)


@blueprint.get("/blackouts/<blackout>")
@allow(Who.FIRM)
def blackout(blackout: str) -> Response:
    """A blackout is shown on its machine's page."""
    session, actor = current_session(), current_actor()
    found = blackouts.own_blackout(session, blackout, actor=actor)
    machine = blackouts.machine_of(session, found)
    return redirect(url_for(".block", machine=machine, _anchor=f"blackout-{found.public_id}"), 302)


@blueprint.post("/blackouts/<blackout>/lift")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def lift(blackout: str) -> Response:
    """Open the time again."""
    session, actor = current_session(), current_actor()
    lifted = blackouts.lift_blackout(session, blackout, actor=actor, clock=request_clock())
    flash(gettext("已解除停用，这段时间又可以预订。"), "done")
    return redirect(url_for(".block", machine=blackouts.machine_of(session, lifted)), 303)


class WaitForm(Schema):
    """The window that was taken, in local times of the park."""

    start = fields.NaiveDateTime(required=True, format=LOCAL)
    end = fields.NaiveDateTime(required=True, format=LOCAL)
    quantity = WholeNumber(load_default=1, least=1, most=1000)

    @post_load
    def to_values(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        start, end = (data.pop(name).replace(tzinfo=park_zone()) for name in ("start", "end"))
        return {"during": Range(start, end) if start < end else Range(empty=True), **data}


@blueprint.get("/waiting")
@allow(Who.FIRM)
def waiting() -> str:
    """What the person waits for."""
    return _waiting_page(Form())


def _waiting_page(form: Form) -> str:
    waits = waits_of(current_session(), actor=current_actor(), now=request_now())
    return render_template("bookings/waiting.html", waits=waits, form=form, zone=park_zone())


@blueprint.post("/listings/<listing>/wait")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def wait(listing: str) -> Response | tuple[str, int]:
    """Be told when the taken window is free."""
    session, actor, form = current_session(), current_actor(), typed()
    visible_listing(session, listing, actor=actor)
    values = read(WaitForm(), form)
    if values is None:
        return _waiting_page(form), 422
    try:
        join_waitlist(session, JoinWaitlist(listing=listing, **values), actor=actor, clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _waiting_page(form), error.status
    flash(gettext("记下了：这段时间一空出来就通知您。"), "done")
    return redirect(url_for(".waiting"), 303)


@blueprint.post("/waiting/<wait>/leave")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def leave(wait: str) -> Response:
    """Wait no longer."""
    leave_waitlist(current_session(), wait, actor=current_actor(), clock=request_clock())
    return redirect(url_for(".waiting"), 303)
