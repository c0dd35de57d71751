"""Batches: one file for the bank, drafted by one person and approved by another."""

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from billing.payouts.models import (
    TWO_PERSONS,
    BatchStatus,
    Payout,
    PayoutBatch,
    PayoutStatus,
)
from billing.payouts.operations.access import CLERK
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON, refusing
from marketplace.kernel.errors import Conflict, Forbidden, NotFound
from marketplace.kernel.money import Money

FILE_HEADINGS = ("序号", "收款户名", "收款账号", "开户行", "金额", "币种", "附言")


def draft_batch(session: Session, *, actor: Actor, clock: Clock, currency: str = "CNY") -> PayoutBatch:
    """Put everything queued into one file for the bank.

    Raises `Forbidden` unless the clerk asks, `Conflict` `nothing_queued`. Locks the payouts in the order of their ids.
    """
    if actor.user_id is None:
        raise Forbidden("office_role_required", roles=[role.value for role in CLERK])
    actor.require_office(*CLERK)
    payouts = session.scalars(
        select(Payout)
        .where(
            Payout.park_id == actor.park_id,
            Payout.status == PayoutStatus.QUEUED,
            Payout.batch_id.is_(None),
            Payout.currency == currency,
        )
        .order_by(Payout.id)
        .limit(500)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    if not payouts:
        raise Conflict("nothing_queued")
    batch = PayoutBatch(
        park_id=actor.park_id,
        currency=currency,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=clock(),
    )
    session.add(batch)
    session.flush()
    for payout in payouts:
        payout.batch_id = batch.id
    batch.digest = hashlib.sha256(batch_file(payouts)).hexdigest()
    _note_batch(session, batch, "drafted", payouts, actor=actor, clock=clock)
    return batch


def batch_file(payouts: Sequence[Payout]) -> bytes:
    """The file for the bank: CSV in UTF-8 with a byte order mark, as spreadsheets open it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(FILE_HEADINGS)
    for number, payout in enumerate(sorted(payouts, key=_id), start=1):
        amount = Money(payout.amount, payout.currency).units
        cells = (number, payout.holder, payout.number, payout.bank, amount, payout.currency, payout.reference)
        writer.writerow([_harmless(str(cell)) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _id(payout: Payout) -> int:
    return payout.id


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideBatch:
    """Approve or reject a batch; `digest` is that of the file the second person looked at."""

    batch: str
    digest: str


def approve_batch(session: Session, command: DecideBatch, *, actor: Actor, clock: Clock) -> PayoutBatch:
    """The second person lets a batch go to the bank.

    Raises `Forbidden` `second_person_needed` for whoever drafted it, `Conflict` `batch_changed` when the file is not
    the one looked at, `batch_transition`. Locks the batch and its payouts.
    """
    batch, payouts = _locked_batch(session, command.batch, actor=actor)
    if batch.created_by == actor.user_id or actor.user_id is None:
        raise Forbidden("second_person_needed")
    if batch.status is not BatchStatus.DRAFTED:
        raise Conflict("batch_transition", status=batch.status.value)
    if not command.digest == batch.digest == hashlib.sha256(batch_file(payouts)).hexdigest():
        raise Conflict("batch_changed")
    batch.status, batch.approved_by, batch.approved_at = BatchStatus.APPROVED, actor.user_id, clock()
    batch.approved_by_name = actor.name
    for payout in payouts:
        payout.move_to(PayoutStatus.APPROVED)
    with refusing(session, {TWO_PERSONS: _second_person_needed}):
        session.flush()
    _note_batch(session, batch, "approved", payouts, actor=actor, clock=clock)
    return batch


def _second_person_needed() -> Forbidden:
    return Forbidden("second_person_needed")


def reject_batch(session: Session, command: DecideBatch, *, actor: Actor, clock: Clock) -> PayoutBatch:
    """The second person sends a batch back: its payouts are queued again for the next one."""
    batch, payouts = _locked_batch(session, command.batch, actor=actor)
    if batch.status is not BatchStatus.DRAFTED:
        raise Conflict("batch_transition", status=batch.status.value)
    batch.status = BatchStatus.REJECTED
    for payout in payouts:
        payout.batch_id = None
    _note_batch(session, batch, "rejected", payouts, actor=actor, clock=clock)
    return batch


def send_batch(session: Session, command: DecideBatch, *, actor: Actor, clock: Clock) -> PayoutBatch:
    """Note that the bank has the file. Again changes nothing. Raises `Conflict` `batch_transition` before approval."""
    batch, payouts = _locked_batch(session, command.batch, actor=actor)
    if batch.status is BatchStatus.SENT:
        return batch
    if batch.status is not BatchStatus.APPROVED:
        raise Conflict("batch_transition", status=batch.status.value)
    batch.status, batch.sent_at = BatchStatus.SENT, clock()
    for payout in payouts:
        payout.move_to(PayoutStatus.SENT)
    _note_batch(session, batch, "sent", payouts, actor=actor, clock=clock)
    return batch


def _locked_batch(session: Session, public_id: str, *, actor: Actor) -> tuple[PayoutBatch, Sequence[Payout]]:
    actor.require_office(*CLERK)
    batch = session.scalar(
        select(PayoutBatch)
        .where(PayoutBatch.public_id == public_id, PayoutBatch.park_id == actor.park_id)
        .options(selectinload(PayoutBatch.payouts))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if batch is None:
        raise NotFound("payout_batch")
    payouts = session.scalars(
        select(Payout)
        .where(Payout.batch_id == batch.id)
        .order_by(Payout.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return batch, payouts


def _note_batch(
    session: Session, batch: PayoutBatch, verb: str, payouts: Sequence[Payout], *, actor: Actor, clock: Clock
) -> None:
    session.flush()
    after: JSON = {
        "count": len(payouts),
        "amount": sum(payout.amount for payout in payouts),
        "digest": batch.digest,
    }
    subject = f"payout_batch:{batch.public_id}"
    audit(session, actor, at=clock(), action=f"payout_batch.{verb}", subject=subject, after=after)
