"""Timers of demands and quotes, holds given back, and who is told."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise
from marketplace.bookings.models import ReleaseReason
from marketplace.conversations.operations import Recipients, notify
from marketplace.conversations.wording import Wording
from marketplace.demands.events import DemandEnded, DemandOpened, QuoteCountered, QuoteEnded, QuoteSent
from marketplace.demands.models import Demand, DemandStatus, Invitation, Quote, QuoteStatus
from marketplace.demands.operations.awarding import decline_others
from marketplace.demands.operations.demanding import expire_demand, lapsed_demands
from marketplace.demands.operations.quoting import expire_quote, lapsed_quotes, release_hold
from marketplace.kernel.actor import FirmRole, system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.events import Subscription
from marketplace.kernel.jobs import job
from marketplace.kernel.words import translate
from marketplace.listings.models import Listing
from marketplace.ui.formats import money


@job("demands.expire_demand")
def expire_demand_job(session: Session, *, clock: Clock, demand_id: int) -> None:
    """Let a demand lapse whose time for quotes is over."""
    expire_demand(session, demand_id, clock=clock)


@job("demands.expire_quote")
def expire_quote_job(session: Session, *, clock: Clock, quote_id: int) -> None:
    """Let an offer lapse that is past its validity."""
    expire_quote(session, quote_id, clock=clock)


@job("demands.expire_overdue", cron="*/5 * * * *")
def expire_overdue(session: Session, *, clock: Clock) -> None:
    """The net under the single timers."""
    for quote_id in lapsed_quotes(session, now=clock()):
        expire_quote(session, quote_id, clock=clock)
    for demand_id in lapsed_demands(session, now=clock()):
        expire_demand(session, demand_id, clock=clock)


def decline_what_is_left(session: Session, event: DemandEnded, *, clock: Clock) -> None:
    """When a demand is over without an award, quotes on the table are declined politely."""
    if event.status in {DemandStatus.WITHDRAWN, DemandStatus.EXPIRED}:
        decline_others(session, event.demand_id, clock=clock)


def give_back_time(session: Session, event: QuoteEnded, *, clock: Clock) -> None:
    """Time held for a quote that came to nothing is free again."""
    if event.status == QuoteStatus.ACCEPTED:
        return
    quote = session.scalar(select(Quote).where(Quote.id == event.quote_id).with_for_update(of=Quote))
    if quote is not None:
        actor = system_actor(quote.park_id)
        release_hold(session, quote, ReleaseReason.DECLINED, actor=actor, clock=clock)


def tell_invited(session: Session, event: DemandOpened, *, clock: Clock) -> None:
    """Whoever was asked by name learns of it."""
    demand = session.get_one(Demand, event.demand_id)
    firms = select(Invitation.enterprise_id).where(Invitation.demand_id == demand.id)
    code = "demand.enquiry" if demand.asked_listing_id else "demand.invited"
    for enterprise_id in session.scalars(firms.order_by(Invitation.enterprise_id)).all():
        _tell(session, demand, enterprise_id, code, clock=clock, once=f"{code}:{demand.id}")


def tell_of_quote(session: Session, event: QuoteSent, *, clock: Clock) -> None:
    """The demander learns of an offer."""
    quote = session.get_one(Quote, event.quote_id)
    _tell_of(session, quote, quote.demander_id, "quote.sent", clock=clock, once=f"quote.sent:{event.round_id}")


def tell_of_counter(session: Session, event: QuoteCountered, *, clock: Clock) -> None:
    """The supplier learns that other terms are asked for."""
    quote = session.get_one(Quote, event.quote_id)
    _tell_of(
        session, quote, quote.supplier_id, "quote.countered", clock=clock, once=f"quote.countered:{event.round_id}"
    )


def tell_of_end(session: Session, event: QuoteEnded, *, clock: Clock) -> None:
    """Whoever did not do it learns what became of the offer; both learn that it lapsed."""
    quote = session.get_one(Quote, event.quote_id)
    if quote.sent_at is None:
        return
    sides = {
        QuoteStatus.ACCEPTED: (quote.supplier_id,),
        QuoteStatus.DECLINED: (quote.supplier_id,),
        QuoteStatus.WITHDRAWN: (quote.demander_id,),
        QuoteStatus.EXPIRED: (quote.supplier_id, quote.demander_id),
    }[QuoteStatus(event.status)]
    for enterprise_id in sides:
        code = f"quote.{event.status}"
        _tell_of(session, quote, enterprise_id, code, clock=clock, once=f"{code}:{quote.id}")


def tell_of_lapse(session: Session, event: DemandEnded, *, clock: Clock) -> None:
    """The demander learns that a demand lapsed."""
    if event.status == DemandStatus.EXPIRED:
        demand = session.get_one(Demand, event.demand_id)
        _tell(session, demand, demand.demander_id, "demand.expired", clock=clock, once=f"demand.expired:{demand.id}")


def _tell_of(session: Session, quote: Quote, enterprise_id: int, code: str, *, clock: Clock, once: str) -> None:
    listing = session.get_one(Listing, quote.listing_id)
    supplier = session.get_one(Enterprise, quote.supplier_id)
    facts = {
        "listing_zh": listing.title("zh_CN"),
        "listing_en": listing.title("en"),
        "supplier_zh": supplier.name("zh_CN"),
        "supplier_en": supplier.name("en"),
        "total": quote.total_amount,
        "counter": quote.counter_amount,
        "reason": quote.reason,
    }
    demand = session.get_one(Demand, quote.demand_id)
    link = f"/quotes/{quote.public_id}"
    _tell(session, demand, enterprise_id, code, clock=clock, once=once, facts=facts, link=link)


def _tell(
    session: Session,
    demand: Demand,
    enterprise_id: int,
    code: str,
    *,
    clock: Clock,
    once: str,
    facts: Mapping[str, Any] | None = None,
    link: str = "",
) -> None:
    notify(
        session,
        park_id=demand.park_id,
        to=Recipients(enterprise_id=enterprise_id, firm_roles=(FirmRole.OPERATOR,)),
        code=code,
        facts={"zh": demand.title("zh_CN"), "en": demand.title("en"), **(facts or {})},
        link=link or f"/demands/{demand.public_id}",
        at=clock(),
        once_key=once,
    )


def _facts(facts: Mapping[str, Any], locale: str) -> dict[str, Any]:
    english = locale.startswith("en")
    language = "en" if english else "zh"
    counter = facts.get("counter")
    return {
        "demand": facts[language],
        "listing": facts.get(f"listing_{language}", ""),
        "supplier": facts.get(f"supplier_{language}", ""),
        "total": money(facts.get("total") or 0),
        "counter": money(counter) if counter is not None else "—",
        "reason": facts.get("reason") or "—",
    }


def _invited(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "有企业请您报价：%(demand)s", **given), translate(
        locale, "看看您的设备能不能做，合适就报个价。"
    )


def _enquiry(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "有企业问您的设备什么价：%(demand)s", **given), translate(
        locale, "报价单已按您的计价方案填好，核对后发出即可。"
    )


def _expired_demand(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "您的需求到期了：%(demand)s", **given), translate(
        locale, "没有等到合适的报价。可以放宽一个条件再发一次。"
    )


def _sent(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "%(supplier)s 报价 %(total)s：%(demand)s", **given), translate(
        locale, "用的设备是 %(listing)s。可以接受、还价或谢绝。", **given
    )


def _countered(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "需方对您的报价还了价：%(demand)s", **given), translate(
        locale, "对方希望 %(counter)s，您报的是 %(total)s。", **given
    )


def _accepted(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "您的报价被接受了：%(demand)s", **given), translate(
        locale, "%(listing)s，合计 %(total)s。订单已生成。", **given
    )


def _declined(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "感谢您报价，这次需方选了别的方案：%(demand)s", **given), translate(
        locale, "您为这份报价留的时间已经放开。对方的说明：%(reason)s", **given
    )


def _withdrawn(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "%(supplier)s 收回了报价：%(demand)s", **given), translate(
        locale, "对方的说明：%(reason)s", **given
    )


def _expired(facts: Mapping[str, Any], locale: str) -> tuple[str, str]:
    given = _facts(facts, locale)
    return translate(locale, "一份报价过了有效期：%(demand)s", **given), translate(
        locale, "%(supplier)s，%(listing)s，合计 %(total)s。", **given
    )


WORDINGS: dict[str, Wording] = {
    "demand.invited": _invited,
    "demand.enquiry": _enquiry,
    "demand.expired": _expired_demand,
    "quote.sent": _sent,
    "quote.countered": _countered,
    "quote.accepted": _accepted,
    "quote.declined": _declined,
    "quote.withdrawn": _withdrawn,
    "quote.expired": _expired,
}

SUBSCRIPTIONS = (
    Subscription(DemandOpened, tell_invited, "demands.tell_invited"),
    Subscription(DemandEnded, decline_what_is_left, "demands.decline_what_is_left"),
    Subscription(DemandEnded, tell_of_lapse, "demands.tell_of_lapse"),
    Subscription(QuoteSent, tell_of_quote, "demands.tell_of_quote"),
    Subscription(QuoteCountered, tell_of_counter, "demands.tell_of_counter"),
    Subscription(QuoteEnded, give_back_time, "demands.give_back_time"),
    Subscription(QuoteEnded, tell_of_end, "demands.tell_of_end"),
)
