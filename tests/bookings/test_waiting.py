"""Who waits for a taken window is told when it is free, in the order of asking."""

from datetime import timedelta

import pytest
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.waiting import HEAD_START, JoinWaitlist, join_waitlist, tell_next_waiter
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.orders.operations.ending import EndOrder, cancel_order
from tests.application import NOW
from tests.factories import create_enterprise, create_member, firm_actor
from tests.orders.test_orders import CLOCK, HOUR, Market
from tests.orders.test_pages import WINDOW

WANTED = Range(NOW + 2 * HOUR, NOW + 5 * HOUR)


@pytest.fixture
def market(session):
    return Market(session)


class Waiter:
    def __init__(self, market):
        self.market = market
        self.firm = create_enterprise(market.session, market.park)
        self.user = create_member(market.session, self.firm)
        self.actor = firm_actor(self.user, market.park, self.firm)

    def join(self, during=WANTED, **more):
        command = JoinWaitlist(listing=self.market.listing.public_id, during=during, **more)
        return join_waitlist(self.market.session, command, actor=self.actor, clock=CLOCK)

    def browser(self, browser_of):
        return browser_of(self.market.session, self.user, park_id=self.market.park.id, enterprise_id=self.firm.id)


def test_waiters_are_told_in_order_with_a_head_start(market, run_jobs, browser_of):
    order = market.place()
    first, second = Waiter(market), Waiter(market)
    one, two = first.join(), second.join()
    cancel_order(market.session, EndOrder(order=order.public_id), actor=market.engineer, clock=CLOCK)
    market.session.commit()
    run_jobs()
    market.session.refresh(one)
    market.session.refresh(two)
    assert one.told_at == NOW
    assert two.told_at is None
    assert "空出来了" in first.browser(browser_of).get("/notices").text
    tell_next_waiter(market.session, market.listing.id, clock=fixed_clock(NOW + HEAD_START))
    assert two.told_at == NOW + HEAD_START


def test_nobody_is_told_of_time_that_somebody_took_meanwhile(market):
    wait_for = market.place()
    waiter = Waiter(market)
    wait = waiter.join()
    cancel_order(market.session, EndOrder(order=wait_for.public_id), actor=market.engineer, clock=CLOCK)
    market.place()
    tell_next_waiter(market.session, market.listing.id, clock=CLOCK)
    assert wait.told_at is None


def test_waiting_twice_for_the_same_is_once(market):
    market.place()
    waiter = Waiter(market)
    assert waiter.join() is waiter.join()


def test_free_past_and_own_windows_are_not_waited_for(market):
    waiter = Waiter(market)
    with pytest.raises(Conflict):
        waiter.join()
    market.place()
    with pytest.raises(Invalid):
        waiter.join(Range(NOW - timedelta(hours=3), NOW - HOUR))
    command = JoinWaitlist(listing=market.listing.public_id, during=WANTED)
    with pytest.raises(Invalid):
        join_waitlist(market.session, command, actor=market.owner, clock=CLOCK)


def test_the_refused_page_offers_to_wait(market, browser_of):
    market.place()
    browser = Waiter(market).browser(browser_of)
    page = browser.post(f"/listings/{market.listing.public_id}/book", data=WINDOW)
    assert "空出来告诉我" in page.text
    answer = browser.post(f"/listings/{market.listing.public_id}/wait", data=WINDOW)
    assert answer.status_code == 303
    listed = browser.get("/waiting").text
    assert market.listing.title_zh in listed
    wait = listed.split("/waiting/")[1].split("/")[0]
    assert browser.post(f"/waiting/{wait}/leave").status_code == 303
    assert market.listing.title_zh not in browser.get("/waiting").text


def test_waiting_by_api(market, browser_of):
    market.place()
    waiter = Waiter(market)
    browser = waiter.browser(browser_of)
    body = {"start": WANTED.lower.isoformat(), "end": WANTED.upper.isoformat()}
    made = browser.post(f"/api/v1/listings/{market.listing.public_id}/waits", json=body)
    assert made.status_code == 201
    assert [one["id"] for one in browser.get("/api/v1/waits").json] == [made.json["id"]]
    assert browser.delete(f"/api/v1/waits/{made.json['id']}").status_code == 200
    assert browser.get("/api/v1/waits").json == []
    stranger = Waiter(market).browser(browser_of)
    assert stranger.delete(f"/api/v1/waits/{made.json['id']}").status_code == 404
