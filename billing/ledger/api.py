# pyright: standard
"""The books, for the park's own programs."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from billing.ledger import queries
from billing.ledger.models import Account, Transaction
from billing.ledger.pages import journal_answer
from billing.ledger.queries import BOOK_READERS
from billing.ledger.schemas import (
    BalanceRowSchema,
    LedgerAccountPageSchema,
    LedgerAccountQuery,
    LedgerAccountSchema,
    LedgerEntryPageSchema,
    LedgerTransactionSchema,
)
from marketplace.kernel.edge import Who, allow, current_actor, current_session
from marketplace.kernel.schemas import PageArguments

blueprint = Blueprint("billing_ledger_api", __name__, url_prefix="/api/v1/ledger", description="The park's books")


@blueprint.get("/trial-balance")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.response(200, BalanceRowSchema(many=True))
def get_trial_balance() -> object:
    """Accounts added up by kind; both sides of a currency are equal."""
    return queries.trial_balance(current_session(), actor=current_actor())


@blueprint.get("/accounts")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.arguments(LedgerAccountQuery, location="query")
@blueprint.response(200, LedgerAccountPageSchema)
def list_accounts(query: dict[str, Any]) -> object:
    """Accounts, newest first."""
    return queries.accounts_of(current_session(), actor=current_actor(), **query)


@blueprint.get("/accounts/<string:ledger_account>")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.response(200, LedgerAccountSchema)
def get_account(ledger_account: str) -> Account:
    """One account."""
    return queries.account_of(current_session(), ledger_account, actor=current_actor())


@blueprint.get("/accounts/<string:ledger_account>/entries")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.arguments(PageArguments, location="query")
@blueprint.response(200, LedgerEntryPageSchema)
def list_entries(page: dict[str, Any], ledger_account: str) -> object:
    """The entries of an account, newest first."""
    session = current_session()
    account = queries.account_of(session, ledger_account, actor=current_actor())
    return queries.entries_of(session, account, **page)


@blueprint.get("/transactions/<string:ledger_transaction>")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.response(200, LedgerTransactionSchema)
def get_transaction(ledger_transaction: str) -> Transaction:
    """One transaction with its entries."""
    return queries.transaction_of(current_session(), ledger_transaction, actor=current_actor())


@blueprint.get("/journal")
@allow(Who.OFFICE, office=BOOK_READERS)
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
def get_journal() -> Response:
    """The whole ledger as a beancount journal."""
    return journal_answer()
