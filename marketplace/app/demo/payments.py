"""How the demo's firms pay for their orders: most by transfer and in time, some too little, too much or not at all."""

import random
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.payments.models import FundsRequest, RequestStatus
from billing.payments.references import spaced
from marketplace.accounts.models import Enterprise
from marketplace.app.demo.bank import TIME_ZONE, Bank, Transfer
from marketplace.app.demo.firms import Firm
from marketplace.app.demo.timeline import Timeline
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import Clock
from marketplace.orders.models import Order, OrderStatus
from marketplace.settlement.operations.paying_in import receive_by_reference
from marketplace.settlement.subjects import subject_of

STATEMENTS_SINCE = timedelta(days=35)
"""Before that the demo books each transfer as it comes; since then the clerk reads it in the bank's file."""
READ_AT = ((9, 30), (16, 40))
"""When the clerk imports what the bank tells."""
NO_REFERENCE, TOO_LITTLE, TOO_MUCH = 0.05, 0.10, 0.15
"""Up to these of a throw: the payer forgets the reference, leaves out the deposit, rounds up."""
MEMOS = ("设备租金", "租赁款及押金", "加工费", "货款")
DUE_MEMO = "合同账单"


class Payments:
    """Adds the payment of agreed orders to the timeline."""

    def __init__(self, timeline: Timeline, bank: Bank, dice: random.Random, *, now: datetime) -> None:
        self._session: Session = timeline.session
        self._timeline = timeline
        self._bank = bank
        self._dice = dice
        self._told_since = now - STATEMENTS_SINCE

    def expect(self, order: Order, demander: Firm, *, now: datetime) -> None:
        """The demander of an agreed order pays within a day, while there is time, or lets it lapse."""
        if order.status is not OrderStatus.AWAITING_PAYMENT or order.pay_by is None:
            return
        if self._dice.random() < demander.plan.manner.lapses:
            return
        latest = _last_reading(order.pay_by) - timedelta(minutes=10)
        at = min(now + timedelta(hours=self._dice.uniform(0.3, 20)), latest)
        subject = subject_of(order)
        if at > now:
            self._timeline.add(at, lambda clock: self._pay(subject, demander, clock))

    def pay_due(self, request: FundsRequest, demander: Firm, *, clock: Clock) -> None:
        """A bill of a contract is paid to the fen, under the reference that stands on it."""
        if clock() < self._told_since:
            actor = system_actor(request.park_id)
            receive_by_reference(self._session, request.reference, actor=actor, clock=clock)
        else:
            self._book(demander, request.total_amount, f"{spaced(request.reference)} {DUE_MEMO}", at=clock())

    def _pay(self, subject: str, demander: Firm, clock: Clock) -> None:
        request = self._session.scalar(select(FundsRequest).where(FundsRequest.subject_ref == subject))
        if request is None or request.status is not RequestStatus.AWAITED:
            return
        if clock() < self._told_since:
            actor = system_actor(request.park_id)
            receive_by_reference(self._session, request.reference, actor=actor, clock=clock)
        else:
            self._transfer(request, demander, at=clock())

    def _transfer(self, request: FundsRequest, demander: Firm, *, at: datetime) -> None:
        throw, amount, memo = self._dice.random(), request.total_amount, self._dice.choice(MEMOS)
        code = f"{spaced(request.reference)} {memo}"
        if throw < NO_REFERENCE:
            code = memo
        elif throw < TOO_LITTLE:
            part = amount * 5 // 6
            self._book(demander, amount - part, code, at=at + timedelta(hours=self._dice.uniform(2, 22)))
            amount = part
        elif throw < TOO_MUCH:
            amount = -(-amount // 10_000) * 10_000
        self._book(demander, amount, code, at=at)

    def _book(self, firm: Firm, amount: int, memo: str, *, at: datetime) -> None:
        payer = self._session.get_one(Enterprise, firm.enterprise_id)
        self._bank.book(
            Transfer(at=at, amount=amount, holder=payer.name_zh, account=payer.bank_account or "", memo=memo)
        )


def _last_reading(before: datetime) -> datetime:
    """The clerk's last look at the bank before a moment; none on Sundays."""
    day = before.astimezone(TIME_ZONE)
    while True:
        for hour, minute in reversed(READ_AT):
            at = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
            if at < before and at.weekday() < 6:
                return at
        day -= timedelta(days=1)
