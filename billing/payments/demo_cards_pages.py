"""The page of cards that exist only in tests and the demo: it stands where a real gateway's page would."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from billing.payments.gateways.contract import CheckoutState, GatewayRefusedError
from billing.payments.gateways.fake import PAGE, FakeGateway
from billing.payments.gateways.installed import cards_taken
from marketplace.kernel.edge import Who, allow
from marketplace.kernel.errors import NotFound
from marketplace.kernel.money import Money
from marketplace.ui.pages import own_path

blueprint = Blueprint("billing_test_cards", __name__, template_folder="templates", url_prefix=PAGE.rstrip("/"))


def _gateway() -> FakeGateway:
    """Raises `NotFound` wherever real cards, or none, are taken."""
    cards = cards_taken()
    if cards is None or not isinstance(cards.gateway, FakeGateway):
        raise NotFound("checkout")
    return cards.gateway


@blueprint.get("/<checkout>")
@allow(Who.SIGNED_IN)
def show(checkout: str) -> str:
    """Which card shall it be?"""
    try:
        page = _gateway().look(checkout)
    except GatewayRefusedError as error:
        raise NotFound("checkout") from error
    return render_template(
        "billing_cards/test_page.html",
        page=page,
        amount=Money(page.amount, page.currency),
        is_open=page.state == CheckoutState.OPEN,
        left=own_path(page.left_url),
    )


@blueprint.post("/<checkout>/<any(good, bad):card>")
@allow(Who.SIGNED_IN)
def give(checkout: str, card: str) -> Response:
    """A good card leads back to where the payment began, a bad one may be followed by another."""
    gateway = _gateway()
    try:
        page = gateway.look(checkout)
        (gateway.pay if card == "good" else gateway.decline)(checkout)
    except GatewayRefusedError as error:
        raise NotFound("checkout") from error
    return redirect(own_path(page.back_url) if card == "good" else url_for(".show", checkout=checkout), 303)
