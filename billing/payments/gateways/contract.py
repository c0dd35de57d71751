"""What a gateway does for us: show a page to pay on, and capture, cancel or give back what was paid there.

Every call is made outside a transaction, after the row that it is about has been committed. A call without an answer is
neither done nor undone: whoever made it asks later with `retrieve` or `find`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from billing.payments.models import GatewayName
from marketplace.kernel.money import Money


class CheckoutState(StrEnum):
    """open → authorised → captured; ended: nothing was taken and nothing can be any more."""

    OPEN = "open"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    ENDED = "ended"


class RefundState(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class GatewayTimeoutError(Exception):
    """No answer, or none to rely on: what was asked for may have happened or not."""


class GatewayRefusedError(Exception):
    """A plain no: what was asked for has not happened. `code` is the gateway's word for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCheckout:
    """A page on which `amount` is authorised by card; `fee` of it is the platform's once it is captured.

    `key` makes the call happen once, `payment` is our name for it. The page leads to `back_url` when it was paid and to
    `left_url` when it was not, and closes at `expires_at`.
    """

    key: str
    payment: str
    amount: Money
    fee: Money
    label: str
    locale: str
    expires_at: datetime
    back_url: str
    left_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """What the gateway says of one payment: `captured` and `fee` are what has really been taken.

    `failure` is the gateway's word for the last refusal of a card, or for the end.
    """

    ref: str
    state: CheckoutState
    captured: Money
    fee: Money
    page_url: str | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRefund:
    """Give `amount` of a captured payment back to its card, and `fee` of it out of what the platform took.

    `refund` is our name for it: a gateway that knows it already says what became of it instead of paying again.
    """

    key: str
    refund: str
    amount: Money
    fee: Money


@dataclass(frozen=True, slots=True)
class CardRefundAnswer:
    ref: str
    state: RefundState
    failure: str = ""


class Gateway(Protocol):
    """Raises `GatewayTimeoutError` and `GatewayRefusedError`, nothing else."""

    @property
    def name(self) -> GatewayName: ...

    def create(self, ask: AskCheckout) -> Checkout:
        """Open a page to pay on. The same key again is the same page."""
        ...

    def find(self, payment: str, *, since: datetime) -> Checkout | None:
        """The page once opened for our payment, when its creation got no answer; None when there is none."""
        ...

    def retrieve(self, ref: str) -> Checkout:
        """What became of it."""
        ...

    def capture(self, ref: str, amount: Money, fee: Money, *, key: str) -> Checkout:
        """Take what was authorised, or part of it; the rest is let go. Never more, never twice."""
        ...

    def cancel(self, ref: str, *, key: str) -> Checkout:
        """Close the page and let the authorisation go. What is captured stays so, and the answer says it."""
        ...

    def refund(self, ref: str, ask: AskRefund) -> CardRefundAnswer:
        """Give captured money back, never more than is there."""
        ...
