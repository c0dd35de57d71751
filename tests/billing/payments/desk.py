"""A park where one firm pays another: requests for funds and money that comes in, in one line each."""

from datetime import timedelta
from itertools import count

from billing.check import check_books
from billing.ledger.accounts import AccountKind, AccountName
from billing.payments.models import GatewayName
from billing.payments.operations.receiving import ReceiveMoney, receive_money
from billing.payments.operations.requesting import RequestFunds, request_funds
from billing.payments.operations.settling import ReleaseEscrow, SplitEscrow, release_escrow, split
from marketplace.kernel.money import Money
from tests.application import NOW
from tests.billing.ledger.book import CLOCK, Book, yuan

_numbers = count(1)


class Desk(Book):
    """`payer` is the first firm, `payee` the second."""

    def __init__(self, session, subject=None):
        super().__init__(session)
        self.payer, self.payee = self.firms
        self.subject = subject or f"order:{next(_numbers)}"

    def ask(self, escrow=1000, deposit=300, session=None, **more):
        given = {
            "subject_ref": self.subject,
            "payer_id": self.payer.id,
            "payee_id": self.payee.id,
            "escrow": yuan(escrow),
            "deposit": yuan(deposit),
            "due_at": NOW + timedelta(days=2),
        }
        command = RequestFunds(**(given | more))
        return request_funds(session or self.session, command, actor=self.actor, clock=CLOCK)

    def pay(self, request, amount, *, ref=None, gateway=GatewayName.BANK_TRANSFER, fee=0, session=None):
        command = ReceiveMoney(
            request_id=request.id,
            gateway=gateway,
            gateway_ref=ref or f"bank:{next(_numbers)}",
            amount=yuan(amount),
            fee=fee,
        )
        return receive_money(session or self.session, command, actor=self.actor, clock=CLOCK)

    def secured(self, escrow=1000, deposit=300, **more):
        request = self.ask(escrow, deposit, **more)
        self.pay(request, escrow + deposit)
        return request

    def release(self, amount=None, *, commission=0, tax=0, key="accepted", session=None):
        command = ReleaseEscrow(
            subject_ref=self.subject,
            key=key,
            amount=None if amount is None else yuan(amount),
            commission=yuan(commission),
            commission_tax=Money(tax, "CNY"),
        )
        return release_escrow(session or self.session, command, actor=self.actor, clock=CLOCK)

    def divide(self, to_payee, to_payer, *, commission=0):
        command = SplitEscrow(
            subject_ref=self.subject,
            key="decided",
            to_payee=yuan(to_payee),
            to_payer=yuan(to_payer),
            commission=yuan(commission),
            commission_tax=yuan(0),
        )
        return split(self.session, command, actor=self.actor, clock=CLOCK)

    def has(self, kind, firm=None, subject=""):
        """The balance in whole yuan."""
        return self.balance(AccountName(AccountKind(kind), firm.id if firm else None, subject)) / 100

    def off(self):
        """Everything that is off in the books."""
        self.session.flush()
        return check_books(self.session)
