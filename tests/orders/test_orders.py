"""From wish to agreement and to its end."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.models import Booking, BookingStatus
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.listings.commands import ListingTerms
from marketplace.listings.models import Approval
from marketplace.orders.fulfilments.operations.accepting import accept_result
from marketplace.orders.models import Order, OrderStatus, Side
from marketplace.orders.operations.agreeing import approve_order
from marketplace.orders.operations.ending import EndOrder, cancel_order, decline_order, expire_request
from marketplace.orders.operations.placing import PlaceOrder, place_order
from tests.application import NOW
from tests.factories import create_enterprise, create_member, create_park, firm_actor
from tests.listings.factories import create_published_listing

HOUR = timedelta(hours=1)
CLOCK = fixed_clock(NOW)


class Market:
    def __init__(self, session, *, approval=Approval.INSTANT, units=1, plan=None):
        self.session = session
        self.park = create_park(session)
        self.supplier, self.demander = create_enterprise(session, self.park), create_enterprise(session, self.park)
        self.owner_user = create_member(session, self.supplier)
        self.engineer_user = create_member(session, self.demander)
        self.owner = firm_actor(self.owner_user, self.park, self.supplier)
        self.engineer = firm_actor(self.engineer_user, self.park, self.demander)
        terms = ListingTerms(approval=approval)
        self.listing = create_published_listing(session, self.park, self.supplier, units=units, terms=terms, plan=plan)

    def place(self, start=2, hours=3, *, clock=CLOCK, actor=None, **more):
        during = Range(NOW + start * HOUR, NOW + (start + hours) * HOUR)
        command = PlaceOrder(listing=self.listing.public_id, during=during, **more)
        return place_order(self.session, command, actor=actor or self.engineer, clock=clock)


@pytest.fixture
def market(session):
    return Market(session)


@pytest.fixture
def asked(session):
    """A market whose supplier approves each request."""
    return Market(session, approval=Approval.BY_OWNER)


def booking_of(session, order):
    return session.scalars(select(Booking).where(Booking.id == order.booking_id)).one()


def test_instant_order_is_active_at_its_listed_price(market):
    order = market.place()
    assert order.status is OrderStatus.ACTIVE
    assert order.total_amount == 3 * 120_00
    assert sum(line["amount"] for line in order.lines) == order.total_amount
    assert booking_of(market.session, order).status is BookingStatus.CONFIRMED


def test_request_holds_the_time_until_its_owner_decides(asked):
    order = asked.place()
    assert order.status is OrderStatus.REQUESTED
    assert booking_of(asked.session, order).status is BookingStatus.HELD
    approve_order(asked.session, order.public_id, actor=asked.owner, clock=CLOCK)
    assert order.status is OrderStatus.ACTIVE
    assert booking_of(asked.session, order).status is BookingStatus.CONFIRMED


def test_declined_request_frees_the_time_and_owes_a_reason(asked):
    order = asked.place()
    with pytest.raises(Invalid) as refused:
        decline_order(asked.session, EndOrder(order=order.public_id), actor=asked.owner, clock=CLOCK)
    assert refused.value.fields == {"reason": ["reason_required"]}
    command = EndOrder(order=order.public_id, reason="夹具在修")
    decline_order(asked.session, command, actor=asked.owner, clock=CLOCK)
    assert asked.place().status is OrderStatus.REQUESTED


def test_unanswered_request_lapses_once(asked):
    order = asked.place(start=30)
    late = fixed_clock(NOW + 25 * HOUR)
    expire_request(asked.session, order.id, clock=late)
    expire_request(asked.session, order.id, clock=late)
    assert order.status is OrderStatus.EXPIRED


def test_the_demander_cannot_approve_and_a_stranger_finds_nothing(asked):
    order = asked.place()
    with pytest.raises(Forbidden):
        approve_order(asked.session, order.public_id, actor=asked.engineer, clock=CLOCK)
    third = create_enterprise(asked.session, asked.park)
    stranger = firm_actor(create_member(asked.session, third), asked.park, third)
    with pytest.raises(NotFound):
        approve_order(asked.session, order.public_id, actor=stranger, clock=CLOCK)


def test_own_machine_is_not_ordered(market):
    with pytest.raises(Invalid) as refused:
        market.place(actor=market.owner)
    assert refused.value.code == "own_listing"


def test_finance_clerk_does_not_order(market):
    clerk = firm_actor(market.engineer_user, market.park, market.demander, role=FirmRole.FINANCE)
    with pytest.raises(Forbidden):
        market.place(actor=clerk)


def test_changed_price_is_refused_with_the_new_one(market):
    with pytest.raises(Conflict) as refused:
        market.place(accepted_total=1)
    assert refused.value.facts["total"].amount == 360_00


@pytest.mark.parametrize(
    ("before_start", "percent"),
    [(timedelta(hours=24), 0), (timedelta(hours=24) - timedelta(minutes=1), 30), (timedelta(minutes=1), 30)],
)
def test_cancellation_follows_the_frozen_tiers_to_the_minute(market, before_start, percent):
    order = market.place(start=50)
    market.listing.cancellation = [{"hours_before": 0, "percent": 100}]
    at = NOW + 50 * HOUR - before_start
    cancel_order(market.session, EndOrder(order=order.public_id), actor=market.engineer, clock=fixed_clock(at))
    assert order.cancellation_amount == order.total_amount * percent // 100


def test_supplier_cancelling_costs_the_demander_nothing(market):
    order = market.place()
    command = EndOrder(order=order.public_id, reason="主轴坏了")
    cancel_order(market.session, command, actor=market.owner, clock=CLOCK)
    assert (order.cancellation_amount, order.ended_by) == (0, Side.SUPPLIER)
    assert market.place()


def test_without_tiers_cancelling_is_free(market):
    order = market.place(start=2)
    order.cancellation = []
    at = fixed_clock(NOW + 2 * HOUR - timedelta(minutes=1))
    cancel_order(market.session, EndOrder(order=order.public_id), actor=market.engineer, clock=at)
    assert order.cancellation_amount == 0


def test_supplier_may_step_back_after_the_time_has_begun_with_a_reason(market):
    order, begun = market.place(), fixed_clock(NOW + 3 * HOUR)
    with pytest.raises(Invalid) as refused:
        cancel_order(market.session, EndOrder(order=order.public_id), actor=market.owner, clock=begun)
    assert refused.value.fields == {"reason": ["reason_required"]}
    command = EndOrder(order=order.public_id, reason="主轴抱死")
    cancel_order(market.session, command, actor=market.owner, clock=begun)
    assert (order.status, order.cancellation_amount, order.ended_by) == (OrderStatus.CANCELLED, 0, Side.SUPPLIER)


def test_completed_order_cannot_be_cancelled_by_its_supplier(market):
    order, after = market.place(), fixed_clock(NOW + 6 * HOUR)
    accept_result(market.session, order.public_id, actor=market.engineer, clock=after)
    with pytest.raises(Conflict):
        cancel_order(market.session, EndOrder(order=order.public_id, reason="后悔"), actor=market.owner, clock=after)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=1)])
def test_request_is_not_approved_after_its_deadline(asked, late):
    order = asked.place(start=50)
    with pytest.raises(Conflict) as refused:
        approve_order(asked.session, order.public_id, actor=asked.owner, clock=fixed_clock(order.decide_by + late))
    assert refused.value.code == "request_lapsed"


def test_request_cancelled_before_its_notice_went_out_is_not_told_as_booked(asked, run_jobs, browser_of):
    order = asked.place()
    cancel_order(asked.session, EndOrder(order=order.public_id), actor=asked.engineer, clock=CLOCK)
    asked.session.commit()
    run_jobs()
    owner = browser_of(asked.session, asked.owner_user, park_id=asked.park.id, enterprise_id=asked.supplier.id)
    page = owner.get("/notices").text
    assert "取消了预订" in page
    assert "已预订" not in page


def test_begun_order_cannot_be_cancelled(market):
    order = market.place()
    with pytest.raises(Conflict):
        cancel_order(
            market.session, EndOrder(order=order.public_id), actor=market.engineer, clock=fixed_clock(NOW + 2 * HOUR)
        )


def test_completed_only_after_its_end(market):
    order = market.place()
    with pytest.raises(Conflict):
        accept_result(market.session, order.public_id, actor=market.engineer, clock=CLOCK)
    accept_result(market.session, order.public_id, actor=market.engineer, clock=fixed_clock(NOW + 6 * HOUR))
    assert order.status is OrderStatus.COMPLETED


@pytest.mark.parametrize("before", list(OrderStatus))
@pytest.mark.parametrize("after", list(OrderStatus))
def test_only_the_steps_of_the_table_are_taken(before, after):
    allowed = {
        OrderStatus.REQUESTED: {"awaiting_payment", "active", "declined", "expired", "cancelled"},
        OrderStatus.AWAITING_PAYMENT: {"active", "expired", "cancelled"},
        OrderStatus.ACTIVE: {"completed", "cancelled"},
        OrderStatus.EXPIRED: {"active"},
    }
    order = Order.__new__(Order)
    order.__dict__["_sa_instance_state"] = Order._sa_class_manager._state_constructor(order, Order._sa_class_manager)
    order.status = before
    if after.value in allowed.get(before, set()):
        order.move_to(after)
        assert order.status is after
    else:
        with pytest.raises(Conflict):
            order.move_to(after)


def test_notices_reach_both_sides(asked, run_jobs, browser_of):
    order = asked.place()
    asked.session.commit()
    run_jobs()
    owner = browser_of(asked.session, asked.owner_user, park_id=asked.park.id, enterprise_id=asked.supplier.id)
    assert "等您答复" in owner.get("/notices").text
    approve_order(asked.session, order.public_id, actor=asked.owner, clock=CLOCK)
    asked.session.commit()
    run_jobs()
    engineer = browser_of(asked.session, asked.engineer_user, park_id=asked.park.id, enterprise_id=asked.demander.id)
    assert "同意了您的预订" in engineer.get("/notices").text
