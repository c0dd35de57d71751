# pyright: standard
"""Card payments of the park, for the clerk's programs."""

from typing import Any

from flask_smorest import Blueprint

from billing.ledger.queries import BOOK_READERS
from billing.payments.card_queries import card_payments_of
from billing.payments.schemas import CardPaymentPageSchema, CardsQuery
from marketplace.kernel.edge import Who, allow, current_actor, current_session

blueprint = Blueprint(
    "billing_cards_api", __name__, url_prefix="/api/v1/card-payments", description="Card payments of the park"
)


@blueprint.get("/")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.arguments(CardsQuery, location="query")
@blueprint.response(200, CardPaymentPageSchema)
def list_card_payments(query: dict[str, Any]) -> object:
    """Card payments of the park with their refunds, newest first."""
    return card_payments_of(current_session(), actor=current_actor(), **query)
