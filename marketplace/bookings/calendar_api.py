# pyright: standard
"""Calendars, holidays and calendar addresses for programs."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from marketplace.bookings.api import OPERATORS, blueprint
from marketplace.bookings.calendar_schemas import (
    CalendarFeedSchema,
    EditCalendarSchema,
    HolidaySchema,
    HolidayYearQuery,
    ListingCalendarSchema,
    MadeFeedSchema,
    MakeFeedSchema,
    SetHolidaySchema,
)
from marketplace.bookings.calendars import EditCalendar, ListingCalendar, calendar_of, edit_calendar
from marketplace.bookings.feeds import feeds_of, make_feed, revoke_feed
from marketplace.bookings.holidays import SetHoliday, holidays_of, remove_holiday, set_holiday
from marketplace.bookings.holidays_pages import ADMINS, as_day
from marketplace.bookings.models import CalendarFeed, Holiday
from marketplace.bookings.pages import park_zone
from marketplace.bookings.queries import own_listing
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes


@blueprint.get("/listings/<string:machine>/calendar")
@allow(Who.FIRM)
@blueprint.response(200, ListingCalendarSchema)
def get_calendar(machine: str) -> ListingCalendar:
    """When your machine is open: weekly hours, exceptions, holidays; `version` goes back with a change."""
    session = current_session()
    return calendar_of(session, own_listing(session, machine, actor=current_actor()))


@blueprint.put("/listings/<string:machine>/calendar")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(EditCalendarSchema)
@blueprint.response(200, ListingCalendarSchema)
def put_calendar(values: dict[str, Any], machine: str) -> ListingCalendar:
    """Replace the calendar; 409 `calendar_changed` names the version that stands when somebody saved in between."""
    command = EditCalendar(listing=machine, **values)
    return edit_calendar(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.get("/holidays")
@allow(Who.SIGNED_IN)
@blueprint.arguments(HolidayYearQuery, location="query")
@blueprint.response(200, HolidaySchema(many=True))
def list_holidays(query: dict[str, Any]) -> Sequence[Holiday]:
    """Holidays and shifted workdays of your park in a year."""
    year = query["year"] or request_now().astimezone(park_zone()).year
    return holidays_of(current_session(), current_actor().park_id, year)


@blueprint.put("/holidays/<string:day>")
@allow(Who.OFFICE, office=ADMINS)
@writes
@blueprint.arguments(SetHolidaySchema)
@blueprint.response(200, HolidaySchema)
def put_holiday(values: dict[str, Any], day: str) -> Holiday:
    """Make a date (2026-10-01) a holiday or a shifted workday of the park."""
    command = SetHoliday(day=as_day(day), **values)
    return set_holiday(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.delete("/holidays/<string:day>")
@allow(Who.OFFICE, office=ADMINS)
@writes
@blueprint.response(204)
def delete_holiday(day: str) -> None:
    """An ordinary day again."""
    remove_holiday(current_session(), as_day(day), actor=current_actor(), clock=request_clock())


@blueprint.get("/calendar-feeds")
@allow(Who.FIRM)
@blueprint.response(200, CalendarFeedSchema(many=True))
def list_feeds() -> Sequence[CalendarFeed]:
    """Your firm's addresses for calendar programs; the addresses themselves are not kept."""
    return feeds_of(current_session(), actor=current_actor())


@blueprint.post("/calendar-feeds")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(MakeFeedSchema)
@blueprint.response(201, MadeFeedSchema)
def create_feed(values: dict[str, Any]) -> dict[str, Any]:
    """Make an iCalendar address for one machine or all; `url` is in this answer alone."""
    made = make_feed(current_session(), values["listing"], actor=current_actor(), clock=request_clock())
    url = url_for("bookings_pages.feed", secret=made.secret, _external=True)
    return {"public_id": made.feed.public_id, "created_at": made.feed.created_at, "url": url}


@blueprint.delete("/calendar-feeds/<string:calendar_feed>")
@allow(Who.FIRM, firm=OPERATORS)
@writes
@blueprint.response(204)
def delete_feed(calendar_feed: str) -> None:
    """Revoke an address."""
    revoke_feed(current_session(), calendar_feed, actor=current_actor(), clock=request_clock())
