import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from billing.bills.models import Bill, BillLine
from billing.contracts.models import Contract, ContractStatus, Period, PeriodStatus
from billing.contracts.operations import (
    EndContract,
    accept_buy_out,
    quote_buy_out,
    settle_bill,
    terminate_contract,
)
from billing.contracts.queries import contract_of, periods_of
from billing.contracts.runs import bill_batch, chase_missed_payments, due_contracts
from billing.contracts.terms import Item, RentTerms, UsageTerms
from billing.metering.models import MeterKind
from billing.metering.operations import AddMeter, NewReading, TakeReadings, add_meter, take_readings
from billing.pricing.plans import Meter as Counts
from billing.pricing.plans import UsagePlan
from billing.pricing.rent_to_own import CreditRule, RentStep, RentToOwnTerms
from billing.pricing.tiers import Tier
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Conflict, NotFound
from tests.application import NOW
from tests.billing.parties import AT_NOW, Parties
from tests.factories import create_enterprise, create_member, firm_actor

SHANGHAI = ZoneInfo("Asia/Shanghai")
TO_OWN = RentToOwnTerms(
    price=Decimal(1200),
    rents=(RentStep(count=3, rent=Decimal(400)),),
    credit=CreditRule(percent=Decimal(50)),
    option_price=Decimal(1),
    late_fee=Decimal(20),
)


def at(day: str):
    return fixed_clock(datetime.fromisoformat(day).replace(hour=9, tzinfo=SHANGHAI))


def run(session, clock):
    bill_batch(session, clock=clock, contract_ids=due_contracts(session, at=clock()))
    session.flush()


def bills(session):
    return session.scalars(select(Bill).order_by(Bill.id)).all()


def pay(parties, number, clock):
    bill = bills(parties.session)[number]
    settle_bill(parties.session, bill, actor=parties.system, clock=clock)


def test_periods_follow_one_another_and_clamp_at_the_end_of_the_month(session):
    parties = Parties(session)
    contract = parties.contract(starts_on=date(2026, 1, 31), ends_on=date(2026, 6, 10))
    run(session, at("2026-07-01"))
    periods = periods_of(session, contract)
    assert [period.starts_on for period in periods] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
    ]
    assert all(before.ends_on == after.starts_on for before, after in pairwise(periods))
    assert periods[-1].ends_on == date(2026, 6, 10)
    assert [bill.total for bill in bills(session)] == [310000] * 4 + [103333]


def test_running_again_bills_nothing_twice(session):
    parties = Parties(session)
    parties.contract()
    for _ in range(3):
        run(session, AT_NOW)
    assert [(bill.number, bill.total) for bill in bills(session)] == [("ZD2026-000001", 310000)]


def test_days_are_those_of_the_contracts_zone(session):
    parties = Parties(session)
    parties.contract(starts_on=date(2026, 11, 24))
    evening = fixed_clock(datetime(2026, 11, 23, 23, 30, tzinfo=SHANGHAI))
    run(session, evening)
    assert bills(session) == []
    run(session, fixed_clock(evening() + timedelta(hours=1)))
    assert len(bills(session)) == 1


def test_usage_is_billed_behind_by_the_readings_that_came_in_time(session):
    parties = Parties(session)
    command = AddMeter(name="主轴", kind=MeterKind.DELTA, unit="machine_hour")
    meter = add_meter(session, command, actor=parties.as_seller, clock=at("2026-10-01"))
    plan = UsagePlan(meter=Counts.MACHINE_HOUR, tiers=(Tier(unit_price=Decimal(38)),), free_units=Decimal(5))
    contract = parties.contract(UsageTerms(plan=plan), starts_on=date(2026, 10, 1), meter_ids=(meter.id,))

    def read(event, day, value, clock):
        moment = datetime.fromisoformat(day).replace(tzinfo=SHANGHAI)
        reading = NewReading(event_id=event, at=moment, value=Decimal(value))
        take_readings(session, TakeReadings(meter_id=meter.id, device="gw", readings=[reading]), clock=clock)

    read("1", "2026-10-31T23:59:00", "15", at("2026-11-01"))
    read("2", "2026-11-01T00:00:00", "70", at("2026-11-01"))
    run(session, at("2026-11-01"))
    assert bills(session) == []
    read("late", "2026-10-20T08:00:00", "9", at("2026-11-03"))
    run(session, at("2026-11-03"))
    assert [(bill.total, bill.service_end) for bill in bills(session)] == [(38000, date(2026, 11, 1))]
    assert periods_of(session, contract)[0].quantity == 15


def test_contract_completes_when_its_last_period_is_paid(session):
    parties = Parties(session)
    contract = parties.contract(ends_on=date(2026, 12, 1))
    run(session, AT_NOW)
    pay(parties, 0, AT_NOW)
    pay(parties, 0, AT_NOW)
    assert (contract.status, contract.ended_on) == (ContractStatus.COMPLETED, date(2026, 12, 1))
    assert periods_of(session, contract)[0].status is PeriodStatus.SETTLED


def test_a_price_of_nothing_makes_no_bill_and_leaves_nothing_open(session):
    parties = Parties(session)
    contract = parties.contract(RentTerms(items=(Item(code="rent", price=Decimal(0)),)))
    run(session, AT_NOW)
    assert bills(session) == []
    assert periods_of(session, contract)[0].status is PeriodStatus.SETTLED


def test_rent_to_own_without_option_price_ends_with_its_last_instalment_paid(session):
    parties = Parties(session)
    contract = parties.contract(replace(TO_OWN, option_price=Decimal(0)), starts_on=date(2026, 11, 1))
    for n, day in enumerate(["2026-11-02", "2026-12-02", "2027-01-02"]):
        run(session, at(day))
        pay(parties, n, at(day))
    run(session, at("2027-02-02"))
    assert [bill.total for bill in bills(session)] == [40000] * 3
    assert contract.status is ContractStatus.COMPLETED


def test_after_the_last_rent_the_option_price_still_buys_the_machine(session):
    parties = Parties(session)
    contract = parties.contract(TO_OWN, starts_on=date(2026, 11, 1))
    for n, day in enumerate(["2026-11-02", "2026-12-02", "2027-01-02"]):
        run(session, at(day))
        pay(parties, n, at(day))
    assert contract.status is ContractStatus.RUNNING
    quote = quote_buy_out(session, contract.public_id, actor=parties.as_buyer, clock=at("2027-01-20"))
    bill = accept_buy_out(session, quote.public_id, actor=parties.as_buyer, clock=at("2027-01-20"))
    assert bill.total == 100
    settle_bill(session, bill, actor=parties.system, clock=at("2027-01-21"))
    assert contract.status is ContractStatus.BOUGHT_OUT


def test_buy_out_costs_what_was_quoted_until_the_quote_runs_out(session):
    parties = Parties(session)
    contract = parties.contract(TO_OWN)
    run(session, at("2026-11-02"))
    pay(parties, 0, at("2026-11-02"))
    quote = quote_buy_out(session, contract.public_id, actor=parties.as_buyer, clock=at("2026-11-10"))
    assert (quote.amount, quote.valid_until, quote.paid_instalments) == (100000, date(2026, 11, 17), 1)
    assert quote.inputs["credit"] == {"amount": 20000, "currency": "CNY"}
    with pytest.raises(Conflict, match="quote_expired"):
        accept_buy_out(session, quote.public_id, actor=parties.as_buyer, clock=at("2026-11-18"))
    bill = accept_buy_out(session, quote.public_id, actor=parties.as_buyer, clock=at("2026-11-17"))
    again = accept_buy_out(session, quote.public_id, actor=parties.as_buyer, clock=at("2026-11-17"))
    assert (bill.total, bill.id) == (100000, again.id)
    settle_bill(session, bill, actor=parties.system, clock=at("2026-11-17"))
    assert contract.status is ContractStatus.BOUGHT_OUT


def test_quote_is_outdated_once_another_rent_was_paid(session):
    parties = Parties(session)
    contract = parties.contract(TO_OWN)
    run(session, at("2026-11-02"))
    quote = quote_buy_out(session, contract.public_id, actor=parties.as_buyer, clock=at("2026-11-02"))
    pay(parties, 0, at("2026-11-03"))
    with pytest.raises(Conflict, match="quote_outdated"):
        accept_buy_out(session, quote.public_id, actor=parties.as_buyer, clock=at("2026-11-03"))


def test_only_the_demander_buys(session):
    parties = Parties(session)
    contract = parties.contract(TO_OWN)
    quote = quote_buy_out(session, contract.public_id, actor=parties.as_seller, clock=AT_NOW)
    with pytest.raises(NotFound):
        accept_buy_out(session, quote.public_id, actor=parties.as_seller, clock=AT_NOW)


def test_missed_payment_brings_a_fee_after_grace_then_suspension_and_payment_lifts_it(session):
    parties = Parties(session)
    contract = parties.contract(TO_OWN, starts_on=date(2026, 11, 1))
    run(session, at("2026-11-01"))
    chase_missed_payments(session, clock=at("2026-11-13"))
    assert len(bills(session)) == 1
    for day in ("2026-11-14", "2026-11-15"):
        chase_missed_payments(session, clock=at(day))
    assert [bill.total for bill in bills(session)] == [40000, 2000]
    assert contract.status is ContractStatus.RUNNING
    chase_missed_payments(session, clock=at("2026-11-24"))
    assert contract.status is ContractStatus.SUSPENDED
    with pytest.raises(Conflict, match="contract_not_running"):
        quote_buy_out(session, contract.public_id, actor=parties.as_buyer, clock=at("2026-11-24"))
    pay(parties, 0, at("2026-11-25"))
    assert contract.status is ContractStatus.RUNNING


def test_terminated_contract_is_cut_no_further(session):
    parties = Parties(session)
    contract = parties.contract()
    run(session, at("2026-11-02"))
    command = EndContract(contract=contract.public_id, on=date(2026, 11, 20), reason="设备出售")
    terminate_contract(session, command, actor=parties.system, clock=at("2026-11-10"))
    run(session, at("2027-02-02"))
    assert len(bills(session)) == 1
    with pytest.raises(Conflict, match="contract_transition"):
        terminate_contract(session, command, actor=parties.system, clock=at("2026-11-10"))


def test_second_contract_of_a_subject_is_refused(session):
    parties = Parties(session)
    parties.contract()
    with pytest.raises(Conflict, match="contract_exists"):
        parties.contract()


def test_a_third_firm_does_not_find_the_contract(session):
    parties = Parties(session)
    contract = parties.contract()
    third = create_enterprise(session, parties.park)
    stranger = firm_actor(create_member(session, third), parties.park, third)
    with pytest.raises(NotFound):
        contract_of(session, contract.public_id, actor=stranger)


CHILD = """
import os, sys
from datetime import datetime
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
import marketplace.app.tables
from billing.contracts.runs import bill_batch, due_contracts
from marketplace.kernel.clock import fixed_clock

clock = fixed_clock(datetime.fromisoformat(os.environ["RUN_AT"]))
engine = create_engine(os.environ["RUN_DATABASE"])
with Session(engine, expire_on_commit=False) as session:
    ids = due_contracts(session, at=clock())
    for start in range(0, len(ids), 5):
        bill_batch(session, clock=clock, contract_ids=ids[start : start + 5])
        session.flush()
        print(start, flush=True)
        sys.stdin.readline()
        session.commit()
"""


def test_killed_run_is_run_again_with_the_same_bills_no_gap_and_no_double(app, committing, settings):
    parties = Parties(committing)
    for n in range(20):
        parties.contract(ref=f"order:{n}")
    committing.commit()
    environment = os.environ | {"RUN_AT": NOW.isoformat(), "RUN_DATABASE": settings.database_url}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(3):
        assert child.stdout.readline()
        if _ < 2:
            child.stdin.write("on\n")
            child.stdin.flush()
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    child.stdin.close()
    before = {bill.key: (bill.number, bill.total) for bill in bills(committing)}
    assert len(before) == 10
    committing.commit()
    subprocess.run(
        [sys.executable, "-c", CHILD], env=environment, input="on\n" * 10, text=True, check=True, capture_output=True
    )
    after = {bill.key: (bill.number, bill.total) for bill in bills(committing)}
    assert before.items() <= after.items()
    assert sorted(number for number, _ in after.values()) == [f"ZD2026-{n:06}" for n in range(1, 21)]
    assert committing.scalar(select(func.count()).select_from(Period)) == 20
    assert committing.scalar(select(func.count()).select_from(BillLine)) == 20
    assert {row.next_cut_on for row in committing.scalars(select(Contract))} == {date(2026, 12, 1)}
