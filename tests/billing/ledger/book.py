"""A small ledger for tests: one park, its system as actor, and readable postings."""

from itertools import count

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.models import Account
from billing.ledger.operations import Posting, credit, debit, lock_accounts, post
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.money import Money
from tests.application import NOW
from tests.factories import create_enterprise, create_park

CLOCK = fixed_clock(NOW)
_keys = count(1)


def yuan(amount):
    """Whole yuan as money."""
    return Money(amount * 100, "CNY")


class Book:
    def __init__(self, session, firms=2):
        self.session = session
        self.park = create_park(session)
        self.actor = system_actor(self.park.id)
        self.firms = [create_enterprise(session, self.park) for _ in range(firms)]

    def custody(self, firm=0):
        return AccountName(AccountKind.CUSTODY, self.firms[firm].id)

    def payable(self, firm=0):
        return AccountName(AccountKind.PAYABLE, self.firms[firm].id)

    def escrow(self, firm=0, subject="order:one"):
        return AccountName(AccountKind.ESCROW, self.firms[firm].id, subject)

    def move(self, to, out_of, amount, *, key=None, session=None):
        """Debit `to`, credit `out_of`."""
        posting = Posting(
            kind="test",
            key=key or f"test:{next(_keys)}",
            source="test:1",
            legs=[debit(to, amount), credit(out_of, amount)],
        )
        return post(session or self.session, posting, actor=self.actor, clock=CLOCK)

    def balance(self, name):
        return self.account(name).balance

    def account(self, name) -> Account:
        return lock_accounts(self.session, [(name, "CNY")], actor=self.actor, clock=CLOCK)[name, "CNY"]
