"""Events of a gateway: kept once as they came, and looked at by a job.

An event is only a hint that something happened to a payment or a refund of ours: the gateway is then asked what. So its
content moves nothing, and twice, late, or in another order comes to the same end.
"""

import json
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from billing.payments.models import CardRefund, GatewayName, Payment, Webhook, WebhookStatus
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Invalid
from marketplace.kernel.ids import new_public_id
from marketplace.kernel.jobs import defer

ABOUT_PAYMENTS = ("checkout.session.", "payment_intent.", "charge.", "refund.")
"""What begins otherwise is kept, and is about nothing that is open here."""


def keep_webhook(session: Session, gateway: GatewayName, body: bytes, *, clock: Clock) -> bool:
    """Keep an event that is known to come from the gateway; whether it is a new one. Raises `Invalid` `not_an_event`."""
    event = _event(body)
    row = {
        "public_id": new_public_id(),
        "gateway": gateway,
        "event_id": event["id"],
        "kind": event["type"],
        "body": body.decode(),
        "received_at": clock(),
        "status": WebhookStatus.RECEIVED,
        "note": "",
    }
    once = insert(Webhook).values(row).on_conflict_do_nothing(index_elements=["gateway", "event_id"])
    kept = session.scalar(once.returning(Webhook.id))
    if kept is not None:
        defer(session, "billing.take_webhook", arguments={"webhook_id": kept})
    return kept is not None


def _event(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body)
    except ValueError as error:
        raise Invalid("not_an_event") from error
    if not isinstance(event, dict):
        raise Invalid("not_an_event")
    told = cast("dict[str, Any]", event)
    if not all(isinstance(told.get(name), str) and 0 < len(told[name]) <= 100 for name in ("id", "type")):
        raise Invalid("not_an_event")
    return told


def take_webhook(session: Session, webhook_id: int, *, account: str, clock: Clock) -> Webhook:
    """Have the gateway asked about the payment or refund of ours that an event names. Again changes nothing.

    Events about others, and kinds we do not know, are kept and ignored. What names something of ours that does not exist,
    or makes no sense, is parked. Locks the event.
    """
    webhook = session.scalars(select(Webhook).where(Webhook.id == webhook_id).with_for_update()).one()
    if webhook.status is not WebhookStatus.RECEIVED:
        return webhook
    try:
        webhook.status, webhook.note = _act(session, json.loads(webhook.body), webhook.kind, account)
    except (TypeError, AttributeError, KeyError) as error:
        webhook.status, webhook.note = WebhookStatus.PARKED, f"cannot be read: {type(error).__name__}"
    webhook.handled_at = clock()
    session.flush()
    return webhook


def _act(session: Session, event: dict[str, Any], kind: str, account: str) -> tuple[WebhookStatus, str]:
    if (event.get("account") or account) != account:
        return WebhookStatus.IGNORED, "another account"
    if not kind.startswith(ABOUT_PAYMENTS):
        return WebhookStatus.IGNORED, "kind not known"
    thing: dict[str, Any] = event["data"]["object"]
    named: dict[str, Any] = thing.get("metadata") or {}
    if name := named.get("refund"):
        refund_id = session.scalar(select(CardRefund.id).where(CardRefund.public_id == str(name)))
        return _deferred(session, "billing.refund_card", "refund_id", refund_id)
    if name := named.get("payment") or thing.get("client_reference_id"):
        payment_id = session.scalar(select(Payment.id).where(Payment.public_id == str(name)))
        return _deferred(session, "billing.ask_about_payment", "payment_id", payment_id)
    return WebhookStatus.IGNORED, "names nothing of ours"


def _deferred(session: Session, job: str, argument: str, row_id: int | None) -> tuple[WebhookStatus, str]:
    if row_id is None:
        return WebhookStatus.PARKED, f"names a {argument.removesuffix('_id')} that does not exist"
    defer(session, job, arguments={argument: row_id})
    return WebhookStatus.DONE, ""
