"""Commission stays in the custody bank until the bank is told to move it, like any other money."""

import pytest
from sqlalchemy import text

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.operations import Posting, credit, debit, post
from billing.payouts.check import check_payouts
from billing.payouts.models import AccountPurpose, PayoutSource, PayoutStatus
from billing.payouts.operations.accounts import KeepBankAccount, bank_account_of, keep_bank_account, platform_account_of
from billing.payouts.operations.batches import DecideBatch, approve_batch, batch_file, draft_batch, send_batch
from billing.payouts.operations.paying import confirm_paid, return_payout
from billing.payouts.operations.queueing import QueuePayout, queue_commission, queue_due_payouts, queue_payout
from billing.statements.operations import ImportStatement, import_statement
from billing.statements.queries import reconcile
from marketplace.kernel.actor import OfficeRole, system_actor
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.billing.ledger.book import CLOCK, yuan
from tests.billing.payments.desk import Desk
from tests.billing.statements.bank import signed
from tests.factories import create_officer, office_actor

OWN = KeepBankAccount(holder="云溪运营公司", bank="招商银行", number="7559 0000 1234", purpose=AccountPurpose.PLATFORM)


@pytest.fixture
def desk(session):
    """200 yuan of commission have been earned, out of 1,000."""
    desk = Desk(session)
    desk.secured()
    desk.release(commission=200, tax=1132)
    desk.clerks = [
        office_actor(create_officer(session, desk.park, OfficeRole.FINANCE), desk.park, OfficeRole.FINANCE)
        for _ in range(2)
    ]
    keep_bank_account(session, OWN, actor=desk.clerks[0], clock=CLOCK)
    return desk


def sent(desk):
    payout = queue_commission(desk.session, "CNY", actor=desk.actor, clock=CLOCK)
    batch = draft_batch(desk.session, actor=desk.clerks[0], clock=CLOCK)
    decision = DecideBatch(batch=batch.public_id, digest=batch.digest)
    approve_batch(desk.session, decision, actor=desk.clerks[1], clock=CLOCK)
    send_batch(desk.session, decision, actor=desk.clerks[0], clock=CLOCK)
    return payout


def test_a_release_leaves_the_commission_in_the_custody_bank(desk):
    assert (desk.has("commission_clearing"), desk.has("platform_bank")) == (200, 0)
    assert desk.off() == []


def test_the_banks_balance_includes_commission_it_has_not_moved(desk):
    import_statement(
        desk.session,
        ImportStatement(name="x.csv", body=signed([("", -1)], opening=1301)),
        actor=desk.clerks[0],
        clock=CLOCK,
    )
    (row,) = reconcile(desk.session, actor=desk.clerks[0])
    assert (row.bank, row.ledger, row.unbooked) == (130_000, 130_000, -100)


def test_the_bank_moves_it_once_two_persons_have_said_so(desk):
    payout = sent(desk)
    assert (payout.enterprise_id, payout.source, payout.amount) == (None, PayoutSource.COMMISSION, 200_00)
    assert (payout.holder, payout.number) == ("云溪运营公司", "755900001234")
    assert desk.has("commission_clearing") == 200
    body = signed([(payout.reference, -200)], opening=1300)
    import_statement(desk.session, ImportStatement(name="x.csv", body=body), actor=desk.clerks[0], clock=CLOCK)
    assert payout.status is PayoutStatus.PAID
    assert (desk.has("commission_clearing"), desk.has("platform_bank")) == (0, 200)
    assert desk.off() == []


def test_what_the_bank_gives_back_waits_again(desk):
    payout = sent(desk)
    confirm_paid(desk.session, payout.id, actor=desk.clerks[0], clock=CLOCK)
    return_payout(desk.session, payout.id, reason="户名不符", actor=desk.clerks[0], clock=CLOCK)
    assert (desk.has("commission_clearing"), desk.has("platform_bank")) == (200, 0)
    assert desk.off() == []
    assert queue_commission(desk.session, "CNY", actor=desk.actor, clock=CLOCK).amount == 200_00


def test_the_file_for_the_bank_names_the_platform(desk):
    payout = queue_commission(desk.session, "CNY", actor=desk.actor, clock=CLOCK)
    assert "云溪运营公司,755900001234,招商银行,200.00,CNY" in batch_file([payout]).decode("utf-8-sig")


def test_every_morning_queues_it_with_the_payouts_and_once(desk):
    queued = queue_due_payouts(desk.session, clock=CLOCK)
    assert [(payout.enterprise_id, payout.amount) for payout in queued] == [(None, 200_00)]
    assert queue_due_payouts(desk.session, clock=CLOCK) == []
    assert desk.off() == []


def test_without_an_account_of_the_platform_it_stays(session):
    desk = Desk(session)
    desk.secured()
    desk.release(commission=200)
    with pytest.raises(NotFound, match="no_platform_account"):
        queue_commission(session, "CNY", actor=desk.actor, clock=CLOCK)
    assert queue_due_payouts(session, clock=CLOCK) == []


def test_a_trifle_waits_for_more(session):
    desk = Desk(session)
    desk.secured()
    desk.release(commission=50)
    clerk = office_actor(create_officer(session, desk.park, OfficeRole.FINANCE), desk.park, OfficeRole.FINANCE)
    keep_bank_account(session, OWN, actor=clerk, clock=CLOCK)
    with pytest.raises(Conflict, match="nothing_to_pay_out"):
        queue_commission(session, "CNY", actor=desk.actor, clock=CLOCK)


def test_no_firm_asks_for_the_commission(desk):
    command = QueuePayout(enterprise_id=desk.payee.id, currency="CNY", source=PayoutSource.COMMISSION, least=1)
    with pytest.raises(Invalid, match="payout_source"):
        queue_payout(desk.session, command, actor=desk.actor, clock=CLOCK)


def test_a_park_keeps_two_accounts_and_a_firm_one(desk):
    command = KeepBankAccount(holder="存管户", bank="云溪农商行", number="6222020200112233445")
    keep_bank_account(desk.session, command, actor=desk.clerks[0], clock=CLOCK)
    assert bank_account_of(desk.session, None, actor=desk.actor).holder == "存管户"
    assert platform_account_of(desk.session, actor=desk.actor).holder == "云溪运营公司"
    firm = system_actor(desk.park.id, desk.payee.id)
    assert keep_bank_account(desk.session, OWN, actor=firm, clock=CLOCK).purpose is AccountPurpose.PAYOUT
    payout = KeepBankAccount(holder="x", bank="y", number="123456", purpose=AccountPurpose.PAYOUT)
    with pytest.raises(Invalid, match="account_purpose"):
        keep_bank_account(desk.session, payout, actor=desk.clerks[0], clock=CLOCK)


def test_only_the_clerk_says_where_commission_goes(desk):
    officer = create_officer(desk.session, desk.park, OfficeRole.CREDIT_OFFICER)
    with pytest.raises(Forbidden):
        keep_bank_account(
            desk.session, OWN, actor=office_actor(officer, desk.park, OfficeRole.CREDIT_OFFICER), clock=CLOCK
        )


def test_commission_booked_as_moved_without_an_instruction_is_found(desk):
    legs = [
        debit(AccountName(AccountKind.PLATFORM_BANK), yuan(200)),
        credit(AccountName(AccountKind.COMMISSION_CLEARING), yuan(200)),
    ]
    forged = Posting(kind="commission_moved", key="forged", source="nobody", legs=legs)
    post(desk.session, forged, actor=desk.actor, clock=CLOCK)
    desk.session.flush()
    assert {finding.rule for finding in check_payouts(desk.session)} == {"commission_in_the_bank_is_instructed"}


def test_commission_that_lies_nowhere_is_found(desk):
    legs = [credit(AccountName(AccountKind.COMMISSION), yuan(1)), debit(AccountName(AccountKind.BAD_DEBT), yuan(1))]
    post(desk.session, Posting(kind="odd", key="odd", source="nobody", legs=legs), actor=desk.actor, clock=CLOCK)
    desk.session.flush()
    assert {finding.rule for finding in check_payouts(desk.session)} == {"commission_lies_somewhere"}


def test_a_payout_without_its_hold_is_found(desk):
    payout = queue_commission(desk.session, "CNY", actor=desk.actor, clock=CLOCK)
    desk.session.execute(text("UPDATE billing_hold SET amount = amount - 1 WHERE id = :id"), {"id": payout.hold_id})
    assert "payout_has_its_hold" in {finding.rule for finding in check_payouts(desk.session)}
