"""Parks that want the money first."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.bookings.models import BookingStatus, Holiday, ReleaseReason
from marketplace.bookings.working_days import transfer_until
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Conflict, Forbidden
from marketplace.listings.models import Approval
from marketplace.orders.models import OrderStatus
from marketplace.orders.operations.agreeing import approve_order
from marketplace.orders.operations.ending import EndOrder, cancel_order, expire_payment, lapse_with_hold
from marketplace.orders.operations.paying import extend_payment, payment_secured
from tests.application import NOW
from tests.orders.test_orders import CLOCK, HOUR, Market, booking_of
from tests.orders.test_pages import engineer

ZONE = NOW.tzinfo
WEDNESDAY_AT_FIVE = datetime(2026, 11, 25, 17, tzinfo=ZONE)


@pytest.fixture
def market(session: Session):
    return paying(Market(session))


@pytest.fixture
def asked(session: Session):
    return paying(Market(session, approval=Approval.BY_OWNER))


def paying(market):
    market.park.payment_required = True
    return market


def secure(market, order, at=NOW):
    return payment_secured(market.session, order.public_id, actor=system_actor(market.park.id), clock=fixed_clock(at))


def test_instant_order_holds_its_time_until_the_transfer_is_due(market):
    order = market.place(start=24 * 7 + 2)
    booking = booking_of(market.session, order)
    assert order.status is OrderStatus.AWAITING_PAYMENT
    assert order.pay_by == WEDNESDAY_AT_FIVE
    assert (booking.status, booking.held_until) == (BookingStatus.HELD, WEDNESDAY_AT_FIVE)


def test_payment_is_never_due_after_start_minus_notice(market):
    order = market.place(start=4)
    assert order.pay_by == NOW + 4 * HOUR - timedelta(minutes=market.listing.notice_minutes)


def test_an_approved_request_waits_for_its_payment(asked):
    order = asked.place(start=24 * 7 + 2)
    approve_order(asked.session, order.public_id, actor=asked.owner, clock=CLOCK)
    assert order.status is OrderStatus.AWAITING_PAYMENT
    assert booking_of(asked.session, order).held_until == WEDNESDAY_AT_FIVE


def test_money_makes_it_active_once(market):
    order = market.place()
    secure(market, order)
    secure(market, order)
    assert order.status is OrderStatus.ACTIVE
    assert booking_of(market.session, order).status is BookingStatus.CONFIRMED


def test_only_the_system_says_that_money_came(market):
    order = market.place()
    for actor in (market.owner, market.engineer):
        with pytest.raises(Forbidden):
            payment_secured(market.session, order.public_id, actor=actor, clock=CLOCK)


def test_a_request_is_not_paid_before_it_is_agreed(asked):
    order = asked.place()
    with pytest.raises(Conflict):
        secure(asked, order)


def test_unpaid_time_is_released_and_late_money_finds_no_order(market):
    order = market.place()
    late = fixed_clock(order.pay_by)
    expire_payment(market.session, order.id, clock=late)
    expire_payment(market.session, order.id, clock=late)
    booking = booking_of(market.session, order)
    assert order.status is OrderStatus.EXPIRED
    assert booking.released_reason is ReleaseReason.HOLD_EXPIRED
    with pytest.raises(Conflict):
        secure(market, order, at=order.pay_by)
    assert market.place()


def test_a_paid_order_does_not_lapse(market):
    order = market.place()
    secure(market, order)
    expire_payment(market.session, order.id, clock=fixed_clock(NOW + 400 * HOUR))
    lapse_with_hold(market.session, order.booking_id, clock=CLOCK)
    assert order.status is OrderStatus.ACTIVE


def test_the_next_booker_who_meets_an_expired_hold_lets_its_order_lapse(market, run_jobs):
    first = market.place(start=24 * 7 + 2)
    assert market.place(start=24 * 7 + 2, clock=fixed_clock(WEDNESDAY_AT_FIVE))
    market.session.commit()
    run_jobs()
    market.session.refresh(first)
    assert first.status is OrderStatus.EXPIRED


def test_cancelling_before_paying_costs_nothing(market):
    order = market.place()
    cancel_order(market.session, EndOrder(order=order.public_id), actor=market.engineer, clock=CLOCK)
    assert (order.status, order.cancellation_amount) == (OrderStatus.CANCELLED, 0)


def test_the_slip_extends_the_hold_once(market):
    order = market.place(start=24 * 9 + 2)
    tuesday = fixed_clock(NOW + 24 * HOUR)
    extend_payment(market.session, order.public_id, actor=market.engineer, clock=tuesday)
    assert order.pay_by == WEDNESDAY_AT_FIVE + 24 * HOUR
    extend_payment(market.session, order.public_id, actor=market.engineer, clock=fixed_clock(NOW + 48 * HOUR))
    assert order.pay_by == WEDNESDAY_AT_FIVE + 24 * HOUR
    assert booking_of(market.session, order).held_until == order.pay_by


def test_working_days_skip_weekends_and_holidays_and_count_shifted_workdays(market):
    friday = datetime(2026, 11, 27, 9, tzinfo=ZONE)
    assert transfer_until(market.session, market.park, now=friday) == datetime(2026, 12, 1, 17, tzinfo=ZONE)
    for day, is_workday in ((date(2026, 11, 28), True), (date(2026, 11, 30), False)):
        market.session.add(
            Holiday(park_id=market.park.id, day=day, is_workday=is_workday, name_zh="调休", name_en="Shifted")
        )
    market.session.flush()
    assert transfer_until(market.session, market.park, now=friday) == datetime(2026, 12, 1, 17, tzinfo=ZONE)
    thursday = datetime(2026, 11, 26, 9, tzinfo=ZONE)
    assert transfer_until(market.session, market.park, now=thursday) == datetime(2026, 11, 28, 17, tzinfo=ZONE)


def test_the_page_says_until_when_to_pay(market, browser_of):
    order = market.place()
    page = engineer(market, browser_of).get(f"/orders/{order.public_id}").text
    assert "等您付款" in page


def test_the_parties_are_told(market, run_jobs, browser_of):
    order = market.place()
    market.session.commit()
    run_jobs()
    assert "请按时付款" in engineer(market, browser_of).get("/notices").text
    secure(market, order)
    market.session.commit()
    run_jobs()
    owner = browser_of(market.session, market.owner_user, park_id=market.park.id, enterprise_id=market.supplier.id)
    assert "付款已到账" in owner.get("/notices").text
