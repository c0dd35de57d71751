# pyright: standard
"""A firm's money and its payouts, for programs."""

from typing import Any

from flask_smorest import Blueprint

from billing.payouts import queries
from billing.payouts.models import BankAccount, Payout
from billing.payouts.operations.accounts import KeepBankAccount, bank_account_of, keep_bank_account
from billing.payouts.operations.queueing import QueuePayout, queue_payout
from billing.payouts.schemas import (
    BankAccountSchema,
    FirmMoneySchema,
    PayoutPageSchema,
    PayoutSchema,
    PayoutWishSchema,
)
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import NotFound
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.schemas import PageArguments

blueprint = Blueprint("billing_payouts_api", __name__, url_prefix="/api/v1/payouts", description="Money paid out")
CLERKS = (FirmRole.FINANCE,)


@blueprint.get("/money")
@allow(Who.FIRM)
@blueprint.response(200, FirmMoneySchema(many=True))
def get_money() -> object:
    """Where your firm's money is, a row a currency."""
    return queries.money_of(current_session(), actor=current_actor())


@blueprint.get("/")
@allow(Who.FIRM)
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, PayoutPageSchema)
def list_payouts(page: dict[str, Any]) -> object:
    """Your firm's payouts, newest first."""
    return queries.payouts_of(current_session(), actor=current_actor(), **page)


@blueprint.post("/")
@allow(Who.TRADING_FIRM, firm=CLERKS)
@writes
@idempotent
@blueprint.arguments(PayoutWishSchema)
@blueprint.response(201, PayoutSchema)
def ask_for_payout(wish: dict[str, Any]) -> Payout:
    """Queue all that may be paid out by now; what is queued is not queued again."""
    session, actor = current_session(), current_actor()
    command = QueuePayout(enterprise_id=actor.require_firm(), least=1, **wish)
    return queue_payout(session, command, actor=actor, clock=request_clock())


@blueprint.get("/<string:payout>")
@allow(Who.SIGNED_IN)
@blueprint.response(200, PayoutSchema)
def get_payout(payout: str) -> Payout:
    """One payout: where it is."""
    return queries.payout_of(current_session(), payout, actor=current_actor())


@blueprint.get("/account")
@allow(Who.FIRM)
@blueprint.response(200, BankAccountSchema)
def get_account() -> BankAccount:
    """The bank account to which your firm is paid."""
    actor = current_actor()
    account = bank_account_of(current_session(), actor.require_firm(), actor=actor)
    if account is None:
        raise NotFound("no_bank_account")
    return account


@blueprint.put("/account")
@allow(Who.FIRM, firm=CLERKS)
@writes
@blueprint.arguments(BankAccountSchema)
@blueprint.response(200, BankAccountSchema)
def put_account(account: KeepBankAccount) -> BankAccount:
    """Write down where your firm is paid; payouts queued already keep their account."""
    return keep_bank_account(current_session(), account, actor=current_actor(), clock=request_clock())
