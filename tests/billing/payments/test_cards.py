"""Paying by card, from the button to the books, with whatever can go wrong on the way."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from billing.ledger.accounts import AccountKind, AccountName
from billing.payments.card_jobs import ask_about_payment, ask_gateway, reconcile_cards
from billing.payments.models import PaymentStatus, RequestStatus
from billing.payments.operations.cards import CAPTURE_WITHIN
from billing.payments.operations.requesting import cancel_request, expire_requests
from billing.payments.operations.settling import ClaimDeposit, Refund, claim_deposit, refund, return_deposit
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import EventRow
from tests.application import NOW
from tests.billing.ledger.book import CLOCK, yuan


@pytest.fixture
def desk(card_desk):
    return card_desk


def kinds(desk):
    return list(desk.session.scalars(select(EventRow.kind).order_by(EventRow.id)))


def give_back(desk, amount=None):
    command = Refund(subject_ref=desk.subject, key="cancelled", amount=None if amount is None else yuan(amount))
    refund(desk.session, command, actor=desk.actor, clock=CLOCK)
    desk.settle()


def test_a_paid_card_secures_the_request_as_a_transfer_does(desk):
    request = desk.ask()
    payment = desk.pay_by_card(request)
    assert (payment.status, payment.amount, payment.fee_amount) == (PaymentStatus.SUCCEEDED, 130_000, 5_000)
    assert request.status is RequestStatus.SECURED
    assert desk.has("gateway_clearing", desk.payer) == 1250
    assert desk.has("application_fee", desk.payer) == 50
    assert desk.has("escrow", desk.payer, desk.subject) == 1000
    assert desk.has("platform_bank") == 0
    assert kinds(desk).count("FundsSecured") == 1
    assert desk.off() == []


def test_the_row_is_committed_before_the_gateway_hears_of_it(desk, monkeypatch):
    seen = []
    create = desk.gateway.create

    def watching(ask):
        seen.append(desk.session.in_nested_transaction() or desk.session.in_transaction())
        return create(ask)

    monkeypatch.setattr(desk.gateway, "create", watching)
    desk.opened(desk.ask())
    assert seen == [False]


def test_only_what_is_missing_is_paid_by_card(desk):
    request = desk.ask()
    desk.pay(request, 300)
    payment = desk.pay_by_card(request)
    assert payment.amount == 100_000
    assert request.status is RequestStatus.SECURED
    assert desk.off() == []


def test_a_transfer_that_comes_first_leaves_the_card_alone(desk):
    request = desk.ask()
    payment = desk.opened(request)
    desk.gateway.pay(payment.gateway_ref)
    desk.pay(request, 1300)
    desk.look_again(payment)
    assert payment.status is PaymentStatus.FAILED
    assert desk.gateway.look(payment.gateway_ref).captured == 0
    assert "capture" not in desk.gateway.calls
    assert desk.off() == []


def test_of_a_request_paid_in_part_meanwhile_only_the_rest_is_taken(desk):
    request = desk.ask()
    payment = desk.opened(request)
    desk.gateway.pay(payment.gateway_ref)
    desk.pay(request, 900)
    desk.look_again(payment)
    assert (payment.status, payment.amount) == (PaymentStatus.SUCCEEDED, 40_000)
    assert desk.gateway.look(payment.gateway_ref).captured == 40_000
    assert desk.off() == []


def test_a_declined_card_may_be_followed_by_a_good_one(desk):
    request = desk.ask()
    payment = desk.opened(request)
    desk.gateway.decline(payment.gateway_ref)
    desk.look_again(payment)
    assert (payment.status, payment.failure) == (PaymentStatus.PENDING, "card_declined")
    assert desk.start(request) is payment
    desk.gateway.pay(payment.gateway_ref)
    desk.look_again(payment)
    assert (payment.status, payment.failure) == (PaymentStatus.SUCCEEDED, "")


def test_a_page_that_closed_makes_room_for_another(desk):
    request = desk.ask()
    first = desk.opened(request)
    desk.gateway.expire(first.gateway_ref)
    desk.look_again(first)
    assert (first.status, first.failure) == (PaymentStatus.FAILED, "expired")
    assert desk.pay_by_card(request).status is PaymentStatus.SUCCEEDED
    assert "CardPaymentFailed" in kinds(desk)
    assert desk.off() == []


@pytest.mark.parametrize("when", ["time_out_after", "time_out_before"])
@pytest.mark.parametrize("operation", ["create", "capture"])
def test_a_call_without_an_answer_is_asked_about_and_happens_once(desk, when, operation):
    request = desk.ask()
    getattr(desk.gateway, when).add(operation)
    payment = desk.opened(request)
    if operation == "create":
        assert payment.status is PaymentStatus.UNKNOWN
        desk.look_again(payment)
        if when == "time_out_before":
            assert (payment.status, payment.gateway_ref) == (PaymentStatus.UNKNOWN, None)
            late = fixed_clock(NOW + timedelta(minutes=11))
            for _ in ask_about_payment(desk.session, clock=late, payment_id=payment.id):
                desk.session.commit()
            assert (payment.status, payment.failure) == (PaymentStatus.FAILED, "never_opened")
            payment = desk.opened(request)
    desk.gateway.pay(payment.gateway_ref)
    desk.look_again(payment)
    if operation == "capture":
        assert payment.status is PaymentStatus.UNKNOWN
        desk.look_again(payment)
    assert payment.status is PaymentStatus.SUCCEEDED
    assert request.received_amount == 130_000
    assert desk.has("gateway_clearing", desk.payer) == 1250
    assert desk.off() == []


def test_a_gateway_that_will_not_open_a_page_ends_the_payment(desk, monkeypatch):
    from billing.payments.gateways.contract import GatewayRefusedError

    def refuse(ask):
        raise GatewayRefusedError("amount_too_small")

    monkeypatch.setattr(desk.gateway, "create", refuse)
    payment = desk.opened(desk.ask())
    assert (payment.status, payment.failure) == (PaymentStatus.FAILED, "amount_too_small")


@pytest.mark.parametrize("is_authorised", [False, True])
@pytest.mark.parametrize("end", ["cancelled", "expired"])
def test_a_request_that_ends_lets_the_card_go(desk, end, is_authorised):
    request = desk.ask()
    payment = desk.opened(request)
    if is_authorised:
        desk.gateway.pay(payment.gateway_ref)
    if end == "cancelled":
        cancel_request(desk.session, desk.subject, actor=desk.actor, clock=CLOCK)
    else:
        expire_requests(desk.session, clock=fixed_clock(request.due_at))
    desk.settle()
    assert payment.status is PaymentStatus.FAILED
    assert desk.gateway.look(payment.gateway_ref).state == "ended"
    assert desk.has("gateway_clearing", desk.payer) == 0
    assert desk.off() == []


def test_money_taken_while_the_request_ended_goes_back_to_the_card(desk):
    request = desk.ask()
    payment = desk.opened(request)
    desk.gateway.pay(payment.gateway_ref)
    desk.gateway.time_out_after.add("capture")
    desk.look_again(payment)
    cancel_request(desk.session, desk.subject, actor=desk.actor, clock=CLOCK)
    desk.look_again(payment)
    assert payment.status is PaymentStatus.SUCCEEDED
    assert [(one.amount, one.fee_amount, one.status) for one in desk.refunds()] == [
        (130_000, 5_000, PaymentStatus.SUCCEEDED)
    ]
    for kind in ("gateway_clearing", "application_fee", "customer_credit"):
        assert desk.has(kind, desk.payer) == 0
    assert desk.off() == []


def test_an_authorisation_older_than_five_days_is_let_go(desk):
    request = desk.ask(due_at=NOW + timedelta(days=9))
    payment = desk.opened(request)
    desk.gateway.pay(payment.gateway_ref)
    payment.authorised_at = NOW - CAPTURE_WITHIN
    desk.session.commit()
    desk.look_again(payment)
    assert payment.status is PaymentStatus.FAILED
    assert desk.gateway.look(payment.gateway_ref).captured == 0


def test_refunded_escrow_and_deposit_return_to_the_card_with_the_fee(desk):
    request = desk.ask()
    payment = desk.pay_by_card(request)
    give_back(desk)
    return_deposit(desk.session, Refund(subject_ref=desk.subject, key="over"), actor=desk.actor, clock=CLOCK)
    desk.settle()
    assert [(one.amount, one.fee_amount) for one in desk.refunds()] == [(100_000, 5_000), (30_000, 0)]
    page = desk.gateway.look(payment.gateway_ref)
    assert sum(amount for amount, _ in page.refunds.values()) == page.captured == payment.refunded_amount
    assert sum(fee for _, fee in page.refunds.values()) == page.captured_fee
    for kind in ("gateway_clearing", "application_fee", "customer_credit"):
        assert desk.has(kind, desk.payer) == 0
    assert desk.off() == []


def test_a_job_done_keeps_its_fee_and_only_the_deposit_returns(desk):
    desk.pay_by_card(desk.ask())
    desk.release(commission=50)
    claim = ClaimDeposit(subject_ref=desk.subject, key="damage", amount=yuan(100), evidence="照片")
    claim_deposit(desk.session, claim, actor=desk.actor, clock=CLOCK)
    return_deposit(desk.session, Refund(subject_ref=desk.subject, key="over"), actor=desk.actor, clock=CLOCK)
    desk.settle()
    assert [(one.amount, one.fee_amount) for one in desk.refunds()] == [(20_000, 0)]
    assert desk.has("platform_bank") == 50
    assert desk.has("gateway_clearing", desk.payee) == 1050
    assert desk.has("gateway_clearing", desk.payer) == 0
    assert desk.off() == []


def test_a_split_gives_the_card_its_part_and_the_unearned_fee(desk):
    request = desk.ask()
    desk.pay_by_card(request)
    desk.divide(600, 400, commission=30)
    desk.settle()
    assert [(one.amount, one.fee_amount) for one in desk.refunds()] == [(40_000, 2_000)]
    assert desk.has("platform_bank") == 30
    assert desk.has("application_fee", desk.payer) == 0
    assert desk.off() == []


def test_what_came_by_transfer_does_not_go_to_the_card(desk):
    request = desk.ask(1000, 0)
    desk.pay(request, 600)
    desk.pay_by_card(request)
    give_back(desk)
    assert [one.amount for one in desk.refunds()] == [40_000]
    assert desk.has("customer_credit", desk.payer) == 600
    assert desk.has("custody", desk.payer) == 600
    assert desk.off() == []


def test_a_card_that_takes_nothing_back_leaves_the_money_as_credit(desk):
    payment = desk.pay_by_card(desk.ask(1000, 0))
    desk.gateway.refuse_refunds = True
    give_back(desk)
    failed = desk.refunds()[0]
    assert (failed.status, failed.failure) == (PaymentStatus.FAILED, "lost_or_stolen_card")
    assert payment.refunded_amount == 0
    assert desk.has("customer_credit", desk.payer) == 1000
    assert "CardRefundFailed" in kinds(desk)
    assert desk.off() == []


@pytest.mark.parametrize("when", ["time_out_after", "time_out_before"])
def test_a_refund_without_an_answer_is_made_once(desk, when):
    payment = desk.pay_by_card(desk.ask(1000, 0))
    getattr(desk.gateway, when).add("refund")
    give_back(desk)
    assert desk.refunds()[0].status is PaymentStatus.UNKNOWN
    assert desk.has("customer_credit", desk.payer) == 1000
    assert desk.off() == []
    ask_gateway(desk.session, clock=CLOCK)
    desk.settle()
    assert desk.refunds()[0].status is PaymentStatus.SUCCEEDED
    assert len(desk.gateway.look(payment.gateway_ref).refunds) == 1
    assert desk.off() == []


def test_the_night_asks_about_all_that_is_open(desk):
    request = desk.ask(due_at=NOW + timedelta(days=9))
    payment = desk.opened(request)
    desk.gateway.pay(payment.gateway_ref)
    later = fixed_clock(NOW + timedelta(hours=20))
    ask_gateway(desk.session, clock=later)
    desk.settle()
    assert payment.status is PaymentStatus.PENDING
    reconcile_cards(desk.session, clock=later)
    desk.settle()
    assert payment.status is PaymentStatus.SUCCEEDED
    assert desk.off() == []


def test_pressing_again_is_the_payment_that_stands(desk):
    request = desk.ask()
    assert desk.start(request) is desk.start(request)
    desk.settle()
    assert desk.gateway.calls == ["create"]


def test_who_may_not_pay_is_refused(desk):
    request = desk.ask()
    desk.session.commit()
    desk.person = desk.actor.__class__(
        park_id=desk.park.id, user_id=1, enterprise_id=desk.payee.id, firm_role=desk.person.firm_role, admitted=True
    )
    with pytest.raises(NotFound):
        desk.start(request)


def test_no_card_for_what_is_over_or_too_large(desk):
    request = desk.ask(1_000_000, 0)
    with pytest.raises(Invalid, match="card_amount_too_large"):
        desk.start(request)
    cancel_request(desk.session, desk.subject, actor=desk.actor, clock=CLOCK)
    with pytest.raises(Conflict, match="request_ended"):
        desk.start(request)


def test_frozen_money_does_not_return(desk):
    from billing.payments.operations.settling import freeze

    desk.pay_by_card(desk.ask(1000, 0))
    freeze(desk.session, desk.subject, reason="争议", actor=desk.actor, clock=CLOCK)
    with pytest.raises(Conflict, match="funds_frozen"):
        give_back(desk)
    assert desk.refunds() == []


SPOILED = {
    "card_refunds_add_up": "UPDATE billing_payment SET refunded_amount = refunded_amount - 1",
    "card_refund_is_booked_once": "UPDATE billing_card_refund SET status = 'failed'",
    "open_card_refund_is_set_aside": "UPDATE billing_card_refund SET status = 'pending'",
    "fee_returned_was_taken": "UPDATE billing_payment SET fee_amount = 4999",
    "arrived_card_money_adds_up": "UPDATE billing_payment SET arrived_amount = 1",
    "card_money_came_in_as_taken": "UPDATE billing_payment SET fee_amount = 5001",
}


@pytest.mark.parametrize("rule", SPOILED)
def test_the_proof_finds_what_is_spoiled(desk, rule):
    desk.pay_by_card(desk.ask(1000, 0))
    give_back(desk)
    assert desk.off() == []
    desk.session.execute(text(SPOILED[rule]))
    assert rule in {finding.rule for finding in desk.off()}


def test_the_proof_finds_card_money_moved_by_something_else(desk):
    desk.pay_by_card(desk.ask(1000, 0))
    clearing = AccountName(AccountKind.GATEWAY_CLEARING, desk.payer.id)
    desk.move(desk.custody(), clearing, yuan(1))
    assert "clearing_only_changes_hands" in {finding.rule for finding in desk.off()}
