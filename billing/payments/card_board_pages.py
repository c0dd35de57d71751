"""The clerk's board of card payments: what is open, what came in, what went back, and events nobody could read."""

from flask import Blueprint, render_template, request

from billing.ledger.queries import BOOK_READERS
from billing.payments.card_queries import CardsShown, card_payments_of, parked_webhooks
from billing.payments.gateways.installed import cards_taken
from marketplace.kernel.edge import Who, allow, current_actor, current_session

blueprint = Blueprint("billing_card_board", __name__, template_folder="templates", url_prefix="/office/money/cards")


@blueprint.get("/")
@allow(Who.OFFICE, office=BOOK_READERS)
def index() -> str:
    """Card payments of the park, newest first."""
    given = request.args.get("show")
    shown = CardsShown(given) if given in set(CardsShown) else CardsShown.ALL
    session, actor = current_session(), current_actor()
    return render_template(
        "billing_cards/board.html",
        page=card_payments_of(session, actor=actor, shown=shown, cursor=request.args.get("cursor")),
        shown=shown.value,
        parked=parked_webhooks(session),
        is_on=cards_taken() is not None,
    )
