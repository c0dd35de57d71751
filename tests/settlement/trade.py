"""An order in a park that wants the money first, the verbs of both sides, and what the books say afterwards."""

from datetime import timedelta

from sqlalchemy import select

from billing.bills.models import Bill
from billing.check import check_books
from billing.ledger.accounts import AccountKind
from billing.ledger.models import Account
from billing.payments.models import Funds, FundsKind, FundsRequest, GatewayName
from billing.payments.operations.receiving import ReceiveMoney, receive_money
from marketplace.kernel.actor import OfficeRole, system_actor
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.money import Money
from marketplace.orders.disputes.models import DisputeSubject
from marketplace.orders.disputes.operations import (
    DecideDispute,
    OpenDispute,
    close_dispute,
    decide_dispute,
    open_dispute,
)
from marketplace.orders.fulfilments.models import RecordKind
from marketplace.orders.fulfilments.operations.accepting import InspectReturn, accept_result, inspect_return
from marketplace.orders.fulfilments.operations.handing_over import WriteRecord, sign_record, write_record
from marketplace.orders.operations.ending import EndOrder, cancel_order
from marketplace.settlement.operations.settling import settle_order
from marketplace.settlement.subjects import subject_of
from tests.application import NOW
from tests.factories import create_officer, office_actor
from tests.orders.test_fulfilment import CHECKS
from tests.orders.test_orders import Market

HOUR = timedelta(hours=1)
START = 24 * 7 + 2
"""Monday in a week, ten o'clock: late enough for a transfer."""
TOTAL = 3 * 120_00
DEPOSIT = 72_00
FEE = 10_80


def at(hours):
    return fixed_clock(NOW + hours * HOUR)


class Trade:
    """Every verb settles afterwards, twice, as handlers that are called once too often would."""

    def __init__(self, session, *, start=START, rules=None, approval=None, payment_required=True, units=1):
        self.session = session
        self.market = Market(session, units=units, **({} if approval is None else {"approval": approval}))
        self.market.park.payment_required = payment_required
        self.market.park.settings = rules or {}
        self.owner, self.engineer = self.market.owner, self.market.engineer
        self.system = system_actor(self.market.park.id)
        self.start, self.hours = start, 3
        self.order = self.market.place(start=start)
        self.settle()

    def settle(self, hour=0):
        self.session.flush()
        for _ in range(2):
            settle_order(self.session, self.order.id, clock=at(hour))
        self.session.flush()
        return self

    @property
    def request(self):
        return self.session.scalar(select(FundsRequest).where(FundsRequest.subject_ref == subject_of(self.order)))

    def funds(self, kind):
        rows = select(Funds).where(Funds.request_id == self.request.id, Funds.kind == kind)
        return self.session.scalars(rows).one()

    @property
    def escrow(self):
        return self.funds(FundsKind.ESCROW)

    @property
    def deposit(self):
        return self.funds(FundsKind.DEPOSIT)

    def receive(self, fen=TOTAL + DEPOSIT, *, hour=1, ref="bank-1"):
        command = ReceiveMoney(
            request_id=self.request.id,
            gateway=GatewayName.BANK_TRANSFER,
            gateway_ref=f"{ref}-{self.order.public_id}",
            amount=Money(fen, "CNY"),
        )
        receive_money(self.session, command, actor=self.system, clock=at(hour))
        return self.settle(hour)

    def change_hands(self, kind, hour):
        command = WriteRecord(order=self.order.public_id, kind=kind, checklist=CHECKS)
        record = write_record(self.session, command, actor=self.owner, clock=at(hour))
        sign_record(self.session, record.public_id, actor=self.engineer, clock=at(hour))
        return self.settle(hour)

    def hand_over(self, *, late=0):
        return self.change_hands(RecordKind.HANDOVER, self.start + late)

    def use(self, *, late=0):
        return self.hand_over(late=late).change_hands(RecordKind.RETURN, self.start + self.hours)

    def claim(self, fen):
        command = InspectReturn(order=self.order.public_id, damage="刀柄摔坏", claim_amount=fen)
        inspect_return(self.session, command, actor=self.owner, clock=at(self.start + 4))
        return self

    def accept(self):
        accept_result(self.session, self.order.public_id, actor=self.engineer, clock=at(self.start + 5))
        return self.settle(self.start + 5)

    def cancel(self, *, hour, by=None):
        command = EndOrder(order=self.order.public_id, reason="计划变了")
        cancel_order(self.session, command, actor=by or self.engineer, clock=at(hour))
        return self.settle(hour)

    def dispute(self, *, by=None, hour=START + 4):
        command = OpenDispute(order=self.order.public_id, subject=DisputeSubject.NOT_AS_AGREED, claim="孔距超差")
        opened = open_dispute(self.session, command, actor=by or self.engineer, clock=at(hour))
        self.settle(hour)
        return opened

    def decide(self, dispute, *, refund, deduction=0, hour=START + 24 * 6):
        officer = create_officer(self.session, self.market.park, OfficeRole.CREDIT_OFFICER)
        command = DecideDispute(
            dispute=dispute.public_id, decision="各担一半", refund_amount=refund, deduction_amount=deduction
        )
        actor = office_actor(officer, self.market.park, OfficeRole.CREDIT_OFFICER)
        decide_dispute(self.session, command, actor=actor, clock=at(hour))
        self.settle(hour)
        close_dispute(self.session, dispute.id, clock=at(hour + 24 * 7))
        return self.settle(hour + 24 * 7)

    def balance(self, kind, firm=None):
        rows = select(Account.balance).where(Account.kind == kind, Account.park_id == self.market.park.id)
        rows = rows.where(Account.enterprise_id == firm.id if firm is not None else Account.enterprise_id.is_(None))
        return self.session.scalar(rows) or 0

    def balance_of(self, kind, firm, subject):
        rows = select(Account.balance).where(Account.kind == kind, Account.enterprise_id == firm.id)
        return self.session.scalar(rows.where(Account.subject_ref == subject)) or 0

    def another(self, *, start, hours=3):
        """The next order between the same two firms."""
        made = object.__new__(Trade)
        made.__dict__ |= self.__dict__
        made.start, made.hours = start, hours
        made.order = self.market.place(start=start, hours=hours, clock=at(start - 24 * 7))
        return made.settle(start - 24 * 7)

    @property
    def earned(self):
        return self.balance(AccountKind.PAYABLE, self.market.supplier)

    @property
    def credit(self):
        return self.balance(AccountKind.CUSTOMER_CREDIT, self.market.demander)

    @property
    def commission(self):
        return self.balance(AccountKind.COMMISSION) + self.balance(AccountKind.VAT_OUTPUT)

    @property
    def bills(self):
        return self.session.scalars(select(Bill).where(Bill.subject_ref == subject_of(self.order))).all()

    def books_are_right(self):
        self.session.flush()
        return check_books(self.session) == []
