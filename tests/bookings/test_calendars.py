"""An owner keeps a machine's calendar; two who edit at once lose nothing."""

from datetime import date

import pytest
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.calendars import (
    EditCalendar,
    ExceptionalDay,
    calendar_of,
    edit_calendar,
    read_hours,
    written_hours,
)
from marketplace.bookings.models import Holiday
from marketplace.bookings.opening import DEFAULT_WEEKLY
from marketplace.bookings.queries import free_ranges
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from tests.application import NOW
from tests.orders.test_orders import CLOCK, HOUR, Market
from tests.orders.test_pages import engineer, owner

WEEK = {
    "mon": "08:00-12:00, 13:00-20:00",
    "tue": "8:00–20:00",
    "wed": "08:00-20:00",
    "thu": "08:00-20:00",
    "fri": "08:00-24:00",
    "sat": "",
    "sun": "",
}


@pytest.fixture
def market(session):
    return Market(session)


def edit(market, *, by=None, **changes):
    command = EditCalendar(**{"listing": market.listing.public_id, "version": 0} | changes)
    return edit_calendar(market.session, command, actor=by or market.owner, clock=CLOCK)


def calendar_url(market):
    return f"/machines/{market.listing.public_id}/calendar"


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", []),
        ("8:00-12:00，13：00～20:00", [["08:00", "12:00"], ["13:00", "20:00"]]),
        ("22:00 – 24:00", [["22:00", "24:00"]]),
    ],
)
def test_hours_are_read_as_people_write_them(text, hours):
    assert read_hours(text) == hours
    assert read_hours(written_hours(hours)) == hours


@pytest.mark.parametrize("text", ["8-12", "25:00-26:00", "08:00", "morning"])
def test_what_is_no_hour_is_refused(text):
    with pytest.raises(ValueError, match=text):
        read_hours(text)


def test_a_closed_day_is_not_free_and_cannot_be_booked(market):
    edit(market, exceptions=(ExceptionalDay(day=NOW.date(), note="年检"),))
    assert free_ranges(market.session, market.listing, Range(NOW, NOW + 12 * HOUR)) == []
    with pytest.raises(Invalid) as refused:
        market.place()
    assert refused.value.code == "closed_then"


def test_holidays_close_a_machine_only_when_it_observes_them(market):
    market.session.add(Holiday(park_id=market.park.id, day=NOW.date(), is_workday=False, name_zh="园庆", name_en="Day"))
    edited = edit(market, observes_holidays=True)
    assert free_ranges(market.session, market.listing, Range(NOW, NOW + 12 * HOUR)) == []
    edit(market, version=edited.version, observes_holidays=False)
    assert market.place()


def test_agreed_bookings_stay_when_the_calendar_changes(market):
    market.place()
    edit(market, weekly={})
    assert free_ranges(market.session, market.listing, Range(NOW, NOW + 12 * HOUR)) == []
    assert calendar_of(market.session, market.listing).version == 1


def test_whoever_read_an_older_version_is_told(market):
    edit(market)
    with pytest.raises(Conflict) as refused:
        edit(market)
    assert (refused.value.code, refused.value.facts["version"]) == ("calendar_changed", 1)
    assert edit(market, version=1).version == 2


@pytest.mark.parametrize(
    "hours", [[["08:00", "08:00"]], [["12:00", "08:00"]], [["08:00", "12:00"], ["11:00", "13:00"]], [["8", "12"]]]
)
def test_hours_run_forward_and_apart(market, hours):
    with pytest.raises(Invalid) as refused:
        edit(market, weekly=DEFAULT_WEEKLY | {"tue": hours})
    assert list(refused.value.fields) == ["tue"]


def test_only_the_owner_edits(market):
    with pytest.raises(NotFound):
        edit(market, by=market.engineer)


def test_owner_saves_the_calendar_on_the_page(market, browser_of):
    browser = owner(market, browser_of)
    page = browser.get(calendar_url(market)).text
    assert 'value="08:00–20:00"' in page
    form = WEEK | {"version": "0", "day_0": "2026-11-24", "hours_0": "", "note_0": "年检", "observes_holidays": "true"}
    assert browser.post(calendar_url(market), data=form).status_code == 303
    page = browser.get(calendar_url(market)).text
    assert 'value="08:00–12:00, 13:00–20:00"' in page
    assert 'value="年检"' in page
    (one,) = calendar_of(market.session, market.listing).exceptions
    assert (one.day, one.hours) == (date(2026, 11, 24), [])


def test_two_tabs_the_second_is_told_and_keeps_what_it_typed(market, browser_of):
    browser = owner(market, browser_of)
    assert browser.post(calendar_url(market), data=WEEK | {"version": "0"}).status_code == 303
    mine = WEEK | {"version": "0", "mon": "09:00-10:00", "day_0": "2026-11-24", "note_0": "我的例外"}
    answer = browser.post(calendar_url(market), data=mine)
    assert answer.status_code == 409
    assert 'value="09:00-10:00"' in answer.text
    assert 'value="我的例外"' in answer.text
    assert "08:00–12:00, 13:00–20:00" in answer.text
    assert 'name="version" value="1"' in answer.text
    assert browser.post(calendar_url(market), data=mine | {"version": "1"}).status_code == 303
    assert calendar_of(market.session, market.listing).weekly["mon"] == [["09:00", "10:00"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tue": "上午"}, "f-tue"),
        ({"day_3": "2026-13-01"}, "f-day_3"),
        ({"day_3": "2026-11-24", "hours_3": "夜里"}, "f-hours_3"),
        ({"hours_3": "08:00-09:00"}, "f-day_3"),
    ],
)
def test_unfit_hours_are_marked_and_kept(market, browser_of, change, field):
    answer = owner(market, browser_of).post(
        calendar_url(market), data=WEEK | {"version": "0", "note_3": "留着"} | change
    )
    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text
    assert "留着" in answer.text


def test_calendar_by_api(market, browser_of):
    browser, url = owner(market, browser_of), f"/api/v1/listings/{market.listing.public_id}/calendar"
    read = browser.get(url).json
    assert read["version"] == 0
    body = {"version": 0, "weekly": {"mon": [["08:00", "24:00"]]}, "exceptions": [{"day": "2026-12-24", "hours": []}]}
    saved = browser.put(url, json=body)
    assert (saved.status_code, saved.json["version"]) == (200, 1)
    assert saved.json["weekly"]["tue"] == []
    refused = browser.put(url, json=body)
    assert (refused.status_code, refused.json["code"], refused.json["version"]) == (409, "calendar_changed", 1)
    assert engineer(market, browser_of).get(url).status_code == 404
