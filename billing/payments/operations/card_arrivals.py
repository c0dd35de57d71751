"""Card money arrives at the bank: the gateway pays the custody operator out, and what was on its way lies in custody."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from billing.ledger.accounts import AccountKind, AccountName
from billing.ledger.models import Account
from billing.ledger.operations import Leg, Posting, credit, debit, lock_accounts, post, require_positive
from billing.payments.models import CardRefund, FundsRequest, GatewayName, Payment, PaymentStatus
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict
from marketplace.kernel.money import Money


def receive_card_money(session: Session, amount: Money, posting: Posting, *, actor: Actor, clock: Clock) -> None:
    """Move what the gateway paid out from its clearing to custody, the oldest payments first, whoever owns it by now.

    `posting` names it and has no legs yet. Raises `Conflict` `more_than_on_its_way` when so much was never paid by card.
    Locks the payments' requests, the payments, then the accounts.
    """
    require_positive(amount)
    parts = list(_parts(session, amount, actor=actor))
    if sum(part for _, _, part in parts) < amount.amount:
        raise Conflict("more_than_on_its_way")
    names = _owners(session, amount.currency, actor=actor)
    places = [(AccountName(kind, firm), amount.currency) for firm in names for kind in PLACES]
    locked = lock_accounts(session, places, actor=actor, clock=clock)
    left = {firm: locked[AccountName(AccountKind.GATEWAY_CLEARING, firm), amount.currency].available for firm in names}
    legs: list[Leg] = []
    for payment, request, part in parts:
        payment.arrived_amount += part
        legs += _moved(left, [request.payee_id, request.payer_id, *names], Money(part, amount.currency))
    post(session, replace(posting, legs=legs), actor=actor, clock=clock)


PLACES = (AccountKind.GATEWAY_CLEARING, AccountKind.CUSTODY)


def on_its_way(session: Session, *, actor: Actor, currency: str) -> int:
    """How much card money the gateway still owes the custody operator, in minor units."""
    total = select(func.coalesce(func.sum(Account.balance), 0)).where(*_clearing(currency, actor))
    return int(session.scalar(total) or 0)


def _clearing(currency: str, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Account.park_id == actor.park_id,
        Account.kind == AccountKind.GATEWAY_CLEARING,
        Account.currency == currency,
    )


def _owners(session: Session, currency: str, *, actor: Actor) -> list[int]:
    """The enterprises that have card money on its way, in the order of their accounts."""
    rows = select(Account.enterprise_id).where(*_clearing(currency, actor), Account.balance > 0).order_by(Account.id)
    return [firm for firm in session.scalars(rows) if firm is not None]


def _parts(session: Session, amount: Money, *, actor: Actor) -> Iterator[tuple[Payment, FundsRequest, int]]:
    """The oldest payments that have not arrived, as much of each as the amount covers; under their locks."""
    returned = (
        select(func.coalesce(func.sum(CardRefund.amount - CardRefund.fee_amount), 0))
        .where(CardRefund.payment_id == Payment.id, CardRefund.status != PaymentStatus.FAILED)
        .scalar_subquery()
    )
    owed = Payment.amount - Payment.fee_amount - Payment.arrived_amount - returned
    waiting = (
        Payment.park_id == actor.park_id,
        Payment.currency == amount.currency,
        Payment.gateway != GatewayName.BANK_TRANSFER,
        Payment.status == PaymentStatus.SUCCEEDED,
        owed > 0,
    )
    requests = select(FundsRequest).where(FundsRequest.id.in_(select(Payment.request_id).where(*waiting)))
    locked = requests.order_by(FundsRequest.id).with_for_update().execution_options(populate_existing=True)
    known = {request.id: request for request in session.scalars(locked)}
    rows = (
        select(Payment, owed).where(*waiting, Payment.request_id.in_(known)).order_by(Payment.succeeded_at, Payment.id)
    )
    rest = amount.amount
    for payment, whole in session.execute(rows.with_for_update(of=Payment)):
        part = min(rest, int(whole))
        if part:
            yield payment, known[payment.request_id], part
        rest -= part


def _moved(left: dict[int, int], owners: list[int], amount: Money) -> Iterator[Leg]:
    """From whoever has it: the payee to whom it may have been released, the payer, then anybody it went on to."""
    missing = amount.amount
    for firm in owners:
        part = min(missing, left.get(firm, 0))
        if part > 0:
            left[firm] -= part
            missing -= part
            yield credit(AccountName(AccountKind.GATEWAY_CLEARING, firm), Money(part, amount.currency))
            yield debit(AccountName(AccountKind.CUSTODY, firm), Money(part, amount.currency))
    if missing:
        raise Conflict("more_than_on_its_way")
