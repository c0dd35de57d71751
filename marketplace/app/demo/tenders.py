"""Demands of the demo park: posted, quoted and bargained for, awarded, withdrawn or lapsed, each at its own moment."""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.app.demo.briefs import BRIEFS, Brief
from marketplace.app.demo.firms import Firm
from marketplace.app.demo.machines import Offer
from marketplace.app.demo.timeline import Timeline
from marketplace.app.demo.trading import SUNDAY, TIME_ZONE, Market
from marketplace.demands.models import Confidentiality, Quote, QuoteStatus
from marketplace.demands.operations.awarding import decline_others
from marketplace.demands.operations.demanding import EndDemand, PostDemand, expire_demand, post_demand, withdraw_demand
from marketplace.demands.operations.quoting import (
    CounterQuote,
    MakeQuote,
    QuoteTerms,
    SendQuote,
    counter_quote,
    expire_quote,
    make_quote,
    send_quote,
)
from marketplace.demands.pricing import QuoteLine
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.orders.operations.accepting_quotes import accept_quote

MOST_QUOTES = 3
COUNTERED_SHARE = 0.25
WITHDRAWN_SHARE = 0.12
FEWER = Decimal("0.93")
"""What a demander that bargains would rather pay."""
VALID = timedelta(days=6)
NOTES = ("含装夹与首件确认", "可当天交付，材料自备", "报价含操作员", "两班可连做，交期可提前")
BARGAINS = ("能否便宜一些，后续还有两批", "同类报价更低，请再看一下")
WITHDRAWALS = ("客户订单取消", "本厂设备已修好")


@dataclass(frozen=True, slots=True)
class Tender:
    """A demand that stands: who asked for what, and when it would suit."""

    public_id: str
    demand_id: int
    brief: Brief
    demander: Firm
    window: Range[datetime]


class Tenders:
    """Adds demands and what becomes of them to the timeline."""

    def __init__(self, session: Session, timeline: Timeline, market: Market, dice: random.Random) -> None:
        self._session = session
        self._timeline = timeline
        self._market = market
        self._dice = dice
        self._turn = dice.randrange(len(BRIEFS))

    def plan(self, at: datetime, who: Callable[[], Firm | None]) -> None:
        """A demand at a moment, of the firm that `who` names then, else of any."""

        def post(clock: Clock) -> None:
            brief = BRIEFS[self._turn % len(BRIEFS)]
            self._turn += 1
            demander = who() or self._dice.choice(self._market.firms)
            with suppress(DomainError), self._timeline.trying():
                self._follow(self._post(brief, demander, clock), clock)

        self._timeline.add(at, post)

    def _post(self, brief: Brief, demander: Firm, clock: Clock) -> Tender:
        first = clock().astimezone(TIME_ZONE).date() + timedelta(days=self._dice.randrange(7, 13))
        window = Range(
            datetime.combine(first, time(8), TIME_ZONE),
            datetime.combine(first + timedelta(days=5), time(18), TIME_ZONE),
        )
        anonymous = self._dice.random() < 0.2
        command = PostDemand(
            title_zh=brief.zh,
            title_en=brief.en,
            text_zh=brief.text_zh,
            text_en=brief.text_en,
            type_code=brief.type_code,
            constraints=brief.limits,
            during=window,
            duration_minutes=60 * brief.hours,
            pieces=brief.pieces,
            budget_amount=100 * brief.budget_yuan if brief.budget_yuan else None,
            confidentiality=Confidentiality.ANONYMOUS if anonymous else Confidentiality.PUBLIC,
        )
        demand = post_demand(self._session, command, actor=demander.operator, clock=clock)
        closes = demand.closes_at
        demand_id = demand.id
        self._at(closes, lambda later: expire_demand(self._session, demand_id, clock=later))
        return Tender(demand.public_id, demand_id, brief, demander, window)

    def _follow(self, tender: Tender, clock: Clock) -> None:
        """Owners of such machines quote within two days; then the demander decides, or lets it lapse."""
        now, dice = clock(), self._dice
        offers = [offer for offer in self._market.offers if offer.type_code == tender.brief.type_code]
        offers = [offer for offer in offers if offer.firm is not tender.demander]
        by_firm = list({offer.firm.public_id: offer for offer in offers}.values())
        for offer in dice.sample(by_firm, k=min(MOST_QUOTES, len(by_firm))):
            self._at(now + timedelta(hours=dice.uniform(1, 30)), self._quoting(tender, offer))
        decides = now + timedelta(hours=dice.uniform(70, 110))
        if dice.random() < WITHDRAWN_SHARE:
            reason = EndDemand(demand=tender.public_id, reason=dice.choice(WITHDRAWALS))
            self._at(decides, lambda later: self._withdraw(tender, reason, later))
        else:
            self._at(decides, lambda later: self._award(tender, later))

    def _quoting(self, tender: Tender, offer: Offer) -> Callable[[Clock], None]:
        def make(clock: Clock) -> None:
            factor = Decimal(str(round(self._dice.uniform(0.85, 1.2), 2)))
            terms = self._terms(tender, factor, now=clock())
            command = MakeQuote(demand=tender.public_id, listing=offer.public_id, terms=terms)
            quote = make_quote(self._session, command, actor=offer.firm.operator, clock=clock)
            quote_id, public_id, total = quote.id, quote.public_id, quote.total_amount
            self._at(terms.valid_until, lambda later: expire_quote(self._session, quote_id, clock=later))
            if self._dice.random() < COUNTERED_SHARE:
                wish = CounterQuote(quote=public_id, amount=int(total * FEWER), note=self._dice.choice(BARGAINS))
                self._at(clock() + timedelta(hours=7), lambda later: self._bargain(tender, offer, wish, later))

        return make

    def _bargain(self, tender: Tender, offer: Offer, wish: CounterQuote, clock: Clock) -> None:
        """The demander asks for less; the supplier meets it half a day later."""
        counter_quote(self._session, wish, actor=tender.demander.operator, clock=clock)
        answers = clock() + timedelta(hours=self._dice.uniform(3, 20))

        def answer(later: Clock) -> None:
            terms = self._terms(tender, Decimal("0.9"), now=later())
            send_quote(self._session, SendQuote(quote=wish.quote, terms=terms), actor=offer.firm.operator, clock=later)

        self._at(answers, answer)

    def _terms(self, tender: Tender, factor: Decimal, *, now: datetime) -> QuoteTerms:
        brief, first = tender.brief, tender.window.lower or now
        day = first + timedelta(days=self._dice.randrange(4))
        if day.astimezone(TIME_ZONE).weekday() == SUNDAY:
            day += timedelta(days=1)
        start = day + timedelta(hours=self._dice.choice((1, 2, 3)))
        hourly = QuoteLine(
            name=brief.work,
            quantity=Decimal(brief.hours),
            unit="小时",
            unit_price=(brief.yuan_per_hour * factor).quantize(Decimal(1)),
            code="rent",
        )
        setup = (QuoteLine(name="调机费", unit="次", unit_price=Decimal(150), code="setup"),)
        return QuoteTerms(
            during=Range(start, start + timedelta(hours=brief.hours)),
            lines=(hourly, *(setup if self._dice.random() < 0.4 else ())),
            valid_until=min(now + VALID, start),
            note=self._dice.choice(NOTES),
        )

    def _award(self, tender: Tender, clock: Clock) -> None:
        """The cheapest quote whose time is still free wins."""
        for quote in self._standing(tender):
            supplier = next(firm for firm in self._market.firms if firm.enterprise_id == quote.supplier_id)
            with suppress(DomainError), self._timeline.trying():
                order = accept_quote(self._session, quote.public_id, actor=tender.demander.operator, clock=clock)
                self._market.payments.expect(order, tender.demander, now=clock())
                self._market.uses.follow(
                    order, tender.brief.type_code, quote.during, demander=tender.demander, supplier=supplier
                )
                return

    def _standing(self, tender: Tender) -> Sequence[Quote]:
        wanted = select(Quote).where(Quote.demand_id == tender.demand_id, Quote.status == QuoteStatus.SENT)
        return self._session.scalars(wanted.order_by(Quote.total_amount, Quote.id)).all()

    def _withdraw(self, tender: Tender, reason: EndDemand, clock: Clock) -> None:
        withdraw_demand(self._session, reason, actor=tender.demander.operator, clock=clock)
        decline_others(self._session, tender.demand_id, clock=clock)

    def _at(self, at: datetime, act: Callable[[Clock], object]) -> None:
        self._timeline.attempt(at, act)
