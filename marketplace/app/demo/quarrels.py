"""Disputes of the demo park: one decided long ago, one answered that waits for the office, one that waits for its answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.app.demo.firms import Firm
from marketplace.app.demo.timeline import Timeline
from marketplace.app.demo.trading import Market
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.orders.disputes.models import Dispute, DisputeSubject
from marketplace.orders.disputes.operations import (
    DecideDispute,
    OpenDispute,
    Word,
    answer_dispute,
    close_dispute,
    decide_dispute,
    open_dispute,
)
from marketplace.orders.models import Order, OrderStatus

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RECENT = 6 * DAY
TRIED = 10


@dataclass(frozen=True, slots=True)
class Quarrel:
    """What the demander claims about an order that has just ended; without `answer` nobody has answered yet.

    `tenths` of the total go back by the `decision`.
    """

    subject: DisputeSubject
    claim: str
    answer: str = ""
    decision: str = ""
    tenths: int = 0


DECIDED = Quarrel(
    DisputeSubject.NOT_AS_AGREED,
    "定位精度达不到页面所写，12 件里有 4 件超差，需要返工。",
    "机床上月刚校准，超差可能与来料有关，愿意承担一半。",
    "双方检测记录显示超差与设备有关，按合同金额退还三成。",
    3,
)
ANSWERED = Quarrel(
    DisputeSubject.LATE,
    "约定八点交机，实际十点才交，半天的排产作废，请退还两小时费用。",
    "前一家归还迟了，我方当天已说明；同意退一小时。",
)
OPEN = Quarrel(DisputeSubject.PRICE, "账单里多出一笔清场费，下单时页面上没有，请核对。")


class Quarrels:
    """Adds disputes to the timeline."""

    def __init__(self, session: Session, timeline: Timeline, market: Market) -> None:
        self._session = session
        self._timeline = timeline
        self._market = market

    def plan(self, quarrel: Quarrel, at: datetime, *, office: Actor) -> None:
        """One of the orders that ended in the days before is disputed."""

        def begin(clock: Clock) -> None:
            for order in self._ended_lately(clock()):
                dispute = self._open(quarrel, order, clock)
                if dispute is not None:
                    self._go_on(quarrel, dispute, order, office, now=clock())
                    return

        self._timeline.add(at, begin)

    def _ended_lately(self, now: datetime) -> list[Order]:
        ended = select(Order).where(
            Order.status == OrderStatus.COMPLETED, Order.total_amount > 0, Order.ended_at > now - RECENT
        )
        return list(self._session.scalars(ended.order_by(Order.ended_at.desc(), Order.id).limit(TRIED)))

    def _open(self, quarrel: Quarrel, order: Order, clock: Clock) -> Dispute | None:
        command = OpenDispute(order=order.public_id, subject=quarrel.subject, claim=quarrel.claim)
        try:
            with self._session.begin_nested():
                return open_dispute(self._session, command, actor=self._firm(order.demander_id).owner, clock=clock)
        except DomainError:
            return None

    def _go_on(self, quarrel: Quarrel, dispute: Dispute, order: Order, office: Actor, *, now: datetime) -> None:
        session, supplier, dispute_id = self._session, self._firm(order.supplier_id).owner, dispute.id
        if quarrel.answer:
            word = Word(dispute=dispute.public_id, text=quarrel.answer)
            at = now + 20 * HOUR
            self._timeline.attempt(
                session, at, lambda clock: answer_dispute(session, word, actor=supplier, clock=clock)
            )
        if quarrel.decision:
            refund = order.total_amount * quarrel.tenths // 10
            verdict = DecideDispute(dispute=dispute.public_id, decision=quarrel.decision, refund_amount=refund)
            at = now + 3 * DAY
            self._timeline.attempt(
                session, at, lambda clock: decide_dispute(session, verdict, actor=office, clock=clock)
            )
            at = now + 11 * DAY
            self._timeline.attempt(session, at, lambda clock: close_dispute(session, dispute_id, clock=clock))

    def _firm(self, enterprise_id: int) -> Firm:
        return next(firm for firm in self._market.firms if firm.enterprise_id == enterprise_id)
