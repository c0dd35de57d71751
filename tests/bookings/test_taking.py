"""The guard: nobody holds the same hour of a unit twice."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings import queries
from marketplace.bookings.blackouts import BlackOut, black_out, lift_blackout
from marketplace.bookings.free_listings import free_listing_ids
from marketplace.bookings.models import NO_OVERLAP, Booking, BookingStatus, Occupancy, OccupancyKind, ReleaseReason
from marketplace.bookings.operations import (
    TakeOccupancy,
    confirm_booking,
    release_booking,
    take_occupancy,
)
from marketplace.bookings.queries import FreeQuestion, Question
from marketplace.kernel.actor import system_actor
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.listings.commands import ListingTerms
from marketplace.listings.rules import TimeRules
from tests.application import NOW
from tests.factories import create_enterprise, create_member, create_park, firm_actor
from tests.listings.factories import create_published_listing

HOUR = timedelta(hours=1)
CLOCK = fixed_clock(NOW)


class World:
    def __init__(self, session, *, units=1, turnaround=0):
        self.session = session
        self.park = create_park(session)
        self.supplier = create_enterprise(session, self.park)
        self.demander = create_enterprise(session, self.park)
        self.actor = firm_actor(create_member(session, self.demander), self.park, self.demander)
        self.owner = firm_actor(create_member(session, self.supplier), self.park, self.supplier)
        terms = ListingTerms(time=TimeRules(turnaround_minutes=turnaround))
        self.listing = create_published_listing(session, self.park, self.supplier, units=units, terms=terms)

    def take(self, start=2, hours=2, *, clock=CLOCK, **more):
        during = Range(NOW + start * HOUR, NOW + (start + hours) * HOUR)
        command = TakeOccupancy(listing_id=self.listing.id, during=during, demander_id=self.demander.id, **more)
        return take_occupancy(self.session, command, actor=self.actor, clock=clock)

    def free(self, start, end):
        return queries.free_ranges(self.session, self.listing, Range(NOW + start * HOUR, NOW + end * HOUR))


@pytest.fixture
def world(session):
    return World(session)


def test_taken_slot_is_refused_and_names_when_it_is_busy(world):
    first = world.take()
    with pytest.raises(Conflict) as refused:
        world.take(start=3)
    assert refused.value.code == "slot_taken"
    assert refused.value.facts["busy"] == [first.during]


def test_bookings_may_touch(world):
    assert world.take(2, 2)
    assert world.take(4, 2)


def test_one_turnaround_lies_between_neighbours(session):
    world = World(session, turnaround=30)
    world.take(2, 2)
    with pytest.raises(Conflict):
        world.take(4, 2)
    during = Range(NOW + 4.5 * HOUR, NOW + 5.5 * HOUR)
    command = TakeOccupancy(listing_id=world.listing.id, during=during, demander_id=world.demander.id)
    assert take_occupancy(session, command, actor=world.actor, clock=CLOCK)


def test_units_are_allocated_one_by_one(session):
    world = World(session, units=3)
    for _ in range(3):
        world.take()
    with pytest.raises(Conflict):
        world.take()


def test_too_few_units_takes_none(session):
    world = World(session, units=2)
    with pytest.raises(Conflict):
        world.take(quantity=3)
    session.rollback()
    assert session.scalar(select(func.count(Occupancy.id))) == 0


def test_released_time_is_free_again(world):
    booking = world.take()
    assert not world.free(2, 4)
    release_booking(world.session, booking, ReleaseReason.CANCELLED, actor=world.actor, clock=CLOCK)
    assert len(world.free(2, 4)) == 1
    assert world.take()


def test_expired_hold_gives_way_to_the_next_booker(world):
    held = world.take(hold_until=NOW + HOUR)
    with pytest.raises(Conflict):
        world.take()
    assert world.take(clock=fixed_clock(NOW + HOUR))
    assert held.status is BookingStatus.RELEASED
    assert held.released_reason is ReleaseReason.HOLD_EXPIRED


def test_confirmed_hold_never_expires(world):
    held = world.take(hold_until=NOW + HOUR)
    confirm_booking(world.session, held, actor=world.actor, clock=CLOCK)
    with pytest.raises(Conflict):
        world.take(clock=fixed_clock(NOW + HOUR))


@pytest.mark.parametrize(
    ("start", "hours", "field", "code"),
    [
        (-1, 2, "start", "starts_in_the_past"),
        (0.5, 2, "start", "too_short_notice"),
        (2, 0.5, "end", "too_short"),
        (2, 1.1, "end", "off_step"),
        (24 * 200, 2, "end", "beyond_horizon"),
        (11, 2, "start", "closed_then"),
    ],
)
def test_rules_name_the_field(world, start, hours, field, code):
    with pytest.raises(Invalid) as refused:
        world.take(start, hours)
    assert refused.value.fields == {field: [code]}


def test_rent_that_spans_closed_hours_may_run_through_the_night(world):
    assert world.take(2, 48, spans_closed_hours=True)


def test_another_parks_listing_is_not_found(session):
    world = World(session)
    stranger = system_actor(create_park(session).id, world.demander.id)
    during = Range(NOW + 2 * HOUR, NOW + 4 * HOUR)
    command = TakeOccupancy(listing_id=world.listing.id, during=during, demander_id=world.demander.id)
    with pytest.raises(NotFound):
        take_occupancy(session, command, actor=stranger, clock=CLOCK)


def test_blackout_keeps_bookers_out_until_lifted(world):
    during = Range(NOW + 2 * HOUR, NOW + 6 * HOUR)
    command = BlackOut(listing=world.listing.public_id, during=during, kind=OccupancyKind.OWN_PRODUCTION)
    blackout = black_out(world.session, command, actor=world.owner, clock=CLOCK)
    with pytest.raises(Conflict):
        world.take(3)
    lift_blackout(world.session, blackout.public_id, actor=world.owner, clock=CLOCK)
    assert world.take(3)


def test_blackout_over_a_booking_is_refused(world):
    world.take(3)
    command = BlackOut(listing=world.listing.public_id, during=Range(NOW + 2 * HOUR, NOW + 6 * HOUR))
    with pytest.raises(Conflict):
        black_out(world.session, command, actor=world.owner, clock=CLOCK)


def test_the_three_questions(world):
    world.take(2, 8)  # Monday 10:00–18:00 of 08:00–20:00
    monday = Range(NOW, NOW + 12 * HOUR)

    def found(kind, minutes=0, window=monday):
        question = FreeQuestion(window=window, kind=kind, minutes=minutes)
        return world.listing.id in free_listing_ids(world.session, question)

    assert found(Question.EXACT, window=Range(NOW, NOW + 2 * HOUR))
    assert not found(Question.EXACT, window=Range(NOW, NOW + 3 * HOUR))
    assert found(Question.RUN, 120)
    assert not found(Question.RUN, 180)
    assert found(Question.TOTAL, 240)
    assert not found(Question.TOTAL, 300)


def test_first_fitting_window_is_the_earliest(world):
    world.take(2, 2)
    found = queries.first_fitting_windows(world.session, [world.listing.id], Range(NOW, NOW + 24 * HOUR), 180)
    assert found[world.listing.id] == (NOW + 4 * HOUR, NOW + 12 * HOUR)


def test_the_overlap_constraint_stands_in_the_database(session):
    definition = session.scalar(
        text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name"), {"name": NO_OVERLAP}
    )
    assert definition.startswith("EXCLUDE USING gist")
    assert "occupied WITH &&" in definition
    assert "held" in definition
    assert "confirmed" in definition


def test_bookings_of_nobody_else_are_listed(world):
    world.take()
    window = Range(NOW, NOW + 24 * HOUR)
    assert len(queries.bookings_at(world.session, actor=world.owner, window=window)) == 1
    assert not queries.bookings_at(world.session, actor=world.actor, window=window)
    assert world.session.scalar(select(func.count(Booking.id))) == 1


def test_line_takes_its_members_and_a_taken_member_blocks_it(session):
    from marketplace.listings.models import LineMember, Listing, ListingKind, Unit

    world = World(session)
    unit = session.scalars(select(Unit).where(Unit.listing_id == world.listing.id)).one()
    line = create_published_listing(session, world.park, world.supplier)
    for own in session.scalars(select(Unit).where(Unit.listing_id == line.id)):
        own.listing_id = None
    session.execute(text("UPDATE listings_listing SET kind = 'line' WHERE id = :id"), {"id": line.id})
    session.add(LineMember(line_id=line.id, unit_id=unit.id))
    session.commit()
    session.refresh(line)
    assert line.kind is ListingKind.LINE
    member, world.listing = world.listing, line
    assert world.take(2, 2)
    world.listing = member
    with pytest.raises(Conflict):
        world.take(2, 2)
    assert world.take(5, 2)
    world.listing = session.get(Listing, line.id)
    with pytest.raises(Conflict):
        world.take(5, 2)
