"""The gateways under the contract's suite, each with what its server covers and how a visitor pays there."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import stripe

from billing.payments.gateways.bank_transfer import BankTransfer
from billing.payments.gateways.contract import AskCheckout, Gateway
from billing.payments.gateways.fake import FakeGateway
from billing.payments.gateways.stripe import StripeGateway
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.money import Money

NOW = datetime.now(UTC)  # noqa: TID251 - another server's clock is compared with it


@dataclass
class Rig:
    """`covers`: pages, states, captures, refunds, keys; stateless servers cover pages and shapes alone."""

    gateway: Gateway
    covers: frozenset[str]
    client: stripe.StripeClient | None = None
    payments: list[str] = field(default_factory=list)

    def ask(self, amount=1000, fee=50, key=None, payment=None) -> AskCheckout:
        name = payment or new_public_id()
        return AskCheckout(
            key=key or f"test:create:{name}:1",
            payment=name,
            amount=Money(amount, "CNY"),
            fee=Money(fee, "CNY"),
            label="五轴加工中心",
            locale="zh_CN",
            expires_at=NOW + timedelta(hours=2),
            back_url="http://park.example/back",
            left_url="http://park.example/left",
        )

    def opened(self, amount=1000) -> str:
        """The reference of a page; where the server has none, of the intent that a page would have made."""
        if "pages" in self.covers:
            return self.gateway.create(self.ask(amount)).ref
        return self._intent(amount, None).id

    def paid(self, amount=1000) -> str:
        """A page on which a good card was given."""
        if isinstance(self.gateway, FakeGateway):
            ref = self.opened(amount)
            self.gateway.pay(ref)
            return ref
        return self._intent(amount, "4242424242424242").id

    def declined(self) -> str:
        if isinstance(self.gateway, FakeGateway):
            ref = self.opened()
            self.gateway.decline(ref)
            return ref
        return self._intent(1000, "4000000000000341").id

    def _intent(self, amount: int, card: str | None) -> stripe.PaymentIntent:
        assert self.client
        asked = {"amount": amount, "currency": "cny", "metadata": {"payment": new_public_id()}}
        if card:
            details = {"number": card, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
            method = self.client.v1.payment_methods.create({"type": "card", "card": details})
            asked |= {"payment_method": method.id, "confirm": True}
        return self.client.v1.payment_intents.create(asked)


def fake(folder) -> Rig:
    return Rig(FakeGateway(folder), frozenset({"pages", "find", "states", "captures", "cancels", "refunds", "keys"}))


def bank_transfer() -> Rig:
    return Rig(BankTransfer(), frozenset({"pages", "find"}))


def over_stripe_mock(url: str) -> Rig:
    return Rig(_gateway(url), frozenset({"pages", "shapes"}))


def over_localstripe(url: str) -> Rig:
    client = stripe.StripeClient("sk_test_12345", base_addresses={"api": url}, max_network_retries=0)
    return Rig(_gateway(url), frozenset({"states", "captured_at_once", "cancels", "refunds"}), client)


def _gateway(url: str) -> StripeGateway:
    return StripeGateway("sk_test_12345", "acct_custody", api_base=url, now=lambda: NOW)
