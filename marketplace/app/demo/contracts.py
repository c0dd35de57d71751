"""Machines let for months: ordered, paid, handed over, their meters read, billed every month until today or until the end."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from billing.contracts.models import Contract
from billing.contracts.operations import accept_buy_out, quote_buy_out
from billing.metering.operations import NewReading, TakeReadings, take_readings
from billing.payments.models import FundsRequest, RequestStatus
from billing.payments.operations.access import ORDER
from billing.pricing.plans import Meter, UsagePlan
from marketplace.app.demo.bank import TIME_ZONE
from marketplace.app.demo.firms import Firm
from marketplace.app.demo.lettings import LETTINGS, Letting
from marketplace.app.demo.machines import Wanted, Workshop
from marketplace.app.demo.payments import Payments
from marketplace.app.demo.specifications import load_profiles
from marketplace.app.demo.timeline import Timeline
from marketplace.bookings.calendars import EditCalendar, edit_calendar
from marketplace.bookings.opening import WEEKDAYS
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import Clock
from marketplace.kernel.jobs import work_of
from marketplace.listings.catalogue import load_catalogue
from marketplace.orders.fulfilments.models import RecordKind
from marketplace.orders.fulfilments.operations.accepting import accept_result
from marketplace.orders.fulfilments.operations.handing_over import CheckedItem, WriteRecord, sign_record, write_record
from marketplace.orders.models import Order
from marketplace.orders.operations.placing import PlaceOrder, place_order
from marketplace.settlement.operations.meters import contract_meters
from marketplace.settlement.operations.paying_in import receive_in_full
from marketplace.settlement.subjects import subject_of

DAY = timedelta(days=1)
OFFERED, ORDERED = 11 * DAY, 8 * DAY
"""So long before the machine changes hands."""
RUNS_ON = 40 * DAY
"""A pay-per-use that is not over was agreed until so long from now."""
WORKED = Decimal("0.857")
"""Six days of seven."""
NIGHT, OFFICE = time(2, 10), time(10, 20)
TIMERS = ("billing.run", "billing.chase", "settlement.release_dues")
PAID_AFTER = 2 * DAY
ALL_DAY = (("00:00", "24:00"),)
SUNDAY = 6


@dataclass(slots=True)
class Running:
    """A contract under way: its order, what its meter shows, the day up to which the device has reported."""

    letting: Letting
    order: str
    counter: Decimal
    reported: date
    is_in_use: bool = False


class Contracts:
    """Adds the lettings to the timeline. `firms` is filled as they arrive."""

    def __init__(
        self,
        timeline: Timeline,
        payments: Payments,
        firms: Mapping[str, Firm],
        dice: random.Random,
        *,
        now: datetime,
    ) -> None:
        self._session: Session = timeline.session
        self._timeline = timeline
        self._payments = payments
        self._firms = firms
        self._dice = dice
        self._now = now
        self._workshop = Workshop(timeline.session, dice)
        self._running: list[Running] = []
        self._transferred: set[int] = set()

    def plan(self) -> None:
        """Every letting from its offer on, and what happens each night and each morning as long as any of them runs."""
        for letting in LETTINGS:
            begins = self._morning(letting.began)
            self._timeline.attempt(begins - OFFERED, partial(self._offer, letting))
        for days in range(max(letting.began for letting in LETTINGS).days):
            day = (self._now - days * DAY).astimezone(TIME_ZONE).date()
            self._timeline.add(datetime.combine(day, NIGHT, TIME_ZONE), self._bill)
            self._timeline.add(datetime.combine(day, OFFICE, TIME_ZONE), self._pay_dues)

    def _morning(self, ago: timedelta) -> datetime:
        """Nine o'clock of a day that is no Sunday."""
        day = (self._now - ago).astimezone(TIME_ZONE).date()
        if day.weekday() == SUNDAY:
            day += DAY
        return datetime.combine(day, time(9), TIME_ZONE)

    def _offer(self, letting: Letting, clock: Clock) -> None:
        profile = load_profiles()[letting.type_code]
        wanted = Wanted(load_catalogue().types[letting.type_code], profile, letting.size, 0)
        supplier = self._firms[letting.supplier]
        listing = self._workshop.make_for_months(wanted, supplier, letting.plan, clock=clock)
        if letting.is_metered:
            hours = EditCalendar(
                listing=listing, version=0, weekly=dict.fromkeys(WEEKDAYS, ALL_DAY), observes_holidays=False
            )
            edit_calendar(self._session, hours, actor=supplier.operator, clock=clock)
        self._timeline.attempt(clock() + OFFERED - ORDERED, partial(self._order, letting, listing))

    def _order(self, letting: Letting, listing: str, clock: Clock) -> None:
        begins, demander = self._morning(letting.began), self._firms[letting.demander]
        ends, expected = None, None
        if letting.is_metered:
            ends = self._morning(-RUNS_ON if letting.ended is None else letting.ended)
            expected = (letting.daily * (ends - begins).days * WORKED).quantize(Decimal(1))
        wish = PlaceOrder(listing=listing, during=Range(begins, ends), expected_usage=expected)
        order = place_order(self._session, wish, actor=demander.operator, clock=clock).public_id
        self._timeline.attempt(clock() + timedelta(hours=5), partial(self._pay_up_front, order))
        counter = Decimal(self._dice.randrange(8_000, 60_000)) / 10
        running = Running(letting, order, counter.quantize(self._step_of(letting)), begins.date())
        self._timeline.attempt(begins, partial(self._hand_over, running))
        if letting.ended is not None:
            end = self._give_back if letting.is_metered else self._buy_out
            self._timeline.attempt(self._morning(letting.ended) - timedelta(minutes=20), partial(end, running))

    def _pay_up_front(self, order: str, clock: Clock) -> None:
        found = self._order_of(order)
        receive_in_full(self._session, found, actor=system_actor(found.park_id), clock=clock)

    def _hand_over(self, running: Running, clock: Clock) -> None:
        supplier, demander = self._firms[running.letting.supplier], self._firms[running.letting.demander]
        self._sign(running, RecordKind.HANDOVER, supplier, demander, clock=clock)
        running.is_in_use = True
        self._running.append(running)

    def _give_back(self, running: Running, clock: Clock) -> None:
        """The device reports a last time; what the meter shows then is written down by both."""
        supplier, demander = self._firms[running.letting.supplier], self._firms[running.letting.demander]
        self._report(running, clock=clock)
        running.is_in_use = False
        self._sign(running, RecordKind.RETURN, demander, supplier, clock=clock)
        accept = clock() + timedelta(hours=3)
        self._timeline.attempt(
            accept, lambda later: accept_result(self._session, running.order, actor=demander.operator, clock=later)
        )

    def _sign(self, running: Running, kind: RecordKind, writer: Firm, signer: Firm, *, clock: Clock) -> None:
        checks = load_catalogue().types[running.letting.type_code].checklist
        answers = tuple(CheckedItem(code=item.code, ok=True) for item in checks)
        reading = running.counter if running.letting.is_metered else None
        wish = WriteRecord(order=running.order, kind=kind, checklist=answers, reading=reading)
        written = write_record(self._session, wish, actor=writer.operator, clock=clock)
        sign_record(self._session, written.public_id, actor=signer.operator, clock=clock)

    def _buy_out(self, running: Running, clock: Clock) -> None:
        buyer, contract = self._firms[running.letting.demander].cashier, self._contract_of(running)
        quote = quote_buy_out(self._session, contract.public_id, actor=buyer, clock=clock)
        accept_buy_out(self._session, quote.public_id, actor=buyer, clock=clock)

    def _bill(self, clock: Clock) -> None:
        """The night: devices send what they hold every Sunday and before a bill, then the timers of billing run."""
        today = clock().astimezone(TIME_ZONE).date()
        for running in self._running:
            if running.is_in_use and running.letting.is_metered and self._is_report_due(running, today):
                self._report(running, clock=clock)
        for name in TIMERS:
            work_of(name)(self._session, clock=clock)

    def _is_report_due(self, running: Running, today: date) -> bool:
        return today.weekday() == SUNDAY or self._contract_of(running).next_cut_on == today

    def _report(self, running: Running, *, clock: Clock) -> None:
        """The evenings since the last report, Sundays left out."""
        today, readings = clock().astimezone(TIME_ZONE).date(), list[NewReading]()
        contract = self._contract_of(running)
        while running.reported < today:
            day = running.reported
            running.reported += DAY
            if day.weekday() != SUNDAY:
                used = running.letting.daily * Decimal(str(round(self._dice.uniform(0.7, 1.3), 3)))
                running.counter += used.quantize(self._step_of(running.letting))
                at = datetime.combine(day, time(18, 30), TIME_ZONE)
                readings.append(NewReading(event_id=f"{day:%Y%m%d}", at=at, value=running.counter))
        if meters := contract_meters(self._session, contract):
            batch = TakeReadings(meter_id=meters[0].id, device=f"gw-{meters[0].public_id}", readings=readings)
            take_readings(self._session, batch, clock=clock)

    def _pay_dues(self, clock: Clock) -> None:
        """Bills that the money paid up front does not cover are paid two days after they were asked for."""
        asked = select(FundsRequest).where(
            FundsRequest.purpose != ORDER,
            FundsRequest.status == RequestStatus.AWAITED,
            FundsRequest.created_at <= clock() - PAID_AFTER,
        )
        payers = {firm.enterprise_id: firm for firm in self._firms.values()}
        for request in self._session.scalars(asked.order_by(FundsRequest.id)).all():
            if request.id not in self._transferred:
                self._transferred.add(request.id)
                self._payments.pay_due(request, payers[request.payer_id], clock=clock)

    def _order_of(self, public_id: str) -> Order:
        return self._session.scalars(select(Order).where(Order.public_id == public_id)).one()

    def _contract_of(self, running: Running) -> Contract:
        subject = subject_of(self._order_of(running.order))
        return self._session.scalars(select(Contract).where(Contract.subject_ref == subject)).one()

    @staticmethod
    def _step_of(letting: Letting) -> Decimal:
        """What the meter shows last: pieces are whole, hours have tenths."""
        is_pieces = isinstance(letting.plan, UsagePlan) and letting.plan.meter is Meter.PIECE
        return Decimal(1) if is_pieces else Decimal("0.1")
