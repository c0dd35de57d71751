from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from billing.metering.aggregates import rebuild_hours
from billing.metering.models import HourlyUse, MeterKind, Reading, ReadingStatus
from billing.metering.operations import (
    AddMeter,
    CorrectReading,
    ExchangeMeter,
    NewReading,
    TakeReadings,
    add_meter,
    correct_reading,
    exchange_meter,
    take_readings,
)
from billing.metering.queries import gaps_of
from marketplace.kernel.errors import Conflict, Invalid
from tests.application import NOW
from tests.billing.parties import AT_NOW, Parties


@pytest.fixture
def parties(session):
    return Parties(session)


def meter(parties, kind=MeterKind.COUNTER, **also):
    command = AddMeter(name="主轴", kind=kind, unit="machine_hour", **also)
    return add_meter(parties.session, command, actor=parties.as_seller, clock=AT_NOW)


def send(session, to, *readings):
    """Readings of (event id, minutes ago, value[, sequence])."""
    new = [
        NewReading(
            event_id=row[0],
            at=NOW - timedelta(minutes=row[1]),
            value=Decimal(row[2]),
            sequence=row[3] if len(row) > 3 else None,
        )
        for row in readings
    ]
    answers = take_readings(session, TakeReadings(meter_id=to.id, device="gw-1", readings=new), clock=AT_NOW)
    return [(answer.outcome.value, answer.why) for answer in answers]


def used(session, to):
    return session.scalar(
        select(func.coalesce(func.sum(Reading.used), 0)).where(
            Reading.meter_id == to.id, Reading.status == ReadingStatus.COUNTED
        )
    )


def hours(session, to):
    rows = session.execute(
        select(HourlyUse.hour, HourlyUse.used, HourlyUse.readings).where(HourlyUse.meter_id == to.id)
    )
    return sorted(tuple(row) for row in rows)


def test_each_event_is_stored_once(session, parties):
    to = meter(parties)
    batch = [("a", 30, "100"), ("b", 20, "104.5")]
    assert send(session, to, *batch) == [("stored", ""), ("stored", "")]
    assert send(session, to, *batch, ("c", 10, "106")) == [("duplicate", ""), ("duplicate", ""), ("stored", "")]
    assert used(session, to) == 6


def test_an_event_twice_in_one_batch_is_a_duplicate(session, parties):
    assert send(session, meter(parties, MeterKind.DELTA), ("a", 5, "1"), ("a", 5, "1")) == [
        ("stored", ""),
        ("duplicate", ""),
    ]


def test_a_clock_five_minutes_ahead_is_let_pass_and_more_is_not(session, parties):
    to = meter(parties, MeterKind.DELTA)
    assert send(session, to, ("a", -5, "1"), ("b", -6, "1")) == [("stored", ""), ("rejected", "in_the_future")]
    assert send(session, to, ("c", 60 * 24 * 500, "1"), ("d", 1, "-1")) == [
        ("rejected", "too_old"),
        ("rejected", "negative"),
    ]


def test_counter_that_falls_is_held_and_not_counted(session, parties):
    to = meter(parties)
    send(session, to, ("a", 30, "100"), ("b", 20, "110"))
    assert send(session, to, ("c", 10, "0")) == [("held", "counter_went_back")]
    assert send(session, to, ("d", 5, "112")) == [("stored", "")]
    assert used(session, to) == 12


def test_counter_rolls_over_where_it_may(session, parties):
    to = meter(parties, rollover_at=Decimal(1000))
    send(session, to, ("a", 30, "995"))
    assert send(session, to, ("b", 20, "7")) == [("stored", "")]
    assert used(session, to) == 12


def test_exchange_counts_the_rest_of_the_old_device(session, parties):
    to = meter(parties)
    send(session, to, ("a", 30, "100"))
    command = ExchangeMeter(meter=to.public_id, final=Decimal(103), first=Decimal(2))
    exchange_meter(session, command, actor=parties.as_seller, clock=AT_NOW)
    send(session, to, ("b", 0, "4"))
    assert used(session, to) == 5
    with pytest.raises(Invalid):
        exchange_meter(
            session, ExchangeMeter(meter=to.public_id, final=Decimal(1)), actor=parties.as_seller, clock=AT_NOW
        )


def test_correction_names_the_old_reading_and_both_are_kept(session, parties):
    to = meter(parties, MeterKind.DELTA)
    send(session, to, ("a", 30, "50"))
    command = CorrectReading(meter=to.public_id, event_id="a", used=Decimal(5), reason="传感器误报")
    new = correct_reading(session, command, actor=parties.as_seller, clock=AT_NOW)
    old = session.get(Reading, new.corrects_id)
    assert (old.used, old.status, new.used) == (50, ReadingStatus.CORRECTED, 5)
    assert used(session, to) == 5
    assert [row[1] for row in hours(session, to)] == [5]
    with pytest.raises(Conflict, match="reading_corrected"):
        correct_reading(session, command, actor=parties.as_seller, clock=AT_NOW)


def test_hourly_sums_are_what_a_rebuild_makes(session, parties):
    to = meter(parties, MeterKind.DELTA)
    send(session, to, *[(str(n), n * 7, "1.5") for n in range(60)])
    send(session, to, ("x", 3, "2"))
    kept = hours(session, to)
    rebuild_hours(session, to.id)
    assert hours(session, to) == kept
    assert sum(row[1] for row in kept) == 92


def test_missing_sequence_numbers_are_gaps(session, parties):
    to = meter(parties, MeterKind.DELTA)
    send(session, to, ("a", 9, "1", 1), ("b", 8, "1", 2), ("c", 5, "1", 6))
    gaps = gaps_of(session, to, since=NOW - timedelta(days=1))
    assert [(gap.device, gap.first, gap.last, gap.count) for gap in gaps] == [("gw-1", 3, 5, 3)]


def test_batch_is_bounded(session, parties):
    with pytest.raises(Invalid):
        send(session, meter(parties, MeterKind.DELTA), *[(str(n), 1, "1") for n in range(1001)])
