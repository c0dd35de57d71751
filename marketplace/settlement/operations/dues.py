"""Dues of an order's contract: each bill is paid out of the money paid in up front, the rest is asked for."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from billing.bills.models import Bill, BillKind
from billing.contracts.credits import CREDIT
from billing.contracts.models import Contract
from billing.contracts.operations import settle_bill
from billing.contracts.queries import periods_of
from billing.payments.models import FundsKind, FundsRequest, RequestStatus
from billing.payments.operations.requesting import RequestFunds, cancel_request, request_funds
from billing.payments.operations.settling import Refund, ReleaseEscrow, refund, release_escrow
from marketplace.accounts.models import Park
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.money import Money
from marketplace.orders.models import Order
from marketplace.settlement.models import Due
from marketplace.settlement.operations.access import HeldMoney
from marketplace.settlement.operations.deposits import commission_on
from marketplace.settlement.rules import rules_of
from marketplace.settlement.subjects import subject_of

OWED = ("period:", "late:", "buy_out:")
"""How the keys of a contract's bills begin that somebody has to pay."""


def dues_of(session: Session, order: Order) -> Sequence[Due]:
    """The dues of an order with their bills, oldest first."""
    rows = select(Due).where(Due.order_id == order.id).options(joinedload(Due.bill)).order_by(Due.bill_id)
    return session.scalars(rows).all()


def orders_to_release(session: Session, *, now: datetime, most: int = 2000) -> Sequence[int]:
    """Orders with a paid due whose day has come; a day early somewhere in the world does no harm."""
    rows = select(Due.order_id).where(
        ~Due.is_released, Due.is_paid, Due.releases_on <= (now + timedelta(days=1)).date()
    )
    return session.scalars(rows.distinct().order_by(Due.order_id).limit(most)).all()


def note_bills(session: Session, order: Order, contract: Contract, free: int) -> Sequence[Due]:
    """Take up the contract's new bills: each is paid out of what is `free` of the escrow first, credits lower a due.

    The caller holds the locks of order and contract.
    """
    known = {due.bill_id: due for due in dues_of(session, order)}
    ends = {period.bill_id: max(period.ends_on, period.due_on) for period in periods_of(session, contract)}
    bills = session.scalars(
        select(Bill).where(Bill.park_id == order.park_id, Bill.subject_ref == subject_of(order)).order_by(Bill.id)
    ).all()
    for bill in bills:
        if bill.id in known or bill.kind is BillKind.CORRECTION or not bill.key.startswith(OWED):
            continue
        part = min(free, bill.total)
        free -= part
        due = Due(
            bill_id=bill.id,
            order_id=order.id,
            purpose=_purpose(bill),
            from_escrow=part,
            releases_on=ends.get(bill.id, bill.due_on),
        )
        session.add(due)
        session.flush()
    dues = dues_of(session, order)
    for due in dues:
        due.waived = max(due.waived, _credited(due, bills))
    session.flush()
    return dues


def _purpose(bill: Bill) -> str:
    """`period:3` of `period:3kq0…:3`: what the request for it is called beside the order."""
    kind, _, rest = bill.key.partition(":")
    return f"{kind}:{rest.rpartition(':')[2]}"[:40]


def _credited(due: Due, bills: Sequence[Bill]) -> int:
    """What bills below zero took off: unused days of its period, or all of it when it was corrected."""
    credit = f"{CREDIT}:{due.bill.key.partition(':')[2]}"
    less = sum(
        -bill.total
        for bill in bills
        if bill.corrects_id == due.bill_id or (due.bill.key.startswith("period:") and bill.key == credit)
    )
    return min(less, due.bill.total)


def free_escrow(money: HeldMoney | None, dues: Sequence[Due]) -> int:
    """What of the money paid in up front no due counts on."""
    held = money.held(FundsKind.ESCROW).amount if money is not None and money.is_secured else 0
    return held - sum(due.escrow_part for due in dues if not due.is_released)


def collect(session: Session, order: Order, due: Due, *, actor: Actor, clock: Clock) -> None:
    """See whether a due is paid, and ask for what is not: by bank transfer under a reference, as every request."""
    if due.is_paid:
        return
    request = request_of(session, order, due.purpose)
    if due.asked_part and not _is_secured(request, due):
        _ask(session, order, due, request, actor=actor, clock=clock)
        return
    if request is not None and request.status is RequestStatus.AWAITED:
        cancel_request(session, subject_of(order), actor=actor, clock=clock, purpose=due.purpose)
    due.is_paid = True
    session.flush()
    settle_bill(session, due.bill, actor=actor, clock=clock)


def _is_secured(request: FundsRequest | None, due: Due) -> bool:
    return request is not None and request.status is RequestStatus.SECURED and request.total_amount >= due.asked_part


def request_of(session: Session, order: Order, purpose: str) -> FundsRequest | None:
    """The request for one due of an order."""
    return session.scalar(
        select(FundsRequest)
        .where(
            FundsRequest.park_id == order.park_id,
            FundsRequest.subject_ref == subject_of(order),
            FundsRequest.purpose == purpose,
        )
        .execution_options(populate_existing=True)
    )


def _ask(
    session: Session, order: Order, due: Due, standing: FundsRequest | None, *, actor: Actor, clock: Clock
) -> None:
    """Ask once; where a credit has lowered the sum meanwhile, the old request ends and a new one takes its place."""
    if standing is not None and standing.status is RequestStatus.AWAITED and standing.total_amount == due.asked_part:
        return
    if standing is not None:
        if standing.status is RequestStatus.AWAITED:
            cancel_request(session, subject_of(order), actor=actor, clock=clock, purpose=due.purpose)
        due.purpose = f"{due.purpose}+"
    park, asked = session.get_one(Park, order.park_id), Money(due.asked_part, order.currency)
    command = RequestFunds(
        subject_ref=subject_of(order),
        payer_id=order.demander_id,
        payee_id=order.supplier_id,
        escrow=asked,
        deposit=Money.zero(order.currency),
        due_at=_end_of(due.bill.due_on, park),
        purpose=due.purpose,
        expected_fee=rules_of(park).commission(asked).amount,
        label=f"{order.number} {due.bill.number} {due.bill.title}"[:200],
        lapses=False,
    )
    request_funds(session, command, actor=actor, clock=clock)
    session.flush()


def _end_of(day: date, park: Park) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(park.time_zone))


def let_go(session: Session, order: Order, due: Due, money: HeldMoney | None, *, actor: Actor, clock: Clock) -> None:
    """The supplier gets what a paid due holds, less the commission; what was waived of its own request goes back."""
    if due.is_released or not due.is_paid:
        return
    if due.escrow_part and money is not None:
        part = Money(due.escrow_part, order.currency)
        fee, tax = commission_on(session, order, money, part)
        command = ReleaseEscrow(
            subject_ref=subject_of(order), key=due.purpose, commission=fee, commission_tax=tax, amount=part
        )
        release_escrow(session, command, actor=actor, clock=clock)
    request = request_of(session, order, due.purpose)
    if request is not None and request.status is RequestStatus.SECURED:
        _let_request_go(session, order, due, request, actor=actor, clock=clock)
    due.is_released = True
    session.flush()


def _let_request_go(
    session: Session, order: Order, due: Due, request: FundsRequest, *, actor: Actor, clock: Clock
) -> None:
    whole, part = request.total_amount, due.asked_part
    rules = rules_of(session.get_one(Park, order.park_id))
    if part:
        fee = Money(request.expected_fee, order.currency).times(Fraction(part, whole))
        command = ReleaseEscrow(
            subject_ref=subject_of(order),
            key="paid",
            commission=fee,
            commission_tax=rules.commission_tax(fee),
            amount=Money(part, order.currency),
            purpose=due.purpose,
        )
        release_escrow(session, command, actor=actor, clock=clock)
    if whole > part:
        back = Refund(
            subject_ref=subject_of(order), key="waived", amount=Money(whole - part, order.currency), purpose=due.purpose
        )
        refund(session, back, actor=actor, clock=clock)
