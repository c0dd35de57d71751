"""Nine months of bookings: asked for, answered or not, used and confirmed, some cancelled; each at its own moment."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.accounts.models import SizeClass
from marketplace.app.demo.firms import Firm
from marketplace.app.demo.machines import Offer
from marketplace.app.demo.timeline import Timeline
from marketplace.app.demo.uses import Uses
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.listings.models import Approval
from marketplace.orders.models import Order
from marketplace.orders.operations.agreeing import approve_order
from marketplace.orders.operations.ending import EndOrder, cancel_order, decline_order, expire_request
from marketplace.orders.operations.placing import PlaceOrder, place_order

TIME_ZONE = ZoneInfo("Asia/Shanghai")
SUNDAY = 6
BEGINS = (8, 9, 10, 13)
LENGTHS = (2, 3, 4, 6, 7)
TRIES = 4
CANCELLED_SHARE = 0.07
DECLINED_SHARE = 0.15
UNANSWERED_SHARE = 0.06
EAGERNESS = {SizeClass.LARGE: 1, SizeClass.MEDIUM: 2, SizeClass.SMALL: 4, SizeClass.MICRO: 5}
"""How often a firm books elsewhere: those who own little look around most."""
NOTES = ("", "", "", "样件 20 件，图纸已备好", "自带刀具", "希望有师傅带一下", "首次使用，请安排培训", "加急，谢谢")
DECLINES = ("那两天在做自用订单，抱歉", "该材料粉尘大，暂不接", "设备等备件，下周恢复", "您的工件超出承重")
CANCELS = ("客户改期", "图纸有变更，重新排期", "材料没到", "已在本厂排开")


class Market:
    """Firms that book each other's machines; whoever is outrun or closed looks once or twice again, then gives up."""

    def __init__(self, session: Session, timeline: Timeline, dice: random.Random) -> None:
        self._session = session
        self._timeline = timeline
        self._dice = dice
        self.firms: list[Firm] = []
        self.offers: list[Offer] = []
        self.uses = Uses(session, timeline, dice)

    def book_something(self, clock: Clock) -> None:
        """A firm takes a machine of another for some hours of the coming days."""
        now = clock()
        for _ in range(TRIES):
            demander, offer = self._demander(), self._dice.choice(self.offers)
            start = self._start(now)
            during = Range(start, start + timedelta(hours=self._dice.choice(LENGTHS)))
            order = self.place(demander, offer, during, clock=clock)
            if order is not None:
                self._follow(order, demander, offer, during, now=now)
                return

    def place(self, demander: Firm, offer: Offer, during: Range[datetime], *, clock: Clock) -> Order | None:
        """The order, or None where the market says no."""
        if demander is offer.firm or not offer.is_priced:
            return None
        wish = PlaceOrder(listing=offer.public_id, during=during, note=self._dice.choice(NOTES))
        try:
            with self._session.begin_nested():
                return place_order(self._session, wish, actor=demander.operator, clock=clock)
        except DomainError:
            return None

    def _demander(self) -> Firm:
        return self._dice.choices(self.firms, weights=[EAGERNESS[firm.plan.size] for firm in self.firms])[0]

    def _start(self, now: datetime) -> datetime:
        day = now.astimezone(TIME_ZONE).date() + timedelta(days=self._dice.choice((1, 1, 2, 3, 5, 8)))
        if day.weekday() == SUNDAY:
            day += timedelta(days=1)
        return datetime.combine(day, time(self._dice.choice(BEGINS)), TIME_ZONE)

    def _follow(self, order: Order, demander: Firm, offer: Offer, during: Range[datetime], *, now: datetime) -> None:
        """What becomes of it: an answer, perhaps a cancellation, at last the end."""
        public_id, order_id, start = order.public_id, order.id, during.lower or now
        dice, owner = self._dice, offer.firm.operator
        if offer.approval is not Approval.INSTANT:
            answer = min(now + timedelta(hours=dice.uniform(1, 15)), start - timedelta(hours=1))
            lot = dice.random()
            if lot < UNANSWERED_SHARE:
                by = order.decide_by or start
                self._at(by, lambda clock: expire_request(self._session, order_id, clock=clock))
                return
            if lot < UNANSWERED_SHARE + DECLINED_SHARE:
                reason = EndOrder(order=public_id, reason=dice.choice(DECLINES))
                self._at(answer, lambda clock: decline_order(self._session, reason, actor=owner, clock=clock))
                return
            self._at(answer, lambda clock: approve_order(self._session, public_id, actor=owner, clock=clock))
        if dice.random() < CANCELLED_SHARE:
            at = now + (start - now) * dice.uniform(0.7, 0.95)
            reason = EndOrder(order=public_id, reason=dice.choice(CANCELS))
            self._at(at, lambda clock: cancel_order(self._session, reason, actor=demander.operator, clock=clock))
            return
        self.uses.follow(order, offer.type_code, during, demander=demander, supplier=offer.firm)

    def _at(self, at: datetime, act: Callable[[Clock], object]) -> None:
        self._timeline.attempt(self._session, at, act)


def moments(number: int, since: datetime, until: datetime, dice: random.Random) -> Sequence[datetime]:
    """So many working moments in order, thin at first."""
    span = until - since
    found = [since + span * dice.random() ** 0.55 for _ in range(number)]
    return sorted(
        datetime.combine(at.astimezone(TIME_ZONE).date(), time(dice.randrange(8, 18), dice.randrange(60)), TIME_ZONE)
        for at in found
    )
