"""The page on which an owner keeps the calendar of a machine: weekly hours, exceptions, holidays."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from marshmallow import Schema, ValidationError, fields
from werkzeug.wrappers import Response

from marketplace.bookings import queries
from marketplace.bookings.calendars import (
    MOST_EXCEPTIONS,
    EditCalendar,
    ExceptionalDay,
    ListingCalendar,
    calendar_of,
    edit_calendar,
    read_hours,
    written_hours,
)
from marketplace.bookings.labels import weekday_label
from marketplace.bookings.opening import WEEKDAYS
from marketplace.bookings.pages import OPERATORS, blueprint
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.problems import field_sentence
from marketplace.kernel.schemas import Text, WholeNumber
from marketplace.kernel.words import gettext
from marketplace.ui.filters import reader_locale

SPARE_ROWS = 2
"""Empty rows for further exceptions; saving brings new ones."""


class HoursText(fields.Field[list[list[str]]]):
    """Hours as people write them; see `read_hours`."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[list[str]]:
        try:
            return read_hours(str(value)[:200])
        except ValueError as error:
            raise ValidationError("bad_hours") from error


class CalendarForm(Schema):
    """The week and the version that was read; the rows of exceptions are read one by one."""

    version = WholeNumber(required=True)
    mon = HoursText(load_default=list)
    tue = HoursText(load_default=list)
    wed = HoursText(load_default=list)
    thu = HoursText(load_default=list)
    fri = HoursText(load_default=list)
    sat = HoursText(load_default=list)
    sun = HoursText(load_default=list)
    observes_holidays = fields.Boolean(load_default=False)


class ExceptionRow(Schema):
    day = fields.Date(required=True)
    hours = HoursText(load_default=list)
    note = Text(load_default="", most=60)


@blueprint.get("/machines/<machine>/calendar")
@allow(Who.FIRM)
def calendar(machine: str) -> str:
    """When a machine is open."""
    session = current_session()
    listing = queries.own_listing(session, machine, actor=current_actor())
    return _page(machine, Form(_typed_out(calendar_of(session, listing))))


@blueprint.post("/machines/<machine>/calendar")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
def save_calendar(machine: str) -> Response | tuple[str, int]:
    """Save the calendar; when somebody else saved in between both are shown and nothing is lost."""
    session, form = current_session(), typed()
    queries.own_listing(session, machine, actor=current_actor())
    week, days = read(CalendarForm(), form), _exceptions(form)
    if week is None or form.errors:
        return _page(machine, form), 422
    command = EditCalendar(
        listing=machine,
        version=week["version"],
        weekly={day: week[day] for day in WEEKDAYS},
        exceptions=days,
        observes_holidays=week["observes_holidays"],
    )
    try:
        edit_calendar(session, command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _page(machine, form, is_outrun=error.code == "calendar_changed"), error.status
    flash(gettext("日历已保存，已有的预订不受影响。"), "done")
    return redirect(url_for(".calendar", machine=machine), 303)


def _exceptions(form: Form) -> list[ExceptionalDay]:
    """The rows that have a date; errors stand beside the field of their row."""
    found: list[ExceptionalDay] = []
    for row in _rows(form):
        one = Form({name: form.values.get(f"{name}_{row}") for name in ("day", "hours", "note")})
        if not any(one.values.values()):
            continue
        given = read(ExceptionRow(), one)
        form.errors |= {f"{name}_{row}": words for name, words in one.errors.items()}
        if given is None:
            continue
        if any(given["day"] == other.day for other in found):
            form.errors[f"day_{row}"] = [field_sentence("day_twice")]
        found.append(ExceptionalDay(**given))
    return found


def _rows(form: Form) -> list[int]:
    numbers = {name.partition("_")[2] for name in form.values if name.startswith(("day_", "hours_", "note_"))}
    return sorted(int(number) for number in numbers if number.isascii() and number.isdecimal())[: MOST_EXCEPTIONS + 5]


def _typed_out(kept: ListingCalendar) -> dict[str, Any]:
    """A calendar as the form holds it."""
    values: dict[str, Any] = {day: written_hours(kept.weekly.get(day, ())) for day in WEEKDAYS}
    for row, one in enumerate(kept.exceptions):
        values |= {f"day_{row}": one.day.isoformat(), f"hours_{row}": written_hours(one.hours), f"note_{row}": one.note}
    return values | {"version": kept.version, "observes_holidays": "true" if kept.observes_holidays else ""}


def _page(machine: str, form: Form, *, is_outrun: bool = False) -> str:
    session, actor = current_session(), current_actor()
    listing = queries.own_listing(session, machine, actor=actor)
    kept = calendar_of(session, listing)
    used = _rows(form)
    spare = range(max(used, default=-1) + 1, max(used, default=-1) + 1 + SPARE_ROWS)
    filled = [row for row in used if any(form.values.get(f"{name}_{row}") for name in ("day", "hours", "note"))]
    if is_outrun:
        form.values["version"] = kept.version
    return render_template(
        "bookings/calendar.html",
        listing=listing,
        title=listing.title(reader_locale()),
        form=form,
        rows=[*filled, *spare],
        weekdays=[(day, weekday_label(day)) for day in WEEKDAYS],
        others=_differences(form, kept) if is_outrun else [],
        may_act=actor.admitted and actor.firm_role in {FirmRole.OPERATOR, FirmRole.OWNER},
    )


def _differences(form: Form, kept: ListingCalendar) -> list[tuple[str, str]]:
    """What the other person saved where it is not what stands in this form."""
    closed = gettext("不开放")
    found: list[tuple[str, str]] = []
    for day in WEEKDAYS:
        theirs = written_hours(kept.weekly.get(day, ()))
        if _same_hours(str(form.values.get(day) or ""), theirs):
            continue
        found.append((weekday_label(day), theirs or closed))
    mine = {str(form.values.get(f"day_{row}")): str(form.values.get(f"hours_{row}") or "") for row in _rows(form)}
    for one in kept.exceptions:
        theirs = written_hours(one.hours)
        if not _same_hours(mine.pop(one.day.isoformat(), "-"), theirs):
            found.append((one.day.isoformat(), theirs or closed))
    found += [(day, gettext("没有这个例外")) for day in mine if _is_day(day)]
    if bool(form.values.get("observes_holidays")) is not kept.observes_holidays:
        found.append((gettext("法定节假日"), closed if kept.observes_holidays else gettext("照常开放")))
    return found


def _same_hours(typed_text: str, kept_text: str) -> bool:
    try:
        return read_hours(typed_text) == read_hours(kept_text)
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
