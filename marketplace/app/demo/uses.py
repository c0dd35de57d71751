"""From the start of an agreed use to its acceptance: handed over and given back with two signatures, or simply used."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.app.demo.firms import Firm
from marketplace.app.demo.timeline import Timeline
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.listings.catalogue import ResourceType, load_catalogue
from marketplace.orders.fulfilments.models import RecordKind
from marketplace.orders.fulfilments.operations.accepting import (
    InspectReturn,
    accept_by_silence,
    accept_result,
    inspect_return,
)
from marketplace.orders.fulfilments.operations.handing_over import CheckedItem, WriteRecord, sign_record, write_record
from marketplace.orders.models import Order

SILENT_SHARE = 0.4
RECORDED_SHARE = 0.6
"""Of the uses of a machine; the others leave it at the calendar."""
INSPECTED_SHARE = 0.4
DAMAGED_SHARE = 0.06
NOTED_SHARE = 0.03
NOTED = ("护罩有旧划痕，已拍照", "介质偏低，已补", "缺一颗压板螺丝，已登记")
DAMAGES = (("主轴端面磕伤，需重新研磨", 60_000), ("测头摔落，送修检定", 120_000), ("工作台面划伤一处", 35_000))
"""What is broken, and what is claimed for it in fen."""
DELIVERED = ("报告与原始数据已上传", "成品已送到门卫，附检验单", "图纸与三维模型已交付")
MINUTE = timedelta(minutes=1)


class Uses:
    """Adds what happens to an order once both sides agreed."""

    def __init__(self, session: Session, timeline: Timeline, dice: random.Random) -> None:
        self._session = session
        self._timeline = timeline
        self._dice = dice

    def follow(self, order: Order, type_code: str, during: Range[datetime], *, demander: Firm, supplier: Firm) -> None:
        """The use and its acceptance, each at its own moment."""
        kind = load_catalogue().types[type_code]
        start, end = during.lower or order.placed_at, during.upper or order.placed_at
        if kind.kind == "service":
            self._deliver(order.public_id, supplier.operator, at=end - 15 * MINUTE)
        elif self._dice.random() < RECORDED_SHARE:
            self._hand_over(order.public_id, kind, demander.operator, supplier.operator, during=(start, end))
        self._accept(order, demander.operator, at=end + 25 * MINUTE)

    def _accept(self, order: Order, demander: Actor, *, at: datetime) -> None:
        public_id, order_id = order.public_id, order.id
        if self._dice.random() < SILENT_SHARE:
            at += timedelta(hours=25)
            self._at(at, lambda clock: accept_by_silence(self._session, order_id, clock=clock))
        else:
            at += timedelta(hours=self._dice.uniform(0.2, 18))
            self._at(at, lambda clock: accept_result(self._session, public_id, actor=demander, clock=clock))

    def _deliver(self, order: str, supplier: Actor, *, at: datetime) -> None:
        wish = WriteRecord(order=order, kind=RecordKind.DELIVERY, note=self._dice.choice(DELIVERED))
        self._at(at, lambda clock: write_record(self._session, wish, actor=supplier, clock=clock))

    def _hand_over(
        self, order: str, kind: ResourceType, demander: Actor, supplier: Actor, *, during: tuple[datetime, datetime]
    ) -> None:
        """The supplier writes at the start and the demander signs; at the end it is the other way round."""
        start, end = during
        before, after = self._readings(kind, hours=(end - start) / timedelta(hours=1))
        out = WriteRecord(order=order, kind=RecordKind.HANDOVER, checklist=self._checks(kind), reading=before)
        back = WriteRecord(order=order, kind=RecordKind.RETURN, checklist=self._checks(kind), reading=after)
        self._exchange(out, supplier, demander, at=start - 20 * MINUTE)
        self._exchange(back, demander, supplier, at=end - 10 * MINUTE)
        if self._dice.random() < INSPECTED_SHARE:
            damage, claim = self._dice.choice(DAMAGES) if self._dice.random() < DAMAGED_SHARE else ("", 0)
            looked = InspectReturn(order=order, damage=damage, claim_amount=claim)
            self._at(
                end + 20 * MINUTE, lambda clock: inspect_return(self._session, looked, actor=supplier, clock=clock)
            )

    def _exchange(self, wish: WriteRecord, writer: Actor, signer: Actor, *, at: datetime) -> None:
        def write(clock: Clock) -> None:
            written = write_record(self._session, wish, actor=writer, clock=clock).public_id
            signs = clock() + 6 * MINUTE
            self._at(signs, lambda later: sign_record(self._session, written, actor=signer, clock=later))

        self._at(at, write)

    def _at(self, at: datetime, act: Callable[[Clock], object]) -> None:
        self._timeline.attempt(self._session, at, act)

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
        used = hours * self._dice.uniform(0.7, 0.95) if kind.meter == "machine_hour" else self._dice.randrange(4, 60)
        return before, before + Decimal(str(round(used, 1)))
