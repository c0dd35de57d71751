"""From an agreed use to what both say of it: handed over and given back with two signatures, accepted or quarrelled about."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.app.demo.firms import Firm
from marketplace.app.demo.praise import Praise
from marketplace.app.demo.quarrels import Quarrels
from marketplace.app.demo.timeline import Timeline
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.listings.catalogue import ResourceType, load_catalogue
from marketplace.orders.fulfilments.models import RecordKind
from marketplace.orders.fulfilments.operations.accepting import (
    InspectReturn,
    accept_by_silence,
    accept_result,
    begin_rework,
    inspect_return,
    reject_result,
)
from marketplace.orders.fulfilments.operations.handing_over import CheckedItem, WriteRecord, sign_record, write_record
from marketplace.orders.fulfilments.operations.missing import ReportMissed, report_missed
from marketplace.orders.models import Order
from marketplace.orders.operations.ending import EndOrder, cancel_order

SILENT_SHARE = 0.4
RECORDED_SHARE = 0.5
"""Of the uses of a machine in which nothing is amiss; the others leave it at the calendar."""
INSPECTED_SHARE = 0.3
NOTED_SHARE = 0.03
NOTED = ("护罩有旧划痕，已拍照", "介质偏低，已补", "缺一颗压板螺丝，已登记")
DAMAGES = ("主轴端面磕伤，需重新研磨", "测头摔落，送修检定", "工作台面划伤一处", "防护门玻璃裂纹，需更换")
DELIVERED = ("报告与原始数据已上传", "成品已送到门卫，附检验单", "图纸与三维模型已交付")
REJECTIONS = ("尺寸超差，附检测记录", "数据不完整，缺两组工况", "表面有划痕，装配后可见")
CANCELS = ("客户改期", "图纸有变更，重新排期", "材料没到", "已在本厂排开")
STEPS_BACK = ("设备突发故障，等备件", "自用订单加急，抱歉", "操作员请假，安排不开")
MISSED = ("等了一小时没有人来，电话未接", "到场后大门关着，联系不上")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Use:
    """An agreed use: whose order, of what, when, between whom; the deposit in fen."""

    order: str
    order_id: int
    kind: ResourceType
    placed: datetime
    start: datetime
    end: datetime
    total: int
    demander: Firm
    supplier: Firm

    @property
    def hours(self) -> float:
        return (self.end - self.start) / HOUR


class Uses:
    """Adds what happens to an order once both sides agreed."""

    def __init__(self, session: Session, timeline: Timeline, quarrels: Quarrels, dice: random.Random) -> None:
        self._session = session
        self._timeline = timeline
        self._quarrels = quarrels
        self._praise = Praise(session, timeline, dice)
        self._dice = dice

    def follow(self, order: Order, type_code: str, during: Range[datetime], *, demander: Firm, supplier: Firm) -> None:
        """The use and its end, each at its own moment, as such firms keep their word."""
        start, end = during.lower or order.placed_at, during.upper or order.placed_at
        kind = load_catalogue().types[type_code]
        use = Use(order.public_id, order.id, kind, order.placed_at, start, end, order.total_amount, demander, supplier)
        gives, takes = supplier.plan.manner, demander.plan.manner
        if self._happens(takes.calls_off):
            self._call_off(use)
        elif self._happens(gives.steps_back):
            self._step_back(use)
        elif self._happens(gives.misses):
            self._miss(use, reported_by=demander.operator)
        elif self._happens(takes.misses):
            self._miss(use, reported_by=supplier.operator)
        else:
            self._finish(use, ready=self._use(use))

    def _happens(self, share: float) -> bool:
        return self._dice.random() < share

    def _call_off(self, use: Use) -> None:
        at = use.placed + (use.start - use.placed) * self._dice.uniform(0.3, 0.97)
        command = EndOrder(order=use.order, reason=self._dice.choice(CANCELS))
        actor = use.demander.operator
        self._at(at, lambda clock: cancel_order(self._session, command, actor=actor, clock=clock))

    def _step_back(self, use: Use) -> None:
        at = use.placed + (use.start - use.placed) * self._dice.uniform(0.5, 0.99)
        command = EndOrder(order=use.order, reason=self._dice.choice(STEPS_BACK))
        actor = use.supplier.operator
        self._at(at, lambda clock: cancel_order(self._session, command, actor=actor, clock=clock))

    def _miss(self, use: Use, *, reported_by: Actor) -> None:
        command = ReportMissed(order=use.order, note=self._dice.choice(MISSED))
        at = use.start + timedelta(minutes=self._dice.randrange(65, 130))
        self._at(at, lambda clock: report_missed(self._session, command, actor=reported_by, clock=clock))

    def _use(self, use: Use) -> datetime:
        """What is written down about the use; the moment at which the demander may accept."""
        gives, takes = use.supplier.plan.manner, use.demander.plan.manner
        late = self._delay(use) if self._happens(gives.late) else timedelta()
        reworked, damaged = self._happens(gives.reworks), self._happens(takes.damages)
        if use.kind.kind == "service":
            at = use.end - 15 * MINUTE + late
            self._deliver(use, at=at)
            return self._rework(use, at, self._deliver) if reworked else at
        if not (late or reworked or damaged or self._happens(RECORDED_SHARE)):
            return use.end
        back = self._exchange_both(use, out=use.start - 20 * MINUTE + late, back=use.end - 10 * MINUTE)
        if reworked:
            back = self._rework(use, back, lambda use, at: self._exchange_both(use, out=at, back=at + 5 * HOUR))
        if damaged or self._happens(INSPECTED_SHARE):
            self._inspect(use, at=back + 30 * MINUTE, damaged=damaged)
        return back

    def _delay(self, use: Use) -> timedelta:
        """An hour or two, half a day for a long rent; never to the end of it."""
        return timedelta(hours=min(self._dice.uniform(1.2, 14), 0.6 * use.hours))

    def _finish(self, use: Use, *, ready: datetime) -> None:
        """Accepted with a word or by silence, unless the demander goes to the park."""
        gives, takes = use.supplier.plan.manner, use.demander.plan.manner
        after = max(ready, use.end) + 40 * MINUTE
        if self._happens(gives.quarrels + takes.quarrels) or self._quarrels.is_wanted(after):
            self._quarrels.begin(use.order, use.demander, use.supplier, fault=gives.fault, at=after)
            return
        if self._happens(SILENT_SHARE):
            order_id, after = use.order_id, after + 25 * HOUR
            self._at(after, lambda clock: accept_by_silence(self._session, order_id, clock=clock))
        else:
            order, actor = use.order, use.demander.operator
            after += timedelta(hours=self._dice.uniform(0.2, 18))
            self._at(after, lambda clock: accept_result(self._session, order, actor=actor, clock=clock))
        self._praise.expect(use.order, use.demander, use.supplier, since=after)

    def _deliver(self, use: Use, at: datetime) -> datetime:
        wish = WriteRecord(order=use.order, kind=RecordKind.DELIVERY, note=self._dice.choice(DELIVERED))
        self._at(at, lambda clock: write_record(self._session, wish, actor=use.supplier.operator, clock=clock))
        return at

    def _rework(self, use: Use, ready: datetime, again: Callable[[Use, datetime], datetime]) -> datetime:
        """Not accepted, taken up again by the supplier, and done once more."""
        command = EndOrder(order=use.order, reason=self._dice.choice(REJECTIONS))
        rejected = ready + timedelta(hours=self._dice.uniform(2, 9))
        self._at(
            rejected, lambda clock: reject_result(self._session, command, actor=use.demander.operator, clock=clock)
        )
        begun = rejected + timedelta(hours=self._dice.uniform(1, 16))
        self._at(begun, lambda clock: begin_rework(self._session, use.order, actor=use.supplier.operator, clock=clock))
        return again(use, begun + timedelta(hours=self._dice.uniform(4, 30)))

    def _exchange_both(self, use: Use, *, out: datetime, back: datetime) -> datetime:
        """The supplier writes at the start and the demander signs; at the end it is the other way round."""
        before, after = self._readings(use.kind, hours=(back - out) / HOUR)
        checks = self._checks(use.kind)
        handed = WriteRecord(order=use.order, kind=RecordKind.HANDOVER, checklist=checks, reading=before)
        returned = WriteRecord(order=use.order, kind=RecordKind.RETURN, checklist=self._checks(use.kind), reading=after)
        self._exchange(handed, use.supplier.operator, use.demander.operator, at=out)
        self._exchange(returned, use.demander.operator, use.supplier.operator, at=back)
        return back + 6 * MINUTE

    def _exchange(self, wish: WriteRecord, writer: Actor, signer: Actor, *, at: datetime) -> None:
        def write(clock: Clock) -> None:
            written = write_record(self._session, wish, actor=writer, clock=clock).public_id
            signs = clock() + 6 * MINUTE
            self._at(signs, lambda later: sign_record(self._session, written, actor=signer, clock=later))

        self._at(at, write)

    def _inspect(self, use: Use, *, at: datetime, damaged: bool) -> None:
        """A claim is a part of the deposit, in tens of yuan."""
        claim = max(10_000, round(use.total * self._dice.uniform(0.05, 0.2) / 1000) * 1000) if damaged else 0
        damage = self._dice.choice(DAMAGES) if damaged else ""
        looked = InspectReturn(order=use.order, damage=damage, claim_amount=claim)
        self._at(at, lambda clock: inspect_return(self._session, looked, actor=use.supplier.operator, clock=clock))

    def _at(self, at: datetime, act: Callable[[Clock], object]) -> None:
        self._timeline.attempt(at, act)

    def _checks(self, kind: ResourceType) -> tuple[CheckedItem, ...]:
        answers: list[CheckedItem] = []
        for item in kind.checklist:
            ok = self._dice.random() >= NOTED_SHARE
            answers.append(CheckedItem(code=item.code, ok=ok, note="" if ok else self._dice.choice(NOTED)))
        return tuple(answers)

    def _readings(self, kind: ResourceType, *, hours: float) -> tuple[Decimal | None, Decimal | None]:
        """What the meter shows before and after; machines count hours, instruments and presses what they did."""
        if kind.meter == "none":
            return None, None
        before = Decimal(self._dice.randrange(8_000, 90_000)) / 10
        used = hours * self._dice.uniform(0.3, 0.6) if kind.meter == "machine_hour" else self._dice.randrange(4, 60)
        return before, before + Decimal(str(round(used, 1)))
