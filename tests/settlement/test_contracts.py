"""Pay-per-use and rent-to-own from the order to its last bill: one contract, its meters, its dues, and books that are right."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from billing.bills.operations import CorrectBill, correct_bill
from billing.contracts.models import ContractKind, ContractStatus, PeriodStatus
from billing.contracts.operations import accept_buy_out, quote_buy_out
from billing.metering.operations import NewReading, TakeReadings, take_readings
from billing.payments.models import Funds, FundsStatus
from billing.payouts.models import Payout
from billing.payouts.operations.accounts import KeepBankAccount, keep_bank_account
from billing.pricing.rent_to_own import RentStep
from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.listings.commands import SetRatePlan
from marketplace.listings.operations import set_rate_plan
from marketplace.orders.disputes.models import DisputeSubject
from marketplace.orders.disputes.operations import (
    DecideDispute,
    OpenDispute,
    close_dispute,
    decide_dispute,
    open_dispute,
)
from marketplace.orders.models import OrderStatus
from marketplace.settlement.operations.paying_in import receive_by_reference
from tests.factories import create_officer, office_actor
from tests.settlement.contract_trade import BY_HOUR, BY_PIECE, TO_OWN, ContractTrade, at

HANDOVER, RETURN = "2026-12-01 08:00", "2026-12-04 18:00"


def used_days(session, **more):
    return ContractTrade(session, BY_HOUR, **more).place("2026-12-01 08:00", "2026-12-01 18:00")


def test_an_order_paid_by_use_opens_its_contract_with_a_meter_when_it_is_active(session):
    trade = used_days(session)
    assert trade.contract is None
    trade.pay(now="2026-11-23 12:00")
    assert (trade.contract.kind, trade.contract.status) == (ContractKind.USAGE, ContractStatus.DRAFT)
    assert [(meter.enterprise_id, meter.unit) for meter in trade.meters] == [(trade.market.supplier.id, "machine_hour")]


def test_what_was_used_is_billed_and_the_rest_of_the_escrow_goes_back(session):
    trade = used_days(session)
    assert trade.request.total_amount == 1000_00 + 200_00
    trade.pay(now="2026-11-23 12:00").hand_over(HANDOVER, "1200.5").give_back("2026-12-01 16:00", "1206.75")
    assert trade.totals == []
    trade.accept("2026-12-02 09:00")
    assert trade.totals == [625_00]
    assert trade.contract.status is ContractStatus.COMPLETED
    assert (trade.earned, trade.credit) == (625_00 - 18_75, 375_00 + 200_00)
    assert trade.asked == {}
    assert trade.books_are_right()


def test_use_beyond_the_escrow_is_asked_for_and_keeps_the_deposit_until_it_is_paid(session):
    trade = used_days(session).pay(now="2026-11-23 12:00").hand_over(HANDOVER, "0").give_back(RETURN, "16")
    trade.accept("2026-12-05 09:00")
    assert trade.totals == [1600_00]
    assert trade.asked == {"period:1": 600_00}
    assert (trade.deposit.held.amount, trade.earned) == (200_00, 0)
    assert trade.contract.status is ContractStatus.RUNNING
    trade.pay("period:1", now="2026-12-20 09:00")
    assert trade.contract.status is ContractStatus.COMPLETED
    assert (trade.earned, trade.credit) == (1600_00 - 48_00, 200_00)
    assert trade.books_are_right()


def test_without_any_reading_the_agreed_hours_are_charged(session):
    trade = used_days(session).pay(now="2026-11-23 12:00").hand_over(HANDOVER).give_back("2026-12-01 12:00")
    trade.accept("2026-12-02 09:00")
    assert trade.totals == [1000_00]
    assert trade.books_are_right()


def test_what_its_owner_ran_before_the_handover_is_not_the_demanders(session):
    first = (
        used_days(session).pay(now="2026-11-23 12:00").hand_over(HANDOVER, "100").give_back("2026-12-01 10:00", "102")
    )
    first.accept("2026-12-01 11:00")
    second = first.again()
    second.place("2026-12-02 08:00", "2026-12-02 18:00", now="2026-12-01 11:00").pay(now="2026-12-01 11:30")
    second.hand_over("2026-12-02 08:00", "150").give_back("2026-12-02 17:00", "153").accept("2026-12-02 18:00")
    assert second.totals == [300_00]
    assert len(second.meters) == 1
    assert second.books_are_right()


def test_pieces_are_ordered_with_what_one_expects_and_billed_by_what_was_made(session):
    trade = ContractTrade(session, BY_PIECE)
    with pytest.raises(Invalid, match="expected_usage_missing"):
        trade.place("2026-12-01 08:00", "2026-12-01 18:00")
    trade.place("2026-12-01 08:00", "2026-12-01 18:00", expected_usage=200)
    assert trade.order.total_amount == 500_00
    trade.pay(now="2026-11-23 12:00").hand_over(HANDOVER, "40").give_back("2026-12-01 18:00", "40")
    trade.accept("2026-12-02 09:00")
    assert trade.totals == [100_00]
    assert trade.books_are_right()


def test_a_cancelled_order_calls_its_contract_off(session):
    trade = used_days(session).pay(now="2026-11-23 12:00")
    trade.cancel(hour=4)
    assert trade.order.status is OrderStatus.CANCELLED
    assert trade.contract.status is ContractStatus.TERMINATED
    assert trade.credit == 1200_00
    assert trade.books_are_right()


def rented(session, **more):
    trade = ContractTrade(session, TO_OWN, **more).place("2026-12-01 08:00")
    return trade.pay(now="2026-11-24 12:00").hand_over("2026-12-01 09:00")


def test_rent_to_own_books_its_whole_term_and_asks_for_the_first_rent(session):
    trade = ContractTrade(session, TO_OWN).place("2026-12-01 08:00")
    assert trade.order.booking.during.upper == at("2027-03-01 00:00")()
    assert trade.order.total_amount == 3 * 4400_00
    assert trade.request.total_amount == 4400_00 + 2640_00
    with pytest.raises(Invalid, match="whole_term"):
        ContractTrade(session, TO_OWN).place("2026-12-01 08:00", "2026-12-05 08:00")


def test_rents_are_asked_for_month_by_month_and_released_when_the_month_is_over(session):
    trade = rented(session)
    assert trade.contract.status is ContractStatus.RUNNING
    assert [period.status for period in trade.periods] == [PeriodStatus.SETTLED]
    assert (trade.asked, trade.earned) == ({}, 0)
    trade.run("2027-01-01 01:00")
    assert trade.asked == {"period:2": 4400_00}
    assert trade.earned == 4400_00 - 132_00
    trade.pay("period:2", now="2027-01-05 10:00").run("2027-02-01 01:00").pay("period:3", now="2027-02-02 10:00")
    assert trade.order.status is OrderStatus.COMPLETED
    assert trade.contract.status is ContractStatus.COMPLETED
    assert trade.earned == 3 * (4400_00 - 132_00)
    assert trade.credit == 2640_00
    assert trade.totals == [4400_00] * 3
    assert trade.books_are_right()


def test_buying_out_is_paid_like_a_rent_and_ends_the_order(session):
    trade = rented(session)
    quote = quote_buy_out(session, trade.contract.public_id, actor=trade.engineer, clock=at("2026-12-10 09:00"))
    assert quote.amount == 12000_00 - 3520_00
    accept_buy_out(session, quote.public_id, actor=trade.engineer, clock=at("2026-12-11 09:00"))
    trade.follow("2026-12-11 09:00")
    purpose = f"buy_out:{quote.public_id}"
    assert trade.asked == {purpose: 8480_00}
    trade.pay(purpose, now="2026-12-12 10:00")
    assert (trade.contract.status, trade.order.status) == (ContractStatus.BOUGHT_OUT, OrderStatus.COMPLETED)
    assert trade.earned == (4400_00 + 8480_00) * 97 // 100
    assert trade.credit == 2640_00
    assert trade.books_are_right()


def test_a_machine_given_back_early_is_credited_the_days_left(session):
    trade = rented(session).give_back("2026-12-20 10:00").accept("2026-12-20 12:00")
    assert trade.contract.status is ContractStatus.TERMINATED
    unused = 1561_29  # 4,400 × 11 of 31 days
    assert trade.totals == [4400_00, -unused]
    paid = 4400_00 - unused
    assert trade.earned + trade.commission == paid
    assert trade.credit == unused + 2640_00
    assert trade.books_are_right()


def test_a_rent_not_paid_brings_a_fee_then_suspension_and_paying_lifts_it(session):
    trade = rented(session).run("2027-01-01 01:00")
    trade.run("2027-01-14 02:00")
    assert trade.asked == {"period:2": 4400_00, "late:2": 50_00}
    trade.run("2027-01-25 02:00")
    assert trade.contract.status is ContractStatus.SUSPENDED
    with pytest.raises(Conflict, match="contract_not_running"):
        quote_buy_out(session, trade.contract.public_id, actor=trade.engineer, clock=at("2027-01-25 09:00"))
    trade.pay("period:2", now="2027-01-26 09:00")
    assert trade.contract.status is ContractStatus.RUNNING
    assert trade.books_are_right()


def test_the_order_shows_its_contract_and_the_contract_its_order(session, browser_of):
    trade = rented(session).run("2027-01-01 01:00")
    market = trade.market
    engineer = browser_of(session, market.engineer_user, park_id=market.park.id, enterprise_id=market.demander.id)
    shown = engineer.get(f"/orders/{trade.order.public_id}").get_data(as_text=True)
    assert f"/money/contracts/{trade.contract.public_id}" in shown
    assert trade.requests()[-1].reference in shown
    contract = engineer.get(f"/money/contracts/{trade.contract.public_id}").get_data(as_text=True)
    assert f"/orders/{trade.order.public_id}" in contract
    assert trade.requests()[-1].reference in contract
    owner = browser_of(session, market.owner_user, park_id=market.park.id, enterprise_id=market.supplier.id)
    assert trade.requests()[-1].reference not in owner.get(f"/money/contracts/{trade.contract.public_id}").get_data(
        as_text=True
    )


def test_a_rent_to_own_is_booked_on_the_listings_page_without_an_end(session, browser_of):
    trade = ContractTrade(session, TO_OWN)
    market = trade.market
    engineer = browser_of(session, market.engineer_user, park_id=market.park.id, enterprise_id=market.demander.id)
    panel = f"/listings/{market.listing.public_id}/panel?start=2026-12-01T08:00&end=2026-12-01T12:00"
    shown = engineer.get(panel).get_data(as_text=True)
    assert 'name="end"' not in shown
    assert "13,200.00" in shown
    form = {"start": "2026-12-01T08:00", "quantity": "1", "accepted_total": str(3 * 4400_00), "idempotency_key": "one"}
    assert engineer.post(f"/listings/{market.listing.public_id}/book", data=form).status_code == 303
    body = {"listing": market.listing.public_id, "start": "2027-04-01T08:00:00+08:00"}
    ordered = engineer.post("/api/v1/orders/", json=body, headers={"Idempotency-Key": "two"})
    assert (ordered.status_code, ordered.json["up_front"]) == (201, 4400_00)
    assert ordered.json["contract_terms"]["kind"] == "rent_to_own"
    taken = engineer.post("/api/v1/orders/", json=body, headers={"Idempotency-Key": "three"})
    assert (taken.status_code, taken.json["code"]) == (409, "slot_taken")
    assert (
        engineer.post(f"/listings/{market.listing.public_id}/book", data=form | {"idempotency_key": "four"}).status_code
        == 409
    )


def test_pieces_are_booked_with_what_one_expects(session, browser_of):
    trade = ContractTrade(session, BY_PIECE)
    market = trade.market
    engineer = browser_of(session, market.engineer_user, park_id=market.park.id, enterprise_id=market.demander.id)
    page = f"/listings/{market.listing.public_id}"
    times = "start=2026-12-01T08:00&end=2026-12-01T12:00"
    assert "请填写预计用量" in engineer.get(f"{page}/panel?{times}").get_data(as_text=True)
    assert "500.00" in engineer.get(f"{page}/panel?{times}&expected_usage=200").get_data(as_text=True)
    form = {"start": "2026-12-01T08:00", "end": "2026-12-01T12:00", "expected_usage": "-1", "idempotency_key": "one"}
    assert engineer.post(f"{page}/book", data=form).status_code == 422


def disputed(trade, *, refund, deduction=0, opened, decided, closed):
    """A dispute of the demander, from its opening to the decision that counts."""
    command = OpenDispute(order=trade.order.public_id, subject=DisputeSubject.NOT_AS_AGREED, claim="精度不够")
    dispute = open_dispute(trade.session, command, actor=trade.engineer, clock=at(opened))
    trade.follow(opened)
    assert {funds.status for request in trade.requests() for funds in held_of(trade, request)} <= {FundsStatus.FROZEN}
    officer = create_officer(trade.session, trade.market.park, OfficeRole.CREDIT_OFFICER)
    verdict = DecideDispute(
        dispute=dispute.public_id, decision="各担一部分", refund_amount=refund, deduction_amount=deduction
    )
    actor = office_actor(officer, trade.market.park, OfficeRole.CREDIT_OFFICER)
    decide_dispute(trade.session, verdict, actor=actor, clock=at(decided))
    close_dispute(trade.session, dispute.id, clock=at(closed))
    return trade.follow(closed)


def held_of(trade, request):
    rows = select(Funds).where(Funds.request_id == request.id, Funds.status.in_((FundsStatus.HELD, FundsStatus.FROZEN)))
    return trade.session.scalars(rows.execution_options(populate_existing=True)).all()


def test_a_decision_lowers_what_the_use_costs_and_the_rest_is_paid(session):
    trade = used_days(session).pay(now="2026-11-23 12:00").hand_over(HANDOVER, "0").give_back("2026-12-01 16:00", "8")
    disputed(
        trade,
        refund=300_00,
        deduction=50_00,
        opened="2026-12-01 17:00",
        decided="2026-12-07 09:00",
        closed="2026-12-15 09:00",
    )
    assert trade.order.status is OrderStatus.COMPLETED
    assert trade.totals == [800_00, -300_00]
    assert (trade.earned, trade.commission) == (500_00 - 15_00 + 50_00, 15_00)
    assert trade.credit == 500_00 + 150_00
    assert trade.contract.status is ContractStatus.COMPLETED
    assert trade.books_are_right()


def test_while_a_dispute_is_open_nothing_of_a_contract_moves(session):
    trade = rented(session)
    command = OpenDispute(order=trade.order.public_id, subject=DisputeSubject.NOT_AS_AGREED, claim="主轴异响")
    open_dispute(trade.session, command, actor=trade.engineer, clock=at("2026-12-20 09:00"))
    trade.run("2027-01-01 01:00").pay("period:2", now="2027-01-03 09:00").run("2027-02-01 01:00")
    assert (trade.earned, trade.asked) == (0, {"period:3": 4400_00})
    assert trade.books_are_right()


def test_a_plan_edited_while_a_contract_runs_changes_nothing_of_it(session):
    trade = rented(session)
    dearer = replace(TO_OWN, rents=(RentStep(count=3, rent=Decimal(9900)),))
    edit = SetRatePlan(listing=trade.market.listing.public_id, version=None, plan=dearer)
    set_rate_plan(session, edit, actor=trade.owner, clock=at("2026-12-10 09:00"))
    trade.run("2027-01-01 01:00")
    assert trade.totals == [4400_00, 4400_00]
    assert trade.contract.rent_to_own == TO_OWN


def test_a_corrected_bill_is_owed_no_more_and_its_money_returns(session):
    trade = rented(session).run("2027-01-01 01:00")
    second = trade.dues[1].bill
    command = CorrectBill(bill=second.public_id, reason="多收了一个月")
    correct_bill(session, command, actor=trade.owner, clock=at("2027-01-02 09:00"))
    trade.follow("2027-01-02 09:00")
    assert trade.asked == {}
    assert trade.dues[1].is_paid
    assert trade.books_are_right()


def test_events_alone_lead_a_contract_from_booking_to_payout(session, run_jobs):
    trade = used_days(session)
    bank = KeepBankAccount(holder=trade.market.supplier.name_zh, bank="云溪农商行", number="6222020200112233445")
    keep_bank_account(session, bank, actor=trade.owner, clock=at("2026-11-23 09:00"))
    run_jobs()
    receive_by_reference(session, trade.request.reference, actor=trade.system, clock=at("2026-11-23 12:00"))
    run_jobs()
    trade.hand_over(HANDOVER, "10").give_back("2026-12-01 16:00", "14").accept("2026-12-02 09:00")
    run_jobs()
    payout = session.scalars(select(Payout)).one()
    assert (payout.enterprise_id, payout.amount) == (trade.market.supplier.id, 400_00 - 12_00)
    assert trade.books_are_right()


def test_each_unit_of_an_order_is_metered_by_itself(session):
    trade = ContractTrade(session, BY_HOUR, units=2).place("2026-12-01 08:00", "2026-12-01 18:00", quantity=2)
    trade.pay(now="2026-11-23 12:00").hand_over(HANDOVER)
    for meter, hours in zip(trade.meters, (3, 4), strict=True):
        for event, (moment_read, value) in enumerate([(HANDOVER, 50), ("2026-12-01 16:00", 50 + hours)]):
            reading = NewReading(event_id=str(event), at=at(moment_read)(), value=Decimal(value))
            command = TakeReadings(meter_id=meter.id, device="gw", readings=(reading,))
            take_readings(session, command, clock=at("2026-12-01 17:00"))
    trade.give_back("2026-12-01 18:00").accept("2026-12-02 09:00")
    assert trade.totals == [700_00]
    assert trade.books_are_right()
