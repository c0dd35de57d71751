"""Public holidays come from the published calendar; a year not published yet is provisional; the office mends."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.handlers import fill_all_holidays
from marketplace.bookings.holidays import SetHoliday, days_of, fill_holidays, holidays_of, remove_holiday, set_holiday
from marketplace.bookings.queries import free_ranges
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Forbidden, Invalid, NotFound
from marketplace.kernel.events import EventRow
from tests.application import NOW
from tests.factories import create_officer, create_park, office_actor
from tests.orders.test_orders import CLOCK, HOUR, Market
from tests.orders.test_pages import engineer

PUBLISHED, UNPUBLISHED = 2026, 2090


@pytest.fixture
def park(session):
    return create_park(session)


def admin_of(session, park):
    return office_actor(create_officer(session, park), park)


def test_a_published_year_has_its_holidays_and_shifted_workdays():
    days = {one.day: one for one in days_of(PUBLISHED)}
    assert days[date(2026, 10, 1)].is_workday is False
    assert days[date(2026, 10, 10)].is_workday is True
    assert not any(one.is_provisional for one in days.values())


def test_a_year_without_its_notice_is_provisional():
    days = days_of(UNPUBLISHED)
    assert [(one.day.month, one.day.day) for one in days] == [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]
    assert all(one.is_provisional and not one.is_workday for one in days)


def test_filling_again_changes_nothing_and_keeps_what_the_office_took_out(session, park):
    assert fill_holidays(session, park, clock=CLOCK)
    remove_holiday(session, date(2026, 10, 10), actor=admin_of(session, park), clock=CLOCK)
    assert not fill_holidays(session, park, clock=CLOCK)
    assert date(2026, 10, 10) not in {one.day for one in holidays_of(session, park.id, PUBLISHED)}


def test_the_published_year_replaces_the_provisional_one_but_not_the_office_s_days(session, park, monkeypatch):
    monkeypatch.setattr("marketplace.bookings.holidays.published_holidays", {})
    fill_holidays(session, park, clock=CLOCK)
    kept = SetHoliday(day=date(2026, 10, 2), is_workday=True, name_zh="抢工")
    set_holiday(session, kept, actor=admin_of(session, park), clock=CLOCK)
    monkeypatch.undo()
    assert fill_holidays(session, park, clock=CLOCK)
    session.expire_all()
    days = {one.day: one for one in holidays_of(session, park.id, PUBLISHED)}
    assert days[date(2026, 10, 2)].name_zh == "抢工"
    assert not any(one.is_provisional for one in days.values())
    assert date(2026, 10, 10) in days


def test_the_nightly_job_fills_every_park(session, park):
    other = create_park(session)
    fill_all_holidays(session, clock=fixed_clock(NOW))
    for one in (park, other):
        assert len(holidays_of(session, one.id, PUBLISHED)) > 20


def test_a_holiday_of_the_office_closes_the_machines_of_its_park(session, run_jobs):
    market = Market(session)
    command = SetHoliday(day=NOW.date(), is_workday=False, name_zh="园庆")
    set_holiday(session, command, actor=admin_of(session, market.park), clock=CLOCK)
    session.commit()
    run_jobs()
    assert free_ranges(session, market.listing, Range(NOW, NOW + 12 * HOUR)) == []
    with pytest.raises(Invalid):
        market.place()


def test_only_the_office_s_admin_writes_holidays(session):
    market = Market(session)
    command = SetHoliday(day=NOW.date(), is_workday=False, name_zh="园庆")
    with pytest.raises(Forbidden):
        set_holiday(session, command, actor=market.owner, clock=CLOCK)
    with pytest.raises(NotFound):
        remove_holiday(session, NOW.date(), actor=admin_of(session, market.park), clock=CLOCK)


def test_office_edits_holidays_on_a_page(session, park, browser_of):
    fill_holidays(session, park, clock=CLOCK)
    browser = browser_of(session, create_officer(session, park), park_id=park.id)
    assert "国庆节" in browser.get("/office/holidays?year=2026").text
    form = {"day": "2026-12-24", "kind": "holiday", "name_zh": "园庆日"}
    assert browser.post("/office/holidays", data=form).status_code == 303
    assert "园庆日" in browser.get("/office/holidays?year=2026").text
    assert browser.post("/office/holidays/2026-12-24/remove").status_code == 303
    assert "园庆日" not in browser.get("/office/holidays?year=2026").text
    wrong = browser.post("/office/holidays", data=form | {"day": "", "name_zh": "留着"})
    assert wrong.status_code == 422
    assert 'value="留着"' in wrong.text
    assert browser.post("/office/holidays", data=form | {"day": "0001-01-01"}).status_code == 422


def test_holidays_by_api(session, browser_of):
    market = Market(session)
    office = browser_of(session, create_officer(session, market.park), park_id=market.park.id)
    body = {"name_zh": "园庆日", "is_workday": False}
    assert office.put("/api/v1/holidays/2026-12-24", json=body).status_code == 200
    reader = engineer(market, browser_of)
    assert [one["day"] for one in reader.get("/api/v1/holidays?year=2026").json] == ["2026-12-24"]
    assert reader.put("/api/v1/holidays/2026-12-25", json=body).status_code == 403
    assert office.delete("/api/v1/holidays/2026-12-24").status_code == 204
    assert office.delete("/api/v1/holidays/2026-12-24").status_code == 404
    assert office.put("/api/v1/holidays/someday", json=body).status_code == 404


def test_who_waits_for_a_machine_hears_of_a_holiday_taken_back(session, run_jobs):
    market = Market(session)
    officer = admin_of(session, market.park)
    set_holiday(session, SetHoliday(day=NOW.date(), is_workday=False, name_zh="园庆"), actor=officer, clock=CLOCK)
    session.commit()
    run_jobs()
    remove_holiday(session, NOW.date(), actor=officer, clock=CLOCK)
    session.commit()
    run_jobs()
    told = session.scalars(select(EventRow.body).where(EventRow.kind == "FreeTimeChanged")).all()
    assert [body["listing_ids"] for body in told] == [[market.listing.id]] * 2
