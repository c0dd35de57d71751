"""The machines of a listing, one by one."""

import pytest

from marketplace.kernel.actor import system_actor
from marketplace.kernel.errors import Conflict, Invalid
from marketplace.listings.commands import UnitContent
from marketplace.listings.queries import units_of
from marketplace.listings.units import AddUnits, ChangeMembers, EditUnit, add_units, change_members, edit_unit
from tests.factories import create_enterprise, create_park
from tests.listings.factories import create_line, create_published_listing


@pytest.fixture
def park(session):
    return create_park(session)


@pytest.fixture
def enterprise(session, park):
    return create_enterprise(session, park)


@pytest.fixture
def supplier(park, enterprise):
    return system_actor(park.id, enterprise.id)


def test_number_of_another_machine_is_refused_whatever_its_spelling(session, park, enterprise, supplier, clock):
    first = create_published_listing(session, park, enterprise)
    number = units_of(session, first.id)[0].asset_number
    second = create_published_listing(session, park, enterprise)
    twin = AddUnits(listing=second.public_id, units=(UnitContent(asset_number=f" {number.lower()} "),))
    with pytest.raises(Conflict) as refused:
        add_units(session, twin, actor=supplier, clock=clock)
    assert refused.value.code == "asset_known"
    assert len(units_of(session, second.id)) == 1


def test_last_machine_of_an_offered_listing_stays_bookable(session, park, enterprise, supplier, clock):
    listing = create_published_listing(session, park, enterprise, units=2)
    first, last = units_of(session, listing.id)
    out = EditUnit(listing=listing.public_id, unit=first.public_id, content=UnitContent(), is_bookable=False)
    edit_unit(session, out, actor=supplier, clock=clock)
    assert units_of(session, listing.id) == [last]
    out = EditUnit(listing=listing.public_id, unit=last.public_id, content=UnitContent(), is_bookable=False)
    with pytest.raises(Invalid):
        edit_unit(session, out, actor=supplier, clock=clock)


def test_offered_line_keeps_at_least_one_machine(session, park, enterprise, supplier, clock):
    line = create_line(session, park, enterprise, create_published_listing(session, park, enterprise))
    with pytest.raises(Invalid):
        change_members(session, ChangeMembers(listing=line.public_id), actor=supplier, clock=clock)


def test_line_has_no_machines_of_its_own(session, park, enterprise, supplier, clock):
    line = create_line(session, park, enterprise, create_published_listing(session, park, enterprise))
    with pytest.raises(Conflict):
        add_units(session, AddUnits(listing=line.public_id, units=(UnitContent(),)), actor=supplier, clock=clock)
