# pyright: standard
"""Where a gateway tells that something happened to a payment: signed by its sender, kept at once, looked at by a job."""

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from billing.payments.gateways.installed import cards_taken
from billing.payments.gateways.signatures import require_signature
from billing.payments.operations.webhooks import keep_webhook
from marketplace.kernel.edge import Who, allow, current_session, request_clock, request_now, signed_by_sender, writes
from marketplace.kernel.errors import NotFound

blueprint = Blueprint(
    "billing_webhooks_api", __name__, url_prefix="/api/v1/webhooks", description="Events from the card gateway"
)
MOST_BYTES = 256 * 1024
"""No event is larger; what is gets 413 before it is read."""


class WebhookTakenSchema(Schema):
    """`is_new` is false for an event that had come before."""

    is_new = fields.Boolean()


@blueprint.post("/stripe")
@allow(Who.ANYONE)
@signed_by_sender
@writes
@blueprint.response(200, WebhookTakenSchema)
def take() -> dict[str, bool]:
    """Take an event, signed by the gateway in `Stripe-Signature`; 404 where no cards are taken."""
    cards = cards_taken()
    if cards is None or not cards.webhook_secrets:
        raise NotFound("webhooks")
    request.max_content_length = MOST_BYTES
    body = request.get_data(cache=False)
    require_signature(body, request.headers.get("Stripe-Signature", ""), cards.webhook_secrets, now=request_now())
    return {"is_new": keep_webhook(current_session(), cards.gateway.name, body, clock=request_clock())}
