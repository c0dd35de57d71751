"""The history of the demo park: who arrives when, what is made, traded, paid, rated and left for this morning."""

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime, time, timedelta

from rich.progress import Progress
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.accounts.models import MembershipStatus, Park
from marketplace.app.demo.bank import Bank
from marketplace.app.demo.bureau import Bureau
from marketplace.app.demo.clockwork import Clockwork
from marketplace.app.demo.contracts import Contracts
from marketplace.app.demo.firms import PASSWORD, UNREVIEWED_FROM, Firm, FirmPlan, Registry, read_firms
from marketplace.app.demo.grounds import lay_out_park
from marketplace.app.demo.machines import LINE_MEMBERS, Offer, Wanted, Workshop, wanted_machines
from marketplace.app.demo.morning import Draft, Morning
from marketplace.app.demo.officers import OFFICERS, clerks_of, staff_office
from marketplace.app.demo.payments import Payments
from marketplace.app.demo.quarrels import ANSWERED, OPEN, Quarrels
from marketplace.app.demo.tenders import Tenders
from marketplace.app.demo.timeline import Timeline
from marketplace.app.demo.trading import TIME_ZONE, Market, moments
from marketplace.app.demo.tray import ROWS_AT_ONCE
from marketplace.app.demo.treasury import Treasury
from marketplace.app.demo.uses import Uses
from marketplace.bookings import free_time
from marketplace.bookings.holidays import fill_holidays
from marketplace.discovery.documents import ListingSource
from marketplace.discovery.index import engine
from marketplace.discovery.row_keeping import keep_rows, outdated_ids
from marketplace.kernel.actor import Actor, FirmRole
from marketplace.kernel.clock import Clock
from marketplace.kernel.jobs import jobs_kept_by, work_of
from marketplace.listings.models import Listing, ListingStatus
from marketplace.listings.operations import approve_listing
from search.maintenance import rebuild

HISTORY = timedelta(days=275)
TRADE_FROM = timedelta(days=250)
ORDERS = 260
DEMANDS = 40
DEMANDS_FROM = timedelta(days=120)
OPEN_DEMANDS = 8
NEW_IN_REVIEW = 26
CALENDARS_AT_ONCE = 200
STEPS_KEPT = 200
"""How many steps' rows the session remembers before it forgets them."""
SILENCE_AT = time(3)
"""The net under acceptances: whoever said nothing until the deadline has accepted."""
SUPPLIER, DEMANDER = "lichuan", "zhengyang"
FIRM_SIGN_INS = (
    (SUPPLIER, FirmRole.OWNER, "工厂负责人：砺川精密机械", "Factory owner: Lichuan Precision Machinery"),
    (SUPPLIER, FirmRole.OPERATOR, "工厂设备主管：砺川精密机械", "Factory operator: Lichuan Precision Machinery"),
    (SUPPLIER, FirmRole.FINANCE, "工厂财务：砺川精密机械", "Factory finance: Lichuan Precision Machinery"),
    (DEMANDER, FirmRole.OWNER, "小微企业：正阳机电", "SME: Zhengyang Electromechanical"),
)


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One account that a visitor may use."""

    label_zh: str
    label_en: str
    email: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSize:
    """How much of the full park is made: every firm is there in any size."""

    machines: float = 1.0
    orders: int = ORDERS
    demands: int = DEMANDS
    type_step: int = 1
    """1: every resource type; 10: every tenth."""


@dataclass(frozen=True, slots=True)
class Dice:
    """Each part of the story throws its own: a holiday that moves a booking changes no firm and no machine."""

    firms: random.Random
    machines: random.Random
    trade: random.Random
    demands: random.Random
    morning: random.Random
    money: random.Random
    quarrels: random.Random
    contracts: random.Random

    @classmethod
    def of(cls, seed: int) -> "Dice":
        return cls(*(random.Random(f"{seed} {field.name}") for field in fields(cls)))


class History:
    """One history of the park, in the caller's transaction."""

    def __init__(self, session: Session, dice: Dice, *, now: datetime, progress: Progress) -> None:
        self._session = session
        self._dice = dice
        self._now = now
        self._progress = progress
        self._timeline = Timeline(session)
        self._clockwork = Clockwork(self._timeline, now=now)
        self._drafts: list[Draft] = []
        self._firms: dict[str, Firm] = {}
        park, zones = lay_out_park(session)
        self._timeline.add(now - HISTORY, lambda clock: fill_holidays(session, park, clock=clock))
        self._park_id = park.id
        self._registry = Registry(session, park.id, zones, dice.firms)
        self._officers = staff_office(session, self._registry, park.id, at=now - HISTORY)
        self._workshop = Workshop(session, dice.machines)
        bank, office = Bank(), self._officers["credit_officer"]
        self._quarrels = Quarrels(self._timeline, office, dice.quarrels, now=now)
        uses = Uses(session, self._timeline, self._quarrels, dice.trade)
        payments = Payments(self._timeline, bank, dice.money, now=now)
        self._market = Market(self._timeline, payments, uses, dice.trade)
        self._contracts = Contracts(self._timeline, payments, self._firms, dice.contracts, now=now)
        self._tenders = Tenders(session, self._timeline, self._market, dice.demands)
        self._treasury = Treasury(self._timeline, bank, clerks_of(self._officers), now=now)
        self._bureau = Bureau(self._timeline, office, (self._officers["admin"], self._officers["admin2"]), now=now)

    def run(self, size: DemoSize) -> None:
        self._plan_firms()
        wanted = list(wanted_machines(size.machines, size.type_step, self._dice.machines))
        self._plan_machines(wanted)
        for at in moments(size.orders, self._now - TRADE_FROM, self._now, self._dice.trade):
            self._timeline.add(at, self._market.book_something)
        self._contracts.plan()
        self._plan_demands(size)
        self._plan_office()
        self._plan_morning(wanted)
        with jobs_kept_by(self._timeline.tray.jobs.append):
            self._live()
        self._clockwork.close()
        self._open_calendars()
        self._show_sign_ins()
        keep_rows(self._session, outdated_ids(self._session))
        engine().prepare()
        rebuild(engine(), ListingSource(self._session))

    def _plan_office(self) -> None:
        """What the clerks and the credit office do, day by day, and the timer of acceptances."""
        self._treasury.open_custody(at=self._now - HISTORY)
        self._treasury.plan(self._now - TRADE_FROM + timedelta(days=20))
        self._bureau.plan(self._now - HISTORY, self._firms)
        accept = work_of("orders.accept_by_silence")
        for days in range(HISTORY.days):
            at = datetime.combine((self._now - timedelta(days=days)).date(), SILENCE_AT, TIME_ZONE)
            self._timeline.add(at, lambda clock: accept(self._session, clock=clock))

    def _plan_firms(self) -> None:
        """Each applies and is decided about two days later; the newcomers still wait."""
        admin, plans = self._officers["admin"], read_firms()
        for plan in plans["firms"]:
            self._timeline.add(self._now - plan.age - timedelta(days=2), self._arrival(plan, admin))
        for plan in plans["newcomers"]:
            self._timeline.add(self._now - plan.age, self._arrival(plan, None))
        refusal = MembershipStatus.REFUSED, "经营范围与园区产业不符，可补充材料后再申请"
        for plan in plans["refused"]:
            self._timeline.add(self._now - plan.age, self._arrival(plan, admin, *refusal))
        suspension = MembershipStatus.SUSPENDED, "排污许可到期未续，整改完成后恢复"
        for plan in plans["suspended"]:
            self._timeline.add(self._now - plan.age, self._arrival(plan, admin))
            self._timeline.add(self._now - timedelta(days=12), self._decision(plan, admin, *suspension))

    def _arrival(
        self,
        plan: FirmPlan,
        officer: Actor | None,
        status: MembershipStatus = MembershipStatus.ADMITTED,
        reason: str = "",
    ) -> Callable[[Clock], None]:
        def arrive(clock: Clock) -> None:
            firm = self._registry.enter(plan, at=clock())
            self._firms[plan.code] = firm
            if officer is not None:
                self._timeline.add(clock() + timedelta(days=2), self._decision(plan, officer, status, reason))

        return arrive

    def _decision(
        self, plan: FirmPlan, officer: Actor, status: MembershipStatus, reason: str
    ) -> Callable[[Clock], None]:
        def decide(clock: Clock) -> None:
            firm = self._firms[plan.code]
            self._registry.decide(firm, status, reason, officer=officer, clock=clock)
            if status is MembershipStatus.ADMITTED:
                self._treasury.keep_account_of(firm.enterprise_id, firm.cashier, clock=clock)
            if status is MembershipStatus.ADMITTED and plan.owns:
                self._market.firms.append(firm)

        return decide

    def _plan_machines(self, wanted: list[Wanted]) -> None:
        """Machines of a type go round its owners; a line comes after what it may be made of."""
        turns: dict[str, int] = {}
        for machine in wanted:
            owners = [plan for plan in read_firms()["firms"] for kind in plan.owns if kind == machine.kind.code]
            turn = turns.setdefault(machine.kind.code, self._dice.machines.randrange(len(owners)))
            turns[machine.kind.code] = turn + 1
            plan = owners[turn % len(owners)]
            earliest = 0.6 if machine.kind.code in LINE_MEMBERS else 0.0
            passed = earliest + (1 - earliest) * self._dice.machines.random() ** 1.6
            at = self._now - plan.age + timedelta(days=1) + (plan.age - timedelta(days=7)) * passed
            self._timeline.add(at, self._making(machine, plan.code))

    def _making(self, machine: Wanted, code: str, *, is_left_waiting: bool = False) -> Callable[[Clock], None]:
        def make(clock: Clock) -> None:
            firm = self._firms[code]
            made = self._workshop.make(machine, firm, clock=clock)
            if not made.is_sent_in:
                self._drafts.append(Draft(made.offer.public_id, firm))
            elif firm.plan.age >= UNREVIEWED_FROM:
                self._market.offers.append(made.offer)
            elif not is_left_waiting:
                later = clock() + timedelta(hours=self._dice.machines.uniform(3, 40))
                self._timeline.add(later, lambda at: self._approve(made.offer, at))

        return make

    def _approve(self, offer: Offer, clock: Clock) -> None:
        approve_listing(self._session, offer.public_id, actor=self._officers["admin"], clock=clock)
        self._market.offers.append(offer)

    def _plan_demands(self, size: DemoSize) -> None:
        """Demands of the last months, some of the shown demander's, and three disputes about orders."""
        now, dice = self._now, self._dice.demands
        shown = [now - timedelta(days=days, hours=2) for days in (40, 17, 9, 2, 1)]
        for at in shown:
            self._tenders.plan(at, lambda: self._firms[DEMANDER])
        for at in moments(size.demands, now - DEMANDS_FROM, now, dice):
            self._tenders.plan(at, lambda: None)
        for number in range(OPEN_DEMANDS):
            self._tenders.plan(now - timedelta(hours=3 + 7 * number), lambda: None)
        for quarrel, days in ((ANSWERED, 3), (OPEN, 1)):
            self._quarrels.plan(quarrel, now - timedelta(days=days, hours=1), self._firm_of)

    def _firm_of(self, enterprise_id: int) -> Firm:
        return next(firm for firm in self._firms.values() if firm.enterprise_id == enterprise_id)

    def _plan_morning(self, wanted: list[Wanted]) -> None:
        morning = Morning(self._session, self._timeline, self._market, self._dice.morning)
        now, admin = self._now, self._officers["admin"]
        morning.set_aside(self._drafts, at=now - timedelta(days=6))
        young = [plan for plan in read_firms()["firms"] if plan.age < UNREVIEWED_FROM]
        for number in range(NEW_IN_REVIEW):
            plan = young[number % len(young)]
            fitting = [machine for machine in wanted if machine.kind.code in plan.owns]
            if not fitting:
                continue
            machine = self._dice.morning.choice(fitting)
            at = now - timedelta(hours=2 + 5 * number)
            self._timeline.add(at, self._making(machine, plan.code, is_left_waiting=True))
        morning.refuse_some(officer=admin, at=now - timedelta(hours=1))
        morning.close_some(now=now)

        def with_firms(clock: Clock) -> None:
            supplier, demander = self._firms[SUPPLIER], self._firms[DEMANDER]
            morning.leave_requests(supplier, demander, now=now)
            morning.leave_unpaid(demander, now=now)
            morning.wait_for_some(demander, now=now)
            morning.ask_to_join(self._registry, supplier, at=clock() + timedelta(hours=10))

        self._timeline.add(now - timedelta(days=1), with_firms)

    def _live(self) -> None:
        task, done = self._progress.add_task("九个月 / nine months", total=HISTORY.days), 0

        def after_each(at: datetime) -> None:
            nonlocal done
            self._clockwork.run_jobs(at)
            done += 1
            self._timeline.tray.write_rows(self._session, at_least=ROWS_AT_ONCE)
            if done % STEPS_KEPT == 0:
                self._session.flush()
                self._timeline.tray.forget(self._session)
            self._progress.update(task, completed=HISTORY.days - (self._now - at) / timedelta(days=1))

        self._timeline.tray.attach(self._session)
        try:
            self._timeline.run(self._now, after_each=after_each)
            self._session.flush()
            self._timeline.tray.write_rows(self._session)
        finally:
            self._timeline.tray.detach(self._session)
        self._progress.update(task, completed=HISTORY.days)

    def _open_calendars(self) -> None:
        """The calendars as they stand this morning, over the whole horizon."""
        offered = select(Listing.id).where(Listing.status == ListingStatus.PUBLISHED).order_by(Listing.id)
        ids = list(self._session.scalars(offered))
        for begin in range(0, len(ids), CALENDARS_AT_ONCE):
            free_time.open_units(self._session, ids[begin : begin + CALENDARS_AT_ONCE], now=self._now)

    def _show_sign_ins(self) -> None:
        offers = [DemoSignIn(zh, en, f"{role.value}@{code}.example", PASSWORD) for code, role, zh, en in FIRM_SIGN_INS]
        offers += [DemoSignIn(one.zh, one.en, f"{one.account}@yunxi.example", PASSWORD) for one in OFFICERS if one.zh]
        park = self._session.get_one(Park, self._park_id)
        park.settings = {**park.settings, "demo_sign_ins": [asdict(offer) for offer in offers]}
        self._session.flush()
