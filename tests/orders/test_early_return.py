"""A machine that comes back early is free for the rest of its time."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.models import Occupancy
from marketplace.bookings.queries import free_ranges
from marketplace.kernel.errors import Conflict
from marketplace.listings.queries import units_of
from marketplace.orders.fulfilments.models import RecordKind
from tests.application import NOW
from tests.orders.test_fulfilment import HOUR, Job, at
from tests.orders.test_orders import booking_of

AGREED = Range(NOW + 2 * HOUR, NOW + 5 * HOUR)


@pytest.fixture
def job(session):
    job = Job(session)
    job.market.listing.turnaround_minutes = 30
    job.change_hands(RecordKind.HANDOVER, hour=2)
    return job


def free_then(job):
    return free_ranges(job.session, job.market.listing, AGREED)


def place_after(job, start, hours=1):
    return job.market.place(start, hours, clock=at(3))


def test_the_rest_of_the_time_is_free_after_the_turnaround(job):
    with pytest.raises(Conflict):
        place_after(job, 4)
    job.change_hands(RecordKind.RETURN, hour=3)
    assert free_then(job) == [Range(NOW + 3.5 * HOUR, NOW + 5 * HOUR)]
    assert booking_of(job.session, job.order).during == AGREED
    assert place_after(job, 4)


def test_a_return_on_time_or_within_the_turnaround_frees_nothing(job):
    job.change_hands(RecordKind.RETURN, hour=4.75)
    assert free_then(job) == []


def test_nothing_is_free_before_the_other_side_signed(job):
    job.write(RecordKind.RETURN, hour=3)
    assert free_then(job) == []


def test_all_units_must_be_back(session):
    job = Job(session, units=2, quantity=2)
    first, second = units_of(session, job.market.listing.id)
    job.change_hands(RecordKind.HANDOVER, hour=2)
    job.change_hands(RecordKind.RETURN, hour=3, units=(first.public_id,))
    assert free_then(job) == []
    job.change_hands(RecordKind.RETURN, hour=3, units=(second.public_id,))
    ends = {one.during.upper for one in session.scalars(select(Occupancy)).all()}
    assert ends == {NOW + 3 * HOUR}
    assert free_then(job)[0].upper - free_then(job)[0].lower <= timedelta(hours=2)
