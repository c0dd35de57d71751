"""A firm's calendar programs read its bookings at an address that can be revoked; never another firm's."""

import pytest
from icalendar import Calendar
from sqlalchemy import select

from marketplace.accounts.models import FirmMember, MemberStatus
from marketplace.bookings.models import CalendarFeed
from tests.listings.factories import create_published_listing
from tests.orders.test_orders import Market, booking_of
from tests.orders.test_pages import engineer, owner

ADDRESSES = "/machines/calendar-addresses"


@pytest.fixture
def market(session):
    return Market(session)


def address_on(page):
    return "/calendar/" + page.split("/calendar/")[1].split(".ics")[0] + ".ics"


def events_of(answer):
    assert answer.status_code == 200
    return Calendar.from_ical(answer.data).walk("VEVENT")


def test_a_new_address_is_shown_once_and_read_without_a_sign_in(market, browser_of, app):
    order = market.place()
    browser = owner(market, browser_of)
    made = browser.post(ADDRESSES, data={"machine": ""})
    assert made.status_code == 201
    address = address_on(made.text)
    assert "/calendar/" not in browser.get(ADDRESSES).text.replace("/machines/calendar-addresses", "")
    answer = app.test_client().get(address)
    assert answer.content_type.startswith("text/calendar")
    (event,) = events_of(answer)
    during = booking_of(market.session, order).during
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (during.lower, during.upper)
    assert market.demander.name_zh in str(event["summary"])
    kept = market.session.scalars(select(CalendarFeed)).one()
    assert kept.token_hash not in address


def test_a_cancelled_booking_stays_as_cancelled(market, browser_of, app):
    order = market.place()
    browser = owner(market, browser_of)
    address = address_on(browser.post(ADDRESSES).text)
    client = app.test_client()
    before = client.get(address)
    browser.post(f"/orders/{order.public_id}/cancel", data={"reason": "主轴坏了"})
    after = client.get(address)
    (old,), (new,) = events_of(before), events_of(after)
    assert (str(old["uid"]), int(old["sequence"]) < int(new["sequence"])) == (str(new["uid"]), True)
    assert str(new["status"]) == "CANCELLED"
    assert before.headers["ETag"] != after.headers["ETag"]


def test_what_has_not_changed_is_not_sent_again(market, browser_of, app):
    market.place()
    address = address_on(owner(market, browser_of).post(ADDRESSES).text)
    client = app.test_client()
    tag = client.get(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_a_machine_s_address_holds_that_machine_alone(market, browser_of, app):
    market.place()
    wanted = market.listing
    market.listing = create_published_listing(market.session, market.park, market.supplier, title="另一台磨床")
    market.place()
    made = owner(market, browser_of).post(ADDRESSES, data={"machine": wanted.public_id})
    assert len(events_of(app.test_client().get(address_on(made.text)))) == 1
    both = owner(market, browser_of).post(ADDRESSES)
    assert len(events_of(app.test_client().get(address_on(both.text)))) == 2


def test_nobody_elses_bookings_are_in_it(market, browser_of, app):
    market.place()
    other = engineer(market, browser_of)
    made = other.post(ADDRESSES)
    assert events_of(app.test_client().get(address_on(made.text))) == []
    foreign = other.post(ADDRESSES, data={"machine": market.listing.public_id})
    assert foreign.status_code == 404


def test_a_revoked_address_is_not_found(market, browser_of, app):
    browser = owner(market, browser_of)
    address = address_on(browser.post(ADDRESSES).text)
    feed = market.session.scalars(select(CalendarFeed)).one()
    assert engineer(market, browser_of).post(f"{ADDRESSES}/{feed.public_id}/revoke").status_code == 404
    for _ in range(2):
        assert browser.post(f"{ADDRESSES}/{feed.public_id}/revoke").status_code == 303
    assert app.test_client().get(address).status_code == 404
    assert app.test_client().get("/calendar/guess.ics").status_code == 404


def test_the_address_of_somebody_who_left_the_firm_ends(market, browser_of, app):
    address = address_on(owner(market, browser_of).post(ADDRESSES).text)
    member = market.session.scalars(select(FirmMember).where(FirmMember.user_id == market.owner_user.id)).one()
    member.status = MemberStatus.REMOVED
    market.session.commit()
    assert app.test_client().get(address).status_code == 404


def test_addresses_by_api(market, browser_of, app):
    market.place()
    browser = owner(market, browser_of)
    made = browser.post("/api/v1/calendar-feeds", json={"listing": market.listing.public_id})
    assert made.status_code == 201
    assert len(events_of(app.test_client().get(address_on(made.json["url"])))) == 1
    (listed,) = browser.get("/api/v1/calendar-feeds").json
    assert (listed["id"], "url" in listed) == (made.json["id"], False)
    assert browser.delete(f"/api/v1/calendar-feeds/{made.json['id']}").status_code == 204
    assert browser.get("/api/v1/calendar-feeds").json == []
    assert browser.post("/api/v1/calendar-feeds", json={"listing": "nothing"}).status_code == 404
