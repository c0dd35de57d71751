"""Who is told of money asked for and held, in whose words."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.payments.events import (
    CardRefundFailed,
    CardRefundMade,
    FundsNotSecured,
    FundsReleased,
    FundsRequested,
    FundsSecured,
    MoneyReceived,
    RecoveryMoved,
)
from billing.payments.models import Funds, FundsRequest, Recovery, RequestStatus
from marketplace.conversations.operations import Recipients, notify
from marketplace.conversations.wording import Wording
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import Subscription
from marketplace.kernel.money import Money
from marketplace.kernel.words import translate
from marketplace.ui.formats import money

CLERKS = (FirmRole.FINANCE,)


def tell_of_request(session: Session, event: FundsRequested, *, clock: Clock) -> None:
    """The payer learns what to pay, until when."""
    request = session.get_one(FundsRequest, event.request_id)
    if request.status is RequestStatus.AWAITED:
        _tell(session, request, request.payer_id, "funds.requested", clock=clock, sum=money(request.total))


def tell_of_part(session: Session, event: MoneyReceived, *, clock: Clock) -> None:
    """The payer learns that part of it has come, and how much is missing."""
    request = session.get_one(FundsRequest, event.request_id)
    if event.missing and request.status is RequestStatus.AWAITED:
        sums = {
            "sum": money(Money(event.amount, event.currency)),
            "missing": money(Money(event.missing, event.currency)),
        }
        _tell(session, request, request.payer_id, "funds.partial", clock=clock, once=str(event.payment_id), **sums)


def tell_of_security(session: Session, event: FundsSecured, *, clock: Clock) -> None:
    """Both sides learn that the money is there."""
    request = session.get_one(FundsRequest, event.request_id)
    for firm in (request.payer_id, request.payee_id):
        _tell(session, request, firm, "funds.secured", clock=clock, sum=money(request.total))


def tell_of_end(session: Session, event: FundsNotSecured, *, clock: Clock) -> None:
    """Both sides learn that the time is over; whoever cancelled needs no notice."""
    if event.status != RequestStatus.EXPIRED:
        return
    request = session.get_one(FundsRequest, event.request_id)
    for firm in (request.payer_id, request.payee_id):
        _tell(session, request, firm, "funds.expired", clock=clock, sum=money(request.total))


def tell_of_release(session: Session, event: FundsReleased, *, clock: Clock) -> None:
    """The payee learns what is theirs now."""
    request = session.scalar(
        select(FundsRequest).where(
            FundsRequest.subject_ref == event.subject_ref,
            FundsRequest.purpose == event.purpose,
            FundsRequest.payee_id == event.payee_id,
        )
    )
    if request is None:
        return
    out = session.scalar(select(func.sum(Funds.released_amount)).where(Funds.request_id == request.id))
    once, amount = f"{out}:{event.amount}", money(Money(event.amount - event.fee, event.currency))
    _tell(session, request, request.payee_id, "funds.released", clock=clock, once=once, sum=amount)


def tell_of_recovery(session: Session, event: RecoveryMoved, *, clock: Clock) -> None:
    """Both sides learn what a decision takes from the one for the other, and how much of it has been met."""
    recovery = session.get_one(Recovery, event.recovery_id)
    request = session.get_one(FundsRequest, recovery.request_id)
    sums = {
        "sum": money(Money(recovery.amount, recovery.currency)),
        "met": money(Money(event.recovered, recovery.currency)),
        "open": money(Money(event.open, recovery.currency)),
    }
    once = f"{recovery.id}:{event.recovered}"
    if event.recovered:
        _tell(session, request, recovery.creditor_id, "funds.given_back", clock=clock, once=once, **sums)
    if recovery.debtor_id is not None:
        _tell(session, request, recovery.debtor_id, "funds.claimed_back", clock=clock, once=once, **sums)


def tell_of_card_refund(session: Session, event: CardRefundMade | CardRefundFailed, *, clock: Clock) -> None:
    """The payer learns that money went back to the card, or that the card would not take it."""
    request = session.get_one(FundsRequest, event.request_id)
    code = "funds.card_refunded" if isinstance(event, CardRefundMade) else "funds.card_refund_failed"
    amount, once = money(Money(event.amount, event.currency)), str(event.refund_id)
    _tell(session, request, request.payer_id, code, clock=clock, once=once, sum=amount)


def _tell(
    session: Session, request: FundsRequest, firm: int, code: str, *, clock: Clock, once: str = "", **sums: str
) -> None:
    """The finance people of one firm, once however often the event comes."""
    notify(
        session,
        park_id=request.park_id,
        to=Recipients(enterprise_id=firm, firm_roles=CLERKS),
        code=code,
        facts={"label": request.label, "reference": request.reference, "due_at": request.due_at.isoformat(), **sums},
        link=f"/money/requests/{request.public_id}",
        at=clock(),
        once_key=f"{code}:{request.id}:{firm}:{once}",
    )


def _worded(subject: str, body: str) -> Wording:
    def word(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
        given = {**facts, "label": facts["label"] or translate(locale, "订单付款")}
        return translate(locale, subject, **given), translate(locale, body, **given)

    return word


def gettext(text: str) -> str:
    """Marks a message for the catalogue; it is translated when it is read."""
    return text


WORDINGS: dict[str, Wording] = {
    "funds.requested": _worded(
        gettext("请付款 %(sum)s：%(label)s"), gettext("转账附言写 %(reference)s，过了截止时间预留的时间会放开。")
    ),
    "funds.partial": _worded(
        gettext("到账 %(sum)s，还差 %(missing)s：%(label)s"), gettext("补付时附言仍写 %(reference)s。")
    ),
    "funds.secured": _worded(
        gettext("%(sum)s 已到账：%(label)s"), gettext("钱在存管账户里，验收后才放款。编号 %(reference)s。")
    ),
    "funds.expired": _worded(
        gettext("付款逾期：%(label)s"),
        gettext("%(sum)s 没有按时收齐，预留的时间已放开。已付的钱可以退回。编号 %(reference)s。"),
    ),
    "funds.given_back": _worded(
        gettext("按裁决退给您 %(met)s：%(label)s"), gettext("应退 %(sum)s，还差 %(open)s，对方有钱到账时接着退。")
    ),
    "funds.claimed_back": _worded(
        gettext("按裁决您要退 %(sum)s：%(label)s"),
        gettext("已从您在平台的钱里扣 %(met)s，还差 %(open)s，从以后的货款里扣。"),
    ),
    "funds.released": _worded(
        gettext("放款 %(sum)s：%(label)s"), gettext("明早自动转到您的收款账户。编号 %(reference)s。")
    ),
    "funds.card_refunded": _worded(
        gettext("%(sum)s 已退回银行卡：%(label)s"), gettext("一般几个工作日内回到卡上。编号 %(reference)s。")
    ),
    "funds.card_refund_failed": _worded(
        gettext("%(sum)s 退不回银行卡：%(label)s"),
        gettext("已记为您的余额，填好收款账户后会转给您。编号 %(reference)s。"),
    ),
}

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(FundsRequested, tell_of_request, "payments.tell_of_request"),
    Subscription(MoneyReceived, tell_of_part, "payments.tell_of_part"),
    Subscription(FundsSecured, tell_of_security, "payments.tell_of_security"),
    Subscription(FundsNotSecured, tell_of_end, "payments.tell_of_end"),
    Subscription(RecoveryMoved, tell_of_recovery, "payments.tell_of_recovery"),
    Subscription(FundsReleased, tell_of_release, "payments.tell_of_release"),
    Subscription(CardRefundMade, tell_of_card_refund, "payments.tell_of_card_refund"),
    Subscription(CardRefundFailed, tell_of_card_refund, "payments.tell_of_failed_card_refund"),
)
