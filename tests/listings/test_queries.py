"""Who sees which listing, and which units stand behind it."""

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Membership, MembershipStatus
from marketplace.kernel.errors import Invalid, NotFound
from marketplace.listings.lines import set_members
from marketplace.listings.queries import unit_ids_of, units_of, visible_listing
from tests.factories import create_enterprise, create_member, create_officer, create_park, firm_actor, office_actor
from tests.listings.factories import create_draft, create_line, create_published_listing


@pytest.fixture
def park(session):
    return create_park(session)


@pytest.fixture
def enterprise(session, park):
    return create_enterprise(session, park)


@pytest.fixture
def neighbour(session, park):
    other = create_enterprise(session, park)
    return firm_actor(create_member(session, other), park, other)


def sees(session, actor, listing):
    try:
        return visible_listing(session, listing.public_id, actor=actor) is listing
    except NotFound:
        return False


def test_published_is_seen_in_the_park_and_drafts_by_their_owner_and_the_office(session, park, enterprise, neighbour):
    published, draft = create_published_listing(session, park, enterprise), create_draft(session, park, enterprise)
    owner = firm_actor(create_member(session, enterprise), park, enterprise)
    office = office_actor(create_officer(session, park), park)
    assert [sees(session, actor, published) for actor in (owner, neighbour, office)] == [True, True, True]
    assert [sees(session, actor, draft) for actor in (owner, neighbour, office)] == [True, False, True]


def test_other_parks_see_it_only_as_partners(session, park, enterprise):
    listing = create_published_listing(session, park, enterprise)
    far = create_park(session)
    firm = create_enterprise(session, far)
    actor = firm_actor(create_member(session, firm), far, firm)
    far_office = office_actor(create_officer(session, far), far)
    assert not sees(session, actor, listing)
    assert not sees(session, far_office, listing)
    far.partner_park_ids = [park.id]
    session.flush()
    assert sees(session, actor, listing)


def test_suspended_firms_listings_are_hidden_from_others(session, park, enterprise, neighbour):
    listing = create_published_listing(session, park, enterprise)
    standing = session.scalars(select(Membership).where(Membership.enterprise_id == enterprise.id)).one()
    standing.status = MembershipStatus.SUSPENDED
    session.flush()
    assert not sees(session, neighbour, listing)
    assert sees(session, office_actor(create_officer(session, park), park), listing)


def test_line_stands_for_every_unit_below_it_however_deep(session, park, enterprise):
    first, second = (create_published_listing(session, park, enterprise, units=2) for _ in range(2))
    inner = create_line(session, park, enterprise, first)
    outer = create_line(session, park, enterprise, inner, second)
    ids = unit_ids_of(session, [outer.id, inner.id, first.id])
    assert ids[outer.id] == sorted(ids[first.id] + [unit.id for unit in units_of(session, second.id)])
    assert ids[inner.id] == ids[first.id]


def test_line_cannot_contain_itself(session, park, enterprise):
    inner = create_line(session, park, enterprise, create_published_listing(session, park, enterprise))
    outer = create_line(session, park, enterprise, inner)
    with pytest.raises(Invalid):
        set_members(session, inner, lines=[outer.public_id])


def test_line_takes_only_its_owners_machines(session, park, enterprise):
    line = create_line(session, park, enterprise, create_published_listing(session, park, enterprise))
    foreign = create_published_listing(session, park, create_enterprise(session, park))
    with pytest.raises(NotFound):
        set_members(session, line, units=[units_of(session, foreign.id)[0].public_id])
