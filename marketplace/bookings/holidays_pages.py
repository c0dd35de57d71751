"""The page on which the office sees and mends the park's holidays and shifted workdays."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response

from marketplace.bookings.holidays import FIRST_YEAR, LAST_YEAR, SetHoliday, holidays_of, remove_holiday, set_holiday
from marketplace.bookings.labels import weekday_label
from marketplace.bookings.opening import WEEKDAYS
from marketplace.bookings.pages import blueprint, park_zone
from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.edge import (
    Who,
    allow,
    current_actor,
    current_session,
    request_clock,
    request_now,
    writes,
)
from marketplace.kernel.errors import DomainError, NotFound
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.schemas import Text
from marketplace.kernel.words import gettext

ADMINS = (OfficeRole.ADMIN,)
HOLIDAY, WORKDAY = "holiday", "workday"


class HolidayForm(Schema):
    """A date and what it is."""

    day = fields.Date(required=True)
    kind = fields.String(load_default=HOLIDAY, validate=validate.OneOf((HOLIDAY, WORKDAY)))
    name_zh = Text(required=True, least=1, most=40)
    name_en = Text(load_default="", most=60)


@blueprint.get("/office/holidays")
@allow(Who.OFFICE)
def holidays() -> str:
    """Holidays and shifted workdays of a year."""
    return _page(Form())


@blueprint.post("/office/holidays")
@allow(Who.OFFICE, office=ADMINS)
@writes
def write_holiday() -> Response | tuple[str, int]:
    """Write a day; the machines that observe holidays are opened anew."""
    session, form = current_session(), typed()
    given = read(HolidayForm(), form)
    if given is None:
        return _page(form), 422
    command = SetHoliday(
        day=given["day"], is_workday=given["kind"] == WORKDAY, name_zh=given["name_zh"], name_en=given["name_en"]
    )
    try:
        set_holiday(session, command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _page(form), error.status
    flash(gettext("已保存，设备的开放时间会随之更新。"), "done")
    return redirect(url_for(".holidays", year=command.day.year), 303)


@blueprint.post("/office/holidays/<day>/remove")
@allow(Who.OFFICE, office=ADMINS)
@writes
def take_holiday_out(day: str) -> Response:
    """An ordinary day again."""
    when = as_day(day)
    remove_holiday(current_session(), when, actor=current_actor(), clock=request_clock())
    flash(gettext("已改回普通日子，设备的开放时间会随之更新。"), "done")
    return redirect(url_for(".holidays", year=when.year), 303)


def as_day(text: str) -> date:
    """The date of an address; raises `NotFound`."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFound("holiday") from error


def _page(form: Form) -> str:
    actor = current_actor()
    this_year = request_now().astimezone(park_zone()).year
    asked = request.args.get("year", type=int, default=this_year)
    year = min(max(asked, FIRST_YEAR), LAST_YEAR)
    days = holidays_of(current_session(), actor.park_id, year)
    return render_template(
        "bookings/holidays.html",
        days=[(one, weekday_label(WEEKDAYS[one.day.weekday()])) for one in days],
        year=year,
        years=range(this_year - 1, this_year + 3),
        is_provisional=any(one.is_provisional for one in days),
        form=form,
        kinds=[
            {"value": HOLIDAY, "label": gettext("放假"), "note": gettext("设备不开放，银行转账顺延。")},
            {"value": WORKDAY, "label": gettext("调休上班"), "note": gettext("按星期一的时间开放。")},
        ],
        may_act=OfficeRole.ADMIN in actor.office_roles,
    )
