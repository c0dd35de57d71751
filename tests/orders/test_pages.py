"""Booking through the pages."""

import re

import pytest
from sqlalchemy import select

from marketplace.listings.models import Approval
from marketplace.orders.models import Order
from tests.orders.test_orders import Market

WINDOW = {"start": "2026-11-23T10:00", "end": "2026-11-23T13:00"}


@pytest.fixture
def market(session):
    return Market(session)


def engineer(market, browser_of):
    return browser_of(market.session, market.engineer_user, park_id=market.park.id, enterprise_id=market.demander.id)


def owner(market, browser_of):
    return browser_of(market.session, market.owner_user, park_id=market.park.id, enterprise_id=market.supplier.id)


def test_panel_shows_the_price_of_this_job(market, browser_of):
    page = engineer(market, browser_of).get(f"/listings/{market.listing.public_id}/panel", query_string=WINDOW)
    assert page.status_code == 200
    assert "360.00" in page.text


def test_booking_leads_to_the_order(market, browser_of):
    browser = engineer(market, browser_of)
    answer = browser.post(f"/listings/{market.listing.public_id}/book", data=WINDOW | {"accepted_total": "36000"})
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"]).text
    assert "已约定" in page
    assert "360.00" in page
    assert "10:00–13:00" in page


def test_double_submit_makes_one_order(market, browser_of):
    browser, form = engineer(market, browser_of), WINDOW | {"idempotency_key": "k1"}
    first = browser.post(f"/listings/{market.listing.public_id}/book", data=form)
    again = browser.post(f"/listings/{market.listing.public_id}/book", data=form)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(market.session.scalars(select(Order)).all()) == 1


def test_taken_time_offers_three_others_and_keeps_the_form(market, browser_of):
    market.place(start=2, hours=3)
    answer = engineer(market, browser_of).post(
        f"/listings/{market.listing.public_id}/book", data=WINDOW | {"note": "钛合金"}
    )
    assert answer.status_code == 409
    assert "钛合金" in answer.text
    assert len(re.findall(r'hx-target="#booking-panel" hx-swap="outerHTML">\d\d月', answer.text)) >= 3


def test_owner_agrees_by_one_button(session, browser_of):
    market = Market(session, approval=Approval.BY_OWNER)
    order = market.place()
    browser = owner(market, browser_of)
    assert "等您答复" in browser.get("/orders").text
    assert browser.post(f"/orders/{order.public_id}/approve").status_code == 303
    assert "已约定" in browser.get(f"/orders/{order.public_id}").text


def test_cancelling_shows_what_it_costs(market, browser_of):
    order = market.place()
    browser = engineer(market, browser_of)
    assert "您应付 ¥108.00" in browser.get(f"/orders/{order.public_id}").text
    assert browser.post(f"/orders/{order.public_id}/cancel", data={"reason": "图纸改了"}).status_code == 303
    assert "图纸改了" in browser.get(f"/orders/{order.public_id}").text


def test_list_of_orders_takes_a_fixed_number_of_statements(market, browser_of, statements):
    market.place(start=2, hours=1)
    browser = engineer(market, browser_of)
    with statements() as few:
        browser.get("/orders")
    for start in (4, 6, 8, 10):
        market.place(start=start, hours=1)
    with statements() as many:
        browser.get("/orders")
    assert len(many) == len(few)


def test_the_finance_clerk_reads_an_order_without_acting(session, browser_of):
    from marketplace.kernel.actor import FirmRole
    from tests.factories import create_member

    market = Market(session, approval=Approval.BY_OWNER)
    order = market.place()
    clerk = create_member(session, market.supplier, role=FirmRole.FINANCE)
    browser = browser_of(session, clerk, park_id=market.park.id, enterprise_id=market.supplier.id)
    page = browser.get(f"/orders/{order.public_id}")
    assert page.status_code == 200
    assert "/approve" not in page.text
    assert "/cancel" not in page.text


def test_supplier_owes_a_reason_on_the_page_too(market, browser_of):
    order = market.place()
    browser = owner(market, browser_of)
    answer = browser.post(f"/orders/{order.public_id}/cancel", data={"reason": ""})
    assert answer.status_code == 422
    assert browser.post(f"/orders/{order.public_id}/cancel", data={"reason": "主轴坏了"}).status_code == 303


def test_an_order_goes_into_ones_own_calendar(market, browser_of):
    from icalendar import Calendar

    from tests.orders.test_orders import booking_of

    order = market.place()
    during = booking_of(market.session, order).during
    answer = engineer(market, browser_of).get(f"/orders/{order.public_id}/calendar.ics")
    assert answer.content_type.startswith("text/calendar")
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (during.lower, during.upper)
    assert str(event["status"]) == "CONFIRMED"
    owner(market, browser_of).post(f"/orders/{order.public_id}/cancel", data={"reason": "主轴坏了"})
    again = engineer(market, browser_of).get(f"/orders/{order.public_id}/calendar.ics")
    assert b"STATUS:CANCELLED" in again.data


def test_a_stranger_finds_no_order(market, browser_of):
    from tests.factories import create_enterprise, create_member

    order = market.place()
    firm = create_enterprise(market.session, market.park)
    stranger = browser_of(
        market.session, create_member(market.session, firm), park_id=market.park.id, enterprise_id=firm.id
    )
    assert stranger.get(f"/orders/{order.public_id}").status_code == 404
    assert stranger.post(f"/orders/{order.public_id}/cancel").status_code == 404


def test_end_follows_a_start_that_moved_beyond_it(market, browser_of):
    later = {"start": "2026-11-26T14:00", "end": "2026-11-26T12:00", "length": "180"}
    page = engineer(market, browser_of).get(f"/listings/{market.listing.public_id}/panel", query_string=later)
    assert 'value="2026-11-26T17:00"' in page.text


def test_end_before_the_start_is_told_where_no_length_is_known(market, browser_of):
    wrong = {"start": "2026-11-26T14:00", "end": "2026-11-26T12:00", "length": "9" * 99}
    page = engineer(market, browser_of).get(f"/listings/{market.listing.public_id}/panel", query_string=wrong)
    assert page.status_code == 200
    assert "结束时间要晚于开始时间" in page.text
