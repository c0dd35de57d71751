"""An order on a pay-per-use or rent-to-own plan, from placing to its last bill, and what the books say afterwards."""

from copy import copy
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from billing.contracts.models import Contract
from billing.contracts.queries import periods_of
from billing.contracts.runs import bill_batch, chase_missed_payments, due_contracts
from billing.metering.models import Meter
from billing.payments.models import FundsRequest, RequestStatus
from billing.payments.operations.access import ORDER
from billing.pricing.plans import Meter as Counts
from billing.pricing.plans import UsagePlan
from billing.pricing.rent_to_own import CreditRule, RentStep, RentToOwnTerms
from billing.pricing.tiers import Tier
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import fixed_clock
from marketplace.orders.fulfilments.models import RecordKind
from marketplace.orders.fulfilments.operations.handing_over import WriteRecord, sign_record, write_record
from marketplace.orders.operations.placing import PlaceOrder, place_order
from marketplace.settlement.handlers import release_dues
from marketplace.settlement.operations.dues import dues_of, orders_to_release
from marketplace.settlement.operations.paying_in import receive_by_reference
from marketplace.settlement.operations.settling import settle_order
from marketplace.settlement.subjects import subject_of
from tests.orders.test_fulfilment import CHECKS
from tests.orders.test_orders import Market
from tests.settlement.trade import Trade

SHANGHAI = ZoneInfo("Asia/Shanghai")
BY_HOUR = UsagePlan(meter=Counts.MACHINE_HOUR, tiers=(Tier(unit_price=Decimal(100)),))
BY_PIECE = UsagePlan(meter=Counts.PIECE, tiers=(Tier(unit_price=Decimal("2.50")),), minimum_commitment=Decimal(100))
TO_OWN = RentToOwnTerms(
    price=Decimal(12000),
    rents=(RentStep(count=3, rent=Decimal(4400)),),
    credit=CreditRule(percent=Decimal(80)),
    late_fee=Decimal(50),
)

__all__ = ["BY_HOUR", "BY_PIECE", "TO_OWN", "ContractTrade", "RequestStatus", "at", "moment", "release_dues"]


def moment(text):
    """A local moment of the park, as `2026-12-01 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def at(text):
    return fixed_clock(moment(text))


class ContractTrade(Trade):
    """Every verb settles afterwards, twice; times are local ones of the park."""

    def __init__(self, session, plan, *, units=1, payment_required=True, rules=None):
        self.session = session
        self.market = Market(session, plan=plan, units=units)
        self.market.park.payment_required = payment_required
        self.market.park.settings = rules or {}
        self.owner, self.engineer = self.market.owner, self.market.engineer
        self.system = system_actor(self.market.park.id)

    def again(self):
        """Another order between the same two firms."""
        other = copy(self)
        del other.order
        return other

    def place(self, start, end=None, *, now="2026-11-23 09:00", **more):
        during = Range(moment(start), moment(end) if end else None)
        command = PlaceOrder(listing=self.market.listing.public_id, during=during, **more)
        self.order = place_order(self.session, command, actor=self.engineer, clock=at(now))
        return self.follow(now)

    def follow(self, now):
        self.session.flush()
        for _ in range(2):
            settle_order(self.session, self.order.id, clock=at(now))
        self.session.flush()
        return self

    def requests(self):
        rows = select(FundsRequest).where(FundsRequest.subject_ref == subject_of(self.order)).order_by(FundsRequest.id)
        return self.session.scalars(rows.execution_options(populate_existing=True)).all()

    @property
    def request(self):
        return next((one for one in self.requests() if one.purpose == ORDER), None)

    @property
    def asked(self):
        """What is still to be paid, by purpose."""
        return {one.purpose: one.total_amount for one in self.requests() if one.status is RequestStatus.AWAITED}

    def pay(self, purpose=ORDER, *, now):
        reference = next(one.reference for one in self.requests() if one.purpose == purpose)
        receive_by_reference(self.session, reference, actor=self.system, clock=at(now))
        return self.follow(now)

    def sign(self, kind, now, reading=None):
        value = None if reading is None else Decimal(reading)
        command = WriteRecord(order=self.order.public_id, kind=kind, checklist=CHECKS, reading=value)
        record = write_record(self.session, command, actor=self.owner, clock=at(now))
        sign_record(self.session, record.public_id, actor=self.engineer, clock=at(now))
        return self.follow(now)

    def hand_over(self, now, reading=None):
        return self.sign(RecordKind.HANDOVER, now, reading)

    def give_back(self, now, reading=None):
        return self.sign(RecordKind.RETURN, now, reading)

    def accept(self, now):
        from marketplace.orders.fulfilments.operations.accepting import accept_result

        accept_result(self.session, self.order.public_id, actor=self.engineer, clock=at(now))
        return self.follow(now)

    def run(self, now):
        """The hourly and daily jobs of billing and settlement."""
        clock = at(now)
        bill_batch(self.session, clock=clock, contract_ids=due_contracts(self.session, at=clock()))
        chase_missed_payments(self.session, clock=clock)
        self.session.flush()
        self.follow(now)
        for order_id in orders_to_release(self.session, now=clock()):
            settle_order(self.session, order_id, clock=clock)
        return self

    @property
    def contract(self):
        rows = select(Contract).where(Contract.subject_ref == subject_of(self.order))
        return self.session.scalar(rows.execution_options(populate_existing=True))

    @property
    def periods(self):
        return periods_of(self.session, self.contract)

    @property
    def dues(self):
        return dues_of(self.session, self.order)

    @property
    def meters(self):
        return self.session.scalars(select(Meter).order_by(Meter.id)).all()

    @property
    def totals(self):
        return [bill.total for bill in sorted(self.bills, key=lambda bill: bill.id)]


DAY = timedelta(days=1)
