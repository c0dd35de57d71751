"""An order paid by card: active by the same event as with a transfer, and its money returns to the card."""

import pytest

from billing.payments.models import PaymentStatus, RequestStatus
from billing.payments.operations.cards import StartCardPayment, start_card_payment
from marketplace.kernel.jobs import defer
from marketplace.orders.models import OrderStatus
from tests.billing.payments.conftest import cards  # noqa: F401 - a fixture
from tests.settlement.trade import DEPOSIT, FEE, START, TOTAL, Trade, at


class CardTrade(Trade):
    """Paid by card; jobs do the rest, as a worker would run them."""

    def __init__(self, session, installed, run):
        super().__init__(session)
        self.gateway, self.run = installed.gateway, run
        self.jobs()

    def jobs(self):
        self.session.commit()
        self.run()
        self.session.expire_all()
        return self

    def pay(self):
        asked = StartCardPayment(request=self.request.public_id, gateway=self.gateway.name)
        self.payment = start_card_payment(self.session, asked, actor=self.engineer, clock=at(0))
        self.jobs()
        self.gateway.pay(self.payment.gateway_ref)
        defer(self.session, "billing.ask_about_payment", arguments={"payment_id": self.payment.id})
        return self.jobs()

    @property
    def returned(self):
        refunds = self.gateway.look(self.payment.gateway_ref).refunds.values()
        return sum(amount for amount, _ in refunds), sum(fee for _, fee in refunds)

    def clearing(self, firm):
        return self.balance("gateway_clearing", firm)


@pytest.fixture
def trade(session, cards, run_jobs):  # noqa: F811 - the fixture
    return CardTrade(session, cards, run_jobs)


def test_a_card_makes_the_order_active_and_the_platform_gets_its_commission_only(trade):
    trade.pay()
    assert (trade.order.status, trade.request.status) == (OrderStatus.ACTIVE, RequestStatus.SECURED)
    page = trade.gateway.look(trade.payment.gateway_ref)
    assert (page.captured, page.captured_fee) == (TOTAL + DEPOSIT, FEE)
    trade.use().accept().jobs()
    assert trade.earned == TOTAL - FEE
    assert trade.clearing(trade.market.supplier) == TOTAL - FEE
    assert trade.commission == FEE
    assert trade.returned == (DEPOSIT, 0)
    assert trade.credit == 0
    assert trade.books_are_right()


def test_a_cancelled_order_gives_the_card_all_that_the_tiers_leave_and_the_whole_fee(trade):
    trade.pay().cancel(hour=START - 1).jobs()
    kept = trade.order.cancellation_amount
    assert 0 < kept < TOTAL
    assert trade.returned == (TOTAL + DEPOSIT - kept, FEE)
    assert (trade.earned, trade.credit) == (kept, 0)
    assert trade.clearing(trade.market.supplier) == kept
    assert trade.clearing(trade.market.demander) == 0
    assert trade.balance("application_fee", trade.market.demander) == 0
    assert trade.books_are_right()


def test_a_cancelled_order_that_was_authorised_only_takes_nothing(trade):
    asked = StartCardPayment(request=trade.request.public_id, gateway=trade.gateway.name)
    payment = start_card_payment(trade.session, asked, actor=trade.engineer, clock=at(0))
    trade.jobs()
    trade.gateway.pay(payment.gateway_ref)
    trade.cancel(hour=1).jobs()
    assert payment.status is PaymentStatus.FAILED
    assert trade.gateway.look(payment.gateway_ref).captured == 0
    assert trade.books_are_right()


def test_a_dispute_freezes_card_money_and_its_decision_divides_it(trade):
    trade.pay().use()
    dispute = trade.dispute()
    trade.jobs()
    assert trade.returned == (0, 0)
    trade.decide(dispute, refund=TOTAL // 2).jobs()
    assert trade.returned == (TOTAL // 2 + DEPOSIT, FEE // 2)
    assert trade.earned == TOTAL // 2 - FEE // 2
    assert trade.books_are_right()
