"""Timers of fulfilments and disputes, and who is told."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from marketplace.conversations.operations import Recipients, notify
from marketplace.conversations.wording import Wording
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import Subscription
from marketplace.kernel.jobs import job
from marketplace.kernel.words import translate
from marketplace.listings.models import Listing
from marketplace.orders.disputes.events import DisputeMoved
from marketplace.orders.disputes.models import Dispute, DisputeStatus
from marketplace.orders.disputes.operations import DECIDERS, close_dispute
from marketplace.orders.fulfilments.events import FulfilmentMoved, RecordWritten
from marketplace.orders.fulfilments.models import Fulfilment, FulfilmentStatus, HandoverRecord, RecordStatus
from marketplace.orders.fulfilments.operations.accepting import accept_by_silence, orders_accepted_by_silence
from marketplace.orders.models import Order, Side


@job("orders.accept_by_silence", cron="*/15 * * * *")
def accept_by_silence_job(session: Session, *, clock: Clock) -> None:
    """Whoever stays silent until the deadline accepts."""
    for order_id in orders_accepted_by_silence(session, now=clock()):
        accept_by_silence(session, order_id, clock=clock)


@job("orders.close_dispute")
def close_dispute_job(session: Session, *, clock: Clock, dispute_id: int) -> None:
    """Let a decision count that nobody appealed."""
    close_dispute(session, dispute_id, clock=clock)


def ask_for_signature(session: Session, event: RecordWritten, *, clock: Clock) -> None:
    """The other side is asked to sign, while there is something to sign."""
    written = session.get_one(HandoverRecord, event.record_id)
    if written.status is RecordStatus.WAITING:
        _tell(session, event.order_id, _other(written.written_side), "fulfilment.sign", written.public_id, clock=clock)


TOLD: Mapping[FulfilmentStatus, Side] = {
    FulfilmentStatus.RETURNED: Side.SUPPLIER,
    FulfilmentStatus.INSPECTED: Side.DEMANDER,
    FulfilmentStatus.DELIVERED: Side.DEMANDER,
    FulfilmentStatus.ACCEPTED: Side.SUPPLIER,
    FulfilmentStatus.REJECTED: Side.SUPPLIER,
    FulfilmentStatus.REWORK: Side.DEMANDER,
}


def tell_of_step(session: Session, event: FulfilmentMoved, *, clock: Clock) -> None:
    """Whoever has the next step, or waited for this one, learns of it."""
    moved = session.get_one(Fulfilment, event.fulfilment_id)
    status = FulfilmentStatus(event.status)
    if moved.status is not status or status not in TOLD:
        return
    once = f"{status.value}:{moved.version}"
    _tell(session, event.order_id, TOLD[status], f"fulfilment.{status.value}", once, clock=clock)


def tell_of_dispute(session: Session, event: DisputeMoved, *, clock: Clock) -> None:
    """Both sides learn of each step that is not theirs, the office of what waits for it."""
    dispute = session.get_one(Dispute, event.dispute_id)
    code = f"dispute.{event.status}"
    other = _other(dispute.opened_side)
    match DisputeStatus(event.status):
        case DisputeStatus.OPEN:
            _tell(session, event.order_id, other, code, dispute.public_id, clock=clock)
        case DisputeStatus.ANSWERED | DisputeStatus.APPEALED:
            _tell(session, event.order_id, None, code, dispute.public_id, clock=clock)
        case DisputeStatus.DECIDED | DisputeStatus.CLOSED:
            once = f"{dispute.public_id}:{dispute.decided_at}"
            for side in (Side.SUPPLIER, Side.DEMANDER):
                _tell(session, event.order_id, side, code, once, clock=clock)


def _other(side: Side) -> Side:
    return Side.DEMANDER if side is Side.SUPPLIER else Side.SUPPLIER


def _tell(session: Session, order_id: int, side: Side | None, code: str, once: str, *, clock: Clock) -> None:
    """One side of the order, or the office that decides when no side is named."""
    order = session.get_one(Order, order_id)
    listing = session.get_one(Listing, order.listing_id)
    if side is None:
        to, link = Recipients(office_roles=DECIDERS), "/office/disputes"
    else:
        firm = order.supplier_id if side is Side.SUPPLIER else order.demander_id
        to, link = Recipients(enterprise_id=firm, firm_roles=(FirmRole.OPERATOR,)), f"/orders/{order.public_id}"
    facts = {"zh": listing.title("zh_CN"), "en": listing.title("en"), "number": order.number}
    notify(
        session,
        park_id=order.park_id,
        to=to,
        code=code,
        facts=facts,
        link=link,
        at=clock(),
        once_key=f"{code}:{order.id}:{once}",
    )


def _worded(subject: str, body: str) -> Wording:
    def word(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
        given = {"listing": facts["en"] if locale.startswith("en") else facts["zh"], "number": facts["number"]}
        return translate(locale, subject, **given), translate(locale, body, **given)

    return word


def gettext(text: str) -> str:
    """Marks a message for the catalogue; it is translated when it is read."""
    return text


NUMBER = gettext("订单 %(number)s。")
WORDINGS: dict[str, Wording] = {
    "fulfilment.sign": _worded(gettext("请核对并签字：%(listing)s"), NUMBER),
    "fulfilment.returned": _worded(
        gettext("%(listing)s 已归还，请检查"), gettext("一天内没有报告损坏，视为完好。订单 %(number)s。")
    ),
    "fulfilment.inspected": _worded(gettext("%(listing)s 已检查，请验收"), NUMBER),
    "fulfilment.delivered": _worded(
        gettext("%(listing)s 已交付，请验收"), gettext("一天内没有答复，视为验收。订单 %(number)s。")
    ),
    "fulfilment.accepted": _worded(gettext("%(listing)s 已验收，订单完成"), NUMBER),
    "fulfilment.rejected": _worded(
        gettext("%(listing)s 没有通过验收"), gettext("可以重做，或请园区裁决。订单 %(number)s。")
    ),
    "fulfilment.rework": _worded(gettext("供方开始重做：%(listing)s"), NUMBER),
    "dispute.open": _worded(
        gettext("对方就 %(listing)s 提出争议，请答复"), gettext("五天内答复，之后园区按已有材料裁决。订单 %(number)s。")
    ),
    "dispute.answered": _worded(gettext("争议等待裁决：%(listing)s"), NUMBER),
    "dispute.appealed": _worded(gettext("申诉等待复核：%(listing)s"), NUMBER),
    "dispute.decided": _worded(gettext("园区已裁决：%(listing)s"), gettext("七天内可以申诉一次。订单 %(number)s。")),
    "dispute.closed": _worded(gettext("争议已结束：%(listing)s"), NUMBER),
}
SUBSCRIPTIONS = (
    Subscription(RecordWritten, ask_for_signature, "orders.ask_for_signature"),
    Subscription(FulfilmentMoved, tell_of_step, "orders.tell_of_step"),
    Subscription(DisputeMoved, tell_of_dispute, "orders.tell_of_dispute"),
)
