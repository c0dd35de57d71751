"""The gateway pays out: card money reaches custody, and from there the supplier's account."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from billing.payments.operations.settling import Refund, refund
from billing.payouts.operations.accounts import KeepBankAccount, keep_bank_account
from billing.payouts.operations.queueing import QueuePayout, queue_payout
from billing.statements.models import LineStatus, StatementLine
from billing.statements.operations import ImportStatement, import_statement, match_card_money
from marketplace.kernel.actor import FirmRole, OfficeRole
from marketplace.kernel.errors import Conflict
from tests.application import NOW
from tests.billing.ledger.book import CLOCK
from tests.billing.statements.bank import signed
from tests.factories import create_member, create_officer, firm_actor, office_actor


@pytest.fixture
def desk(card_desk):
    return card_desk


@pytest.fixture
def clerk(desk):
    return office_actor(create_officer(desk.session, desk.park, OfficeRole.FINANCE), desk.park, OfficeRole.FINANCE)


def line(desk, clerk, yuan):
    body = signed([("STRIPE PAYOUT", yuan)])
    import_statement(desk.session, ImportStatement(name="流水.csv", body=body), actor=clerk, clock=CLOCK)
    return desk.session.scalars(select(StatementLine).order_by(StatementLine.id.desc())).first()


def arrive(desk, clerk, yuan):
    row = line(desk, clerk, yuan)
    match_card_money(desk.session, row.public_id, actor=clerk, clock=CLOCK)
    desk.session.commit()
    return row


def pay_order(desk, subject, escrow=1000):
    desk.subject = subject
    return desk.pay_by_card(desk.ask(escrow, 0))


def test_card_money_that_arrives_can_be_paid_out_to_the_supplier(desk, clerk):
    pay_order(desk, "order:one")
    desk.release(commission=50)
    owner = firm_actor(create_member(desk.session, desk.payee, role=FirmRole.OWNER), desk.park, desk.payee)
    account = KeepBankAccount(holder="供方", bank="中国银行", number="6216610000012345")
    keep_bank_account(desk.session, account, actor=owner, clock=CLOCK)
    wish = QueuePayout(enterprise_id=desk.payee.id, currency="CNY")
    with pytest.raises(Conflict, match="nothing_to_pay_out"):
        queue_payout(desk.session, wish, actor=desk.actor, clock=CLOCK)
    row = arrive(desk, clerk, 950)
    assert row.status is LineStatus.MATCHED
    assert desk.has("custody", desk.payee) == 950
    assert desk.has("gateway_clearing", desk.payee) == 0
    assert desk.has("unapplied") == 0
    assert queue_payout(desk.session, wish, actor=desk.actor, clock=CLOCK).amount == 95_000
    assert desk.off() == []


def test_the_oldest_payment_arrives_first_and_part_of_one_is_no_trouble(desk, clerk):
    first, second = pay_order(desk, "order:one"), pay_order(desk, "order:two")
    second.succeeded_at = NOW - timedelta(days=1)
    desk.session.commit()
    arrive(desk, clerk, 1200)
    assert (first.arrived_amount, second.arrived_amount) == (25_000, 95_000)
    assert desk.has("custody", desk.payer) == 1200
    arrive(desk, clerk, 700)
    assert (first.arrived_amount, second.arrived_amount) == (95_000, 95_000)
    assert desk.has("gateway_clearing", desk.payer) == 0
    assert desk.off() == []


def test_what_went_back_before_is_not_awaited(desk, clerk):
    payment = pay_order(desk, "order:one")
    refund(desk.session, Refund(subject_ref="order:one", key="back"), actor=desk.actor, clock=CLOCK)
    desk.settle()
    pay_order(desk, "order:two")
    arrive(desk, clerk, 950)
    assert payment.arrived_amount == 0
    assert desk.off() == []


def test_a_refund_after_the_arrival_comes_out_of_custody(desk, clerk):
    pay_order(desk, "order:one")
    arrive(desk, clerk, 950)
    refund(desk.session, Refund(subject_ref="order:one", key="back"), actor=desk.actor, clock=CLOCK)
    desk.settle()
    for kind in ("custody", "gateway_clearing", "application_fee", "customer_credit"):
        assert desk.has(kind, desk.payer) == 0
    assert desk.off() == []


def test_more_than_was_paid_by_card_is_refused_and_nothing_moves(desk, clerk):
    pay_order(desk, "order:one")
    row = line(desk, clerk, 951)
    with pytest.raises(Conflict, match="more_than_on_its_way"):
        match_card_money(desk.session, row.public_id, actor=clerk, clock=CLOCK)
    desk.session.rollback()
    assert desk.has("custody", desk.payer) == 0
    assert desk.off() == []


@pytest.mark.parametrize("way", ["page", "api"])
def test_the_clerk_says_so_by_page_and_api(desk, clerk, browser_of, way):
    pay_order(desk, "order:one")
    officer = create_officer(desk.session, desk.park, OfficeRole.FINANCE)
    browser = browser_of(desk.session, officer, park_id=desk.park.id)
    row = line(desk, clerk, 950)
    desk.session.commit()
    if way == "page":
        assert "是银行卡款" in browser.get(f"/office/money/lines/{row.public_id}").text
        answer = browser.post(f"/office/money/lines/{row.public_id}/cards", data={"idempotency_key": "one"})
        assert answer.status_code == 303
    else:
        where = next(
            rule.rule for rule in browser.application.url_map.iter_rules() if rule.endpoint.endswith("_api.match_cards")
        )
        where = where.replace("<string:bank_line>", row.public_id)
        assert browser.post(where, json={}).json["status"] == "matched"
        assert browser.post(where, json={}).status_code == 409
    desk.session.expire_all()
    assert row.status is LineStatus.MATCHED
    assert desk.has("custody", desk.payer) == 950
    assert desk.off() == []
