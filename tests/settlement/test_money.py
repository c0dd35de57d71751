"""Money follows the order: asked for, held, released or given back, whatever comes twice or late."""

import pytest
from sqlalchemy import select

from billing.ledger.accounts import AccountKind
from billing.payments.models import FundsStatus, RequestStatus
from billing.payments.operations.requesting import UploadSlip, expire_requests, upload_slip
from billing.payouts.models import Payout
from billing.payouts.operations.accounts import KeepBankAccount, keep_bank_account
from marketplace.kernel.errors import Forbidden
from marketplace.listings.models import Approval
from marketplace.orders.disputes.operations import withdraw_dispute
from marketplace.orders.fulfilments.operations.accepting import accept_by_silence
from marketplace.orders.fulfilments.operations.missing import ReportMissed, report_missed
from marketplace.orders.models import OrderStatus
from marketplace.orders.operations.ending import expire_payment
from marketplace.settlement.operations.paying_in import receive_by_reference, receive_in_full
from tests.listings.media.test_uploads import jpeg
from tests.settlement.trade import DEPOSIT, FEE, START, TOTAL, Trade, at


@pytest.fixture
def trade(session):
    return Trade(session)


def test_an_order_that_waits_asks_for_its_total_and_the_parks_deposit(trade):
    assert (trade.request.status, trade.request.total_amount) == (RequestStatus.AWAITED, TOTAL + DEPOSIT)
    assert (trade.escrow.amount, trade.deposit.amount) == (TOTAL, DEPOSIT)
    assert trade.request.due_at == trade.order.pay_by


@pytest.mark.parametrize(
    ("rules", "deposit"),
    [
        ({"deposit_percent": 50}, 180_00),
        ({"deposit_percent": "12.5"}, 45_00),
        ({"deposit_percent": "half"}, DEPOSIT),
        ({"deposit_percent": -1}, DEPOSIT),
        ({"deposit_by_grade": {"U": 1.5, "A": 0.5}}, 108_00),
    ],
)
def test_the_deposit_is_what_the_park_sets(session, rules, deposit):
    assert Trade(session, rules=rules).deposit.amount == deposit


def test_a_park_without_deposit_asks_for_the_total_alone(session):
    trade = Trade(session, rules={"deposit_percent": 0})
    assert trade.request.total_amount == TOTAL
    trade.receive(TOTAL).use().accept()
    assert trade.earned == TOTAL - FEE
    assert trade.books_are_right()


def test_money_makes_the_order_active(trade):
    trade.receive()
    assert (trade.order.status, trade.escrow.status) == (OrderStatus.ACTIVE, FundsStatus.HELD)
    assert trade.books_are_right()


def test_half_the_money_is_not_enough_and_the_rest_makes_it_active(trade):
    trade.receive(TOTAL)
    assert trade.order.status is OrderStatus.AWAITING_PAYMENT
    trade.receive(DEPOSIT, ref="bank-2")
    assert trade.order.status is OrderStatus.ACTIVE
    assert trade.books_are_right()


def test_too_much_waits_as_the_payers_credit(trade):
    trade.receive(TOTAL + DEPOSIT + 500)
    assert (trade.order.status, trade.credit) == (OrderStatus.ACTIVE, 500)
    assert trade.books_are_right()


def test_the_whole_way_pays_the_supplier_and_returns_the_deposit(trade):
    bank = KeepBankAccount(holder=trade.market.supplier.name_zh, bank="云溪农商行", number="6222020200112233445")
    keep_bank_account(trade.session, bank, actor=trade.owner, clock=at(0))
    trade.receive().use().accept()
    assert trade.order.status is OrderStatus.COMPLETED
    assert (trade.earned, trade.commission, trade.credit) == (TOTAL - FEE, FEE, DEPOSIT)
    assert (trade.escrow.status, trade.deposit.status) == (FundsStatus.RELEASED, FundsStatus.REFUNDED)
    assert trade.balance(AccountKind.VAT_OUTPUT) == 61  # 10.80 with 6 % inside
    (bill,) = trade.bills
    assert (bill.total, bill.tax, bill.issuer_id) == (TOTAL, trade.order.tax_amount, trade.market.supplier.id)
    assert trade.books_are_right()


def test_events_alone_lead_from_booking_to_payout(trade, run_jobs):
    bank = KeepBankAccount(holder=trade.market.supplier.name_zh, bank="云溪农商行", number="6222020200112233445")
    keep_bank_account(trade.session, bank, actor=trade.owner, clock=at(0))
    run_jobs()
    request = receive_by_reference(trade.session, trade.request.reference, actor=trade.system, clock=at(1))
    run_jobs()
    assert request.status is RequestStatus.SECURED
    trade.use().accept()
    run_jobs()
    payout = trade.session.scalars(select(Payout)).one()
    assert (payout.enterprise_id, payout.amount) == (trade.market.supplier.id, TOTAL - FEE)
    assert trade.books_are_right()


def test_silence_after_the_deadline_accepts_the_claim_too(trade):
    trade.receive().use().claim(30_00)
    late = START + 30
    accept_by_silence(trade.session, trade.order.id, clock=at(late))
    trade.settle(late)
    assert (trade.earned, trade.credit) == (TOTAL - FEE + 30_00, DEPOSIT - 30_00)
    assert trade.books_are_right()


def test_a_claim_takes_no_more_than_the_deposit(trade):
    trade.receive().use().claim(DEPOSIT + 1).accept()
    assert (trade.earned, trade.credit) == (TOTAL - FEE + DEPOSIT, 0)
    assert trade.books_are_right()


def test_money_that_never_came_ends_request_and_order(trade):
    trade.receive(TOTAL)
    hour = 24 * 3
    expire_requests(trade.session, clock=at(hour))
    trade.settle(hour)
    assert (trade.order.status, trade.request.status) == (OrderStatus.EXPIRED, RequestStatus.EXPIRED)
    assert trade.credit == TOTAL
    assert trade.books_are_right()


def test_an_order_that_lapsed_takes_its_request_along(trade):
    expire_payment(trade.session, trade.order.id, clock=at(24 * 3))
    trade.settle(24 * 3)
    assert trade.request.status is RequestStatus.CANCELLED


def test_late_money_is_the_payers_credit(trade):
    expire_payment(trade.session, trade.order.id, clock=at(24 * 3))
    trade.settle(24 * 3).receive(hour=24 * 3 + 1)
    assert (trade.order.status, trade.credit) == (OrderStatus.EXPIRED, TOTAL + DEPOSIT)
    assert trade.books_are_right()


def test_money_that_met_an_order_just_lapsed_goes_back(trade):
    expire_payment(trade.session, trade.order.id, clock=at(24 * 3))
    trade.receive(hour=24 * 3)
    assert (trade.credit, trade.earned, trade.bills) == (TOTAL + DEPOSIT, 0, [])
    assert trade.books_are_right()


def test_the_slip_buys_time_for_order_and_request(trade, run_jobs):
    before = trade.order.pay_by
    slip = UploadSlip(request=trade.request.public_id, name="回单.jpg", body=jpeg())
    upload_slip(trade.session, slip, actor=trade.engineer, clock=at(24))
    run_jobs()
    assert trade.order.pay_by >= before
    assert trade.request.due_at >= trade.order.pay_by


def test_a_slip_for_an_order_that_ended_is_left_alone(trade, run_jobs):
    slip = UploadSlip(request=trade.request.public_id, name="回单.jpg", body=jpeg())
    upload_slip(trade.session, slip, actor=trade.engineer, clock=at(1))
    trade.cancel(hour=1)
    run_jobs()
    assert trade.order.status is OrderStatus.CANCELLED


@pytest.mark.parametrize(("hours_before", "percent"), [(24 * 5, 0), (48, 0), (10, 50), (1, 50)])
def test_cancelling_pays_the_frozen_tier_to_the_supplier(trade, hours_before, percent):
    trade.order.cancellation = [{"hours_before": 24, "percent": 0}, {"hours_before": 0, "percent": 50}]
    trade.receive().cancel(hour=START - hours_before)
    fee = TOTAL * percent // 100
    assert (trade.earned, trade.credit, trade.commission) == (fee, TOTAL - fee + DEPOSIT, 0)
    assert [bill.total for bill in trade.bills] == ([fee] if fee else [])
    assert trade.books_are_right()


def test_a_supplier_that_cancels_gets_nothing(trade):
    trade.receive().cancel(hour=START - 1, by=trade.owner)
    assert (trade.earned, trade.credit) == (0, TOTAL + DEPOSIT)
    assert trade.books_are_right()


@pytest.mark.parametrize(("reporter", "earned"), [("owner", TOTAL // 2), ("engineer", 0)])
def test_whoever_does_not_come_bears_the_last_tier(trade, reporter, earned):
    trade.order.cancellation = [{"hours_before": 24, "percent": 0}, {"hours_before": 0, "percent": 50}]
    trade.receive()
    command = ReportMissed(order=trade.order.public_id)
    report_missed(trade.session, command, actor=getattr(trade, reporter), clock=at(START + 2))
    trade.settle(START + 2)
    assert (trade.earned, trade.credit) == (earned, TOTAL + DEPOSIT - earned)
    assert trade.books_are_right()


def test_a_dispute_freezes_and_its_decision_divides(trade):
    trade.receive().use()
    dispute = trade.dispute()
    assert (trade.escrow.status, trade.deposit.status) == (FundsStatus.FROZEN, FundsStatus.FROZEN)
    trade.decide(dispute, refund=TOTAL // 2, deduction=20_00)
    assert trade.order.status is OrderStatus.COMPLETED
    assert trade.earned == TOTAL // 2 - FEE // 2 + 20_00
    assert (trade.credit, trade.commission) == (TOTAL // 2 + DEPOSIT - 20_00, FEE // 2)
    assert trade.escrow.status is FundsStatus.SPLIT
    assert [bill.total for bill in trade.bills] == [TOTAL // 2]
    assert trade.books_are_right()


def test_a_dispute_won_by_the_demander_bills_nothing(trade):
    trade.receive().use()
    trade.decide(trade.dispute(), refund=TOTAL)
    assert (trade.earned, trade.credit, trade.bills) == (0, TOTAL + DEPOSIT, [])
    assert trade.books_are_right()


def test_a_dispute_taken_back_lets_money_move_again(trade):
    trade.receive().use()
    dispute = trade.dispute()
    withdraw_dispute(trade.session, dispute.public_id, actor=trade.engineer, clock=at(START + 5))
    trade.settle(START + 5)
    assert trade.escrow.status is FundsStatus.HELD
    trade.accept()
    assert trade.earned == TOTAL - FEE
    assert trade.books_are_right()


def test_a_machine_still_out_keeps_its_deposit_after_a_decision(trade):
    trade.receive().hand_over()
    trade.decide(trade.dispute(by=trade.owner), refund=0, deduction=20_00)
    assert trade.order.status is OrderStatus.ACTIVE
    assert (trade.earned, trade.credit, trade.deposit.held.amount) == (TOTAL - FEE + 20_00, 0, DEPOSIT - 20_00)
    assert trade.books_are_right()


def test_the_commission_stays_as_it_was_when_the_money_was_asked_for(trade):
    trade.market.park.settings = {"commission_percent": 10}
    trade.receive().use().accept()
    assert trade.earned == TOTAL - FEE


def test_a_request_is_paid_for_only_after_approval(session):
    trade = Trade(session, approval=Approval.BY_OWNER)
    assert trade.request is None


def test_paying_in_full_is_for_the_system(trade):
    with pytest.raises(Forbidden):
        receive_in_full(trade.session, trade.order, actor=trade.engineer, clock=at(1))
    for _ in range(2):
        receive_in_full(trade.session, trade.order, actor=trade.system, clock=at(1))
    assert trade.order.status is OrderStatus.ACTIVE
    assert trade.books_are_right()


def test_a_park_that_takes_no_money_still_bills(session):
    trade = Trade(session, payment_required=False).use().accept()
    assert trade.request is None
    assert [bill.total for bill in trade.bills] == [TOTAL]
