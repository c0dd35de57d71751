"""A listing's life: written, sent, looked at, offered, changed, withdrawn."""

import pytest
from sqlalchemy import select

from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.kernel.events import EventRow
from marketplace.listings.models import ListingStatus
from marketplace.listings.operations import (
    approve_listing,
    pause_listing,
    refuse_listing,
    resume_listing,
    submit_listing,
)
from marketplace.listings.queries import units_of
from tests.factories import create_enterprise, create_member, create_officer, create_park, firm_actor, office_actor
from tests.listings.factories import create_draft, create_published_listing


@pytest.fixture
def park(session):
    return create_park(session)


@pytest.fixture
def enterprise(session, park):
    return create_enterprise(session, park)


@pytest.fixture
def supplier(session, park, enterprise):
    return firm_actor(create_member(session, enterprise), park, enterprise)


@pytest.fixture
def officer(session, park):
    return office_actor(create_officer(session, park), park)


def test_draft_goes_to_the_office_and_online_once_approved(session, park, enterprise, supplier, officer, clock):
    listing = create_draft(session, park, enterprise, units=3)
    submit_listing(session, listing.public_id, actor=supplier, clock=clock)
    assert listing.status is ListingStatus.IN_REVIEW
    approve_listing(session, listing.public_id, actor=officer, clock=clock)
    assert listing.status is ListingStatus.PUBLISHED
    assert listing.published_at == clock()
    assert len(units_of(session, listing.id)) == 3
    assert session.scalars(select(EventRow.kind).order_by(EventRow.id)).all() == [
        "ListingSubmitted",
        "ListingApproved",
        "ListingPublished",
    ]


def test_refused_listing_returns_as_draft_with_the_reason(session, park, enterprise, supplier, officer, clock):
    listing = create_draft(session, park, enterprise)
    submit_listing(session, listing.public_id, actor=supplier, clock=clock)
    refuse_listing(session, listing.public_id, reason="照片与型号不符", actor=officer, clock=clock)
    assert (listing.status, listing.moderation_reason) == (ListingStatus.DRAFT, "照片与型号不符")


def test_refusal_wants_a_reason(session, park, enterprise, supplier, officer, clock):
    listing = create_draft(session, park, enterprise)
    submit_listing(session, listing.public_id, actor=supplier, clock=clock)
    with pytest.raises(Invalid):
        refuse_listing(session, listing.public_id, reason=" ", actor=officer, clock=clock)


def test_paused_listing_comes_back(session, park, enterprise, supplier, clock):
    listing = create_published_listing(session, park, enterprise)
    pause_listing(session, listing.public_id, actor=supplier, clock=clock)
    with pytest.raises(Conflict):
        pause_listing(session, listing.public_id, actor=supplier, clock=clock)
    resume_listing(session, listing.public_id, actor=supplier, clock=clock)
    assert listing.status is ListingStatus.PUBLISHED


def test_another_firms_listing_looks_absent(session, park, enterprise, clock):
    listing = create_published_listing(session, park, enterprise)
    other = create_enterprise(session, park)
    stranger = firm_actor(create_member(session, other), park, other)
    with pytest.raises(NotFound):
        pause_listing(session, listing.public_id, actor=stranger, clock=clock)
