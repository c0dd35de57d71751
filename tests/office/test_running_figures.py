"""What machines really ran, for whom, and the money held meanwhile: exact hours and fen by week, firm and file."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.blackouts import BlackOut, black_out
from marketplace.bookings.models import OccupancyKind
from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.clock import fixed_clock
from marketplace.listings.models import ListingStatus
from marketplace.listings.queries import units_of
from marketplace.orders.fulfilments.models import RecordKind
from marketplace.orders.fulfilments.operations.handing_over import WriteRecord, sign_record, write_record
from marketplace.orders.models import Order
from tests.application import NOW
from tests.factories import create_officer
from tests.listings.factories import create_published_listing
from tests.orders.test_fulfilment import CHECKS, SERVICE
from tests.orders.test_orders import Market
from tests.settlement.trade import DEPOSIT, FEE, START, TOTAL, Trade

HOUR = timedelta(hours=1)
WEEK = 24 * 7
TWO_WEEKS_AGO = NOW - 2 * WEEK * HOUR


def past(hours):
    return fixed_clock(TWO_WEEKS_AGO + hours * HOUR)


class Shop(Market):
    """A market two weeks ago; hours are counted from its Monday, eight o'clock."""

    def order(self, start, hours):
        return self.place(start - 2 * WEEK, hours, clock=past(start - 1))

    def change_hands(self, order: Order, kind, hour, **more):
        command = WriteRecord(order=order.public_id, kind=kind, checklist=CHECKS, **more)
        written = write_record(self.session, command, actor=self.owner, clock=past(hour))
        return sign_record(self.session, written.public_id, actor=self.engineer, clock=past(hour))

    def use(self, start, hours, *, came, went, readings=(None, None)):
        order = self.order(start, hours)
        self.change_hands(order, RecordKind.HANDOVER, came, reading=readings[0])
        self.change_hands(order, RecordKind.RETURN, went, reading=readings[1])

    def keep(self, start, hours, kind=OccupancyKind.OWN_PRODUCTION):
        during = Range(TWO_WEEKS_AGO + start * HOUR, TWO_WEEKS_AGO + (start + hours) * HOUR)
        command = BlackOut(listing=self.listing.public_id, during=during, kind=kind)
        black_out(self.session, command, actor=self.owner, clock=past(start - 1))


@pytest.fixture
def shop(session):
    made = Shop(session)
    made.listing.published_at = NOW - timedelta(days=100)
    return made


@pytest.fixture
def office(session, browser_of):
    def browser(park, role=OfficeRole.AUDITOR):
        return browser_of(session, create_officer(session, park, role), park_id=park.id)

    return browser


def told(office, shop, role=OfficeRole.AUDITOR):
    shop.session.commit()
    return office(shop.park, role).get("/api/v1/office/figures?weeks=4").json


def ran(week):
    return week["effective_hours"], week["served_hours"], week["sharing"]


def test_hours_run_from_handover_to_return_and_own_production_counts_as_own(shop, office):
    shop.use(2, 3, came=2.5, went=4.5)
    shop.keep(24, 6)
    shop.keep(48, 5, OccupancyKind.MAINTENANCE)
    body = told(office, shop)
    assert [ran(week) for week in body["weeks"]] == [(0, 0, None), (0, 0, None), (8.0, 2.0, 0.25), (0, 0, None)]
    assert ran(body) == (8.0, 2.0, 0.25)
    firm = next(one for one in body["enterprises"] if one["id"] == shop.supplier.public_id)
    assert (*ran(firm), firm["booked_hours"]) == (8.0, 2.0, 0.25, 3.0)


def test_an_order_that_was_never_handed_over_ran_no_hour(shop, office):
    shop.order(2, 3)
    body = told(office, shop)
    assert (ran(body), sum(week["booked_hours"] for week in body["weeks"])) == ((0, 0, None), 3.0)


@pytest.mark.parametrize(("after", "hours"), [("101.5", 1.5), ("100", 0.0), ("140", 3.0)])
def test_an_hour_meter_read_twice_says_how_much_of_the_time_it_ran(shop, office, after, hours):
    shop.use(2, 3, came=2, went=5, readings=(Decimal(100), Decimal(after)))
    assert told(office, shop)["served_hours"] == hours


def test_a_machine_still_out_runs_on_in_each_week(shop, office):
    order = shop.order(2, 3)
    shop.change_hands(order, RecordKind.HANDOVER, 2)
    assert [week["served_hours"] for week in told(office, shop)["weeks"]] == [0, 0, WEEK - 8 - 2, WEEK]


def test_units_that_come_back_in_parts_count_until_each_is_back(session, office):
    shop = Shop(session, units=2)
    order = shop.place(2 - 2 * WEEK, 6, clock=past(1), quantity=2)
    first, _ = shop.change_hands(order, RecordKind.HANDOVER, 2).unit_ids
    named = next(unit.public_id for unit in units_of(session, shop.listing.id) if unit.id == first)
    shop.change_hands(order, RecordKind.RETURN, 3, units=(named,))
    shop.change_hands(order, RecordKind.RETURN, 6)
    assert told(office, shop)["served_hours"] == 1.0 + 4.0


def test_a_service_ran_in_its_booked_time_until_delivery(shop, office):
    shop.listing = create_published_listing(shop.session, shop.park, shop.supplier, type_code=SERVICE)
    order = shop.order(2, 5)
    command = WriteRecord(order=order.public_id, kind=RecordKind.DELIVERY)
    write_record(shop.session, command, actor=shop.owner, clock=past(6))
    assert told(office, shop)["served_hours"] == 4.0


def test_a_machine_no_longer_offered_keeps_its_hours(shop, office):
    shop.use(2, 3, came=2, went=5)
    shop.listing.status = ListingStatus.PAUSED
    body = told(office, shop)
    assert body["served_hours"] == 3.0
    assert [(one["id"], one["open_hours"], ran(one)) for one in body["enterprises"]] == [
        (shop.supplier.public_id, 0, (3.0, 3.0, 1.0))
    ]


def test_another_parks_hours_and_money_are_not_ours(shop, session, office):
    shop.use(2, 3, came=2, went=5)
    other = Shop(session)
    body = told(office, other)
    assert ran(body) == (0, 0, None)
    assert {week["money"]["held"]["amount"] for week in body["weeks"]} == {0}


def test_money_is_held_at_each_weeks_end_and_released_in_its_week(session, office, monkeypatch):
    trade = Trade(session)
    trade.receive().use().accept()
    session.commit()
    monkeypatch.setattr("marketplace.office.api.request_now", lambda: NOW + 2 * WEEK * HOUR)
    weeks = office(trade.market.park).get("/api/v1/office/figures?weeks=4").json["weeks"]
    money = [(week["money"]["held"]["amount"], week["money"]["released"]["amount"]) for week in weeks]
    assert START // WEEK == 1
    assert money == [(0, 0), (0, 0), (TOTAL + DEPOSIT, 0), (0, TOTAL - FEE)]


def test_only_readers_of_the_books_see_money(shop, office):
    body = told(office, shop, OfficeRole.CREDIT_OFFICER)
    assert {week["money"] for week in body["weeks"]} == {None}
    clerk = office(shop.park, OfficeRole.CREDIT_OFFICER)
    assert clerk.get("/office/figures/money.csv").status_code == 403
    assert "周末担保余额" not in clerk.get("/office/figures").text
    assert "周末担保余额" in office(shop.park).get("/office/figures").text


def test_files_hold_the_same_hours(shop, office):
    shop.use(2, 3, came=2, went=4)
    shop.keep(24, 6)
    shop.session.commit()
    browser = office(shop.park)
    files = {name: browser.get(f"/office/figures/{name}.csv?weeks=4").text for name in ("running", "firms", "machines")}
    assert "2026-11-09,8.0,2.0,0.25" in files["running"]
    assert f"{shop.supplier.name_zh},8.0,2.0,0.25," in files["firms"]
    assert files["machines"].splitlines()[1].endswith(",8.0,2.0,0.25")
    assert browser.get("/office/figures/money.xlsx").status_code == 200
