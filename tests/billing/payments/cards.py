"""A park that takes cards: the desk, the gateway of tests behind it, and the jobs between them."""

from billing.payments.gateways.fake import FakeGateway
from billing.payments.gateways.installed import Cards
from billing.payments.models import CardRefund, GatewayName, Payment
from billing.payments.operations.cards import StartCardPayment, start_card_payment
from marketplace.kernel.actor import FirmRole
from tests.billing.ledger.book import CLOCK
from tests.billing.payments.desk import Desk
from tests.factories import create_member, firm_actor

SECRETS = ("whsec_old", "whsec_new")
PUBLIC_URL = "http://park.example"


def cards_at(folder):
    return Cards(gateway=FakeGateway(folder), environment="test", public_url=PUBLIC_URL, webhook_secrets=SECRETS)


class CardDesk(Desk):
    """`start` presses the button; `run` is the worker; `pay_by_card` goes all the way."""

    def __init__(self, session, gateway, run):
        super().__init__(session)
        self.gateway, self.run = gateway, run
        self.person = firm_actor(create_member(session, self.payer, role=FirmRole.FINANCE), self.park, self.payer)
        session.commit()

    def start(self, request, session=None):
        command = StartCardPayment(request=request.public_id, gateway=GatewayName.FAKE, locale="en")
        return start_card_payment(session or self.session, command, actor=self.person, clock=CLOCK)

    def opened(self, request):
        payment = self.start(request)
        self.settle()
        return payment

    def settle(self):
        """Whatever is due is done."""
        self.session.commit()
        done = self.run()
        self.session.expire_all()
        return done

    def ask(self, escrow=1000, deposit=300, session=None, **more):
        return super().ask(escrow, deposit, session, **({"expected_fee": 5_000} | more))

    def pay_by_card(self, request):
        payment = self.opened(request)
        self.gateway.pay(payment.gateway_ref)
        self.look_again(payment)
        return payment

    def look_again(self, payment):
        """As a webhook, the returning payer or the night would have it."""
        from marketplace.kernel.jobs import defer

        defer(self.session, "billing.ask_about_payment", arguments={"payment_id": payment.id})
        self.settle()

    def refunds(self):
        return self.session.query(CardRefund).order_by(CardRefund.id).all()

    def payments(self):
        return self.session.query(Payment).order_by(Payment.id).all()
