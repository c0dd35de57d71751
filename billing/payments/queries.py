"""Reads of money asked for and held: payer, payee, and the clerk of the park."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from billing.cursors import id_after
from billing.ledger.queries import BOOK_READERS
from billing.payments.models import (
    Funds,
    FundsRequest,
    FundsStatus,
    GatewayName,
    Payment,
    PaymentStatus,
    RequestStatus,
    TransferSlip,
)
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.errors import NotFound
from marketplace.kernel.paging import Page, page_of

PAYING = (FirmRole.FINANCE, FirmRole.OPERATOR, FirmRole.OWNER)


class FundsSide(StrEnum):
    """`pay`: what we are asked to pay in; `receive`: what others pay in for us."""

    PAY = "pay"
    RECEIVE = "receive"


def _visible(actor: Actor) -> Select[FundsRequest]:
    rows = (
        select(FundsRequest)
        .where(FundsRequest.park_id == actor.park_id)
        .options(joinedload(FundsRequest.payer), joinedload(FundsRequest.payee), selectinload(FundsRequest.funds))
    )
    if actor.enterprise_id is None and (actor.is_office or actor.is_system):
        actor.require_office(*BOOK_READERS)
        return rows
    firm = actor.require_firm()
    return rows.where(or_(FundsRequest.payer_id == firm, FundsRequest.payee_id == firm))


def request_of(session: Session, public_id: str, *, actor: Actor) -> FundsRequest:
    """One request with its escrow and deposit. Raises `NotFound` for whoever is no party to it."""
    found = session.scalar(_visible(actor).where(FundsRequest.public_id == public_id))
    if found is None:
        raise NotFound("funds_request")
    return found


def requests_to_pay(session: Session, subject_ref: str, *, actor: Actor) -> Sequence[FundsRequest]:
    """What the reader's firm is still asked to pay for a subject, oldest first."""
    if actor.enterprise_id is None:
        return ()
    rows = select(FundsRequest).where(
        FundsRequest.park_id == actor.park_id,
        FundsRequest.subject_ref == subject_ref,
        FundsRequest.payer_id == actor.enterprise_id,
        FundsRequest.status == RequestStatus.AWAITED,
    )
    return session.scalars(rows.order_by(FundsRequest.id)).all()


def requests_of(
    session: Session,
    *,
    actor: Actor,
    side: FundsSide | None = None,
    status: RequestStatus | None = None,
    cursor: str | None = None,
    size: int = 20,
) -> Page[FundsRequest]:
    """Requests the reader is a party to, newest first; `side` keeps those it pays or is paid by."""
    rows = _visible(actor).order_by(FundsRequest.id.desc()).limit(size + 1)
    if side is FundsSide.PAY:
        rows = rows.where(FundsRequest.payer_id == actor.require_firm())
    elif side is FundsSide.RECEIVE:
        rows = rows.where(FundsRequest.payee_id == actor.require_firm())
    if status is not None:
        rows = rows.where(FundsRequest.status == status)
    if after := id_after(cursor):
        rows = rows.where(FundsRequest.id < after)
    return page_of(session.scalars(rows).all(), size=size, key=_position)


def _position(row: FundsRequest) -> tuple[int]:
    return (row.id,)


def held_of(session: Session, *, actor: Actor, most: int = 50) -> Sequence[Funds]:
    """Escrow and deposits held now in which the firm is a party, newest first."""
    firm = actor.require_firm()
    rows = (
        select(Funds)
        .join(Funds.request)
        .where(
            FundsRequest.park_id == actor.park_id,
            Funds.status.in_((FundsStatus.HELD, FundsStatus.FROZEN)),
            or_(FundsRequest.payer_id == firm, FundsRequest.payee_id == firm),
        )
        .options(
            joinedload(Funds.request).joinedload(FundsRequest.payer),
            joinedload(Funds.request).joinedload(FundsRequest.payee),
        )
        .order_by(Funds.id.desc())
        .limit(most)
    )
    return session.scalars(rows).all()


def payments_of(session: Session, request: FundsRequest) -> Sequence[Payment]:
    """What came in for a request the reader may see, oldest first, and what of it returned to its card."""
    rows = select(Payment).where(Payment.request_id == request.id, Payment.status == PaymentStatus.SUCCEEDED)
    return session.scalars(rows.options(selectinload(Payment.refunds)).order_by(Payment.id)).all()


def last_card_payment(session: Session, request: FundsRequest) -> Payment | None:
    """The newest attempt to pay a request, which the reader may see, by card."""
    rows = select(Payment).where(Payment.request_id == request.id, Payment.gateway != GatewayName.BANK_TRANSFER)
    return session.scalar(rows.options(selectinload(Payment.refunds)).order_by(Payment.id.desc()).limit(1))


def may_pay(request: FundsRequest, *, actor: Actor) -> bool:
    """Whether the reader is one of the payer's people who pay, and there is something to pay."""
    is_theirs = actor.enterprise_id == request.payer_id and actor.firm_role in PAYING
    return is_theirs and request.status is RequestStatus.AWAITED


def slip_of(session: Session, public_id: str, *, actor: Actor) -> TransferSlip:
    """The transfer slip of a request with its content. Raises `NotFound` when there is none or it is not ours to see."""
    request = request_of(session, public_id, actor=actor)
    rows = select(TransferSlip).where(TransferSlip.request_id == request.id).options(undefer(TransferSlip.body))
    slip = session.scalar(rows.order_by(TransferSlip.id).limit(1))
    if slip is None:
        raise NotFound("transfer_slip")
    return slip


def request_of_payment(session: Session, public_id: str, *, actor: Actor) -> FundsRequest:
    """The request towards which a payment was made. Raises `NotFound` for whoever is no party to it."""
    rows = _visible(actor).join(Payment, Payment.request_id == FundsRequest.id).where(Payment.public_id == public_id)
    found = session.scalar(rows)
    if found is None:
        raise NotFound("payment")
    return found
