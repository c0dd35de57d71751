# pyright: standard
"""Disputes for programs."""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.orders.disputes import queries
from marketplace.orders.disputes.models import Dispute
from marketplace.orders.disputes.operations import (
    DECIDERS,
    DecideDispute,
    OpenDispute,
    Word,
    answer_dispute,
    appeal_dispute,
    decide_dispute,
    open_dispute,
    withdraw_dispute,
)
from marketplace.orders.disputes.schemas import (
    DisputeDecisionSchema,
    DisputeSchema,
    DisputeWordSchema,
    OpenDisputeSchema,
)
from marketplace.orders.queries import order_of

blueprint = Blueprint("disputes_api", __name__, url_prefix="/api/v1", description="Disputes about orders")
OPERATORS = (FirmRole.OPERATOR,)


def _shown(session: Session, dispute: Dispute) -> Dispute:
    session.flush()
    session.refresh(dispute, ["order"])
    return dispute


@blueprint.get("/orders/<string:order>/disputes")
@allow(Who.SIGNED_IN)
@blueprint.response(200, DisputeSchema(many=True))
def list_disputes(order: str) -> list[Dispute]:
    """The order's disputes, newest first."""
    session = current_session()
    found = queries.disputes_of(session, order_of(session, order, actor=current_actor()))
    return [_shown(session, dispute) for dispute in found]


@blueprint.post("/orders/<string:order>/disputes")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(OpenDisputeSchema)
@blueprint.response(201, DisputeSchema)
def start(given: dict[str, Any], order: str) -> Dispute:
    """Disagree with how the order went; its timers stand still until the dispute is closed."""
    command = OpenDispute(order=order, **given)
    session = current_session()
    return _shown(session, open_dispute(session, command, actor=current_actor(), clock=request_clock()))


@blueprint.post("/disputes/<string:dispute>/answer")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(DisputeWordSchema)
@blueprint.response(200, DisputeSchema)
def answer(given: dict[str, str], dispute: str) -> Dispute:
    """Answer what the other side claims."""
    command = Word(dispute=dispute, text=given["text"])
    session = current_session()
    return _shown(session, answer_dispute(session, command, actor=current_actor(), clock=request_clock()))


@blueprint.post("/disputes/<string:dispute>/appeal")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.arguments(DisputeWordSchema)
@blueprint.response(200, DisputeSchema)
def appeal(given: dict[str, str], dispute: str) -> Dispute:
    """Ask once for a second look at the decision."""
    command = Word(dispute=dispute, text=given["text"])
    session = current_session()
    return _shown(session, appeal_dispute(session, command, actor=current_actor(), clock=request_clock()))


@blueprint.post("/disputes/<string:dispute>/withdrawal")
@allow(Who.TRADING_FIRM, firm=OPERATORS)
@writes
@blueprint.response(200, DisputeSchema)
def withdraw(dispute: str) -> Dispute:
    """Take your own dispute back."""
    session = current_session()
    return _shown(session, withdraw_dispute(session, dispute, actor=current_actor(), clock=request_clock()))


@blueprint.post("/disputes/<string:dispute>/decision")
@allow(Who.OFFICE, office=DECIDERS)
@writes
@blueprint.arguments(DisputeDecisionSchema)
@blueprint.response(200, DisputeSchema)
def decide(given: dict[str, Any], dispute: str) -> Dispute:
    """The park's decision: what goes back to the demander, what is kept of the deposit."""
    command = DecideDispute(dispute=dispute, **given)
    session = current_session()
    return _shown(session, decide_dispute(session, command, actor=current_actor(), clock=request_clock()))
