# pyright: standard
"""Orders for programs."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.dialects.postgresql import Range

from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import Conflict
from marketplace.kernel.idempotency import idempotent
from marketplace.orders import queries
from marketplace.orders.alternatives import instead_of
from marketplace.orders.models import Order
from marketplace.orders.operations.agreeing import approve_order
from marketplace.orders.operations.ending import EndOrder, cancel_order, decline_order
from marketplace.orders.operations.placing import PlaceOrder, offered_listing, place_order, priced_job, wanted_range
from marketplace.orders.pricing import PricedJob, price_job
from marketplace.orders.schemas import (
    JobPriceSchema,
    JobSchema,
    OrderPageSchema,
    OrderQuery,
    OrderReasonSchema,
    OrderSchema,
    PlaceOrderSchema,
)

blueprint = Blueprint("orders_api", __name__, url_prefix="/api/v1/orders", description="Agreements and their life")
OPERATORS = (FirmRole.OPERATOR,)


@blueprint.post("/preview")
@allow(Who.SIGNED_IN)
@blueprint.arguments(JobSchema)
@blueprint.response(200, JobPriceSchema)
def preview(command: PlaceOrder) -> PricedJob:
    """The price of a job, line by line; nothing is taken."""
    session = current_session()
    listing = offered_listing(session, command.listing, actor=current_actor())
    return price_job(session, listing, priced_job(session, listing, command))


@blueprint.post("/")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@idempotent
@blueprint.arguments(PlaceOrderSchema)
@blueprint.response(201, OrderSchema)
def create(command: PlaceOrder) -> Order:
    """Book a listing: agreed at once, or a request where its owner approves.

    409 `slot_taken` holds `busy`, the ranges that are taken, and `alternatives`: other times of the listing, other
    machines of the supplier (`other_unit`) and similar ones of other firms that are free in the wanted window.
    """
    session, actor = current_session(), current_actor()
    try:
        order = place_order(session, command, actor=actor, clock=request_clock())
    except Conflict as error:
        if error.code != "slot_taken":
            raise
        session.rollback()
        error.facts = {**error.facts, "alternatives": _alternatives(command)}
        raise
    return _shown(order)


def _alternatives(command: PlaceOrder) -> list[dict[str, object]]:
    session, actor = current_session(), current_actor()
    listing = offered_listing(session, command.listing, actor=actor)
    during = Range(*wanted_range(session, listing, command.during))
    found = instead_of(session, listing, during, quantity=command.quantity, actor=actor, now=request_now())
    return [one.to_json() for one in found]


def _shown(order: Order) -> Order:
    current_session().flush()
    return queries.order_for_programs(current_session(), order.public_id, actor=current_actor())


@blueprint.get("/")
@allow(Who.SIGNED_IN)
@blueprint.arguments(OrderQuery, location="query")
@blueprint.response(200, OrderPageSchema)
def list_orders(query: dict[str, Any]) -> object:
    """Your firm's orders, newest first."""
    return queries.orders_of(current_session(), actor=current_actor(), **query)


@blueprint.get("/<string:order>")
@allow(Who.SIGNED_IN)
@blueprint.response(200, OrderSchema)
def get_order(order: str) -> Order:
    """One order."""
    return queries.order_of(current_session(), order, actor=current_actor())


@blueprint.post("/<string:order>/approve")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.response(200, OrderSchema)
def approve(order: str) -> Order:
    """Accept a request for your machine."""
    return _shown(approve_order(current_session(), order, actor=current_actor(), clock=request_clock()))


@blueprint.post("/<string:order>/decline")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(OrderReasonSchema)
@blueprint.response(200, OrderSchema)
def decline(reason: dict[str, str], order: str) -> Order:
    """Say no to a request, with a reason."""
    command = EndOrder(order=order, **reason)
    return _shown(decline_order(current_session(), command, actor=current_actor(), clock=request_clock()))


@blueprint.post("/<string:order>/cancel")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(OrderReasonSchema)
@blueprint.response(200, OrderSchema)
def cancel(reason: dict[str, str], order: str) -> Order:
    """Step back from an order; the frozen tiers say what it costs."""
    command = EndOrder(order=order, **reason)
    return _shown(cancel_order(current_session(), command, actor=current_actor(), clock=request_clock()))
