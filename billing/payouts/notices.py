"""A firm's finance people learn when the bank has paid, or has given back."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from billing.payouts.events import PayoutPaid, PayoutReturned
from billing.payouts.models import Payout
from marketplace.conversations.operations import Recipients, notify
from marketplace.conversations.wording import Wording
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import Subscription
from marketplace.kernel.money import Money
from marketplace.kernel.words import translate
from marketplace.ui.formats import money

CLERKS = (FirmRole.FINANCE,)


def tell_of_payout(session: Session, event: PayoutPaid, *, clock: Clock) -> None:
    """The money is on the firm's bank account."""
    _tell(session, event, "payout.paid", "/money/payouts", clock=clock)


def tell_of_return(session: Session, event: PayoutReturned, *, clock: Clock) -> None:
    """The bank gave it back: most often the account is written wrongly."""
    _tell(session, event, "payout.returned", "/money/account", clock=clock)


def _tell(session: Session, event: PayoutPaid | PayoutReturned, code: str, link: str, *, clock: Clock) -> None:
    payout = session.get_one(Payout, event.payout_id)
    if payout.enterprise_id is None:
        return  # the clerk who keeps the platform's account has confirmed it
    notify(
        session,
        park_id=payout.park_id,
        to=Recipients(enterprise_id=payout.enterprise_id, firm_roles=CLERKS),
        code=code,
        facts={
            "sum": money(Money(event.amount, event.currency)),
            "tail": payout.number[-4:],
            "reference": payout.reference,
            "reason": payout.reason,
        },
        link=link,
        at=clock(),
        once_key=f"{code}:{payout.id}",
    )


def _paid(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    return (
        translate(locale, "%(sum)s 已转到您的账户", **facts),
        translate(locale, "收款账户尾号 %(tail)s，编号 %(reference)s。", **facts),
    )


def _returned(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    return (
        translate(locale, "银行退回了 %(sum)s，请核对收款账户", **facts),
        translate(locale, "原因：%(reason)s。收款账户尾号 %(tail)s，改好后会再次结算。", **facts),
    )


WORDINGS: dict[str, Wording] = {"payout.paid": _paid, "payout.returned": _returned}

SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(PayoutPaid, tell_of_payout, "payouts.tell_of_payout"),
    Subscription(PayoutReturned, tell_of_return, "payouts.tell_of_return"),
)
