"""What becomes of money held: release, refund, split, freeze; claims on a deposit and its return.

The caller has decided who may ask. `key` makes each of them happen once: the same key again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from billing.ledger.operations import require_positive
from billing.payments.events import (
    DepositClaimed,
    FundsFrozen,
    FundsRefunded,
    FundsReleased,
    FundsSplit,
    FundsUnfrozen,
)
from billing.payments.models import Funds, FundsKind, FundsRequest, FundsStatus
from billing.payments.operations.access import (
    ORDER,
    funds_of_kind,
    known_transaction,
    locked_funds,
    locked_request,
    require_currency,
)
from billing.payments.operations.card_refunds import return_to_cards
from billing.payments.operations.flows import Ways, pay_out_of
from marketplace.kernel.actor import Actor
from marketplace.kernel.audit import audit
from marketplace.kernel.clock import Clock
from marketplace.kernel.database import JSON
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.kernel.events import record
from marketplace.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseEscrow:
    """Let the payee have escrow, all that is held unless `amount` says how much.

    `commission` goes to the platform out of it, `commission_tax` is the VAT inside the commission.
    """

    subject_ref: str
    key: str
    commission: Money
    commission_tax: Money
    amount: Money | None = None
    purpose: str = ORDER
    reason: str = ""


def release_escrow(session: Session, command: ReleaseEscrow, *, actor: Actor, clock: Clock) -> Funds:
    """Release escrow to the payee, never while frozen.

    Raises `NotFound`; `Conflict` `funds_frozen`, `more_than_held` or `funds_transition`; `Invalid`
    `commission_too_high` or an amount that makes no sense. Locks the request, its funds, then the accounts; adds
    `FundsReleased`.
    """
    request, funds = _escrow(session, command.subject_ref, command.purpose, actor=actor)
    key = f"release:{command.subject_ref}:{command.purpose}:{command.key}"
    if known_transaction(session, key, actor=actor) is not None:
        return funds
    amount = _asked(request, funds, command.amount)
    _require_commission(request, command.commission, command.commission_tax, most=amount)
    net = amount - command.commission
    ways = Ways(
        posting_kind="escrow_released",
        key=key,
        memo=command.reason,
        to_payee=net,
        to_payer=Money.zero(request.currency),
        fee=command.commission,
        fee_tax=command.commission_tax,
    )
    _settle(session, request, funds, ways, actor=actor, clock=clock)
    released = FundsReleased(
        request.subject_ref,
        request.purpose,
        request.payee_id,
        amount.amount,
        command.commission.amount,
        request.currency,
        is_final=not funds.held.amount,
    )
    record(session, released, actor=actor, at=clock())
    return funds


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Give the payer back escrow, all that is held unless `amount` says how much."""

    subject_ref: str
    key: str
    amount: Money | None = None
    purpose: str = ORDER
    reason: str = ""


def refund(session: Session, command: Refund, *, actor: Actor, clock: Clock) -> Funds:
    """Give escrow back to the payer, never while frozen. Errors, locks and safety as `release_escrow`.

    The money becomes the payer's credit at once, from where it is paid back. Adds `FundsRefunded`.
    """
    request, funds = _escrow(session, command.subject_ref, command.purpose, actor=actor)
    return _give_back(session, request, funds, command, actor=actor, clock=clock)


def return_deposit(session: Session, command: Refund, *, actor: Actor, clock: Clock) -> Funds:
    """Give the payer the deposit back, all that is held unless `amount` says how much. As `refund`."""
    request = locked_request(session, command.subject_ref, command.purpose, actor=actor)
    funds = funds_of_kind(session, request, FundsKind.DEPOSIT)
    return _give_back(session, request, funds, command, actor=actor, clock=clock)


def _give_back(
    session: Session, request: FundsRequest, funds: Funds, command: Refund, *, actor: Actor, clock: Clock
) -> Funds:
    key = f"refund:{funds.kind.value}:{command.subject_ref}:{command.purpose}:{command.key}"
    if known_transaction(session, key, actor=actor) is not None:
        return funds
    amount, nothing = _asked(request, funds, command.amount), Money.zero(request.currency)
    ways = Ways(
        posting_kind=f"{funds.kind.value}_refunded",
        key=key,
        memo=command.reason,
        to_payee=nothing,
        to_payer=amount,
        fee=nothing,
        fee_tax=nothing,
    )
    _settle(session, request, funds, ways, actor=actor, clock=clock)
    refunded = FundsRefunded(
        request.subject_ref,
        request.purpose,
        funds.kind.value,
        request.payer_id,
        amount.amount,
        request.currency,
        is_final=not funds.held.amount,
    )
    record(session, refunded, actor=actor, at=clock())
    return funds


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDeposit:
    """Let the payee have part of the deposit for damage, with what proves it."""

    subject_ref: str
    key: str
    amount: Money
    evidence: str
    purpose: str = ORDER


def claim_deposit(session: Session, command: ClaimDeposit, *, actor: Actor, clock: Clock) -> Funds:
    """Take damage out of a deposit; the rest stays held until it is returned.

    Raises `Invalid` `evidence_required`, else as `release_escrow`. Adds `DepositClaimed`.
    """
    if not command.evidence.strip():
        raise Invalid("evidence_required", fields={"evidence": ["evidence_required"]})
    request = locked_request(session, command.subject_ref, command.purpose, actor=actor)
    funds = funds_of_kind(session, request, FundsKind.DEPOSIT)
    key = f"claim:{command.subject_ref}:{command.purpose}:{command.key}"
    if known_transaction(session, key, actor=actor) is not None:
        return funds
    amount, nothing = _asked(request, funds, command.amount), Money.zero(request.currency)
    ways = Ways(
        posting_kind="deposit_claimed",
        key=key,
        memo=command.evidence,
        to_payee=amount,
        to_payer=nothing,
        fee=nothing,
        fee_tax=nothing,
    )
    _settle(session, request, funds, ways, actor=actor, clock=clock)
    claimed = DepositClaimed(
        request.subject_ref,
        request.purpose,
        request.payee_id,
        amount.amount,
        request.currency,
        command.evidence,
    )
    record(session, claimed, actor=actor, at=clock())
    return funds


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitEscrow:
    """How a dispute was decided: all that is held, `commission` out of the payee's part."""

    subject_ref: str
    key: str
    to_payee: Money
    to_payer: Money
    commission: Money
    commission_tax: Money
    purpose: str = ORDER
    reason: str = ""


def split(session: Session, command: SplitEscrow, *, actor: Actor, clock: Clock) -> Funds:
    """Divide the escrow between the two sides, frozen or not; it ends with that.

    Raises `Conflict` `split_differs` unless the two parts are exactly what is held, else as `release_escrow`. Adds
    `FundsSplit`.
    """
    request, funds = _escrow(session, command.subject_ref, command.purpose, actor=actor)
    key = f"split:{command.subject_ref}:{command.purpose}:{command.key}"
    if known_transaction(session, key, actor=actor) is not None:
        return funds
    require_currency(request, command.to_payee, command.to_payer)
    if min(command.to_payee.amount, command.to_payer.amount) < 0:
        raise Invalid("amount_not_positive", fields={"amount": ["amount_not_positive"]})
    if not funds.held.amount or command.to_payee + command.to_payer != funds.held:
        raise Conflict("split_differs", held=funds.held.to_json())
    _require_commission(request, command.commission, command.commission_tax, most=command.to_payee)
    if funds.status is FundsStatus.FROZEN:
        funds.move_to(FundsStatus.HELD)
    ways = Ways(
        posting_kind="escrow_split",
        key=key,
        memo=command.reason,
        to_payee=command.to_payee - command.commission,
        to_payer=command.to_payer,
        fee=command.commission,
        fee_tax=command.commission_tax,
    )
    _settle(session, request, funds, ways, actor=actor, clock=clock)
    divided = FundsSplit(
        request.subject_ref,
        request.purpose,
        command.to_payee.amount,
        command.to_payer.amount,
        command.commission.amount,
        request.currency,
    )
    record(session, divided, actor=actor, at=clock())
    return funds


def freeze(
    session: Session, subject_ref: str, *, reason: str, actor: Actor, clock: Clock, purpose: str = ORDER
) -> Sequence[Funds]:
    """Nothing held for the subject moves until it is unfrozen or split, nothing released before is paid out.

    Again changes nothing. Raises `NotFound`. Locks the request and its funds; adds `FundsFrozen`.
    """
    request = locked_request(session, subject_ref, purpose, actor=actor)
    held = [funds for funds in locked_funds(session, request) if funds.status is FundsStatus.HELD]
    for funds in held:
        funds.move_to(FundsStatus.FROZEN)
        funds.reason = reason
    if held or not request.is_contested:
        request.is_contested = True
        _note(session, request, "funds.frozen", {"reason": reason}, actor=actor, clock=clock)
        record(session, FundsFrozen(request.subject_ref, purpose, reason), actor=actor, at=clock())
    return held


def unfreeze(
    session: Session, subject_ref: str, *, actor: Actor, clock: Clock, purpose: str = ORDER
) -> Sequence[Funds]:
    """The dispute is over: what was frozen is held again. Again changes nothing. Adds `FundsUnfrozen`."""
    request = locked_request(session, subject_ref, purpose, actor=actor)
    frozen = [funds for funds in locked_funds(session, request) if funds.status is FundsStatus.FROZEN]
    for funds in frozen:
        funds.move_to(FundsStatus.HELD)
        funds.reason = ""
    if frozen or request.is_contested:
        request.is_contested = False
        _note(session, request, "funds.unfrozen", {}, actor=actor, clock=clock)
        record(session, FundsUnfrozen(request.subject_ref, purpose), actor=actor, at=clock())
    return frozen


def _escrow(session: Session, subject_ref: str, purpose: str, *, actor: Actor) -> tuple[FundsRequest, Funds]:
    request = locked_request(session, subject_ref, purpose, actor=actor)
    return request, funds_of_kind(session, request, FundsKind.ESCROW)


def _asked(request: FundsRequest, funds: Funds, amount: Money | None) -> Money:
    """The amount to move: what is held unless named, and never more."""
    if amount is not None:
        require_currency(request, require_positive(amount))
    if funds.status is FundsStatus.FROZEN:
        raise Conflict("funds_frozen")
    if funds.status is not FundsStatus.HELD:
        raise Conflict("funds_transition", status=funds.status.value)
    asked = funds.held if amount is None else amount
    if asked > funds.held:
        raise Conflict("more_than_held", held=funds.held.to_json())
    return asked


def _require_commission(request: FundsRequest, commission: Money, tax: Money, *, most: Money) -> None:
    require_currency(request, commission, tax)
    if not 0 <= tax.amount <= commission.amount <= most.amount:
        raise Invalid("commission_too_high", fields={"commission": ["commission_too_high"]})


def _settle(session: Session, request: FundsRequest, funds: Funds, ways: Ways, *, actor: Actor, clock: Clock) -> None:
    pay_out_of(session, request, funds.kind, ways, actor=actor, clock=clock)
    funds.released_amount += ways.to_payee.amount
    funds.refunded_amount += ways.to_payer.amount
    funds.fee_amount += ways.fee.amount
    funds.settle()
    if ways.to_payer.amount:
        session.flush()
        return_to_cards(session, request, ways.to_payer, actor=actor, clock=clock)
    after: JSON = {
        "to_payee": ways.to_payee.amount,
        "to_payer": ways.to_payer.amount,
        "fee": ways.fee.amount,
        "currency": request.currency,
        "memo": ways.memo,
    }
    _note(session, request, f"funds.{ways.posting_kind}", after, actor=actor, clock=clock)


def _note(session: Session, request: FundsRequest, action: str, after: JSON, *, actor: Actor, clock: Clock) -> None:
    session.flush()
    subject = f"funds_request:{request.public_id}"
    audit(session, actor, at=clock(), action=action, subject=subject, after={"ref": request.subject_ref, **after})
