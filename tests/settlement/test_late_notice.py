"""Money that came in time counts, however late the statement or the worker tells of it."""

import pytest
from sqlalchemy import select

from billing.payments.models import FundsStatus, GatewayName, RequestStatus
from billing.payments.operations.late_notice import secure_late
from billing.payments.operations.receiving import ReceiveMoney, receive_money
from billing.payments.operations.requesting import expire_requests
from billing.payouts.operations.accounts import KeepBankAccount, keep_bank_account
from billing.payouts.operations.queueing import queue_due_payouts
from marketplace.bookings.handlers import expire_hold, expire_holds
from marketplace.bookings.models import BookingStatus, Occupancy, OccupancyStatus
from marketplace.conversations.models import Notice
from marketplace.kernel.errors import Conflict, Forbidden
from marketplace.kernel.money import Money
from marketplace.listings.models import ListingStatus
from marketplace.orders.models import OrderStatus
from marketplace.orders.operations.ending import expire_payment
from marketplace.orders.operations.paying import reinstate_paid
from tests.application import NOW
from tests.factories import create_enterprise, create_member, firm_actor
from tests.orders.test_orders import booking_of
from tests.settlement.trade import DEPOSIT, HOUR, START, TOTAL, Trade, at

DUE = 24 * 2 + 9
"""Wednesday at five, when the transfer is due."""
AFTER = DUE + 15
"""Thursday at eight: the clerk imports the bank's statement."""
MORNING = 24 * 4


@pytest.fixture
def trade(session):
    return Trade(session)


def lapsed(trade, hour=DUE):
    expire_payment(trade.session, trade.order.id, clock=at(hour))
    return trade.settle(hour)


def told_late(trade, *, came, fen=TOTAL + DEPOSIT, hour=AFTER, ref="line"):
    """The statement of `hour` says that so much came at `came`."""
    command = ReceiveMoney(
        request_id=trade.request.id,
        gateway=GatewayName.BANK_TRANSFER,
        gateway_ref=f"{ref}-{trade.order.public_id}",
        amount=Money(fen, "CNY"),
        effective_at=NOW + came * HOUR,
    )
    receive_money(trade.session, command, actor=trade.system, clock=at(hour))
    return trade.settle(hour)


def rival(trade):
    """Somebody else books the same hours."""
    firm = create_enterprise(trade.session, trade.market.park)
    actor = firm_actor(create_member(trade.session, firm), trade.market.park, firm)
    trade.market.park.payment_required = False
    return trade.market.place(start=START, actor=actor, clock=at(DUE + 1))


def occupied(trade):
    rows = select(Occupancy.status).where(Occupancy.booking_id == trade.order.booking_id)
    return trade.session.scalars(rows).all()


@pytest.mark.parametrize(
    "ending", [lapsed, lambda trade: (expire_requests(trade.session, clock=at(DUE)), trade.settle(DUE))]
)
def test_a_statement_read_late_takes_the_lapsed_order_up_again(trade, ending):
    ending(trade)
    assert trade.order.status is OrderStatus.EXPIRED
    told_late(trade, came=DUE - 1)
    assert (trade.order.status, trade.request.status) == (OrderStatus.ACTIVE, RequestStatus.SECURED)
    assert (trade.order.ended_at, trade.order.ended_by, trade.request.ended_at) == (None, None, None)
    assert (trade.escrow.status, trade.deposit.status, trade.credit) == (FundsStatus.HELD, FundsStatus.HELD, 0)
    assert booking_of(trade.session, trade.order).status is BookingStatus.CONFIRMED
    assert occupied(trade) == [OccupancyStatus.CONFIRMED]
    assert trade.books_are_right()
    trade.use().accept()
    assert trade.order.status is OrderStatus.COMPLETED
    assert trade.books_are_right()


def test_parts_that_came_in_time_add_up(trade):
    trade.receive(TOTAL, hour=1)
    lapsed(trade)
    assert trade.credit == TOTAL
    told_late(trade, came=DUE, fen=DEPOSIT)
    assert (trade.order.status, trade.credit) == (OrderStatus.ACTIVE, 0)
    assert trade.books_are_right()


def test_what_came_a_second_late_stays_the_payers(trade):
    lapsed(trade)
    told_late(trade, came=DUE + 1 / 3600)
    assert (trade.order.status, trade.credit) == (OrderStatus.EXPIRED, TOTAL + DEPOSIT)
    with pytest.raises(Conflict) as refused:
        secure_late(trade.session, trade.request.subject_ref, "order", actor=trade.system, clock=at(AFTER))
    assert refused.value.code == "came_too_late"
    assert trade.books_are_right()


def test_a_slot_that_somebody_else_has_sends_the_money_back_and_says_so(trade):
    bank = KeepBankAccount(holder="需方", bank="云溪农商行", number="6222020200112233445")
    keep_bank_account(trade.session, bank, actor=trade.engineer, clock=at(0))
    lapsed(trade)
    assert rival(trade).status is OrderStatus.ACTIVE
    told_late(trade, came=DUE - 1)
    assert (trade.order.status, trade.credit) == (OrderStatus.EXPIRED, TOTAL + DEPOSIT)
    notices = trade.session.scalars(select(Notice).where(Notice.code == "settlement.slot_gone")).all()
    assert {notice.facts["sum"] for notice in notices} == {"¥432.00"}
    assert len(notices) == 1
    (payout,) = queue_due_payouts(trade.session, clock=at(MORNING))
    assert (payout.enterprise_id, payout.amount) == (trade.market.demander.id, TOTAL + DEPOSIT)
    assert trade.books_are_right()


def test_a_machine_taken_off_the_market_cannot_be_had_again(trade):
    lapsed(trade)
    trade.market.listing.status = ListingStatus.PAUSED
    told_late(trade, came=DUE - 1)
    assert (trade.order.status, trade.credit) == (OrderStatus.EXPIRED, TOTAL + DEPOSIT)


def test_a_time_that_has_begun_cannot_be_had_again(trade):
    lapsed(trade)
    told_late(trade, came=DUE - 1, hour=START)
    assert (trade.order.status, trade.credit) == (OrderStatus.EXPIRED, TOTAL + DEPOSIT)


def test_credit_already_paid_back_is_not_taken_twice(trade):
    bank = KeepBankAccount(holder="需方", bank="云溪农商行", number="6222020200112233445")
    keep_bank_account(trade.session, bank, actor=trade.engineer, clock=at(0))
    trade.receive(TOTAL, hour=1)
    lapsed(trade)
    queue_due_payouts(trade.session, clock=at(DUE + 1))
    told_late(trade, came=DUE, fen=DEPOSIT)
    assert (trade.order.status, trade.request.status) == (OrderStatus.EXPIRED, RequestStatus.CANCELLED)
    assert trade.credit == TOTAL + DEPOSIT
    assert occupied(trade) == [OccupancyStatus.RELEASED]
    assert trade.books_are_right()


def test_a_cancelled_order_stays_cancelled_when_its_money_is_seen(trade):
    trade.cancel(hour=DUE - 2)
    told_late(trade, came=DUE - 3)
    assert (trade.order.status, trade.credit) == (OrderStatus.CANCELLED, TOTAL + DEPOSIT)


def test_a_hold_stays_while_its_money_waits_to_be_taken_note_of(trade):
    told = ReceiveMoney(
        request_id=trade.request.id, gateway=GatewayName.BANK_TRANSFER, gateway_ref="soon", amount=trade.request.total
    )
    receive_money(trade.session, told, actor=trade.system, clock=at(DUE - 1))
    trade.session.flush()
    expire_hold(trade.session, clock=at(AFTER), booking_id=trade.order.booking_id)
    expire_holds(trade.session, clock=at(AFTER))
    expire_payment(trade.session, trade.order.id, clock=at(AFTER))
    with pytest.raises(Conflict):
        rival(trade)
    assert trade.order.status is OrderStatus.AWAITING_PAYMENT
    trade.settle(AFTER)
    assert trade.order.status is OrderStatus.ACTIVE
    assert trade.books_are_right()


def test_a_hold_whose_money_is_missing_ends_with_its_time(trade):
    trade.receive(TOTAL)
    expire_hold(trade.session, clock=at(AFTER), booking_id=trade.order.booking_id)
    assert booking_of(trade.session, trade.order).status is BookingStatus.RELEASED


def test_only_the_system_takes_an_order_up_again(trade):
    lapsed(trade)
    with pytest.raises(Forbidden):
        reinstate_paid(trade.session, trade.order, actor=trade.owner, clock=at(AFTER))


def test_another_unit_of_the_machine_will_do(session):
    trade = Trade(session, units=2)
    (before,) = trade.session.scalars(select(Occupancy.unit_id).where(Occupancy.booking_id == trade.order.booking_id))
    lapsed(trade)
    rival(trade)
    told_late(trade, came=DUE - 1)
    (after,) = trade.session.scalars(select(Occupancy.unit_id).where(Occupancy.booking_id == trade.order.booking_id))
    assert trade.order.status is OrderStatus.ACTIVE
    assert after != before
    assert occupied(trade) == [OccupancyStatus.CONFIRMED]


def test_events_alone_take_a_lapsed_order_up_again(trade, run_jobs):
    lapsed(trade)
    run_jobs()
    told = ReceiveMoney(
        request_id=trade.request.id,
        gateway=GatewayName.BANK_TRANSFER,
        gateway_ref="late",
        amount=trade.request.total,
        effective_at=NOW + HOUR,
    )
    receive_money(trade.session, told, actor=trade.system, clock=at(AFTER))
    run_jobs()
    trade.session.refresh(trade.order)
    assert trade.order.status is OrderStatus.ACTIVE
    assert trade.books_are_right()
