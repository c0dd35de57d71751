"""Where the money of an order is, as its parties and the office see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from billing.bills.models import Bill, BillKind
from billing.payments.models import Funds, FundsKind, FundsRequest, FundsStatus, Recovery, RecoveryKind, RequestStatus
from billing.payments.operations.access import ORDER
from marketplace.orders.models import Order
from marketplace.settlement.subjects import subject_of


class MoneyState(StrEnum):
    """Where the money of an order stands as a whole; `none`: nothing is asked for."""

    NONE = "none"
    AWAITED = "awaited"
    HELD = "held"
    FROZEN = "frozen"
    SETTLED = "settled"
    NOT_PAID = "not_paid"


class StepCode(StrEnum):
    """What money does: comes in, goes to the supplier, to the platform, from the deposit, back.

    `given_back` and `damage_paid` follow a decision that came after the release.
    """

    PAID_IN = "paid_in"
    RELEASED = "released"
    COMMISSION = "commission"
    DEPOSIT_CLAIMED = "deposit_claimed"
    REFUNDED = "refunded"
    DEPOSIT_RETURNED = "deposit_returned"
    GIVEN_BACK = "given_back"
    DAMAGE_PAID = "damage_paid"


@dataclass(frozen=True, slots=True)
class MoneyStep:
    """One movement, done or still to come, in minor units. `at` is when it happened, or until when it is due."""

    code: StepCode
    amount: int
    is_done: bool
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """The money of one order; amounts in minor units.

    What came in equals the sum of the other steps but for what is given back or paid afterwards by a late decision.
    """

    state: MoneyState
    currency: str
    escrow: int = 0
    deposit: int = 0
    steps: Sequence[MoneyStep] = ()
    request: FundsRequest | None = None
    bill: Bill | None = None

    @property
    def total(self) -> int:
        return self.escrow + self.deposit

    @property
    def missing(self) -> int:
        return self.request.missing.amount if self.request is not None and self.state is MoneyState.AWAITED else 0


def order_money(session: Session, order: Order) -> OrderMoney:
    """Where the money of an order is that the reader was allowed to see."""
    request = session.scalar(
        select(FundsRequest)
        .where(
            FundsRequest.park_id == order.park_id,
            FundsRequest.subject_ref == subject_of(order),
            FundsRequest.purpose == ORDER,
        )
        .options(selectinload(FundsRequest.funds))
        .execution_options(populate_existing=True)
    )
    bill = session.scalar(
        select(Bill)
        .where(Bill.park_id == order.park_id, Bill.subject_ref == subject_of(order), Bill.kind == BillKind.BILL)
        .order_by(Bill.id.desc())
        .limit(1)
    )
    if request is None:
        return OrderMoney(MoneyState.NONE, order.currency, bill=bill)
    escrow, deposit = (_of_kind(request, kind) for kind in (FundsKind.ESCROW, FundsKind.DEPOSIT))
    return OrderMoney(
        _state(request),
        request.currency,
        escrow.amount if escrow is not None else 0,
        deposit.amount if deposit is not None else 0,
        (*_steps(request, escrow, deposit), *_claimed(session, request)),
        request,
        bill,
    )


def _of_kind(request: FundsRequest, kind: FundsKind) -> Funds | None:
    return next((funds for funds in request.funds if funds.kind is kind), None)


def _state(request: FundsRequest) -> MoneyState:
    if request.status is RequestStatus.AWAITED:
        return MoneyState.AWAITED
    if request.status is not RequestStatus.SECURED:
        return MoneyState.NOT_PAID
    states = {funds.status for funds in request.funds}
    if FundsStatus.FROZEN in states:
        return MoneyState.FROZEN
    return MoneyState.HELD if FundsStatus.HELD in states else MoneyState.SETTLED


def _steps(request: FundsRequest, escrow: Funds | None, deposit: Funds | None) -> Iterator[MoneyStep]:
    is_there = request.status is RequestStatus.SECURED
    yield MoneyStep(
        StepCode.PAID_IN, request.total_amount, is_there, request.secured_at if is_there else request.due_at
    )
    if request.status in {RequestStatus.CANCELLED, RequestStatus.EXPIRED}:
        return
    if escrow is not None:
        yield from _steps_of_escrow(request, escrow)
    if deposit is not None:
        yield from _done(StepCode.DEPOSIT_CLAIMED, deposit.released_amount)
        yield from _done(StepCode.DEPOSIT_RETURNED, deposit.refunded_amount)
        if open_amount := _open(deposit):
            yield MoneyStep(StepCode.DEPOSIT_RETURNED, open_amount, is_done=False)


def _steps_of_escrow(request: FundsRequest, escrow: Funds) -> Iterator[MoneyStep]:
    yield from _done(StepCode.RELEASED, escrow.released_amount)
    yield from _done(StepCode.COMMISSION, escrow.fee_amount)
    yield from _done(StepCode.REFUNDED, escrow.refunded_amount)
    if open_amount := _open(escrow):
        fee = min(request.expected_fee, open_amount)
        yield MoneyStep(StepCode.RELEASED, open_amount - fee, is_done=False)
        if fee:
            yield MoneyStep(StepCode.COMMISSION, fee, is_done=False)


def _claimed(session: Session, request: FundsRequest) -> Iterator[MoneyStep]:
    """What was claimed back after the release: what has been met, and what is still owed."""
    rows = session.scalars(
        select(Recovery)
        .where(Recovery.park_id == request.park_id, Recovery.subject_ref == request.subject_ref)
        .order_by(Recovery.id)
    ).all()
    for becomes, code in (
        (RecoveryKind.CUSTOMER_CREDIT, StepCode.GIVEN_BACK),
        (RecoveryKind.PAYABLE, StepCode.DAMAGE_PAID),
    ):
        owed = [row for row in rows if row.becomes is becomes]
        yield from _done(code, sum(row.recovered_amount for row in owed))
        if open_amount := sum(row.open_amount for row in owed):
            yield MoneyStep(code, open_amount, is_done=False)


def _done(code: StepCode, amount: int) -> Iterator[MoneyStep]:
    if amount:
        yield MoneyStep(code, amount, is_done=True)


def _open(funds: Funds) -> int:
    """What has not moved yet, also while it is still awaited."""
    return funds.amount if funds.status is FundsStatus.AWAITED else funds.held.amount
