"""Disputes of the demo park: most decided long ago, one answered that waits for the office, one that waits for its answer."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.app.demo.firms import Firm
from marketplace.app.demo.timeline import Timeline
from marketplace.bookings.models import Booking
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.orders.disputes.models import Dispute, DisputeSubject
from marketplace.orders.disputes.operations import (
    DecideDispute,
    OpenDispute,
    Word,
    answer_dispute,
    decide_dispute,
    open_dispute,
)
from marketplace.orders.models import Order, OrderStatus

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RECENT = 6 * DAY
TRIED = 12


@dataclass(frozen=True, slots=True)
class Quarrel:
    """What the demander claims about an order; without `answer` nobody has answered yet, without `decision` nobody decided."""

    subject: DisputeSubject
    claim: str
    answer: str = ""
    decision: str = ""


QUARRELS = (
    Quarrel(
        DisputeSubject.NOT_AS_AGREED,
        "定位精度达不到页面所写，12 件里有 4 件超差，需要返工。",
        "机床上月刚校准，超差可能与来料有关，愿意承担一半。",
        "双方检测记录显示超差与设备有关，按责任退还部分价款。",
    ),
    Quarrel(
        DisputeSubject.LATE,
        "约定八点交机，下午才交，当天的排产作废，请退还误工的费用。",
        "前一家归还迟了，我方当天已说明。",
        "交接记录显示迟交，按误时比例退还。",
    ),
    Quarrel(
        DisputeSubject.PRICE,
        "加收的换模费下单时没有写明，不同意支付。",
        "页面上写有特殊模具另计。",
        "页面说明不够清楚，加收部分退还需方。",
    ),
)
ANSWERED = Quarrel(
    DisputeSubject.LATE,
    "约定八点交机，实际十点才交，半天的排产作废，请退还两小时费用。",
    "前一家归还迟了，我方当天已说明；同意退一小时。",
)
OPEN = Quarrel(DisputeSubject.PRICE, "账单里多出一笔清场费，下单时页面上没有，请核对。")


class Quarrels:
    """Adds disputes to the timeline; `office` decides."""

    def __init__(self, timeline: Timeline, office: Actor, dice: random.Random, *, now: datetime) -> None:
        self._session: Session = timeline.session
        self._timeline = timeline
        self._office = office
        self._dice = dice
        self._wanted = [(ANSWERED, now - 8 * DAY, now - 3 * DAY), (OPEN, now - 4 * DAY, now - 2 * HOUR)]

    def is_wanted(self, at: datetime) -> bool:
        """Whether a use that ends then is quarrelled about, however the firms are: one dispute of each open state."""
        return any(since <= at <= until for _, since, until in self._wanted)

    def _quarrel_at(self, at: datetime) -> Quarrel:
        for one in self._wanted:
            if one[1] <= at <= one[2]:
                self._wanted.remove(one)
                return one[0]
        return self._dice.choice(QUARRELS)

    def begin(self, order: str, demander: Firm, supplier: Firm, *, fault: int, at: datetime) -> None:
        """The demander does not accept; in the end about `fault` tenths of the price go back."""
        quarrel = self._quarrel_at(at)
        tenths = min(10, max(0, fault + self._dice.randrange(-2, 3)))

        def act(clock: Clock) -> None:
            dispute = self._open(quarrel, order, demander, clock)
            self._go_on(quarrel, dispute.public_id, order, supplier, tenths=tenths, now=clock())

        self._timeline.attempt(at, act)

    def plan(self, quarrel: Quarrel, at: datetime, firm_of: Callable[[int], Firm]) -> None:
        """About one of the uses that ended in the hours before, or else lately, unless there is such a dispute."""

        def act(clock: Clock) -> None:
            if all(quarrel is not wanted for wanted, _, _ in self._wanted):
                return
            for order in self._ended_lately(clock()):
                demander, supplier = firm_of(order.demander_id), firm_of(order.supplier_id)
                try:
                    with self._timeline.trying():
                        dispute = self._open(quarrel, order.public_id, demander, clock)
                except DomainError:
                    continue
                self._go_on(quarrel, dispute.public_id, order.public_id, supplier, tenths=0, now=clock())
                return

        self._timeline.add(at, act)

    def _ended_lately(self, now: datetime) -> list[Order]:
        """Uses that are over and not accepted, whose money is still held; then accepted ones."""
        end = func.upper(Booking.during)
        lately = select(Order).join(Booking, Booking.id == Order.booking_id).where(Order.total_amount > 0)
        waiting = lately.where(Order.status == OrderStatus.ACTIVE, end <= now, end > now - DAY)
        ended = lately.where(Order.status == OrderStatus.COMPLETED, Order.ended_at > now - RECENT)
        return [
            *self._session.scalars(waiting.order_by(end.desc(), Order.id).limit(TRIED)),
            *self._session.scalars(ended.order_by(Order.ended_at.desc(), Order.id).limit(TRIED)),
        ]

    def _open(self, quarrel: Quarrel, order: str, demander: Firm, clock: Clock) -> Dispute:
        command = OpenDispute(order=order, subject=quarrel.subject, claim=quarrel.claim)
        return open_dispute(self._session, command, actor=demander.owner, clock=clock)

    def _go_on(self, quarrel: Quarrel, dispute: str, order: str, supplier: Firm, *, tenths: int, now: datetime) -> None:
        """The supplier answers, then the office decides; the decision counts when nobody appeals in time."""
        if quarrel.answer:
            word, actor = Word(dispute=dispute, text=quarrel.answer), supplier.owner
            at = now + self._dice.uniform(6, 60) * HOUR
            self._timeline.attempt(at, lambda clock: answer_dispute(self._session, word, actor=actor, clock=clock))
        if quarrel.decision:
            at = now + self._dice.uniform(3, 6) * DAY
            self._timeline.attempt(at, lambda clock: self._decide(quarrel, dispute, order, tenths, clock))

    def _decide(self, quarrel: Quarrel, dispute: str, order: str, tenths: int, clock: Clock) -> None:
        total = self._session.scalars(select(Order.total_amount).where(Order.public_id == order)).one()
        verdict = DecideDispute(dispute=dispute, decision=quarrel.decision, refund_amount=total * tenths // 10)
        decide_dispute(self._session, verdict, actor=self._office, clock=clock)
