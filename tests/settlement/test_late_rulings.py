"""A dispute decided after the release: payouts stand still meanwhile, and what has gone is claimed back."""

import pytest
from sqlalchemy import select

from billing.ledger.accounts import AccountKind
from billing.payments.models import Recovery, RecoveryKind
from billing.payments.operations.settling import ClaimDeposit, claim_deposit
from billing.payouts.models import Payout, PayoutStatus
from billing.payouts.operations.accounts import KeepBankAccount, keep_bank_account
from billing.payouts.operations.batches import DecideBatch, approve_batch, draft_batch, send_batch
from billing.payouts.operations.paying import confirm_paid
from billing.payouts.operations.queueing import queue_due_payouts
from marketplace.kernel.actor import OfficeRole
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from marketplace.orders.disputes.operations import withdraw_dispute
from marketplace.orders.models import OrderStatus
from marketplace.settlement.queries import StepCode, order_money
from marketplace.settlement.subjects import subject_of
from tests.factories import create_officer, office_actor
from tests.settlement.trade import DEPOSIT, FEE, START, TOTAL, Trade, at

SOON = START + 6
"""An hour after the acceptance."""
NET = TOTAL - FEE


@pytest.fixture
def trade(session):
    trade = Trade(session)
    for actor, holder in ((trade.owner, "供方"), (trade.engineer, "需方")):
        bank = KeepBankAccount(holder=holder, bank="云溪农商行", number="6222020200112233445")
        keep_bank_account(trade.session, bank, actor=actor, clock=at(0))
    return trade.receive().use().accept()


def queued(trade, hour=SOON):
    return queue_due_payouts(trade.session, clock=at(hour))


def pay_everything_out(trade, hour=SOON):
    """The bank has paid whatever was queued; the firms have nothing here any more."""
    one, two = (
        office_actor(
            create_officer(trade.session, trade.market.park, OfficeRole.FINANCE), trade.market.park, OfficeRole.FINANCE
        )
        for _ in range(2)
    )
    queued(trade, hour)
    batch = draft_batch(trade.session, actor=one, clock=at(hour))
    decision = DecideBatch(batch=batch.public_id, digest=batch.digest)
    approve_batch(trade.session, decision, actor=two, clock=at(hour))
    send_batch(trade.session, decision, actor=one, clock=at(hour))
    for payout in trade.session.scalars(select(Payout).where(Payout.batch_id == batch.id)).all():
        confirm_paid(trade.session, payout.id, actor=one, clock=at(hour))
    trade.session.flush()


def recoveries(trade):
    return trade.session.scalars(select(Recovery).order_by(Recovery.id)).all()


def owed(trade):
    """(what the supplier owes, what the demander is owed)"""
    subject = subject_of(trade.order)
    return trade.balance_of(AccountKind.RECEIVABLE, trade.market.supplier, subject), trade.balance_of(
        AccountKind.CLAIM, trade.market.demander, subject
    )


def test_an_open_dispute_holds_back_what_was_released(trade):
    assert {payout.amount for payout in queued(trade)} == {NET, DEPOSIT}
    trade.dispute(hour=SOON)
    assert {payout.status for payout in trade.session.scalars(select(Payout))} == {PayoutStatus.WITHDRAWN}
    assert queued(trade, SOON + 1) == []
    assert (trade.earned, trade.credit) == (NET, DEPOSIT)
    assert trade.books_are_right()


def test_a_dispute_taken_back_lets_the_payout_go(trade):
    dispute = trade.dispute(hour=SOON)
    withdraw_dispute(trade.session, dispute.public_id, actor=trade.engineer, clock=at(SOON + 1))
    trade.settle(SOON + 1)
    assert {payout.amount for payout in queued(trade, SOON + 2)} == {NET, DEPOSIT}
    assert trade.books_are_right()


def test_the_decision_moves_what_the_supplier_still_has_here_and_the_platforms_commission(trade):
    trade.decide(trade.dispute(hour=SOON), refund=TOTAL // 2)
    assert (trade.earned, trade.commission) == (NET - (TOTAL // 2 - FEE // 2), FEE // 2)
    assert trade.credit == DEPOSIT + TOTAL // 2
    assert [(row.debtor_id, row.amount, row.open_amount) for row in recoveries(trade)] == [
        (trade.market.supplier.id, TOTAL // 2 - FEE // 2, 0),
        (None, FEE // 2, 0),
    ]
    assert owed(trade) == (0, 0)
    assert trade.order.status is OrderStatus.COMPLETED
    assert trade.books_are_right()


def test_the_bill_is_taken_back_and_issued_again_over_what_is_left(trade):
    (before,) = trade.bills
    trade.decide(trade.dispute(hour=SOON), refund=TOTAL // 2)
    assert [bill.total for bill in trade.bills] == [TOTAL, -TOTAL, TOTAL // 2]
    assert trade.bills[1].corrects_id == before.id
    assert order_money(trade.session, trade.order).bill.total == TOTAL // 2


def test_a_refund_of_everything_leaves_no_bill_standing(trade):
    trade.decide(trade.dispute(hour=SOON), refund=TOTAL)
    assert [bill.total for bill in trade.bills] == [TOTAL, -TOTAL]
    assert (trade.earned, trade.commission, trade.credit) == (0, 0, TOTAL + DEPOSIT)
    assert trade.books_are_right()


def test_what_the_supplier_has_taken_away_is_owed_and_met_by_its_next_release(trade):
    pay_everything_out(trade)
    assert (trade.earned, trade.credit) == (0, 0)
    trade.decide(trade.dispute(hour=SOON + 1), refund=TOTAL)
    debt = TOTAL - FEE
    assert owed(trade) == (debt, debt)
    assert trade.credit == FEE
    assert trade.books_are_right()

    next_one = trade.another(start=START + 24 * 21)
    next_one.receive(ref="next").use().accept()
    assert (next_one.earned, next_one.credit) == (NET, FEE + DEPOSIT)
    payouts = {payout.enterprise_id: payout.amount for payout in queued(trade, START + 24 * 22)}
    assert payouts == {trade.market.demander.id: FEE + DEPOSIT + NET}
    assert owed(trade) == (debt - NET, debt - NET) == (0, 0)
    assert trade.credit == FEE + DEPOSIT + NET
    assert next_one.books_are_right()


def test_a_part_of_a_debt_is_met_and_the_rest_waits(trade):
    pay_everything_out(trade)
    trade.decide(trade.dispute(hour=SOON + 1), refund=TOTAL)
    next_one = trade.another(start=START + 24 * 21, hours=1)
    next_one.receive(120_00 + 24_00, ref="next").use().accept()
    queued(trade, START + 24 * 22)
    assert owed(trade)[0] == NET - (120_00 - 3_60)
    assert trade.earned == 0
    assert next_one.books_are_right()


def test_damage_decided_after_the_deposit_was_returned_is_owed_by_the_demander(trade):
    trade.decide(trade.dispute(by=trade.owner, hour=SOON), refund=0, deduction=20_00)
    assert (trade.earned, trade.credit, trade.commission) == (NET + 20_00, DEPOSIT - 20_00, FEE)
    assert [(row.debtor_id, row.becomes) for row in recoveries(trade)] == [
        (trade.market.demander.id, RecoveryKind.PAYABLE)
    ]
    assert trade.books_are_right()


def test_damage_is_never_more_than_the_deposit_that_was_returned(trade):
    trade.decide(trade.dispute(by=trade.owner, hour=SOON), refund=0, deduction=DEPOSIT + 500)
    assert (trade.earned, trade.credit) == (NET + DEPOSIT, 0)


def test_a_second_decision_takes_no_more_than_the_order_brought(trade):
    trade.decide(trade.dispute(hour=SOON), refund=TOTAL // 2, hour=START + 24 * 6)
    trade.order.ended_at = at(START + 24 * 14)()
    trade.decide(trade.dispute(hour=START + 24 * 14), refund=TOTAL, hour=START + 24 * 20)
    assert (trade.earned, trade.commission, trade.credit) == (0, 0, TOTAL + DEPOSIT)
    assert sum(bill.total for bill in trade.bills) == 0
    assert trade.books_are_right()


def test_a_decision_without_a_refund_claims_nothing(trade):
    trade.decide(trade.dispute(hour=SOON), refund=0)
    assert recoveries(trade) == []
    assert [bill.total for bill in trade.bills] == [TOTAL]


def test_a_dispute_decided_before_the_release_claims_nothing_back(session):
    trade = Trade(session).receive().use()
    trade.decide(trade.dispute(), refund=TOTAL // 2, deduction=20_00)
    assert recoveries(trade) == []


def test_other_money_of_the_supplier_that_is_contested_is_not_taken(trade):
    pay_everything_out(trade)
    next_one = trade.another(start=START + 24)
    next_one.receive(ref="next").use().accept()
    next_one.dispute(hour=START + 24 + 6)
    trade.decide(trade.dispute(hour=SOON + 1), refund=TOTAL)
    assert trade.earned == NET
    assert owed(trade) == (NET, NET)
    assert next_one.books_are_right()


def test_both_sides_read_what_is_given_back_on_the_order(trade):
    trade.decide(trade.dispute(hour=SOON), refund=TOTAL // 2)
    steps = [(step.code, step.amount, step.is_done) for step in order_money(trade.session, trade.order).steps]
    assert (StepCode.GIVEN_BACK, TOTAL // 2, True) in steps


def test_a_refund_of_what_was_paid_out_is_refused_by_the_escrow_itself(trade):
    """Nothing is left to release or refund; a claim is the only way back."""
    pay_everything_out(trade)
    command = ClaimDeposit(subject_ref=subject_of(trade.order), key="late", amount=Money(1, "CNY"), evidence="x")
    with pytest.raises(Conflict) as refused:
        claim_deposit(trade.session, command, actor=trade.system, clock=at(SOON))
    assert refused.value.code == "funds_transition"
