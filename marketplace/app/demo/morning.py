"""What waits on the park's present morning: for the office, for suppliers, for demanders."""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise
from marketplace.accounts.operations.admission import Apply, FirmDetails, apply_for_admission
from marketplace.app.demo.firms import Firm, Registry
from marketplace.app.demo.machines import Offer
from marketplace.app.demo.timeline import Timeline
from marketplace.app.demo.trading import SUNDAY, TIME_ZONE, Market
from marketplace.bookings.blackouts import BlackOut, black_out
from marketplace.bookings.models import Booking, OccupancyKind
from marketplace.bookings.waiting import JoinWaitlist, join_waitlist
from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.errors import DomainError
from marketplace.listings.models import Approval, Listing, WithheldReason
from marketplace.listings.operations import archive_listing, pause_listing, refuse_listing, withhold_listing
from marketplace.listings.review import waiting_listings
from marketplace.orders.models import Order, OrderStatus

PAUSED = 8
ARCHIVED = 4
REQUESTS = 9
UNPAID = 3
BLACKOUTS = 10
WAITING = 5
BOOKED = (OrderStatus.ACTIVE, OrderStatus.AWAITING_PAYMENT)
CLOSURES = (
    (OccupancyKind.MAINTENANCE, "年度保养，更换主轴轴承"),
    (OccupancyKind.OWN_PRODUCTION, "自用订单排产"),
    (OccupancyKind.MAINTENANCE, "精度校准"),
    (OccupancyKind.BREAKDOWN, "冷却系统漏液，等备件"),
)
WITHHELD = (WithheldReason.SEALED, WithheldReason.REPAIR, WithheldReason.LENT, WithheldReason.OWNER)
REFUSALS = ("请补一张铭牌照片，型号与台账不一致", "行程单位像是写错了，请核对后再提交")


@dataclass(frozen=True, slots=True)
class Draft:
    """A listing that its owner has not sent in."""

    public_id: str
    firm: Firm


class Morning:
    """Adds the last days' unfinished business to the timeline. `supplier` and `demander` are the firms shown to visitors."""

    def __init__(self, session: Session, timeline: Timeline, market: Market, dice: random.Random) -> None:
        self._session = session
        self._timeline = timeline
        self._market = market
        self._dice = dice

    def set_aside(self, drafts: Sequence[Draft], *, at: datetime) -> None:
        """Some listings are paused or put away, some drafts are not to be offered; each type keeps two on offer."""

        def set_some_aside(clock: Clock) -> None:
            spare = [offer for offer in self._market.offers if offer.number > 1]
            chosen = self._dice.sample(spare, k=min(len(spare), PAUSED + ARCHIVED))
            for position, offer in enumerate(chosen):
                put = pause_listing if position < PAUSED else archive_listing
                put(self._session, offer.public_id, actor=offer.firm.operator, clock=clock)
                self._market.offers.remove(offer)
            for reason, draft in zip(WITHHELD, drafts, strict=False):
                actor = draft.firm.operator
                withhold_listing(self._session, draft.public_id, reason=reason, actor=actor, clock=clock)

        self._timeline.add(at, set_some_aside)

    def refuse_some(self, *, officer: Actor, at: datetime) -> None:
        """The office has sent some listings back with a reason; the rest of the queue waits."""

        def send_back(clock: Clock) -> None:
            waiting = waiting_listings(self._session, size=len(REFUSALS), actor=officer).items
            for listing, reason in zip(waiting, REFUSALS, strict=False):
                refuse_listing(self._session, listing.public_id, reason=reason, actor=officer, clock=clock)

        self._timeline.add(at, send_back)

    def close_some(self, *, now: datetime) -> None:
        """Maintenance, own production and a breakdown on machines of the coming days."""
        for number in range(BLACKOUTS):
            kind, note = CLOSURES[number % len(CLOSURES)]
            at = now - timedelta(hours=4 + 7 * number)
            self._timeline.add(at, self._closure(kind, note, begin=_days_on(now, number % 6, hour=8)))

    def _closure(self, kind: OccupancyKind, note: str, *, begin: datetime) -> Callable[[Clock], None]:
        during = Range(begin, begin + timedelta(hours=(4, 8, 10)[len(note) % 3]))

        def close(clock: Clock) -> None:
            for offer in self._dice.sample(self._market.offers, k=min(6, len(self._market.offers))):
                command = BlackOut(listing=offer.public_id, during=during, kind=kind, note=note)
                with suppress(DomainError), self._timeline.trying():
                    black_out(self._session, command, actor=offer.firm.operator, clock=clock)
                    return

        return close

    def leave_requests(self, supplier: Firm, demander: Firm, *, now: datetime) -> None:
        """Requests that wait for an answer, three of them at the supplier and three of the demander's."""
        for number in range(REQUESTS):
            at, begin = now - timedelta(hours=1.5 + 2 * number), _days_on(now, 2 + number % 4, hour=9)

            def asks(clock: Clock, *, number: int = number, begin: datetime = begin) -> None:
                offers = [offer for offer in self._market.offers if offer.approval is Approval.BY_OWNER]
                if number < REQUESTS / 3:
                    offers = [offer for offer in offers if offer.firm is supplier] or offers
                who = demander if number % 2 else self._dice.choice(self._market.firms)
                self._order_one(who, offers, begin, clock=clock)

            self._timeline.add(at, asks)

    def leave_unpaid(self, demander: Firm, *, now: datetime) -> None:
        """Orders of the last evening that wait for their transfer."""

        def book(clock: Clock) -> None:
            offers = [offer for offer in self._market.offers if offer.approval is Approval.INSTANT]
            for number in range(UNPAID):
                who = demander if number == 0 else self._dice.choice(self._market.firms)
                self._order_one(who, offers, _days_on(now, 4 + number, hour=9), clock=clock)

        self._timeline.add(now - timedelta(hours=13), book)

    def _order_one(self, who: Firm, offers: Sequence[Offer], begin: datetime, *, clock: Clock) -> Order | None:
        during = Range(begin, begin + timedelta(hours=self._dice.choice((3, 4, 6))))
        for offer in self._dice.sample(offers, k=min(8, len(offers))):
            if order := self._market.place(who, offer, during, clock=clock):
                return order
        return None

    def wait_for_some(self, demander: Firm, *, now: datetime) -> None:
        """Firms that came too late wait for windows that others have booked, the demander among them."""

        def wait(clock: Clock) -> None:
            taken = (
                select(Listing.public_id, Booking.during)
                .join(Order, Order.listing_id == Listing.id)
                .join(Booking, Booking.id == Order.booking_id)
                .where(Order.status.in_(BOOKED), Order.demander_id != demander.enterprise_id)
                .where(func.lower(Booking.during) > now)
            )
            for number, row in enumerate(self._session.execute(taken.order_by(Order.id.desc()).limit(WAITING)).all()):
                who = self._dice.choice(self._market.firms) if number % 2 else demander
                command = JoinWaitlist(listing=row.public_id, during=row.during)
                with suppress(DomainError), self._timeline.trying():
                    join_waitlist(self._session, command, actor=who.operator, clock=clock)

        self._timeline.add(now - timedelta(minutes=40), wait)

    def ask_to_join(self, registry: Registry, firm: Firm, *, at: datetime) -> None:
        """A person who knows the firm's code asks to act for it."""

        def ask(clock: Clock) -> None:
            person = registry.person("newcolleague@lichuan.example", registry.name(), at=clock())
            code = self._session.scalars(select(Enterprise.uscc).where(Enterprise.id == firm.enterprise_id)).one()
            who = Actor(park_id=firm.owner.park_id, user_id=person.id, name=person.name)
            details = FirmDetails(uscc=code, name_zh=firm.plan.zh)
            applying = Apply(park_id=who.park_id, firm=details, licence=None)
            apply_for_admission(self._session, applying, actor=who, clock=clock)

        self._timeline.add(at, ask)


def _days_on(now: datetime, days: int, *, hour: int) -> datetime:
    """A morning some days on, never a Sunday."""
    day = now.astimezone(TIME_ZONE).date() + timedelta(days=days)
    if day.weekday() == SUNDAY:
        day += timedelta(days=1)
    return datetime.combine(day, time(hour), TIME_ZONE)
