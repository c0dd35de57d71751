"""The park's figures: hours open and booked, utilisation by type and week, idle machines, files, isolation."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.models import Booking, BookingStatus, Occupancy, OccupancyKind, OccupancyStatus
from marketplace.bookings.opening import DEFAULT_WEEKLY
from marketplace.kernel.actor import OfficeRole
from marketplace.listings.queries import units_of
from tests.application import NOW
from tests.factories import create_enterprise, create_member, create_officer, create_park
from tests.listings.factories import create_published_listing

OPEN_HOURS = 12.0 * len([day for day in DEFAULT_WEEKLY.values() if day])
LAST_MONDAY = NOW - timedelta(days=7)


@pytest.fixture
def park(session):
    return create_park(session)


@pytest.fixture
def office(session, browser_of, park):
    return browser_of(session, create_officer(session, park, OfficeRole.AUDITOR), park_id=park.id)


def published(session, park, firm, **more):
    listing = create_published_listing(session, park, firm, **more)
    listing.published_at = NOW - timedelta(days=100)
    session.flush()
    return listing


def book(session, park, listing, *, start, hours, demander):
    during = Range(start, start + timedelta(hours=hours))
    booking = Booking(
        listing_id=listing.id,
        park_id=park.id,
        supplier_id=listing.enterprise_id,
        demander_id=demander.id,
        during=during,
        quantity=1,
        status=BookingStatus.CONFIRMED,
        created_at=NOW,
    )
    session.add(booking)
    session.flush()
    session.add(
        Occupancy(
            unit_id=units_of(session, listing.id)[0].id,
            during=during,
            occupied=during,
            kind=OccupancyKind.BOOKING,
            status=OccupancyStatus.CONFIRMED,
            booking_id=booking.id,
        )
    )
    session.flush()


def test_utilisation_is_booked_over_open_hours_of_whole_weeks(session, park, office):
    firm, other = create_enterprise(session, park), create_enterprise(session, park)
    listing = published(session, park, firm)
    book(session, park, listing, start=LAST_MONDAY, hours=9, demander=other)
    book(session, park, listing, start=NOW, hours=5, demander=other)
    session.commit()
    body = office.get("/api/v1/office/figures?weeks=4").json
    assert body["weeks"][-1] == {
        "monday": "2026-11-16",
        "open_hours": OPEN_HOURS,
        "booked_hours": 9.0,
        "utilisation": pytest.approx(9 / OPEN_HOURS),
        "orders": 0,
        "order_amount": {"amount": 0, "currency": "CNY"},
        "effective_hours": 0,
        "served_hours": 0,
        "sharing": None,
        "money": {"held": {"amount": 0, "currency": "CNY"}, "released": {"amount": 0, "currency": "CNY"}},
    }
    assert body["utilisation"] == pytest.approx(9 / OPEN_HOURS / 4)


def test_a_booking_over_two_weeks_counts_in_each(session, park, office):
    firm, other = create_enterprise(session, park), create_enterprise(session, park)
    listing = published(session, park, firm)
    sunday = LAST_MONDAY.replace(hour=0) - timedelta(hours=2)
    book(session, park, listing, start=sunday, hours=5, demander=other)
    session.commit()
    weeks = office.get("/api/v1/office/figures?weeks=4").json["weeks"]
    assert [week["booked_hours"] for week in weeks] == [0, 0, 2.0, 3.0]


def test_machines_that_stayed_empty_are_found(session, park, office):
    firm, other = create_enterprise(session, park), create_enterprise(session, park)
    busy, idle = published(session, park, firm, title="忙的"), published(session, park, firm, title="闲的")
    book(session, park, busy, start=LAST_MONDAY, hours=4, demander=other)
    create_published_listing(session, park, firm, title="新的")
    session.commit()
    assert [one["id"] for one in office.get("/api/v1/office/figures").json["idle"]] == [idle.public_id]
    page = office.get("/office/figures").text
    assert "一直空着的设备：1 项" in page


def test_figures_of_another_park_are_not_counted(session, park, office):
    other = create_park(session)
    published(session, other, create_enterprise(session, other))
    session.commit()
    body = office.get("/api/v1/office/figures").json
    assert body["utilisation"] is None
    assert body["idle"] == []


def test_each_table_comes_as_a_file_that_cannot_act_as_a_formula(session, park, office):
    published(session, park, create_enterprise(session, park), title="=HYPERLINK(1)")
    session.commit()
    assert "'=HYPERLINK(1)" in office.get("/office/figures/idle.csv").text
    book = load_workbook(io.BytesIO(office.get("/office/figures/machines.xlsx").data))
    assert book.active["A2"].value == "'=HYPERLINK(1)"
    for name in ("utilisation", "weeks"):
        assert office.get(f"/office/figures/{name}.xlsx").status_code == 200


def test_a_family_opens_into_its_types(session, park, office):
    published(session, park, create_enterprise(session, park))
    session.commit()
    family = office.get("/api/v1/office/figures").json["families"][0]["code"]
    assert "回到各大类" in office.get(f"/office/figures?family={family}").text
    assert office.get("/office/figures?family=nonsense").status_code == 200


def test_a_firm_sees_no_figures_of_the_park(session, park, browser_of):
    firm = create_enterprise(session, park)
    member = browser_of(session, create_member(session, firm), park_id=park.id, enterprise_id=firm.id)
    for path in ("/office/figures", "/office/figures/idle.csv", "/api/v1/office/figures"):
        assert member.get(path).status_code == 403


@pytest.mark.parametrize("count", [2, 20])
def test_figures_take_as_many_statements_for_many_as_for_few(session, park, office, statements, count):
    other = create_enterprise(session, park)
    for _ in range(count):
        listing = published(session, park, create_enterprise(session, park))
        book(session, park, listing, start=LAST_MONDAY, hours=4, demander=other)
    session.commit()
    with statements() as seen:
        office.get("/office/figures")
    assert len(seen) <= 22
