"""The timeline of a firm's machines, and time its owner keeps from booking."""

import pytest

from marketplace.bookings.models import BookingStatus, OccupancyKind
from marketplace.orders.models import OrderStatus, Side
from tests.application import NOW
from tests.factories import create_enterprise, create_member
from tests.listings.factories import create_published_listing
from tests.orders.test_orders import Market, booking_of
from tests.orders.test_pages import engineer, owner

WINDOW = {"start": "2026-11-23T10:00", "end": "2026-11-23T16:00"}
API_WINDOW = {"start": "2026-11-23T10:00:00+08:00", "end": "2026-11-23T16:00:00+08:00"}


@pytest.fixture
def market(session):
    return Market(session)


def block_url(market):
    return f"/machines/{market.listing.public_id}/block"


def test_timeline_shows_bookings_and_leads_to_their_order(market, browser_of):
    order = market.place()
    booking = booking_of(market.session, order)
    browser = owner(market, browser_of)
    page = browser.get("/machines/timeline").text
    assert market.demander.name_zh in page
    assert "按清单看" in page
    link = f"/orders/of-booking/{booking.public_id}"
    assert link in page
    assert browser.get(link).headers["Location"] == f"/orders/{order.public_id}"


@pytest.mark.parametrize("scale", ["day", "week", "month", "century"])
@pytest.mark.parametrize("day", ["2026-11-23", "0001-01-01", "9999-12-31", "soon"])
def test_any_scale_and_day_of_the_address_shows_a_page(market, browser_of, scale, day):
    page = owner(market, browser_of).get("/machines/timeline", query_string={"scale": scale, "from": day})
    assert page.status_code == 200


def test_nobody_elses_bookings_are_on_the_timeline(market, browser_of):
    market.place()
    firm = create_enterprise(market.session, market.park)
    user = create_member(market.session, firm)
    stranger = browser_of(market.session, user, park_id=market.park.id, enterprise_id=firm.id)
    page = stranger.get("/machines/timeline").text
    assert market.demander.name_zh not in page
    assert "还没有设备" in page


def test_timeline_needs_as_many_statements_for_many_machines(market, browser_of, statements):
    market.place()
    browser = owner(market, browser_of)
    browser.get("/machines/timeline")
    with statements() as few:
        browser.get("/machines/timeline")
    for _ in range(8):
        market.listing = create_published_listing(market.session, market.park, market.supplier, units=2)
        market.place()
    market.session.commit()
    with statements() as many:
        browser.get("/machines/timeline")
    assert len(many) == len(few)


def test_owner_blocks_time_and_opens_it_again(market, browser_of):
    browser = owner(market, browser_of)
    form = WINDOW | {"kind": "maintenance", "note": "换主轴"}
    assert browser.post(block_url(market), data=form).status_code == 303
    page = browser.get(block_url(market)).text
    assert "换主轴" in page
    assert "检修" in browser.get("/machines/timeline").text
    blackout = page.split("/blackouts/")[1].split("/")[0]
    assert browser.post(f"/blackouts/{blackout}/lift").status_code == 303
    assert "换主轴" not in browser.get(block_url(market)).text
    assert market.place()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"end": "2026-11-23T09:00"}, "结束时间要晚于开始时间"),
        ({"start": "2026-11-20T10:00", "end": "2026-11-20T12:00"}, "结束时间已经过去"),
        ({"end": "2029-01-01T00:00"}, "400"),
        ({"kind": "booking"}, "aria-invalid"),
    ],
)
def test_unfit_blackout_says_what_to_mend(market, browser_of, change, word):
    answer = owner(market, browser_of).post(
        block_url(market), data=WINDOW | {"kind": "maintenance", "note": "留着"} | change
    )
    assert answer.status_code == 422
    assert "留着" in answer.text
    assert word in answer.text


def test_breakdown_asks_before_it_cancels_free_of_charge(market, browser_of, run_jobs):
    order = market.place()
    browser = owner(market, browser_of)
    form = WINDOW | {"kind": "breakdown", "note": "主轴抱死"}
    asked = browser.post(block_url(market), data=form)
    assert asked.status_code == 409
    assert "取消这段时间里的 1 份预订" in asked.text
    assert browser.post(block_url(market), data=form | {"cancel_bookings": "true"}).status_code == 303
    run_jobs()
    market.session.refresh(order)
    assert (order.status, order.ended_by, order.cancellation_amount) == (OrderStatus.CANCELLED, Side.SUPPLIER, 0)
    assert order.reason == "主轴抱死"
    assert "主轴抱死" in engineer(market, browser_of).get("/notices").text


def test_maintenance_never_cancels_bookings(market, browser_of):
    order = market.place()
    body = API_WINDOW | {"kind": "maintenance", "cancel_bookings": True}
    answer = owner(market, browser_of).post(f"/api/v1/listings/{market.listing.public_id}/blackouts", json=body)
    assert answer.status_code == 409
    assert answer.json["code"] == "bookings_in_the_way"
    assert answer.json["count"] == 1
    assert "T" in answer.json["busy"][0]["start"]
    assert booking_of(market.session, order).status is BookingStatus.CONFIRMED


def test_blackouts_by_api(market, browser_of):
    browser, url = owner(market, browser_of), f"/api/v1/listings/{market.listing.public_id}/blackouts"
    made = browser.post(url, json=API_WINDOW | {"kind": OccupancyKind.OWN_PRODUCTION.value})
    assert made.status_code == 201
    assert browser.post(url, json=API_WINDOW).json["code"] == "already_blocked"
    assert [one["id"] for one in browser.get(url).json] == [made.json["id"]]
    for _ in range(2):
        assert browser.delete(f"/api/v1/blackouts/{made.json['id']}").status_code == 200
    assert browser.get(url).json == []
    assert engineer(market, browser_of).get(url).status_code == 404


@pytest.mark.parametrize(
    ("question", "minutes", "fits"),
    [("exact", 0, False), ("run", 180, True), ("run", 400, False), ("total", 540, True), ("total", 600, False)],
)
def test_free_answers_the_three_questions(market, browser_of, question, minutes, fits):
    market.listing.turnaround_minutes = 0
    market.place(start=3, hours=3)
    window = {"start": NOW.isoformat(), "end": NOW.replace(hour=20).isoformat()}
    answer = engineer(market, browser_of).get(
        f"/api/v1/listings/{market.listing.public_id}/free",
        query_string=window | {"question": question, "minutes": minutes},
    )
    assert answer.status_code == 200
    assert answer.json["fits"] is fits
    assert len(answer.json["windows"]) == 2


def test_free_needs_as_many_units_as_asked(session, browser_of):
    market = Market(session, units=2)
    market.place(start=3, hours=3)
    window = {"start": "2026-11-23T11:00:00+08:00", "end": "2026-11-23T12:00:00+08:00"}
    url = f"/api/v1/listings/{market.listing.public_id}/free"
    browser = engineer(market, browser_of)
    assert browser.get(url, query_string=window).json["fits"] is True
    assert browser.get(url, query_string=window | {"units": 2}).json["fits"] is False


def test_bookings_of_my_machines_by_api(market, browser_of):
    market.place()
    window = {"start": "2026-11-23T00:00:00+08:00", "end": "2026-11-24T00:00:00+08:00"}
    (one,) = owner(market, browser_of).get("/api/v1/bookings", query_string=window).json
    assert one["demander"] == market.demander.name_zh
    assert one["listing"] == market.listing.public_id
    assert engineer(market, browser_of).get("/api/v1/bookings", query_string=window).json == []
    endless = window | {"end": "2036-11-24T00:00:00+08:00"}
    assert owner(market, browser_of).get("/api/v1/bookings", query_string=endless).status_code == 422
