"""Money that leaves: set aside, put into a file, approved by a second person, confirmed by the bank or given back."""

import hashlib

import pytest

from billing.payments.operations.settling import freeze
from billing.payouts.models import BatchStatus, PayoutSource, PayoutStatus
from billing.payouts.operations.accounts import KeepBankAccount, keep_bank_account
from billing.payouts.operations.batches import (
    DecideBatch,
    approve_batch,
    batch_file,
    draft_batch,
    reject_batch,
    send_batch,
)
from billing.payouts.operations.paying import confirm_paid, return_payout
from billing.payouts.operations.queueing import QueuePayout, queue_due_payouts, queue_payout
from billing.statements.operations import ImportStatement, import_statement
from marketplace.kernel.actor import OfficeRole, system_actor
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.billing.ledger.book import CLOCK, yuan
from tests.billing.ledger.test_races import in_threads
from tests.billing.payments.desk import Desk
from tests.billing.statements.bank import signed
from tests.factories import create_officer, office_actor


def till(session):
    """A desk whose payee has 950 yuan to be paid and a bank account, and two clerks."""
    desk = Desk(session)
    desk.secured()
    desk.release(commission=50)
    command = KeepBankAccount(holder="=砺川", bank="中国银行云溪支行", number="6216 6100 0001 2345")
    owner = system_actor(desk.park.id, desk.payee.id)
    keep_bank_account(session, command, actor=owner, clock=CLOCK)
    desk.clerks = [
        office_actor(create_officer(session, desk.park, OfficeRole.FINANCE), desk.park, OfficeRole.FINANCE)
        for _ in range(2)
    ]
    return desk


@pytest.fixture
def desk(session):
    return till(session)


def queue(desk, session=None, **more):
    command = QueuePayout(enterprise_id=desk.payee.id, currency="CNY", **more)
    return queue_payout(session or desk.session, command, actor=desk.actor, clock=CLOCK)


def sent(desk):
    payout = queue(desk)
    batch = draft_batch(desk.session, actor=desk.clerks[0], clock=CLOCK)
    decision = DecideBatch(batch=batch.public_id, digest=batch.digest)
    approve_batch(desk.session, decision, actor=desk.clerks[1], clock=CLOCK)
    send_batch(desk.session, decision, actor=desk.clerks[0], clock=CLOCK)
    return payout


def test_a_payout_goes_through_two_persons_and_the_bank(desk):
    payout = sent(desk)
    assert payout.status is PayoutStatus.SENT
    assert desk.has("payable", desk.payee) == 950
    body = signed([(payout.reference, -950)], opening=1250)
    import_statement(desk.session, ImportStatement(name="x.csv", body=body), actor=desk.clerks[0], clock=CLOCK)
    assert payout.status is PayoutStatus.PAID
    assert (desk.has("payable", desk.payee), desk.has("custody", desk.payee)) == (0, 0)
    assert desk.off() == []


def test_whoever_drafted_a_batch_cannot_approve_it(desk):
    queue(desk)
    batch = draft_batch(desk.session, actor=desk.clerks[0], clock=CLOCK)
    decision = DecideBatch(batch=batch.public_id, digest=batch.digest)
    with pytest.raises(Forbidden, match="second_person_needed"):
        approve_batch(desk.session, decision, actor=desk.clerks[0], clock=CLOCK)
    with pytest.raises(Conflict, match="batch_transition"):
        send_batch(desk.session, decision, actor=desk.clerks[0], clock=CLOCK)
    with pytest.raises(Conflict, match="batch_changed"):
        approve_batch(desk.session, DecideBatch(batch=batch.public_id, digest="0"), actor=desk.clerks[1], clock=CLOCK)


def test_the_file_is_what_its_hash_says_and_holds_no_formula(desk):
    payout = queue(desk)
    batch = draft_batch(desk.session, actor=desk.clerks[0], clock=CLOCK)
    body = batch_file([payout])
    assert hashlib.sha256(body).hexdigest() == batch.digest
    assert f"1,'=砺川,6216610000012345,中国银行云溪支行,950.00,CNY,{payout.reference}" in body.decode("utf-8-sig")


def test_a_rejected_batch_queues_its_payouts_again(desk):
    payout = queue(desk)
    batch = draft_batch(desk.session, actor=desk.clerks[0], clock=CLOCK)
    decision = DecideBatch(batch=batch.public_id, digest=batch.digest)
    reject_batch(desk.session, decision, actor=desk.clerks[1], clock=CLOCK)
    assert (batch.status, payout.status, payout.batch_id) == (BatchStatus.REJECTED, PayoutStatus.QUEUED, None)
    assert draft_batch(desk.session, actor=desk.clerks[1], clock=CLOCK).id == payout.batch_id


def test_what_is_queued_is_not_queued_again(desk):
    queue(desk)
    with pytest.raises(Conflict, match="nothing_to_pay_out"):
        queue(desk)
    assert queue_due_payouts(desk.session, clock=CLOCK) == []


def test_small_amounts_wait(desk):
    with pytest.raises(Conflict, match="nothing_to_pay_out"):
        queue(desk, amount=yuan(99))
    with pytest.raises(Conflict, match="insufficient_funds"):
        queue(desk, amount=yuan(951))


def test_what_is_disputed_stays(session):
    desk = Desk(session)
    desk.secured()
    desk.release(400, key="milestone")
    command = KeepBankAccount(holder="砺川", bank="中国银行", number="6216610000012345")
    keep_bank_account(session, command, actor=system_actor(desk.park.id, desk.payee.id), clock=CLOCK)
    freeze(session, desk.subject, reason="争议", actor=desk.actor, clock=CLOCK)
    with pytest.raises(Conflict, match="nothing_to_pay_out"):
        queue(desk)


def test_money_the_bank_gives_back_is_the_firms_again(desk):
    payout = sent(desk)
    confirm_paid(desk.session, payout.id, actor=desk.actor, clock=CLOCK)
    confirm_paid(desk.session, payout.id, actor=desk.actor, clock=CLOCK)
    with pytest.raises(Invalid, match="reason_required"):
        return_payout(desk.session, payout.id, reason="", actor=desk.actor, clock=CLOCK)
    return_payout(desk.session, payout.id, reason="账号有误", actor=desk.actor, clock=CLOCK)
    assert desk.has("payable", desk.payee) == 950
    assert desk.off() == []
    assert queue(desk).status is PayoutStatus.QUEUED


def test_returned_before_it_was_confirmed(desk):
    payout = sent(desk)
    return_payout(desk.session, payout.id, reason="账号有误", actor=desk.actor, clock=CLOCK)
    assert desk.off() == []
    assert queue(desk).amount == 95_000


def test_without_a_bank_account_nothing_is_queued(desk):
    command = QueuePayout(enterprise_id=desk.payer.id, currency="CNY", source=PayoutSource.CUSTOMER_CREDIT)
    with pytest.raises(NotFound, match="no_bank_account"):
        queue_payout(desk.session, command, actor=desk.actor, clock=CLOCK)


def test_parallel_runs_pay_once(app, committing):
    desk = till(committing)
    committing.commit()
    in_threads(app, 12, lambda session, _: len(queue_due_payouts(session, clock=CLOCK)))
    committing.commit()
    made = list(committing.scalars(_payouts()))
    assert [payout.amount for payout in made] == [95_000]
    assert desk.off() == []


def _payouts():
    from sqlalchemy import select

    from billing.payouts.models import Payout

    return select(Payout)
