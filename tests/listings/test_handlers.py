"""Who is told of what happens to a listing."""

import pytest
from sqlalchemy import select

from marketplace.conversations.models import Notice
from marketplace.listings.batches import PublishAll, publish_all
from marketplace.listings.operations import approve_listing, refuse_listing, submit_listing
from tests.factories import create_enterprise, create_member, create_officer, create_park, firm_actor, office_actor
from tests.listings.factories import create_draft


@pytest.fixture
def scene(session):
    park = create_park(session)
    enterprise = create_enterprise(session, park)
    return park, enterprise, create_member(session, enterprise), create_officer(session, park)


def told(session, user):
    session.expire_all()
    return session.scalars(select(Notice.code).where(Notice.user_id == user.id).order_by(Notice.id)).all()


def test_office_hears_of_a_submission_and_the_owner_of_each_decision(session, scene, clock, run_jobs):
    park, enterprise, owner, officer = scene
    supplier, office = firm_actor(owner, park, enterprise), office_actor(officer, park)
    first, second = create_draft(session, park, enterprise), create_draft(session, park, enterprise)
    for listing in (first, second):
        submit_listing(session, listing.public_id, actor=supplier, clock=clock)
    approve_listing(session, first.public_id, actor=office, clock=clock)
    refuse_listing(session, second.public_id, reason="缺少照片", actor=office, clock=clock)
    session.commit()
    run_jobs()
    assert told(session, officer) == ["listing.submitted", "listing.submitted"]
    assert sorted(told(session, owner)) == ["listing.approved", "listing.refused"]


def test_batch_is_one_notice(session, scene, clock, run_jobs):
    park, enterprise, owner, officer = scene
    for _ in range(4):
        create_draft(session, park, enterprise)
    publish_all(session, PublishAll(), actor=firm_actor(owner, park, enterprise), clock=clock)
    session.commit()
    run_jobs()
    assert told(session, officer) == ["listing.submitted"]
