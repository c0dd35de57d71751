"""Bank transfer as a gateway: the reference is the whole checkout; what follows is told by the bank's statement."""
# ruff: noqa: ARG002 - the methods have the contract's shape

from datetime import datetime

from billing.payments.gateways.contract import (
    AskCheckout,
    AskRefund,
    CardRefundAnswer,
    Checkout,
    CheckoutState,
    GatewayRefusedError,
)
from billing.payments.models import GatewayName
from marketplace.kernel.money import Money

NOT_OFFERED = "not_offered"
"""A transfer is not captured or called back: it arrives by `statements`, and money goes back by `payouts`."""


class BankTransfer:
    """Has no page and no network; asked for more than that, it refuses."""

    name = GatewayName.BANK_TRANSFER

    def create(self, ask: AskCheckout) -> Checkout:
        nothing = Money.zero(ask.amount.currency)
        return Checkout(ref=ask.payment, state=CheckoutState.OPEN, captured=nothing, fee=nothing)

    def find(self, payment: str, *, since: datetime) -> Checkout | None:
        return None

    def retrieve(self, ref: str) -> Checkout:
        raise GatewayRefusedError(NOT_OFFERED)

    def capture(self, ref: str, amount: Money, fee: Money, *, key: str) -> Checkout:
        raise GatewayRefusedError(NOT_OFFERED)

    def cancel(self, ref: str, *, key: str) -> Checkout:
        raise GatewayRefusedError(NOT_OFFERED)

    def refund(self, ref: str, ask: AskRefund) -> CardRefundAnswer:
        raise GatewayRefusedError(NOT_OFFERED)
