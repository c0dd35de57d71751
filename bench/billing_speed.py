"""How fast bills are made and readings taken: a run of 1,000 contracts of 20 lines, and batches of 1,000 readings.

`python -m scripts.services run postgresql -- python -m bench.billing_speed` makes a database of its own beside the one
of the tests and drops it at the end. Budgets: 10 s and 300 MiB for the run, 9,000 readings/s of one worker; beside the
readings stands the floor, the same rows by `unnest … on conflict do nothing` alone.
"""

import os
import resource
import time
from datetime import date, timedelta
from decimal import Decimal

import psycopg
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

import marketplace.app.tables  # noqa: F401 - all tables
from billing.bills.models import Bill, BillLine
from billing.contracts.operations import OpenContract, StartContract, open_contract, start_contract
from billing.contracts.runs import BATCH, bill_batch, due_contracts
from billing.contracts.terms import Item, RentTerms
from billing.metering.models import MeterKind, Reading
from billing.metering.operations import AddMeter, NewReading, TakeReadings, add_meter, take_readings
from marketplace.app.migrating import upgrade
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import fixed_clock, system_clock
from marketplace.kernel.embedded import prepare_cluster
from tests.factories import create_enterprise, create_member, create_park, firm_actor

DATABASE = "gongzao_bench_billing"
CONTRACTS, LINES = 1_000, 20
BATCHES, READINGS = 20, 1_000
RUN_SECONDS, RUN_MIB, READINGS_PER_SECOND = 10, 300, 9_000
FLOOR = """
INSERT INTO billing_reading (meter_id, device, event_id, at, received_at, value, used, source, status, reason)
SELECT %(meter)s, 'floor', id, at, at, value, value, 'automatic', 'counted', ''
FROM unnest(%(ids)s::text[], %(at)s::timestamptz[], %(values)s::numeric[]) AS sent(id, at, value)
ON CONFLICT DO NOTHING
"""


def prepared(session: Session) -> tuple[int, int]:
    """A park whose firms have contracts that are due; the ids of the park and of a meter."""
    park = create_park(session)
    firms = [create_enterprise(session, park) for _ in range(20)]
    actor, clock = system_actor(park.id), system_clock
    terms = RentTerms(items=tuple(Item(code=f"item_{n}", price=Decimal("99.90") + n) for n in range(LINES)))
    for n in range(CONTRACTS):
        opening = OpenContract(
            supplier_id=firms[n % 10].id,
            demander_id=firms[10 + n % 10].id,
            subject_ref=f"order:{n}",
            title=f"合同 {n}",
            terms=terms,
            starts_on=date.today() - timedelta(days=1),  # noqa: DTZ011 - a day before whatever day it is
        )
        contract = open_contract(session, opening, actor=actor, clock=clock)
        start_contract(session, StartContract(contract=contract.public_id), actor=actor, clock=clock)
    owner = firm_actor(create_member(session, firms[0]), park, firms[0])
    meter = add_meter(session, AddMeter(name="m", kind=MeterKind.DELTA, unit="kwh"), actor=owner, clock=clock)
    session.commit()
    return park.id, meter.id


def bill_run(engine: Engine) -> None:
    clock = fixed_clock(system_clock())
    started, used = time.perf_counter(), time.process_time()
    with Session(engine, expire_on_commit=False) as session:
        ids = due_contracts(session, at=clock())
        for start in range(0, len(ids), BATCH):
            bill_batch(session, clock=clock, contract_ids=ids[start : start + BATCH])
            session.commit()
            session.expunge_all()
        seconds, own = time.perf_counter() - started, time.process_time() - used
        bills = session.scalar(select(func.count()).select_from(Bill))
        lines = session.scalar(select(func.count()).select_from(BillLine))
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"bill run: {bills} bills, {lines} lines in {seconds:.1f} s, {own:.1f} s of them this process's (budget {RUN_SECONDS}), "
        f"{mib:.0f} MiB (budget {RUN_MIB})"
    )


def ingest(engine: Engine, meter_id: int) -> None:
    now = system_clock()
    clock = fixed_clock(now)
    batches = [
        [
            NewReading(event_id=f"{batch}-{n}", at=now - timedelta(seconds=batch * READINGS + n), value=Decimal("0.25"))
            for n in range(READINGS)
        ]
        for batch in range(BATCHES)
    ]
    with Session(engine, expire_on_commit=False) as session:
        started, used = time.perf_counter(), time.process_time()
        for batch in batches:
            take_readings(session, TakeReadings(meter_id=meter_id, device="gw", readings=batch), clock=clock)
            session.commit()
        speed = BATCHES * READINGS / (time.perf_counter() - started)
        own = BATCHES * READINGS / (time.process_time() - used)
        for batch in batches[:2]:
            take_readings(session, TakeReadings(meter_id=meter_id, device="gw", readings=batch), clock=clock)
        stored = session.scalar(select(func.count()).select_from(Reading))
    floor = floor_speed(engine, meter_id, batches)
    print(
        f"readings: {speed:,.0f}/s, {own:,.0f}/s of this process's time (budget {READINGS_PER_SECOND:,}), floor {floor:,.0f}/s, ratio {floor / speed:.1f}; "
        f"{stored} stored after sending {BATCHES + 2} batches"
    )


def floor_speed(engine: Engine, meter_id: int, batches: list[list[NewReading]]) -> float:
    """The bare statement over the same rows."""
    raw = engine.raw_connection()
    connection: psycopg.Connection = raw.driver_connection  # type: ignore[assignment]
    started = time.perf_counter()
    for batch in batches:
        rows = {
            "meter": meter_id,
            "ids": [reading.event_id for reading in batch],
            "at": [reading.at for reading in batch],
            "values": [reading.value for reading in batch],
        }
        connection.execute(FLOOR, rows)
        connection.commit()
    speed = BATCHES * READINGS / (time.perf_counter() - started)
    raw.close()
    return speed


def main() -> None:
    admin = os.environ["GONGZAO_TEST_DATABASE_ADMIN_URL"]
    urls = prepare_cluster(admin, DATABASE)
    try:
        upgrade(urls.owner)
        engine = create_engine(urls.app)
        with Session(engine, expire_on_commit=False) as session:
            _, meter_id = prepared(session)
        bill_run(engine)
        ingest(engine, meter_id)
        engine.dispose()
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


if __name__ == "__main__":
    main()
