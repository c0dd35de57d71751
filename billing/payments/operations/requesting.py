"""Asking for money: the request, its end without money, the slip that buys a little more time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Sequence as DatabaseSequence
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.ledger.operations import MOST
from billing.payments.events import FundsNotSecured, FundsRequested, TransferSlipUploaded
from billing.payments.models import Funds, FundsKind, FundsRequest, FundsStatus, RequestStatus, TransferSlip
from billing.payments.operations.access import ORDER, locked_funds, locked_request
from billing.payments.operations.cards import close_checkouts
from billing.payments.operations.receiving import leave_as_credit
from billing.payments.references import reference
from billing.payments.slips import checked_slip
from marketplace.kernel.actor import Actor, FirmRole, system_actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import record
from marketplace.kernel.money import Money

NUMBERS = DatabaseSequence("billing_reference_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFunds:
    """Ask `payer` to pay escrow and deposit in for a subject; nothing of a kind is a zero amount.

    `due_with_slip` is how far an uploaded transfer slip extends the time (not at all when None).
    `expected_fee` is the commission that a card gateway may keep at once. With `lapses` false the request stays open
    past `due_at`, which then only says from when on the payer is late.
    """

    subject_ref: str
    payer_id: int
    payee_id: int
    escrow: Money
    deposit: Money
    due_at: datetime
    due_with_slip: datetime | None = None
    expected_fee: int = 0
    purpose: str = ORDER
    label: str = ""
    lapses: bool = True


def request_funds(session: Session, command: RequestFunds, *, actor: Actor, clock: Clock) -> FundsRequest:
    """Ask for the money of a subject; asked again with the same sums, it is the request that stands.

    Raises `Invalid` for amounts or parties that make no sense, `Conflict` `request_differs` when the subject already
    has another request for this purpose. Adds `FundsRequested`.
    """
    now = clock()
    _require_sense(command, now)
    standing = _standing(session, command, actor=actor)
    if standing is not None:
        _require_same(standing, command)
        return standing
    request = _new_request(session, command, actor=actor, at=now)
    _tell(session, request, actor=actor, at=now, action="funds.requested")
    record(
        session,
        FundsRequested(
            request.subject_ref,
            request.purpose,
            request.id,
            request.payer_id,
            request.total_amount,
            request.currency,
            request.due_at.isoformat(),
        ),
        actor=actor,
        at=now,
    )
    return request


def _require_sense(command: RequestFunds, now: datetime) -> None:
    escrow, deposit = command.escrow, command.deposit
    if escrow.currency != deposit.currency:
        raise Invalid("currency_differs", fields={"currency": ["currency_differs"]})
    if escrow.amount < 0 or deposit.amount < 0 or escrow.amount + deposit.amount == 0:
        raise Invalid("amount_not_positive", fields={"amount": ["amount_not_positive"]})
    if escrow.amount + deposit.amount > MOST:
        raise Invalid("amount_out_of_range", fields={"amount": ["amount_out_of_range"]})
    if command.payer_id == command.payee_id:
        raise Invalid("same_party", fields={"payer": ["same_party"]})
    if command.lapses and command.due_at <= now:
        raise Invalid("due_in_the_past", fields={"due_at": ["due_in_the_past"]})
    if not 0 <= command.expected_fee <= escrow.amount:
        raise Invalid("commission_too_high", fields={"commission": ["commission_too_high"]})


def _standing(session: Session, command: RequestFunds, *, actor: Actor) -> FundsRequest | None:
    """The subject's request for this purpose; callers at the same time wait for each other in the subject's name."""
    name = f"funds/{actor.park_id}/{command.subject_ref}/{command.purpose}"
    number = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
    session.execute(select(func.pg_advisory_xact_lock(number)))
    return session.scalar(
        select(FundsRequest).where(
            FundsRequest.park_id == actor.park_id,
            FundsRequest.subject_ref == command.subject_ref,
            FundsRequest.purpose == command.purpose,
        )
    )


def _require_same(standing: FundsRequest, command: RequestFunds) -> None:
    asked = (command.payer_id, command.payee_id, command.escrow + command.deposit)
    if asked != (standing.payer_id, standing.payee_id, standing.total):
        raise Conflict("request_differs")


def _new_request(session: Session, command: RequestFunds, *, actor: Actor, at: datetime) -> FundsRequest:
    total = command.escrow + command.deposit
    request = FundsRequest(
        park_id=actor.park_id,
        subject_ref=command.subject_ref,
        purpose=command.purpose,
        payer_id=command.payer_id,
        payee_id=command.payee_id,
        currency=total.currency,
        total_amount=total.amount,
        reference=reference(session.scalar(NUMBERS) or 0),
        due_at=command.due_at,
        due_with_slip=command.due_with_slip,
        expected_fee=command.expected_fee,
        label=command.label,
        lapses=command.lapses,
        created_at=at,
    )
    session.add(request)
    session.flush()
    for kind, amount in ((FundsKind.ESCROW, command.escrow), (FundsKind.DEPOSIT, command.deposit)):
        if amount.amount:
            session.add(Funds(request_id=request.id, kind=kind, amount=amount.amount, currency=amount.currency))
    session.flush()
    return request


def cancel_request(
    session: Session, subject_ref: str, *, actor: Actor, clock: Clock, purpose: str = ORDER
) -> FundsRequest:
    """Take back a request whose money has not come; what came in part waits as the payer's credit.

    Raises `NotFound`; `Conflict` `already_secured`. Again changes nothing. Locks the request; adds `FundsNotSecured`.
    """
    request = locked_request(session, subject_ref, purpose, actor=actor)
    if request.status is RequestStatus.SECURED:
        raise Conflict("already_secured")
    if request.status is RequestStatus.AWAITED:
        _end(session, request, RequestStatus.CANCELLED, actor=actor, clock=clock)
    return request


def expire_requests(session: Session, *, clock: Clock) -> Sequence[FundsRequest]:
    """End every request whose time is over. Locks them in the order of their ids; adds `FundsNotSecured` for each."""
    due = session.scalars(
        select(FundsRequest)
        .where(FundsRequest.status == RequestStatus.AWAITED, FundsRequest.due_at <= clock(), FundsRequest.lapses)
        .order_by(FundsRequest.id)
        .limit(500)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for request in due:
        _end(session, request, RequestStatus.EXPIRED, actor=system_actor(request.park_id), clock=clock)
    return due


def _end(session: Session, request: FundsRequest, status: RequestStatus, *, actor: Actor, clock: Clock) -> None:
    request.end(status, clock())
    for funds in locked_funds(session, request):
        funds.move_to(FundsStatus(status.value))
    leave_as_credit(session, request, actor=actor, clock=clock)
    session.flush()
    close_checkouts(session, request)
    _tell(session, request, actor=actor, at=clock(), action=f"funds.{status.value}")
    ended = FundsNotSecured(request.subject_ref, request.purpose, request.id, status.value)
    record(session, ended, actor=actor, at=clock())


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadSlip:
    """A picture or PDF of the transfer; `request` is the request's public id."""

    request: str
    name: str
    body: bytes


def upload_slip(session: Session, command: UploadSlip, *, actor: Actor, clock: Clock) -> FundsRequest:
    """Show that the transfer is on its way: the time to pay is extended, once.

    Raises `NotFound` for whoever is not the payer; `Invalid` `slip_too_large` or `slip_unreadable`; `Conflict`
    `request_ended` or `slip_already_there`. Locks the request; adds `TransferSlipUploaded`.
    """
    slip = checked_slip(command.body)
    request = session.scalar(
        select(FundsRequest)
        .where(
            FundsRequest.public_id == command.request,
            FundsRequest.park_id == actor.park_id,
            FundsRequest.payer_id == actor.require_firm(FirmRole.FINANCE, FirmRole.OPERATOR),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if request is None:
        raise NotFound("funds_request")
    if request.status is not RequestStatus.AWAITED:
        raise Conflict("request_ended", status=request.status.value)
    if request.slip_at is not None:
        raise Conflict("slip_already_there", fields={"slip": ["slip_already_there"]})
    now = clock()
    request.slip_at = now
    if request.due_with_slip is not None:
        request.due_at = max(request.due_at, request.due_with_slip)
    session.add(
        TransferSlip(
            request_id=request.id,
            name=command.name[:200],
            content_type=slip.content_type,
            body=slip.content,
            uploaded_at=now,
            user_id=actor.user_id,
        )
    )
    session.flush()
    _tell(session, request, actor=actor, at=now, action="funds.slip_uploaded")
    shown = TransferSlipUploaded(request.subject_ref, request.purpose, request.id, request.due_at.isoformat())
    record(session, shown, actor=actor, at=now)
    return request


def _tell(session: Session, request: FundsRequest, *, actor: Actor, at: datetime, action: str) -> None:
    audit(
        session,
        actor,
        at=at,
        action=action,
        subject=f"funds_request:{request.public_id}",
        after={
            "subject": request.subject_ref,
            "total": request.total_amount,
            "currency": request.currency,
            "due_at": request.due_at.isoformat(),
        },
    )
