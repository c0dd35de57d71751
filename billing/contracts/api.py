# pyright: standard
"""Contracts for programs: where they stand, their periods, buying out, ending."""

from typing import Any

from flask_smorest import Blueprint

from billing.bills.models import Bill
from billing.bills.queries import bill_of
from billing.bills.schemas import BillWithLinesSchema
from billing.contracts import queries
from billing.contracts.closing import GiveNotice, give_notice
from billing.contracts.models import BuyOutQuote, Contract, ContractKind
from billing.contracts.operations import accept_buy_out, quote_buy_out
from billing.contracts.reading_disputes import DisputeReading, dispute_reading
from billing.contracts.schemas import (
    BuyOutQuoteSchema,
    ContractNoticeSchema,
    ContractPageSchema,
    ContractQuery,
    ContractSchema,
    ContractWithStandingSchema,
    PeriodsSchema,
    ReadingDisputeSchema,
    with_standing,
)
from billing.contracts.used import used_so_far
from billing.metering.models import Reading
from billing.metering.schemas import ReadingSchema
from billing.pricing.rent_to_own import position
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes

blueprint = Blueprint(
    "billing_contracts_api", __name__, url_prefix="/api/v1/contracts", description="Contracts and their periods"
)
CLERKS = (FirmRole.FINANCE,)
BOTH = (FirmRole.FINANCE, FirmRole.OPERATOR)


@blueprint.get("/")
@allow(Who.FIRM)
@blueprint.arguments(ContractQuery, location="query")
@blueprint.response(200, ContractPageSchema)
def list_contracts(query: dict[str, Any]) -> object:
    """Your firm's contracts, newest first."""
    return queries.contracts_of(current_session(), actor=current_actor(), **query)


@blueprint.get("/<string:contract>")
@allow(Who.SIGNED_IN)
@blueprint.response(200, ContractWithStandingSchema)
def get_contract(contract: str) -> dict[str, Any]:
    """One contract: for rent-to-own with rent earned, credit and option price, for pay-per-use with what was used."""
    session = current_session()
    found = queries.contract_of(session, contract, actor=current_actor())
    to_own = found.kind is ContractKind.RENT_TO_OWN
    standing = position(found.rent_to_own, queries.paid_instalments(session, found)) if to_own else None
    return with_standing(found, standing, None if to_own else used_so_far(session, found))


@blueprint.get("/<string:contract>/periods")
@allow(Who.SIGNED_IN)
@blueprint.response(200, PeriodsSchema)
def list_periods(contract: str) -> dict[str, Any]:
    """The periods cut so far with their bills, oldest first."""
    session = current_session()
    found = queries.contract_of(session, contract, actor=current_actor())
    return {"items": queries.periods_of(session, found)}


@blueprint.post("/<string:contract>/buy-out-quotes")
@allow(Who.FIRM, firm=CLERKS)
@writes
@blueprint.response(201, BuyOutQuoteSchema)
def ask_buy_out(contract: str) -> BuyOutQuote:
    """What buying costs today, held for the days the contract names."""
    return quote_buy_out(current_session(), contract, actor=current_actor(), clock=request_clock())


@blueprint.post("/buy-out-quotes/<string:buy_out>/acceptance")
@allow(Who.FIRM, firm=CLERKS)
@writes
@blueprint.response(201, BillWithLinesSchema)
def accept(buy_out: str) -> Bill:
    """The demander buys at a quote that still holds; paying the bill makes it so. Again gives the same bill."""
    session, actor = current_session(), current_actor()
    bill = accept_buy_out(session, buy_out, actor=actor, clock=request_clock())
    return bill_of(session, bill.public_id, actor=actor)


@blueprint.post("/<string:contract>/termination")
@allow(Who.FIRM, firm=BOTH)
@writes
@blueprint.arguments(ContractNoticeSchema)
@blueprint.response(200, ContractSchema)
def terminate(notice: dict[str, Any], contract: str) -> Contract:
    """End it before its time: the demander any day, the supplier while it is suspended for unpaid rent."""
    session, actor = current_session(), current_actor()
    give_notice(session, GiveNotice(contract=contract, **notice), actor=actor, clock=request_clock())
    return queries.contract_of(session, contract, actor=actor)


@blueprint.post("/<string:contract>/reading-disputes")
@allow(Who.FIRM, firm=BOTH)
@writes
@blueprint.arguments(ReadingDisputeSchema)
@blueprint.response(200, ReadingSchema)
def dispute(wrong: dict[str, Any], contract: str) -> Reading:
    """The demander contests a reading: it does not count until the meter's owner has looked at it."""
    command = DisputeReading(contract=contract, **wrong)
    return dispute_reading(current_session(), command, actor=current_actor(), clock=request_clock())
