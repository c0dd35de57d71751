"""Cards through Stripe: a direct charge on the connected account of the custody operator.

The money goes to the custody operator, the platform receives its application fee and nothing else. The connected account
must be one whose Stripe fees the platform pays (`controller.fees.payer = application`), so that what is captured less the
application fee is what the custody operator holds.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, cast

import stripe

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
from marketplace.kernel.money import Money

TIMEOUT_SECONDS = 20
SHORTEST, LONGEST = timedelta(minutes=31), timedelta(hours=23)
"""A page of Stripe's is open between 30 minutes and 24 hours; a minute less and more for the way there."""
INTENT = {"expand": ["payment_intent.latest_charge"]}
CHARGE = {"expand": ["latest_charge"]}


class StripeGateway:
    """`account` is the connected account; `api_base` is another server than Stripe's, for tests."""

    name = GatewayName.STRIPE

    def __init__(self, api_key: str, account: str, *, api_base: str | None, now: Callable[[], datetime]) -> None:
        self._client = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_base} if api_base else {},
            max_network_retries=0,  # a call without an answer is asked about, not made again
            http_client=stripe.new_default_http_client(timeout=TIMEOUT_SECONDS),
        )
        self._account = account
        self._now = now

    def create(self, ask: AskCheckout) -> Checkout:
        with answered():
            made = self._client.v1.checkout.sessions.create(self._page(ask), self._options(ask.key))
        return self._of_session(made)

    def _page(self, ask: AskCheckout) -> Any:
        now = self._now()
        until = min(max(ask.expires_at, now + SHORTEST), now + LONGEST)
        product = {
            "currency": ask.amount.currency.lower(),
            "unit_amount": ask.amount.amount,
            "product_data": {"name": ask.label},
        }
        intent: dict[str, Any] = {"capture_method": "manual", "metadata": {"payment": ask.payment}}
        if ask.fee.amount:
            intent["application_fee_amount"] = ask.fee.amount
        return {
            "mode": "payment",
            "payment_method_types": ["card"],
            "client_reference_id": ask.payment,
            "metadata": {"payment": ask.payment},
            "line_items": [{"price_data": product, "quantity": 1}],
            "payment_intent_data": intent,
            "locale": "en" if ask.locale == "en" else "zh",
            "expires_at": int(until.timestamp()),
            "success_url": ask.back_url,
            "cancel_url": ask.left_url,
        }

    def find(self, payment: str, *, since: datetime) -> Checkout | None:
        query: Any = {"created": {"gte": int((since - timedelta(minutes=5)).timestamp())}, "limit": 100}
        with answered():
            pages = self._client.v1.checkout.sessions.list(query, self._options())
            for found in pages.auto_paging_iter():
                if found.client_reference_id == payment:
                    return self.retrieve(found.id)
        return None

    def retrieve(self, ref: str) -> Checkout:
        session, intent = self._read(ref)
        return self._of_intent(ref, intent) if session is None else self._of_session(session)

    def _read(self, ref: str) -> tuple[Any, Any]:
        """The session of a page and its payment intent, or the intent alone for a reference that names one."""
        with answered():
            if ref.startswith("pi_"):
                return None, self._client.v1.payment_intents.retrieve(ref, cast("Any", CHARGE), self._options())
            session: Any = self._client.v1.checkout.sessions.retrieve(ref, cast("Any", INTENT), self._options())
            return session, session.payment_intent

    def _of_session(self, session: Any) -> Checkout:
        intent = session.payment_intent
        if intent is not None and not isinstance(intent, str) and intent.status != "requires_payment_method":
            return self._of_intent(session.id, intent, page_url=session.url)
        nothing = Money.zero((session.currency or "CNY").upper())
        is_over = session.status == "expired"
        return Checkout(
            ref=session.id,
            state=CheckoutState.ENDED if is_over else CheckoutState.OPEN,
            captured=nothing,
            fee=nothing,
            page_url=None if is_over else session.url,
            failure="expired" if is_over else _refusal(intent),
        )

    def _of_intent(self, ref: str, intent: Any, page_url: str | None = None) -> Checkout:
        states = {
            "requires_capture": CheckoutState.AUTHORISED,
            "succeeded": CheckoutState.CAPTURED,
            "canceled": CheckoutState.ENDED,
        }
        state = states.get(intent.status, CheckoutState.OPEN)
        currency = intent.currency.upper()
        is_taken = state is CheckoutState.CAPTURED
        return Checkout(
            ref=ref,
            state=state,
            captured=Money(_whole(intent, "amount_received") or intent.amount if is_taken else 0, currency),
            fee=Money(_whole(_charge(intent), "application_fee_amount") if is_taken else 0, currency),
            page_url=page_url if state is CheckoutState.OPEN else None,
            failure="canceled" if state is CheckoutState.ENDED else _refusal(intent),
        )

    def capture(self, ref: str, amount: Money, fee: Money, *, key: str) -> Checkout:
        _, intent = self._read(ref)
        asked: Any = {"amount_to_capture": amount.amount, **CHARGE}
        if fee.amount:
            asked["application_fee_amount"] = fee.amount
        with answered():
            taken = self._client.v1.payment_intents.capture(_id(intent), asked, self._options(key))
        return self._of_intent(ref, taken)

    def cancel(self, ref: str, *, key: str) -> Checkout:
        session, intent = self._read(ref)
        with answered():
            if intent is not None and (session is None or intent.status == "requires_capture"):
                self._client.v1.payment_intents.cancel(_id(intent), None, self._options(key))
            elif session.status == "open":
                self._client.v1.checkout.sessions.expire(ref, None, self._options(key))
        return self.retrieve(ref)

    def refund(self, ref: str, ask: AskRefund) -> CardRefundAnswer:
        """What an earlier call has left is looked for first; the card's part and the fee's part each happen once."""
        _, intent = self._read(ref)
        charge = _charge(intent)
        with answered():
            made = self._refund_known(charge, ask) or self._client.v1.refunds.create(
                {"charge": _id(charge), "amount": ask.amount.amount, "metadata": {"refund": ask.refund}},
                self._options(ask.key),
            )
            if ask.fee.amount and made.status not in {"failed", "canceled"}:
                self._give_back_fee(charge, ask)
        states = {"succeeded": RefundState.SUCCEEDED, "failed": RefundState.FAILED, "canceled": RefundState.FAILED}
        failure = str(getattr(made, "failure_reason", None) or "")
        return CardRefundAnswer(made.id, states.get(made.status or "", RefundState.PENDING), failure)

    def _refund_known(self, charge: Any, ask: AskRefund) -> Any:
        pages = self._client.v1.refunds.list({"charge": _id(charge), "limit": 100}, self._options())
        return next((one for one in pages.auto_paging_iter() if _named(one, ask.refund)), None)

    def _give_back_fee(self, charge: Any, ask: AskRefund) -> None:
        """Application fees are the platform's own: this call is not made in the connected account's name."""
        fee = charge.application_fee
        if fee is None:
            return
        refunds = self._client.v1.application_fees.refunds
        pages = refunds.list(_id(fee), {"limit": 100})
        if any(_named(one, ask.refund) for one in pages.auto_paging_iter()):
            return
        given: Any = {"amount": ask.fee.amount, "metadata": {"refund": ask.refund}}
        refunds.create(_id(fee), given, {"idempotency_key": f"{ask.key}:fee"})

    def _options(self, key: str | None = None) -> Any:
        options = {"stripe_account": self._account}
        return options if key is None else options | {"idempotency_key": key}


@contextmanager
def answered() -> Generator[None]:
    """Stripe's errors in the contract's words: refused for certain, or to be asked about later, as with a wrong key."""
    try:
        yield
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise GatewayRefusedError(error.code or type(error).__name__) from error
    except stripe.StripeError as error:
        raise GatewayTimeoutError(type(error).__name__) from error


def _id(thing: Any) -> str:
    return thing if isinstance(thing, str) else str(thing.id)


def _named(refund: Any, name: str) -> bool:
    return refund.metadata is not None and "refund" in refund.metadata and refund.metadata["refund"] == name


def _charge(intent: Any) -> Any:
    """The charge of an intent. Raises `GatewayRefusedError` when nothing was charged."""
    if intent is None or intent.latest_charge is None:
        raise GatewayRefusedError("nothing_charged")
    return intent.latest_charge


def _refusal(intent: Any) -> str:
    """Stripe's code for the last refusal of a card."""
    error = getattr(intent, "last_payment_error", None)
    return str(getattr(error, "decline_code", None) or getattr(error, "code", None) or "") if error else ""


def _whole(thing: Any, name: str) -> int:
    return int(getattr(thing, name, None) or 0)
