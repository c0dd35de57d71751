# pyright: standard
"""Demands for programs."""

from typing import Any

from flask_smorest import Blueprint

from marketplace.demands import queries
from marketplace.demands.models import Demand
from marketplace.demands.operations.demanding import (
    EndDemand,
    PostDemand,
    close_demand,
    open_demand,
    post_demand,
    withdraw_demand,
)
from marketplace.demands.schemas import (
    DemandPageSchema,
    DemandQuery,
    DemandSchema,
    PostDemandSchema,
    QuoteSchema,
    ReasonSchema,
)
from marketplace.demands.views import DemandView, view_of
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.paging import Page

blueprint = Blueprint("demands_api", __name__, url_prefix="/api/v1/demands", description="What firms look for")
OPERATORS = (FirmRole.OPERATOR,)


def _shown(demand: Demand) -> DemandView:
    session, actor = current_session(), current_actor()
    session.flush()
    return view_of(queries.demand_of(session, demand.public_id, actor=actor), actor=actor)


@blueprint.post("/")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@idempotent
@blueprint.arguments(PostDemandSchema)
@blueprint.response(201, DemandSchema)
def create(command: PostDemand) -> DemandView:
    """Post a demand; with `listing` it is an enquiry to that listing's supplier."""
    return _shown(post_demand(current_session(), command, actor=current_actor(), clock=request_clock()))


@blueprint.get("/")
@allow(Who.FIRM)
@blueprint.arguments(DemandQuery, location="query")
@blueprint.response(200, DemandPageSchema)
def list_demands(query: dict[str, Any]) -> Page[DemandView]:
    """What your firm looks for, newest first."""
    actor = current_actor()
    page = queries.own_demands(current_session(), actor=actor, **query)
    return Page([view_of(demand, actor=actor) for demand in page.items], page.next_cursor)


@blueprint.get("/<string:demand>")
@allow(Who.SIGNED_IN)
@blueprint.response(200, DemandSchema)
def get_demand(demand: str) -> DemandView:
    """One demand, as far as you may see it."""
    actor = current_actor()
    return view_of(queries.demand_of(current_session(), demand, actor=actor), actor=actor)


@blueprint.get("/<string:demand>/quotes")
@allow(Who.SIGNED_IN)
@blueprint.response(200, QuoteSchema(many=True))
def list_quotes(demand: str) -> object:
    """The quotes for a demand: the demander sees all that were sent, a supplier its own; cheapest first."""
    session, actor = current_session(), current_actor()
    return queries.quotes_for(session, queries.demand_of(session, demand, actor=actor), actor=actor)


@blueprint.post("/<string:demand>/open")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.response(200, DemandSchema)
def open_draft(demand: str) -> DemandView:
    """Let suppliers see a draft and quote for it."""
    return _shown(open_demand(current_session(), demand, actor=current_actor(), clock=request_clock()))


@blueprint.post("/<string:demand>/withdraw")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, DemandSchema)
def withdraw(reason: dict[str, str], demand: str) -> DemandView:
    """Look no further; quotes on the table are declined."""
    command = EndDemand(demand=demand, **reason)
    return _shown(withdraw_demand(current_session(), command, actor=current_actor(), clock=request_clock()))


@blueprint.post("/<string:demand>/close")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, DemandSchema)
def close(reason: dict[str, str], demand: str) -> DemandView:
    """Be done with an awarded demand."""
    command = EndDemand(demand=demand, **reason)
    return _shown(close_demand(current_session(), command, actor=current_actor(), clock=request_clock()))
