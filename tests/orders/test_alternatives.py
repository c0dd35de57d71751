"""Whoever comes too late is shown other times and other machines."""

from datetime import datetime

import pytest
from sqlalchemy.dialects.postgresql import Range

from marketplace.listings.commands import ListingTerms
from marketplace.listings.rules import TimeRules
from marketplace.orders.alternatives import AlternativeKind, instead_of, similar_listings
from tests.application import NOW
from tests.factories import create_enterprise
from tests.listings.factories import create_line, create_published_listing, rent
from tests.orders.test_orders import HOUR, Market

TAKEN = {"start": "2026-11-23T10:00:00+08:00", "end": "2026-11-23T13:00:00+08:00"}
WANTED = Range(NOW + 2 * HOUR, NOW + 5 * HOUR)


@pytest.fixture
def market(session):
    return Market(session)


def engineer(market, browser_of):
    return browser_of(market.session, market.engineer_user, park_id=market.park.id, enterprise_id=market.demander.id)


def similar(market, hour="120", supplier=None, **more):
    firm = supplier or create_enterprise(market.session, market.park)
    return create_published_listing(market.session, market.park, firm, plan=rent(hour), **more)


def found(market, during=WANTED, quantity=1, listing=None):
    of = listing or market.listing
    return instead_of(market.session, of, during, quantity=quantity, actor=market.engineer, now=NOW)


def test_the_api_names_busy_ranges_with_zone_and_three_alternatives(market, browser_of):
    market.place()
    other = similar(market)
    answer = engineer(market, browser_of).post("/api/v1/orders/", json={"listing": market.listing.public_id, **TAKEN})
    assert answer.status_code == 409
    (busy,) = answer.json["busy"]
    assert datetime.fromisoformat(busy["start"]) == NOW + 2 * HOUR
    assert "T" in busy["start"]
    kinds = [one["kind"] for one in answer.json["alternatives"]]
    assert kinds == ["other_time"] * 3 + ["similar"]
    assert answer.json["alternatives"][-1]["listing"] == other.public_id
    assert answer.json["alternatives"][-1]["total"] == {"amount": 360_00, "currency": "CNY"}


def test_each_other_time_can_really_be_booked(market):
    market.place(start=1, hours=11)
    for one in found(market):
        lower, upper = one.during.lower, one.during.upper
        assert upper - lower == 3 * HOUR
        assert market.place(start=(lower - NOW) / HOUR, hours=3)


def test_other_times_wait_for_the_turnaround_and_for_all_units_wanted(session):
    market = Market(session, units=2)
    market.listing.turnaround_minutes = 60
    market.place(start=2, hours=3)
    assert all(one.during.lower >= NOW + 6 * HOUR for one in found(market, quantity=2))
    assert found(market, quantity=3) == []


def test_the_suppliers_own_machine_comes_before_other_firms(market):
    similar(market, "1")
    mine = similar(market, "500", supplier=market.supplier)
    others = [one for one in found(market) if one.kind is not AlternativeKind.OTHER_TIME]
    assert others[0].kind is AlternativeKind.OTHER_UNIT
    assert others[0].listing is mine


def test_similar_machines_come_cheapest_first_of_the_same_type_first(market):
    dear, cheap = similar(market, "200"), similar(market, "90")
    family = create_published_listing(
        market.session,
        market.park,
        create_enterprise(market.session, market.park),
        type_code="cnc_lathe",
        attributes={},
    )
    listings = [
        one.listing
        for one in similar_listings().similar(market.session, market.listing, WANTED, actor=market.engineer, now=NOW)
    ]
    assert listings[:2] == [cheap, dear]
    assert family in listings[2:]


def test_busy_short_noticed_and_own_machines_are_not_similar(market):
    busy, own = similar(market), similar(market, supplier=market.demander)
    late = similar(market, terms=ListingTerms(time=TimeRules(notice_minutes=24 * 60)))
    first, market.listing = market.listing, busy
    market.place()
    market.listing = first
    shown = {one.listing.id for one in found(market)}
    assert not shown & {busy.id, own.id, late.id}


def test_a_line_offers_times_when_all_its_machines_are_free(market):
    line = create_line(market.session, market.park, market.supplier, market.listing)
    market.place(start=2, hours=3)
    times = [one.during for one in found(market, listing=line) if one.kind is AlternativeKind.OTHER_TIME]
    assert len(times) == 3
    assert not any(one.overlaps(WANTED) for one in times)


def test_the_page_offers_other_machines_too(market, browser_of):
    market.place(start=2, hours=3)
    other = similar(market, title="立式加工中心 VMC850-备用")
    window = {"start": "2026-11-23T10:00", "end": "2026-11-23T13:00"}
    page = engineer(market, browser_of).post(f"/listings/{market.listing.public_id}/book", data=window)
    assert page.status_code == 409
    assert f"/listings/{other.public_id}?start=2026-11-23T10:00" in page.text.replace("%3A", ":")


def test_an_endless_or_empty_window_has_no_alternatives(market):
    assert found(market, during=Range(NOW, NOW)) == []
