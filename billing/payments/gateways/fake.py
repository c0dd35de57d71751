"""Cards that exist only in tests and the demo: the whole contract in this process, its state in one file.

It behaves as a real gateway does: a key is honoured once, an authorisation is captured once and never beyond itself, what
was captured is given back at most once. `time_out_after` and `time_out_before` lose the answer, or the question.
"""

import fcntl
import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from billing.payments.gateways.contract import (
    AskCheckout,
    AskRefund,
    CardRefundAnswer,
    Checkout,
    CheckoutState,
    GatewayRefusedError,
    GatewayTimeoutError,
    RefundState,
)
from billing.payments.models import GatewayName
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.money import Money

PAGE = "/test-cards/"


@dataclass
class Page:
    """One checkout as the gateway keeps it, amounts in minor units; `refunds` by our name for them: amount and fee."""

    ref: str
    payment: str
    label: str
    amount: int
    fee: int
    currency: str
    back_url: str
    left_url: str
    state: str = CheckoutState.OPEN
    captured: int = 0
    captured_fee: int = 0
    failure: str = ""
    refunds: dict[str, list[int]] = field(default_factory=dict[str, list[int]])

    def told(self) -> Checkout:
        is_open = self.state == CheckoutState.OPEN
        return Checkout(
            ref=self.ref,
            state=CheckoutState(self.state),
            captured=Money(self.captured, self.currency),
            fee=Money(self.captured_fee, self.currency),
            page_url=PAGE + self.ref if is_open else None,
            failure=self.failure,
        )


@dataclass
class State:
    """Everything the gateway remembers: its pages, and what each key was used for."""

    pages: dict[str, Page] = field(default_factory=dict[str, Page])
    keys: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


class FakeGateway:
    """`folder` holds its state, shared by the processes of one installation."""

    name = GatewayName.FAKE

    def __init__(self, folder: Path) -> None:
        self._file = folder / "test-cards.json"
        self._lock = Lock()
        self.time_out_after: set[str] = set()
        self.time_out_before: set[str] = set()
        self.refuse_refunds = False
        self.calls: list[str] = []

    def create(self, ask: AskCheckout) -> Checkout:
        with self._call("create") as state:
            ref = self._first(state, ask.key, [ask.payment, str(ask.amount.amount)], f"test_{new_public_id()}")
            if ref not in state.pages:
                state.pages[ref] = Page(
                    ref=ref,
                    payment=ask.payment,
                    label=ask.label,
                    amount=ask.amount.amount,
                    fee=ask.fee.amount,
                    currency=ask.amount.currency,
                    back_url=ask.back_url,
                    left_url=ask.left_url,
                )
            return state.pages[ref].told()

    def find(self, payment: str, *, since: datetime) -> Checkout | None:  # noqa: ARG002 - it remembers everything
        with self._call("find") as state:
            return next((page.told() for page in state.pages.values() if page.payment == payment), None)

    def retrieve(self, ref: str) -> Checkout:
        with self._call("retrieve") as state:
            return _page(state, ref).told()

    def capture(self, ref: str, amount: Money, fee: Money, *, key: str) -> Checkout:
        with self._call("capture") as state:
            page = _page(state, ref)
            is_new = self._first(state, key, [ref, str(amount.amount), str(fee.amount)], "") == ""
            if is_new and page.state != CheckoutState.AUTHORISED:
                raise GatewayRefusedError("not_authorised")
            if is_new and not 0 < amount.amount <= page.amount:
                raise GatewayRefusedError("amount_too_large")
            if is_new:
                page.state, page.captured, page.captured_fee = CheckoutState.CAPTURED, amount.amount, fee.amount
                state.keys[key][0] = "done"
            return page.told()

    def cancel(self, ref: str, *, key: str) -> Checkout:  # noqa: ARG002 - cancelling again changes nothing
        with self._call("cancel") as state:
            page = _page(state, ref)
            if page.state in {CheckoutState.OPEN, CheckoutState.AUTHORISED}:
                page.state, page.failure = CheckoutState.ENDED, "canceled"
            return page.told()

    def refund(self, ref: str, ask: AskRefund) -> CardRefundAnswer:
        with self._call("refund") as state:
            page = _page(state, ref)
            if ask.refund not in page.refunds:
                if self.refuse_refunds:
                    return CardRefundAnswer(f"re_{ask.refund}", RefundState.FAILED, "lost_or_stolen_card")
                if ask.amount.amount > page.captured - sum(amount for amount, _ in page.refunds.values()):
                    raise GatewayRefusedError("charge_already_refunded")
                page.refunds[ask.refund] = [ask.amount.amount, ask.fee.amount]
            return CardRefundAnswer(f"re_{ask.refund}", RefundState.SUCCEEDED)

    def look(self, ref: str) -> Page:
        """The page as its visitor sees it. Raises `GatewayRefusedError` for one that does not exist."""
        with self._kept() as state:
            return _page(state, ref)

    def pay(self, ref: str) -> None:
        """The visitor's card is good."""
        self._visit(ref, CheckoutState.AUTHORISED, "")

    def decline(self, ref: str) -> None:
        """The visitor's card is refused; another may be tried."""
        self._visit(ref, CheckoutState.OPEN, "card_declined")

    def expire(self, ref: str) -> None:
        """The page closes unpaid, or the authorisation has died."""
        self._visit(ref, CheckoutState.ENDED, "expired")

    def _visit(self, ref: str, state: CheckoutState, failure: str) -> None:
        with self._kept() as kept:
            page = _page(kept, ref)
            if page.state == CheckoutState.OPEN or state is CheckoutState.ENDED:
                page.state, page.failure = state, failure

    @contextmanager
    def _call(self, operation: str) -> Generator[State]:
        self.calls.append(operation)
        if operation in self.time_out_before:
            self.time_out_before.discard(operation)
            raise GatewayTimeoutError(operation)
        with self._kept() as state:
            yield state
        if operation in self.time_out_after:
            self.time_out_after.discard(operation)
            raise GatewayTimeoutError(operation)

    @contextmanager
    def _kept(self) -> Generator[State]:
        with self._lock, self._file.open("a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            state = _read(file.read())
            yield state
            file.seek(0)
            file.truncate()
            json.dump(asdict(state), file)

    @staticmethod
    def _first(state: State, key: str, about: list[str], result: str) -> str:
        """What the key stands for. Raises `GatewayRefusedError` when it was used for something else."""
        known = state.keys.setdefault(key, [result, *about])
        if known[1:] != about:
            raise GatewayRefusedError("idempotency_key_in_use")
        return known[0]


def _read(text: str) -> State:
    kept: Any = json.loads(text) if text else {"pages": {}, "keys": {}}
    return State(pages={ref: Page(**page) for ref, page in kept["pages"].items()}, keys=kept["keys"])


def _page(state: State, ref: str) -> Page:
    if ref not in state.pages:
        raise GatewayRefusedError("resource_missing")
    return state.pages[ref]
