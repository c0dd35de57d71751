# pyright: standard
"""Money and reviews of orders for programs."""

from typing import Any

from flask_smorest import Blueprint

from credit.reviews.models import Review
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.orders.queries import order_of
from marketplace.settlement.operations.reviewing import ReviewOrder, review_order, reviews_of_order
from marketplace.settlement.queries import OrderMoney, order_money
from marketplace.settlement.schemas import OrderMoneySchema, OrderReviewSchema, OrderReviewsSchema, ReviewOrderSchema

blueprint = Blueprint(
    "settlement_api", __name__, url_prefix="/api/v1/orders", description="Where the money of an order is; reviews"
)


@blueprint.get("/<string:order>/money")
@allow(Who.SIGNED_IN)
@blueprint.response(200, OrderMoneySchema)
def get_money(order: str) -> OrderMoney:
    """What was asked for an order, what is held, what moved and what will move when."""
    session = current_session()
    return order_money(session, order_of(session, order, actor=current_actor()))


@blueprint.get("/<string:order>/reviews")
@allow(Who.SIGNED_IN)
@blueprint.response(200, OrderReviewsSchema)
def list_reviews(order: str) -> dict[str, Any]:
    """Your own review, and the other side's once both have written or seven days have passed."""
    session, actor = current_session(), current_actor()
    found = order_of(session, order, actor=actor)
    return {"items": reviews_of_order(session, found, actor=actor, now=request_now())}


@blueprint.post("/<string:order>/reviews")
@allow(Who.TRADING_FIRM, firm=(FirmRole.OPERATOR,))
@writes
@blueprint.arguments(ReviewOrderSchema)
@blueprint.response(201, OrderReviewSchema)
def write_review(given: dict[str, Any], order: str) -> Review:
    """Review the other side of a completed order, within seven days of its end; the same again changes nothing."""
    command = ReviewOrder(order=order, **given)
    return review_order(current_session(), command, actor=current_actor(), clock=request_clock())
