"""What money does when orders move, and orders when money moves."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from billing.contracts.events import ContractBilled, ContractEnded, PeriodBilled
from billing.payments.events import (
    DepositClaimed,
    FundsNotSecured,
    FundsReleased,
    FundsSecured,
    FundsSplit,
    MoneyLeftOver,
    TransferSlipUploaded,
)
from billing.payouts.operations.queueing import QueuePayout, queue_payout
from marketplace.conversations.operations import Recipients, notify
from marketplace.conversations.wording import Wording
from marketplace.kernel.actor import FirmRole, system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import Conflict, NotFound
from marketplace.kernel.events import Subscription
from marketplace.kernel.jobs import defer, job
from marketplace.kernel.words import translate
from marketplace.listings.models import Listing
from marketplace.orders.disputes.events import DisputeMoved
from marketplace.orders.events import OrderChanged
from marketplace.orders.fulfilments.events import FulfilmentMoved
from marketplace.orders.models import Order, OrderStatus
from marketplace.orders.operations.paying import extend_payment
from marketplace.settlement.operations.dues import orders_to_release
from marketplace.settlement.operations.evidence import orders_become_final, write_evidence
from marketplace.settlement.operations.settling import settle_order
from marketplace.settlement.operations.taking_up import SLOT_GONE
from marketplace.settlement.subjects import order_id_named

REVIEW_DUE = "settlement.review_due"


@job("settlement.find_final", cron="17 * * * *")
def find_final(session: Session, *, clock: Clock) -> None:
    """Orders that nobody can contest any more are written down as evidence, each by itself."""
    for order_id in orders_become_final(session, now=clock()):
        defer(session, "settlement.write_evidence", arguments={"order_id": order_id})


@job("settlement.write_evidence")
def write_evidence_job(session: Session, *, clock: Clock, order_id: int) -> None:
    """What a final order says about both its sides."""
    write_evidence(session, order_id, clock=clock)


def follow_order(session: Session, event: OrderChanged | DisputeMoved | FulfilmentMoved, *, clock: Clock) -> None:
    """Money follows every step of the order, of its disputes and of the machine."""
    settle_order(session, event.order_id, clock=clock)


@job("settlement.release_dues", cron="37 * * * *")
def release_dues(session: Session, *, clock: Clock) -> None:
    """Paid dues whose time has come are released, each order by itself."""
    for order_id in orders_to_release(session, now=clock()):
        defer(session, "settlement.settle", arguments={"order_id": order_id})


@job("settlement.settle")
def settle_job(session: Session, *, clock: Clock, order_id: int) -> None:
    """Bring the money of one order to where it stands."""
    settle_order(session, order_id, clock=clock)


def follow_contract(session: Session, event: PeriodBilled | ContractBilled | ContractEnded, *, clock: Clock) -> None:
    """A contract's bill is asked for; one that ended may end its order."""
    order_id = order_id_named(session, event.subject_ref)
    if order_id is not None:
        settle_order(session, order_id, clock=clock)


def ask_for_reviews(session: Session, event: OrderChanged, *, clock: Clock) -> None:
    """Both sides of a completed order are asked for their review, which they can write for a week."""
    if event.status != OrderStatus.COMPLETED.value:
        return
    order = session.get_one(Order, event.order_id)
    listing = session.get_one(Listing, order.listing_id)
    for firm in (order.supplier_id, order.demander_id):
        notify(
            session,
            park_id=order.park_id,
            to=Recipients(enterprise_id=firm, firm_roles=(FirmRole.OPERATOR,)),
            code=REVIEW_DUE,
            facts={"number": order.number, "zh": listing.title("zh_CN"), "en": listing.title("en")},
            link=f"/orders/{order.public_id}#reviews",
            at=clock(),
            once_key=f"{REVIEW_DUE}:{order.id}:{firm}",
        )


def follow_money(session: Session, event: FundsSecured | FundsNotSecured | MoneyLeftOver, *, clock: Clock) -> None:
    """The order follows money that is there, that will not come any more, or that is seen late."""
    order_id = order_id_named(session, event.subject_ref)
    if order_id is not None:
        settle_order(session, order_id, clock=clock)


def wait_longer(session: Session, event: TransferSlipUploaded, *, clock: Clock) -> None:
    """A slip shown towards an order's request extends the order's own time; one that ended meanwhile is left alone."""
    order_id = order_id_named(session, event.subject_ref)
    if order_id is None:
        return
    order = session.get_one(Order, order_id)
    try:
        extend_payment(session, order.public_id, actor=system_actor(order.park_id), clock=clock)
    except Conflict as refused:
        if refused.code not in {"order_transition", "no_time_to_pay"}:
            raise


def pay_out(session: Session, event: FundsReleased | FundsSplit | DepositClaimed, *, clock: Clock) -> None:
    """What the supplier has earned is queued for its bank account; without one, or for a trifle, it waits."""
    order_id = order_id_named(session, event.subject_ref)
    if order_id is None:
        return
    order = session.get_one(Order, order_id)
    command = QueuePayout(enterprise_id=order.supplier_id, currency=event.currency)
    try:
        queue_payout(session, command, actor=system_actor(order.park_id), clock=clock)
    except (NotFound, Conflict) as refused:
        if refused.code not in {"no_bank_account", "nothing_to_pay_out"}:
            raise


def _slot_gone(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = {**facts, "listing": facts["en"] if locale.startswith("en") else facts["zh"]}
    return (
        translate(locale, "款项按时到账，但 %(listing)s 的时间已被订走", **given),
        translate(locale, "订单 %(number)s 没能恢复。%(sum)s 已转为您的余额，明早自动退回您的收款账户。", **given),
    )


def _review_due(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = {**facts, "listing": facts["en"] if locale.startswith("en") else facts["zh"]}
    return (
        translate(locale, "请评价对方：%(listing)s", **given),
        translate(locale, "订单 %(number)s 已完成，七天内可以写；双方都写完，或满七天后，才互相看得到。", **given),
    )


WORDINGS: dict[str, Wording] = {SLOT_GONE: _slot_gone, REVIEW_DUE: _review_due}

SUBSCRIPTIONS = (
    Subscription(OrderChanged, follow_order, "settlement.follow_order"),
    Subscription(OrderChanged, ask_for_reviews, "settlement.ask_for_reviews"),
    Subscription(DisputeMoved, follow_order, "settlement.follow_dispute"),
    Subscription(FulfilmentMoved, follow_order, "settlement.follow_fulfilment"),
    Subscription(PeriodBilled, follow_contract, "settlement.follow_period"),
    Subscription(ContractBilled, follow_contract, "settlement.follow_bill"),
    Subscription(ContractEnded, follow_contract, "settlement.follow_contract"),
    Subscription(FundsSecured, follow_money, "settlement.follow_money"),
    Subscription(FundsNotSecured, follow_money, "settlement.follow_missing_money"),
    Subscription(MoneyLeftOver, follow_money, "settlement.follow_late_money"),
    Subscription(TransferSlipUploaded, wait_longer, "settlement.wait_longer"),
    Subscription(FundsReleased, pay_out, "settlement.pay_out"),
    Subscription(FundsSplit, pay_out, "settlement.pay_out_split"),
    Subscription(DepositClaimed, pay_out, "settlement.pay_out_claim"),
)
