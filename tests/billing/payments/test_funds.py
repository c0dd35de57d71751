"""Money held until something is proven: asked for, secured, released, refunded, split, frozen."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from billing.payments.models import FundsKind, FundsStatus, GatewayName, RequestStatus
from billing.payments.operations.access import funds_of_kind
from billing.payments.operations.requesting import (
    RequestFunds,
    UploadSlip,
    cancel_request,
    expire_requests,
    request_funds,
    upload_slip,
)
from billing.payments.operations.settling import (
    ClaimDeposit,
    Refund,
    claim_deposit,
    freeze,
    refund,
    return_deposit,
    unfreeze,
)
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import EventRow
from marketplace.kernel.money import Money
from tests.application import NOW
from tests.billing.ledger.book import CLOCK, yuan
from tests.billing.payments.desk import Desk
from tests.factories import create_member, firm_actor

PDF = b"%PDF-1.7 transfer %%EOF"


@pytest.fixture
def desk(session):
    return Desk(session)


def events(desk, kind):
    return [row.body for row in desk.session.scalars(select(EventRow).where(EventRow.kind == kind))]


def status_of(desk, request, kind=FundsKind.ESCROW):
    return funds_of_kind(desk.session, request, kind).status


def test_all_of_the_money_secures_escrow_and_deposit(desk):
    request = desk.ask()
    desk.pay(request, 1300)
    assert request.status is RequestStatus.SECURED
    assert desk.has("escrow", desk.payer, desk.subject) == 1000
    assert desk.has("deposit", desk.payer, desk.subject) == 300
    assert desk.has("custody", desk.payer) == 1300
    assert desk.has("platform_bank") == 0
    assert [body["escrow"] for body in events(desk, "FundsSecured")] == [100_000]
    assert desk.off() == []


def test_part_of_the_money_waits(desk):
    request = desk.ask()
    desk.pay(request, 1000)
    assert (request.status, request.missing) == (RequestStatus.AWAITED, yuan(300))
    assert desk.has("unapplied", desk.payer) == 1000
    assert desk.off() == []
    desk.pay(request, 300)
    assert request.status is RequestStatus.SECURED
    assert desk.off() == []


def test_too_much_money_waits_as_the_payers_credit(desk):
    desk.pay(desk.ask(), 1500)
    assert desk.has("customer_credit", desk.payer) == 200
    assert [body["amount"] for body in events(desk, "MoneyLeftOver")] == [20_000]
    assert desk.off() == []


def test_money_after_the_end_is_the_payers_credit(desk):
    request = desk.ask()
    cancel_request(desk.session, desk.subject, actor=desk.actor, clock=CLOCK)
    desk.pay(request, 1300)
    desk.pay(request, 5)
    assert request.status is RequestStatus.CANCELLED
    assert desk.has("customer_credit", desk.payer) == 1305
    assert desk.off() == []


def test_the_same_bank_line_counts_once(desk):
    request = desk.ask()
    first = desk.pay(request, 400, ref="bank:same")
    assert desk.pay(request, 400, ref="bank:same") is first
    assert desk.has("custody", desk.payer) == 400


def test_asking_again_is_the_request_that_stands_and_another_sum_is_refused(desk):
    assert desk.ask() is desk.ask()
    assert len(events(desk, "FundsRequested")) == 1
    with pytest.raises(Conflict, match="request_differs"):
        desk.ask(escrow=999)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"escrow": yuan(0), "deposit": yuan(0)}, "amount_not_positive"),
        ({"escrow": yuan(-1)}, "amount_not_positive"),
        ({"escrow": Money(10**15, "CNY")}, "amount_out_of_range"),
        ({"deposit": Money(100, "EUR")}, "currency_differs"),
        ({"due_at": NOW}, "due_in_the_past"),
        ({"expected_fee": 100_001}, "commission_too_high"),
    ],
)
def test_requests_without_sense_are_refused(desk, change, code):
    command = RequestFunds(
        subject_ref="order:x",
        payer_id=desk.payer.id,
        payee_id=desk.payee.id,
        escrow=yuan(1000),
        deposit=yuan(1),
        due_at=NOW + timedelta(days=1),
    )
    with pytest.raises(Invalid, match=code):
        request_funds(desk.session, replace(command, **change), actor=desk.actor, clock=CLOCK)
    with pytest.raises(Invalid, match="same_party"):
        request_funds(desk.session, replace(command, payer_id=desk.payee.id), actor=desk.actor, clock=CLOCK)


@pytest.mark.parametrize("amount", [0, -5, 10**14])
def test_payments_without_sense_are_refused(desk, amount):
    with pytest.raises(Invalid):
        desk.pay(desk.ask(), amount)


def test_release_pays_the_payee_and_the_platform_its_commission_only(desk):
    request = desk.secured()
    desk.release(commission=50, tax=283)
    assert desk.has("payable", desk.payee) == 950
    assert desk.has("custody", desk.payee) == 950
    assert desk.has("custody", desk.payer) == 300
    assert desk.has("commission_clearing") == 50
    assert desk.has("commission") == 47.17
    assert desk.has("vat_output") == 2.83
    assert status_of(desk, request) is FundsStatus.RELEASED
    assert status_of(desk, request, FundsKind.DEPOSIT) is FundsStatus.HELD
    assert desk.off() == []


def test_release_in_parts_and_each_once(desk):
    request = desk.secured()
    desk.release(400, key="milestone:1")
    desk.release(400, key="milestone:1")
    assert desk.has("payable", desk.payee) == 400
    assert status_of(desk, request) is FundsStatus.HELD
    with pytest.raises(Conflict, match="more_than_held"):
        desk.release(601, key="milestone:2")
    desk.release(key="rest")
    assert status_of(desk, request) is FundsStatus.RELEASED
    with pytest.raises(Conflict, match="funds_transition"):
        desk.release(1, key="more")
    assert desk.off() == []


@pytest.mark.parametrize(("amount", "commission", "tax"), [(10, 11, 0), (10, -1, 0), (10, 1, 101), (10, 1, -1)])
def test_commission_stays_within_what_is_released(desk, amount, commission, tax):
    desk.secured()
    with pytest.raises(Invalid, match="commission_too_high"):
        desk.release(amount, commission=commission, tax=tax)


@pytest.mark.parametrize("amount", [0, -1])
def test_no_release_of_nothing_or_less(desk, amount):
    desk.secured()
    with pytest.raises(Invalid, match="amount_not_positive"):
        desk.release(amount)


def test_nothing_moves_while_frozen(desk):
    desk.secured()
    freeze(desk.session, desk.subject, reason="尺寸超差", actor=desk.actor, clock=CLOCK)
    give_back = Refund(subject_ref=desk.subject, key="k")
    claim = ClaimDeposit(subject_ref=desk.subject, key="k", amount=yuan(1), evidence="照片")
    for verb in (
        desk.release,
        lambda: refund(desk.session, give_back, actor=desk.actor, clock=CLOCK),
        lambda: return_deposit(desk.session, give_back, actor=desk.actor, clock=CLOCK),
        lambda: claim_deposit(desk.session, claim, actor=desk.actor, clock=CLOCK),
    ):
        with pytest.raises(Conflict, match="funds_frozen"):
            verb()
    unfreeze(desk.session, desk.subject, actor=desk.actor, clock=CLOCK)
    desk.release()
    assert desk.has("payable", desk.payee) == 1000


def test_a_decided_dispute_splits_frozen_escrow(desk):
    request = desk.secured()
    freeze(desk.session, desk.subject, reason="尺寸超差", actor=desk.actor, clock=CLOCK)
    with pytest.raises(Conflict, match="split_differs"):
        desk.divide(600, 399)
    desk.divide(600, 400, commission=30)
    desk.divide(600, 400, commission=30)
    assert status_of(desk, request) is FundsStatus.SPLIT
    assert desk.has("payable", desk.payee) == 570
    assert desk.has("customer_credit", desk.payer) == 400
    assert desk.has("commission_clearing") == 30
    assert desk.off() == []


def test_all_to_one_side_is_a_split_that_ends_as_release_or_refund(desk):
    request = desk.secured()
    desk.divide(0, 1000)
    assert status_of(desk, request) is FundsStatus.REFUNDED
    assert desk.off() == []


def test_refund_gives_the_payer_credit(desk):
    request = desk.secured()
    refund(desk.session, Refund(subject_ref=desk.subject, key="cancelled"), actor=desk.actor, clock=CLOCK)
    refund(desk.session, Refund(subject_ref=desk.subject, key="cancelled"), actor=desk.actor, clock=CLOCK)
    assert status_of(desk, request) is FundsStatus.REFUNDED
    assert desk.has("customer_credit", desk.payer) == 1000
    assert [body["kind"] for body in events(desk, "FundsRefunded")] == ["escrow"]
    assert desk.off() == []


def test_damage_comes_out_of_the_deposit_and_the_rest_returns(desk):
    request = desk.secured()
    claim = ClaimDeposit(subject_ref=desk.subject, key="damage", amount=yuan(120), evidence="主轴碰撞，照片 3 张")
    claim_deposit(desk.session, claim, actor=desk.actor, clock=CLOCK)
    return_deposit(desk.session, Refund(subject_ref=desk.subject, key="over"), actor=desk.actor, clock=CLOCK)
    assert status_of(desk, request, FundsKind.DEPOSIT) is FundsStatus.SPLIT
    assert desk.has("payable", desk.payee) == 120
    assert desk.has("customer_credit", desk.payer) == 180
    assert desk.off() == []


def test_a_claim_needs_evidence(desk):
    desk.secured()
    claim = ClaimDeposit(subject_ref=desk.subject, key="k", amount=yuan(1), evidence=" ")
    with pytest.raises(Invalid, match="evidence_required"):
        claim_deposit(desk.session, claim, actor=desk.actor, clock=CLOCK)


def test_card_money_lies_in_clearing_and_the_fee_comes_out_of_what_was_taken(desk):
    request = desk.ask(1000, 0)
    desk.pay(request, 1000, gateway=GatewayName.STRIPE, fee=5_000)
    assert desk.has("gateway_clearing", desk.payer) == 950
    assert desk.off() == []
    desk.release(commission=50)
    assert desk.has("gateway_clearing", desk.payee) == 950
    assert desk.has("application_fee", desk.payer) == 0
    assert desk.has("platform_bank") == 50
    assert desk.off() == []


def test_time_that_is_over_ends_the_request(desk):
    request = desk.ask()
    desk.pay(request, 100)
    assert list(expire_requests(desk.session, clock=fixed_clock(request.due_at - timedelta(seconds=1)))) == []
    expire_requests(desk.session, clock=fixed_clock(request.due_at))
    assert (request.status, status_of(desk, request)) == (RequestStatus.EXPIRED, FundsStatus.EXPIRED)
    assert desk.has("customer_credit", desk.payer) == 100
    assert [body["status"] for body in events(desk, "FundsNotSecured")] == ["expired"]
    assert desk.off() == []


def test_money_that_is_there_is_not_cancelled(desk):
    desk.secured()
    with pytest.raises(Conflict, match="already_secured"):
        cancel_request(desk.session, desk.subject, actor=desk.actor, clock=CLOCK)


def slip(desk, request, body=PDF, firm=None):
    firm = firm or desk.payer
    actor = firm_actor(create_member(desk.session, firm), desk.park, firm)
    command = UploadSlip(request=request.public_id, name="回单.pdf", body=body)
    return upload_slip(desk.session, command, actor=actor, clock=CLOCK)


def test_a_slip_extends_the_time_once(desk):
    later = NOW + timedelta(days=3)
    request = desk.ask(due_with_slip=later)
    slip(desk, request)
    assert request.due_at == later
    assert [datetime.fromisoformat(body["due_at"]) for body in events(desk, "TransferSlipUploaded")] == [later]
    with pytest.raises(Conflict, match="slip_already_there"):
        slip(desk, request)


def test_slips_of_strangers_and_other_files_are_refused(desk):
    request = desk.ask()
    with pytest.raises(NotFound):
        slip(desk, request, firm=desk.payee)
    with pytest.raises(Invalid, match="slip_unreadable"):
        slip(desk, request, body=b"MZ program")
    with pytest.raises(Invalid, match="slip_too_large"):
        slip(desk, request, body=bytes(5 * 1024 * 1024) + PDF)


def test_another_park_finds_nothing(desk):
    desk.secured()
    other = Desk(desk.session, subject=desk.subject)
    with pytest.raises(NotFound):
        other.release()
    with pytest.raises(NotFound):
        freeze(desk.session, desk.subject, reason="x", actor=other.actor, clock=CLOCK)
