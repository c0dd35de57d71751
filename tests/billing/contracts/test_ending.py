"""Ending before the time, late and contested readings: nothing is billed that is not owed, nothing is lost."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from billing.contracts.closing import GiveNotice, WindUp, give_notice, wind_up
from billing.contracts.models import ContractStatus
from billing.contracts.queries import periods_of
from billing.contracts.reading_disputes import DisputeReading, dispute_reading, readings_of_contract
from billing.contracts.terms import UsageTerms
from billing.metering.models import MeterKind, ReadingStatus
from billing.metering.operations import AddMeter, NewReading, TakeReadings, add_meter, take_readings
from billing.metering.reviewing import ReviewReading, Verdict, review_reading
from billing.pricing.plans import Meter as Counts
from billing.pricing.plans import UsagePlan
from billing.pricing.tiers import Model, Tier
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.billing.contracts.test_contracts import SHANGHAI, TO_OWN, at, bills, pay, run
from tests.billing.parties import Parties
from tests.factories import create_enterprise, create_member, firm_actor

TIERS = (Tier(unit_price=Decimal(10), up_to=Decimal(100)), Tier(unit_price=Decimal(8)))
PLAN = UsagePlan(meter=Counts.MACHINE_HOUR, tiers=TIERS, model=Model.GRADUATED)


class Metered(Parties):
    """A contract of usage from 1 October with a meter that tells what was used."""

    def __init__(self, session, **terms):
        super().__init__(session)
        command = AddMeter(name="主轴", kind=MeterKind.DELTA, unit="machine_hour")
        self.meter = add_meter(session, command, actor=self.as_seller, clock=at("2026-10-01"))
        self.running = self.contract(
            UsageTerms(plan=PLAN, **terms), starts_on=date(2026, 10, 1), meter_ids=(self.meter.id,)
        )

    def read(self, event, day, value, *, came):
        moment = datetime.fromisoformat(day).replace(hour=12, tzinfo=SHANGHAI)
        reading = NewReading(event_id=event, at=moment, value=Decimal(value))
        command = TakeReadings(meter_id=self.meter.id, device="gw", readings=[reading])
        return take_readings(self.session, command, clock=at(came))

    @property
    def lines(self):
        self.session.expire_all()
        return [
            [(line.code, line.quantity, line.amount, line.service_start) for line in bill_lines(self.session, bill)]
            for bill in bills(self.session)
        ]


def bill_lines(session, bill):
    session.refresh(bill, ["lines"])
    return bill.lines


OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def test_readings_that_come_late_are_lines_of_the_next_bill_with_their_own_days(session):
    metered = Metered(session)
    metered.read("1", "2026-10-20", 90, came="2026-10-21")
    run(session, at("2026-11-03"))
    metered.read("late", "2026-10-25", 20, came="2026-11-10")
    metered.read("2", "2026-11-20", 7, came="2026-11-21")
    run(session, at("2026-12-03"))
    assert metered.lines == [
        [("usage_machine_hour", 90, 900_00, OCTOBER)],
        [("usage_machine_hour", 7, 70_00, NOVEMBER), ("usage_machine_hour", 20, 180_00, OCTOBER)],
    ]
    run(session, at("2027-01-03"))
    assert len(bills(session)) == 2
    assert [period.late_quantity for period in periods_of(session, metered.running)] == [20, 0, 0, 0]


def test_terms_may_drop_what_comes_late(session):
    metered = Metered(session, bills_late_data=False)
    metered.read("1", "2026-10-20", 90, came="2026-10-21")
    run(session, at("2026-11-03"))
    metered.read("late", "2026-10-25", 20, came="2026-11-10")
    run(session, at("2026-12-03"))
    assert metered.lines == [[("usage_machine_hour", 90, 900_00, OCTOBER)]]


def test_a_contested_reading_is_not_billed_until_the_owner_confirms_it(session):
    metered = Metered(session)
    metered.read("1", "2026-10-20", 90, came="2026-10-21")
    contract, meter = metered.running.public_id, metered.meter.public_id
    command = DisputeReading(contract=contract, meter=meter, event_id="1", reason="那天停电")
    with pytest.raises(NotFound):
        dispute_reading(session, command, actor=metered.as_seller, clock=at("2026-10-22"))
    held = dispute_reading(session, command, actor=metered.as_buyer, clock=at("2026-10-22"))
    assert dispute_reading(session, command, actor=metered.as_buyer, clock=at("2026-10-22")) is held
    run(session, at("2026-11-03"))
    assert bills(session) == []
    verdict = ReviewReading(meter=meter, reading=held.id, verdict=Verdict.CONFIRM)
    with pytest.raises(NotFound):
        review_reading(session, verdict, actor=metered.as_buyer, clock=at("2026-11-05"))
    review_reading(session, verdict, actor=metered.as_seller, clock=at("2026-11-05"))
    with pytest.raises(Conflict, match="reading_not_held"):
        review_reading(session, verdict, actor=metered.as_seller, clock=at("2026-11-05"))
    run(session, at("2026-12-03"))
    assert [line for bill in metered.lines for line in bill] == [
        ("usage_machine_hour", 0, 0, NOVEMBER),
        ("usage_machine_hour", 90, 900_00, OCTOBER),
    ]


def test_a_dismissed_reading_counts_no_more(session):
    metered = Metered(session)
    metered.read("1", "2026-10-20", 90, came="2026-10-21")
    metered.read("2", "2026-10-21", 5, came="2026-10-22")
    command = DisputeReading(
        contract=metered.running.public_id, meter=metered.meter.public_id, event_id="1", reason="重复"
    )
    held = dispute_reading(session, command, actor=metered.as_buyer, clock=at("2026-10-22"))
    verdict = ReviewReading(meter=metered.meter.public_id, reading=held.id, verdict=Verdict.DISMISS)
    review_reading(session, verdict, actor=metered.as_seller, clock=at("2026-10-23"))
    run(session, at("2026-11-03"))
    assert metered.lines == [[("usage_machine_hour", 5, 50_00, OCTOBER)]]
    statuses = {reading.event_id: reading.status for _, reading in readings_of_contract(session, metered.running)}
    assert statuses == {"1": ReadingStatus.DISMISSED, "2": ReadingStatus.COUNTED}


def test_winding_up_bills_the_part_of_a_month_at_once_and_again_changes_nothing(session):
    metered = Metered(session)
    metered.read("1", "2026-10-10", 30, came="2026-10-11")
    metered.read("2", "2026-10-20", 30, came="2026-10-21")
    command = WindUp(contract=metered.running.public_id, until=at("2026-10-15")())
    for _ in range(2):
        wind_up(session, command, actor=metered.system, clock=at("2026-10-16"))
    run(session, at("2026-12-03"))
    assert metered.lines == [[("usage_machine_hour", 30, 300_00, OCTOBER)]]
    pay(metered, 0, at("2026-10-20"))
    assert metered.running.status is ContractStatus.COMPLETED


def end(parties, contract, on, *, by, now="2026-11-10", reason="产线搬走"):
    command = GiveNotice(contract=contract.public_id, on=date.fromisoformat(on), reason=reason)
    return give_notice(parties.session, command, actor=by, clock=at(now))


def test_the_demander_ends_a_rent_to_own_and_is_credited_the_days_left(session):
    parties = Parties(session)
    contract = parties.contract(TO_OWN)
    run(session, at("2026-11-02"))
    end(parties, contract, "2026-11-16", by=parties.as_buyer)
    assert (contract.status, contract.ends_on) == (ContractStatus.TERMINATED, date(2026, 11, 16))
    assert [bill.total for bill in bills(session)] == [400_00, -200_00]
    run(session, at("2027-02-02"))
    assert len(bills(session)) == 2


def test_usage_ends_with_a_bill_over_the_days_until_then(session):
    metered = Metered(session)
    metered.read("1", "2026-10-10", 30, came="2026-10-11")
    metered.read("2", "2026-10-20", 30, came="2026-10-21")
    end(metered, metered.running, "2026-10-16", by=metered.as_buyer, now="2026-10-12")
    run(session, at("2026-10-18"))
    assert metered.lines == [[("usage_machine_hour", 30, 300_00, OCTOBER)]]


@pytest.mark.parametrize("on", ["2026-11-09", "2026-12-02", "2026-11-01"])
def test_a_day_outside_the_running_month_is_refused(session, on):
    parties = Parties(session)
    contract = parties.contract(TO_OWN)
    run(session, at("2026-11-02"))
    with pytest.raises(Invalid) as refused:
        end(parties, contract, on, by=parties.as_buyer)
    assert refused.value.fields == {"on": ["notice_day"]}


def test_the_supplier_ends_only_what_is_suspended_and_a_reason_is_owed(session):
    parties = Parties(session)
    contract = parties.contract(TO_OWN)
    run(session, at("2026-11-02"))
    with pytest.raises(Conflict, match="contract_not_suspended"):
        end(parties, contract, "2026-11-16", by=parties.as_seller)
    contract.move_to(ContractStatus.SUSPENDED, reason="unpaid")
    with pytest.raises(Invalid, match="reason_required"):
        end(parties, contract, "2026-11-16", by=parties.as_seller, reason=" ")
    end(parties, contract, "2026-11-16", by=parties.as_seller)
    assert contract.status is ContractStatus.TERMINATED
    stranger = create_enterprise(session, parties.park)
    with pytest.raises((NotFound, Forbidden)):
        end(parties, contract, "2026-11-16", by=firm_actor(create_member(session, stranger), parties.park, stranger))
