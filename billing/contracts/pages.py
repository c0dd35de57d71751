"""Pages of contracts: their periods, and for rent-to-own how far it is and what buying costs now."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from billing.contracts import queries
from billing.contracts.closing import GiveNotice, give_notice
from billing.contracts.models import LIVE, Contract, ContractKind, ContractStatus
from billing.contracts.operations import accept_buy_out, quote_buy_out
from billing.contracts.reading_disputes import DisputeReading, dispute_reading, readings_of_contract
from billing.contracts.schemas import ContractNoticeSchema, ReadingDisputeSchema
from billing.contracts.subjects import subject_link
from billing.payments.queries import requests_to_pay
from billing.pricing.rent_to_own import position, rises
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, request_now, writes
from marketplace.kernel.errors import DomainError
from marketplace.kernel.forms import Form, read, typed
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.words import gettext

blueprint = Blueprint("billing_contracts", __name__, template_folder="templates", url_prefix="/money/contracts")
CLERKS = (FirmRole.FINANCE,)
BOTH = (FirmRole.FINANCE, FirmRole.OPERATOR)


@blueprint.get("/")
@allow(Who.FIRM)
def index() -> str:
    """The firm's contracts."""
    session, actor = current_session(), current_actor()
    page = queries.contracts_of(session, actor=actor, cursor=request.args.get("cursor"))
    return render_template("billing_contracts/index.html", page=page, own=actor.enterprise_id)


@blueprint.get("/<contract>")
@allow(Who.SIGNED_IN)
def show(contract: str) -> str:
    return _contract_page(contract, Form())


def _contract_page(public_id: str, form: Form) -> str:
    session, actor = current_session(), current_actor()
    contract = queries.contract_of(session, public_id, actor=actor)
    return render_template(
        "billing_contracts/show.html",
        contract=contract,
        periods=queries.periods_of(session, contract),
        own=actor.enterprise_id,
        today=request_now().astimezone(contract.zone).date(),
        form=form,
        leads_to=subject_link(contract.subject_ref),
        to_pay=requests_to_pay(session, contract.subject_ref, actor=actor),
        may_end=_may_end(contract),
        readings=readings_of_contract(session, contract) if contract.kind is ContractKind.USAGE else (),
        **_to_own(contract),
    )


def _may_end(contract: Contract) -> bool:
    """The demander at any time, the supplier while rent is unpaid and the contract suspended."""
    actor = current_actor()
    if actor.firm_role not in {FirmRole.OWNER, *BOTH} or contract.status not in LIVE:
        return False
    is_demander = actor.enterprise_id == contract.demander_id
    return is_demander or (actor.enterprise_id == contract.supplier_id and contract.status is ContractStatus.SUSPENDED)


def _to_own(contract: Contract) -> dict[str, Any]:
    """Progress and buy-out of a rent-to-own contract."""
    if contract.kind is not ContractKind.RENT_TO_OWN:
        return {"standing": None}
    session, terms = current_session(), contract.rent_to_own
    quote = queries.standing_quote(session, contract)
    today = request_now().astimezone(contract.zone).date()
    is_theirs = current_actor().enterprise_id == contract.demander_id
    holds = quote is not None and today <= quote.valid_until
    return {
        "standing": position(terms, queries.paid_instalments(session, contract)),
        "instalments": terms.instalments,
        "rises": rises(terms),
        "quote": quote if holds else None,
        "may_buy": is_theirs and contract.status is ContractStatus.RUNNING,
    }


@blueprint.post("/<contract>/end")
@allow(Who.FIRM, firm=BOTH)
@writes
def end(contract: str) -> Response | tuple[str, int]:
    """End it before its time, with a day and a reason."""
    session, form = current_session(), typed()
    values = read(ContractNoticeSchema(), form)
    if values is None:
        return _contract_page(contract, form), 422
    try:
        give_notice(session, GiveNotice(contract=contract, **values), actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _contract_page(contract, form), error.status
    flash(gettext("合同已终止，之后不再出账；请约好归还设备。"), "done")
    return redirect(url_for(".show", contract=contract), 303)


@blueprint.post("/<contract>/dispute-reading")
@allow(Who.FIRM, firm=BOTH)
@writes
def dispute(contract: str) -> Response | tuple[str, int]:
    """Contest a reading."""
    session, form = current_session(), typed()
    values = read(ReadingDisputeSchema(), form)
    if values is None:
        return _contract_page(contract, form), 422
    command = DisputeReading(contract=contract, **values)
    try:
        dispute_reading(session, command, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _contract_page(contract, form), error.status
    flash(gettext("这条读数先不计费，等供方核对。"), "done")
    return redirect(url_for(".show", contract=contract) + "#readings", 303)


@blueprint.post("/<contract>/quote")
@allow(Who.FIRM, firm=CLERKS)
@writes
def ask_quote(contract: str) -> Response | tuple[str, int]:
    """Freeze today's buy-out price for some days."""
    session, form = current_session(), typed()
    try:
        quote_buy_out(session, contract, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _contract_page(contract, form), error.status
    return redirect(url_for(".show", contract=contract), 303)


@blueprint.post("/<contract>/buy/<buy_out>")
@allow(Who.FIRM, firm=CLERKS)
@writes
@idempotent
def buy(contract: str, buy_out: str) -> Response | tuple[str, int]:
    """Take the quote: its bill is issued, and paying it makes the machine ours."""
    session, form = current_session(), typed()
    try:
        bill = accept_buy_out(session, buy_out, actor=current_actor(), clock=request_clock())
    except DomainError as error:
        session.rollback()
        form.refuse(error)
        return _contract_page(contract, form), error.status
    return redirect(url_for("billing_bills.show", bill=bill.public_id), 303)
