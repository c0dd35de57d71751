"""Pay-per-use and rent-to-own from the order to its last bill: one contract, its meters, its dues, and books that are right."""

import pytest

from billing.contracts.models import ContractKind, ContractStatus, PeriodStatus
from billing.contracts.operations import accept_buy_out, quote_buy_out
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.orders.models import OrderStatus
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
