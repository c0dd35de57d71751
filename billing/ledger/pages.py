"""The office's pages of the books: trial balance, an account, a transaction, the proof, the journal."""

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.exc import OperationalError

from billing.check import check_books
from billing.ledger import queries
from billing.ledger.accounts import AccountKind
from billing.ledger.export import beancount
from billing.ledger.queries import BOOK_READERS
from billing.ledger.words import ACCOUNT_KINDS, RULES, SOURCES, TRANSACTION_KINDS
from marketplace.accounts.models import Park
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_now

blueprint = Blueprint("billing_ledger", __name__, template_folder="templates", url_prefix="/office/money/ledger")
PATIENCE_SECONDS = 20
"""A page waits no longer for the proof; a larger ledger is checked by command."""


@blueprint.get("/")
@allow(Who.OFFICE, office=BOOK_READERS)
def index() -> str:
    """What stands in the books, by kind of account; with `check` also the proof, for browsers without scripts."""
    rows = queries.trial_balance(current_session(), actor=current_actor())
    proof = Markup(_proof()) if "check" in request.args else ""  # noqa: S704 - rendered by our own template
    return render_template("billing_ledger/index.html", rows=rows, kinds=ACCOUNT_KINDS, proof=proof)


@blueprint.get("/check")
@allow(Who.OFFICE, office=BOOK_READERS)
def check() -> str:
    """The proof alone, swapped into the page: it reads whole tables, so nobody waits for it unasked."""
    return _proof()


def _proof() -> str:
    """Prove the rules of money now.

    It proves the whole installation and names no account of another park: only which rule is broken and how often.
    """
    session = current_session()
    try:
        found = check_books(session, patience_seconds=PATIENCE_SECONDS)
    except OperationalError:
        session.rollback()
        return render_template("billing_ledger/check.html", counts=None, rules=RULES, at=request_now())
    counts = Counter(finding.rule for finding in found)
    return render_template("billing_ledger/check.html", counts=counts, rules=RULES, at=request_now())


@blueprint.get("/accounts")
@allow(Who.OFFICE, office=BOOK_READERS)
def accounts() -> str:
    """The accounts of one kind."""
    given = request.args.get("kind")
    kind = AccountKind(given) if given in set(AccountKind) else None
    page = queries.accounts_of(current_session(), actor=current_actor(), kind=kind, cursor=request.args.get("cursor"))
    return render_template("billing_ledger/accounts.html", page=page, kind=kind, kinds=ACCOUNT_KINDS)


@blueprint.get("/accounts/<ledger_account>")
@allow(Who.OFFICE, office=BOOK_READERS)
def account(ledger_account: str) -> str:
    """One account with its entries."""
    session = current_session()
    found = queries.account_of(session, ledger_account, actor=current_actor())
    page = queries.entries_of(session, found, cursor=request.args.get("cursor"))
    return render_template(
        "billing_ledger/account.html", account=found, page=page, kinds=ACCOUNT_KINDS, words=TRANSACTION_KINDS
    )


@blueprint.get("/transactions/<ledger_transaction>")
@allow(Who.OFFICE, office=BOOK_READERS)
def transaction(ledger_transaction: str) -> str:
    """One transaction: its entries, and the row that caused it."""
    session = current_session()
    found = queries.transaction_of(session, ledger_transaction, actor=current_actor())
    return render_template(
        "billing_ledger/transaction.html",
        transaction=found,
        undone=queries.reversed_by(session, found),
        source=source_url(found.source),
        kinds=ACCOUNT_KINDS,
        words=TRANSACTION_KINDS,
    )


def source_url(source: str) -> str:
    """The page of what caused a transaction; nothing when it has none."""
    kind, _, public_id = source.partition(":")
    if kind not in SOURCES:
        return ""
    endpoint, parameter = SOURCES[kind]
    values: dict[str, Any] = {parameter: public_id}
    return url_for(endpoint, **values)


@blueprint.get("/journal")
@allow(Who.OFFICE, office=BOOK_READERS)
def journal() -> Response:
    """The whole ledger as a beancount journal, which any accountant's tool can add up."""
    return journal_answer()


def journal_answer() -> Response:
    """The journal as a file to keep; `gongzao export ledger` writes one of any size line by line."""
    session, actor = current_session(), current_actor()
    zone = ZoneInfo(session.get_one(Park, actor.park_id).time_zone)
    answer = Response("".join(beancount(session, actor=actor, zone=zone)), content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="gongzao.beancount"'
    return answer
