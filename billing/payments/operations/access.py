"""Money held under its row locks: requests first, then their funds, each in the order of their ids."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.models import Transaction
from billing.payments.models import Funds, FundsKind, FundsRequest
from marketplace.kernel.actor import Actor
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.kernel.money import Money

ORDER = "order"
"""The purpose of a request unless the caller names another."""


def locked_request(session: Session, subject_ref: str, purpose: str, *, actor: Actor) -> FundsRequest:
    """One request of the actor's park. Raises `NotFound`. Locks it."""
    found = session.scalar(
        select(FundsRequest)
        .where(
            FundsRequest.park_id == actor.park_id,
            FundsRequest.subject_ref == subject_ref,
            FundsRequest.purpose == purpose,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("funds_request")
    return found


def locked_funds(session: Session, request: FundsRequest) -> Sequence[Funds]:
    """The escrow and deposit of a request that is locked already. Locks them."""
    return session.scalars(
        select(Funds)
        .where(Funds.request_id == request.id)
        .order_by(Funds.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def funds_of_kind(session: Session, request: FundsRequest, kind: FundsKind) -> Funds:
    """The escrow, or the deposit, of a locked request. Raises `NotFound` when none was asked for."""
    for funds in locked_funds(session, request):
        if funds.kind is kind:
            return funds
    raise NotFound(kind.value)


def account_of(request: FundsRequest, kind: FundsKind) -> AccountName:
    """The ledger account in which the request's escrow or deposit lies."""
    return AccountName(AccountKind(kind.value), request.payer_id, request.subject_ref)


def known_transaction(session: Session, key: str, *, actor: Actor) -> Transaction | None:
    """What was written under the key before."""
    return session.scalar(select(Transaction).where(Transaction.park_id == actor.park_id, Transaction.key == key))


def require_currency(request: FundsRequest, *amounts: Money) -> None:
    """Raise `Invalid` for an amount in another currency than the request's."""
    if any(amount.currency != request.currency for amount in amounts):
        raise Invalid("currency_differs", fields={"currency": ["currency_differs"]})
