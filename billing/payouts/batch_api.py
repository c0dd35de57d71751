# pyright: standard
"""Batches of payouts, for the park's own programs."""

from dataclasses import replace
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from billing.ledger.queries import BOOK_READERS
from billing.payouts import queries
from billing.payouts.batch_pages import DECISIONS, file_answer
from billing.payouts.models import AccountPurpose, BankAccount, Payout, PayoutBatch
from billing.payouts.operations.access import CLERK
from billing.payouts.operations.accounts import (
    KeepBankAccount,
    bank_account_of,
    keep_bank_account,
    platform_account_of,
)
from billing.payouts.operations.batches import DecideBatch, draft_batch
from billing.payouts.operations.paying import confirm_paid, payout_id_of, return_payout
from billing.payouts.schemas import (
    BankAccountSchema,
    BatchDecisionSchema,
    BatchDraftSchema,
    ParkAccountSchema,
    PayoutBatchPageSchema,
    PayoutBatchSchema,
    PayoutReturnSchema,
    PayoutSchema,
)
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_clock, writes
from marketplace.kernel.errors import NotFound
from marketplace.kernel.idempotency import idempotent
from marketplace.kernel.schemas import PageArguments

blueprint = Blueprint(
    "billing_batches_api", __name__, url_prefix="/api/v1/payout-batches", description="Batches of payouts for the bank"
)


@blueprint.get("/")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, PayoutBatchPageSchema)
def list_batches(page: dict[str, Any]) -> object:
    """The park's batches, newest first."""
    return queries.batches_of(current_session(), actor=current_actor(), **page)


@blueprint.post("/")
@allow(Who.OFFICE, office=CLERK)
@writes
@idempotent
@blueprint.arguments(BatchDraftSchema)
@blueprint.response(201, PayoutBatchSchema)
def draft(wish: dict[str, Any]) -> PayoutBatch:
    """Put everything queued into one file for the bank."""
    session, actor = current_session(), current_actor()
    batch = draft_batch(session, actor=actor, clock=request_clock(), **wish)
    return queries.batch_of(session, batch.public_id, actor=actor)


@blueprint.get("/accounts/<any(custody, platform):purpose>")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.response(200, ParkAccountSchema)
def get_account(purpose: str) -> BankAccount:
    """The custody account into which everybody pays, or the platform's own to which commission goes."""
    session, actor = current_session(), current_actor()
    is_custody = purpose == AccountPurpose.CUSTODY
    found = bank_account_of(session, None, actor=actor) if is_custody else platform_account_of(session, actor=actor)
    if found is None:
        raise NotFound("no_bank_account" if is_custody else "no_platform_account")
    return found


@blueprint.put("/accounts/<any(custody, platform):purpose>")
@allow(Who.OFFICE, office=CLERK)
@writes
@blueprint.arguments(BankAccountSchema)
@blueprint.response(200, ParkAccountSchema)
def put_account(account: KeepBankAccount, purpose: str) -> BankAccount:
    """Write down one of the park's two accounts; payouts queued already keep theirs."""
    command = replace(account, purpose=AccountPurpose(purpose))
    return keep_bank_account(current_session(), command, actor=current_actor(), clock=request_clock())


@blueprint.get("/<string:payout_batch>")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.response(200, PayoutBatchSchema)
def get_batch(payout_batch: str) -> PayoutBatch:
    """One batch with its payouts."""
    return queries.batch_of(current_session(), payout_batch, actor=current_actor())


@blueprint.get("/<string:payout_batch>/file")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
def get_file(payout_batch: str) -> Response:
    """The file for the bank, once a second person has approved it."""
    return file_answer(queries.batch_of(current_session(), payout_batch, actor=current_actor()))


@blueprint.post("/<string:payout_batch>/<any(approve, reject, send):decision>")
@allow(Who.OFFICE, office=CLERK)
@writes
@idempotent
@blueprint.arguments(BatchDecisionSchema)
@blueprint.response(200, PayoutBatchSchema)
def decide(given: dict[str, str], payout_batch: str, decision: str) -> PayoutBatch:
    """Approve or reject as the second person, or note that the bank has the file; `digest` is the file looked at."""
    session, actor = current_session(), current_actor()
    command = DecideBatch(batch=payout_batch, **given)
    DECISIONS[decision](session, command, actor=actor, clock=request_clock())
    return queries.batch_of(session, payout_batch, actor=actor)


@blueprint.post("/payouts/<string:payout>/paid")
@allow(Who.OFFICE, office=CLERK)
@writes
@blueprint.response(200, PayoutSchema)
def mark_paid(payout: str) -> Payout:
    """The bank has paid this one. Again changes nothing."""
    session, actor = current_session(), current_actor()
    return confirm_paid(session, payout_id_of(session, payout, actor=actor), actor=actor, clock=request_clock())


@blueprint.post("/payouts/<string:payout>/returned")
@allow(Who.OFFICE, office=CLERK)
@writes
@blueprint.arguments(PayoutReturnSchema)
@blueprint.response(200, PayoutSchema)
def mark_returned(given: dict[str, str], payout: str) -> Payout:
    """The bank gave this one back; the money is the firm's again."""
    session, actor = current_session(), current_actor()
    payout_id = payout_id_of(session, payout, actor=actor)
    return return_payout(session, payout_id, actor=actor, clock=request_clock(), **given)
