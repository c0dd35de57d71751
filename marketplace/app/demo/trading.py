"""Nine months of bookings: asked for, answered or not, paid, used and confirmed; each at its own moment."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.accounts.models import SizeClass
from marketplace.app.demo.firms import Firm
from marketplace.app.demo.machines import Offer
from marketplace.app.demo.payments import Payments
from marketplace.app.demo.timeline import Timeline
from marketplace.app.demo.uses import Uses
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.orders.models import Order, OrderStatus
from marketplace.orders.operations.agreeing import approve_order
from marketplace.orders.operations.ending import EndOrder, decline_order
from marketplace.orders.operations.placing import PlaceOrder, place_order

TIME_ZONE = ZoneInfo("Asia/Shanghai")
SUNDAY = 6
BEGINS = (8, 9, 10, 13)
HOURS = (2, 3, 4, 6, 7)
LEAD_DAYS = (2, 2, 3, 3, 4, 6, 9, 13)
DAYS = (0, 0, 0, 1, 2, 3, 5, 6, 11, 13, 20, 27, 41, 55)
"""How long a rent that runs through the night lasts; 0 is some hours of one day."""
CLOSES = 18
TRIES = 4
DECLINED_SHARE = 0.1
UNANSWERED_SHARE = 0.05
TWO_UNITS_SHARE = 0.35
EAGERNESS = {SizeClass.LARGE: 2, SizeClass.MEDIUM: 3, SizeClass.SMALL: 4, SizeClass.MICRO: 5}
"""How often a firm books elsewhere: those who own little look around most."""
NOTES = ("", "", "", "样件 20 件，图纸已备好", "自带刀具", "希望有师傅带一下", "首次使用，请安排培训", "加急，谢谢")
DECLINES = ("那两天在做自用订单，抱歉", "该材料粉尘大，暂不接", "设备等备件，下周恢复", "您的工件超出承重")


@dataclass(frozen=True, slots=True)
class Deal:
    """Who took what, and when."""

    order: Order
    demander: Firm
    offer: Offer
    during: Range[datetime]


class Market:
    """Firms that book each other's machines; whoever is outrun or closed looks once or twice again, then gives up."""

    def __init__(self, timeline: Timeline, payments: Payments, uses: Uses, dice: random.Random) -> None:
        self._session: Session = timeline.session
        self._timeline = timeline
        self._dice = dice
        self.payments = payments
        self.uses = uses
        self.firms: list[Firm] = []
        self.offers: list[Offer] = []

    def book_something(self, clock: Clock) -> None:
        """A firm takes a machine of another for some hours, days or weeks."""
        now = clock()
        for _ in range(TRIES):
            demander = self._demander()
            offer = self._dice.choices(self.offers, weights=[offer.appeal for offer in self.offers])[0]
            during = self._window(offer, now)
            order = self.place(demander, offer, during, clock=clock)
            if order is not None:
                self._follow(Deal(order, demander, offer, during), now=now)
                return

    def place(self, demander: Firm, offer: Offer, during: Range[datetime], *, clock: Clock) -> Order | None:
        """The order, or None where the market says no."""
        if demander is offer.firm or not offer.is_priced:
            return None
        quantity = 2 if offer.pieces > 1 and self._dice.random() < TWO_UNITS_SHARE else 1
        note = self._dice.choice(NOTES)
        wish = PlaceOrder(listing=offer.public_id, during=during, quantity=quantity, note=note)
        try:
            with self._timeline.trying():
                return place_order(self._session, wish, actor=demander.operator, clock=clock)
        except DomainError:
            return None

    def _demander(self) -> Firm:
        weights = [EAGERNESS[firm.plan.size] * firm.plan.trades for firm in self.firms]
        return self._dice.choices(self.firms, weights=weights)[0]

    def _window(self, offer: Offer, now: datetime) -> Range[datetime]:
        day = now.astimezone(TIME_ZONE).date() + timedelta(days=self._dice.choice(LEAD_DAYS))
        if day.weekday() == SUNDAY:
            day += timedelta(days=1)
        start = datetime.combine(day, time(self._dice.choice(BEGINS)), TIME_ZONE)
        days = self._dice.choice(DAYS) if offer.spans_nights else 0
        if not days:
            return Range(start, start + timedelta(hours=self._dice.choice(HOURS)))
        return Range(start, datetime.combine(day + timedelta(days=days), time(CLOSES), TIME_ZONE))

    def _follow(self, deal: Deal, *, now: datetime) -> None:
        """What becomes of it: an answer, then its payment, its use and its end."""
        order, owner, dice = deal.order, deal.offer.firm.operator, self._dice
        if order.status is not OrderStatus.REQUESTED:
            self._agreed(deal, now=now)
            return
        lot = dice.random()
        if lot < UNANSWERED_SHARE:
            return
        answer = _in_office_hours(now + timedelta(hours=dice.uniform(0.5, 7)))
        if lot < UNANSWERED_SHARE + DECLINED_SHARE:
            reason = EndOrder(order=order.public_id, reason=dice.choice(DECLINES))
            self._at(answer, lambda clock: decline_order(self._session, reason, actor=owner, clock=clock))
            return
        public_id = order.public_id

        def approve(clock: Clock) -> None:
            agreed = approve_order(self._session, public_id, actor=owner, clock=clock)
            self._agreed(Deal(agreed, deal.demander, deal.offer, deal.during), now=clock())

        self._at(answer, approve)

    def _agreed(self, deal: Deal, *, now: datetime) -> None:
        demander, supplier = deal.demander, deal.offer.firm
        self.payments.expect(deal.order, demander, now=now)
        self.uses.follow(deal.order, deal.offer.type_code, deal.during, demander=demander, supplier=supplier)

    def _at(self, at: datetime, act: Callable[[Clock], object]) -> None:
        self._timeline.attempt(at, act)


def _in_office_hours(at: datetime) -> datetime:
    """Nobody answers at night."""
    local = at.astimezone(TIME_ZONE)
    if local.hour >= CLOSES:
        local = local.replace(hour=8, minute=10) + timedelta(days=1)
    return local


def moments(number: int, since: datetime, until: datetime, dice: random.Random) -> Sequence[datetime]:
    """So many working moments in order, thin at first."""
    span = until - since
    found = [since + span * dice.random() ** 0.7 for _ in range(number)]
    return sorted(
        datetime.combine(at.astimezone(TIME_ZONE).date(), time(dice.randrange(8, 18), dice.randrange(60)), TIME_ZONE)
        for at in found
    )
