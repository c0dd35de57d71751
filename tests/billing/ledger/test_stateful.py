"""Any order of postings, reversals and holds keeps the ledger equal to a plain model of it."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from billing.ledger.check import check_ledger
from billing.ledger.operations import Leg, Posting, SetAside, post_hold, reverse, set_aside, void_hold
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money
from tests.billing.ledger.book import CLOCK, Book

AMOUNTS = st.integers(1, 500)


class Ledger(RuleBasedStateMachine):
    """One firm's payable: money in, out, undone, set aside, paid out, given back."""

    session = None

    def __init__(self):
        super().__init__()
        self.book = Book(self.session, firms=1)
        self.balance = 0
        self.holds = {}
        self.paid_in = []

    def reserved(self):
        return sum(self.holds.values())

    @rule(amount=AMOUNTS)
    def pay_in(self, amount):
        made = self.book.move(self.book.custody(), self.book.payable(), Money(amount, "CNY"))
        self.paid_in.append((made.id, amount))
        self.balance += amount

    @rule(amount=AMOUNTS)
    def pay_out(self, amount):
        try:
            self.book.move(self.book.payable(), self.book.custody(), Money(amount, "CNY"))
        except Conflict:
            assert amount > self.balance - self.reserved()
        else:
            self.balance -= amount

    @precondition(lambda self: self.paid_in)
    @rule(which=st.integers(0, 99))
    def undo(self, which):
        made, amount = self.paid_in[which % len(self.paid_in)]
        try:
            reverse(self.session, made, key=f"undo:{made}:{which}", memo="", actor=self.book.actor, clock=CLOCK)
        except Conflict:
            assert amount > self.balance - self.reserved()
        else:
            self.balance -= amount
            self.paid_in.remove((made, amount))

    @rule(amount=AMOUNTS)
    def keep(self, amount):
        command = SetAside(account=self.book.payable(), amount=Money(amount, "CNY"), source="payout:1")
        try:
            hold = set_aside(self.session, command, actor=self.book.actor, clock=CLOCK)
        except Conflict:
            assert amount > self.balance - self.reserved()
        else:
            self.holds[hold.id] = amount

    @precondition(lambda self: self.holds)
    @rule()
    def give_back(self):
        hold, _ = self.holds.popitem()
        void_hold(self.session, hold, actor=self.book.actor, clock=CLOCK)

    @precondition(lambda self: self.holds)
    @rule()
    def spend(self):
        hold, amount = self.holds.popitem()
        money = Money(amount, "CNY")
        legs = [Leg(self.book.payable(), money), Leg(self.book.custody(), -money)]
        posting = Posting(kind="payout", key=f"hold:{hold}", source="payout:1", legs=legs)
        post_hold(self.session, hold, posting, actor=self.book.actor, clock=CLOCK)
        self.balance -= amount

    @invariant()
    def the_books_agree(self):
        account = self.book.account(self.book.payable())
        assert (account.balance, account.reserved) == (self.balance, self.reserved())

    def teardown(self):
        assert check_ledger(self.session) == []


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
def test_ledger_follows_its_model(session):
    run_state_machine_as_test(
        type("Ledger", (Ledger,), {"session": session}),
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
