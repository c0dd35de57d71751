"""The demo park as it is loaded: small here, of the same making as the full one."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from rich.progress import Progress
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from marketplace.accounts.models import Enterprise, FirmMember, Membership, MembershipStatus, User
from marketplace.app.demo.firms import PASSWORD, read_firms
from marketplace.app.demo.park import DemoSize, load_demo, monday, sign_ins_of
from marketplace.bookings.models import Blackout, Wait
from marketplace.conversations.models import Notice
from marketplace.demands.models import Demand, DemandStatus, Quote, QuoteStatus
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.demo_time import DemoTime
from marketplace.kernel.web import db
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.models import LineMember, Listing, ListingStatus, WithheldReason
from marketplace.orders.disputes.models import Dispute, DisputeStatus
from marketplace.orders.fulfilments.models import Fulfilment, HandoverRecord, RecordKind, RecordStatus
from marketplace.orders.models import Order, OrderStatus, Way
from tests.application import empty

EVERY_TYPE = DemoSize(machines=0.0, orders=70, demands=12)
STARTED = datetime(2026, 11, 26, 3, 30, tzinfo=UTC)
NOW = monday(STARTED)


def load(app: Flask, size: DemoSize, *, seed: int = 7, started: datetime = STARTED) -> None:
    load_demo(app, seed=seed, progress=Progress(disable=True), size=size, clock=fixed_clock(started))


@pytest.fixture(scope="module")
def park(shared_app: Flask, cluster: str, settings) -> Iterator[Session]:
    """A small park, loaded once for the tests that only look."""
    load(shared_app, EVERY_TYPE)
    with shared_app.app_context():
        yield db.session()
        db.session.remove()
        db.engine.dispose()
    empty(cluster, settings)


def counts(session: Session, column) -> Counter[object]:
    return Counter(dict(session.execute(select(column, func.count()).group_by(column)).all()))


def test_every_leaf_type_has_an_offered_listing(park: Session):
    offered = set(park.scalars(select(Listing.type_code).where(Listing.status == ListingStatus.PUBLISHED)))
    assert {kind.code for kind in load_catalogue().leaves()} <= offered


def test_listings_are_in_every_state(park: Session):
    found = counts(park, Listing.status)
    assert found[ListingStatus.IN_REVIEW] >= 5
    assert found[ListingStatus.DRAFT] >= 2


def test_orders_are_in_every_state(park: Session):
    assert set(counts(park, Order.status)) == set(OrderStatus)


def test_fifty_firms_are_admitted_and_three_wait(park: Session):
    found = counts(park, Membership.status)
    assert found[MembershipStatus.ADMITTED] >= 44
    assert found[MembershipStatus.APPLIED] == 3
    assert found[MembershipStatus.SUSPENDED] == found[MembershipStatus.REFUSED] == 1


def test_firms_have_an_industry_a_size_an_address_and_several_people(park: Session):
    for firm in park.scalars(select(Enterprise)):
        assert firm.industry_code
        assert firm.size_class
        assert firm.address
    large = select(Enterprise.id).where(Enterprise.size_class == "large")
    assert len(park.scalars(large).all()) >= 10
    people = select(func.count()).where(FirmMember.enterprise_id.in_(large)).group_by(FirmMember.enterprise_id)
    assert min(park.scalars(people)) >= 4


def test_firms_own_what_their_trade_needs():
    owned = {plan.code: set(plan.owns) for plan in read_firms()["firms"]}
    assert {"sinker_edm", "slow_wire_edm", "mould"} <= owned["lanqiao"]
    assert "gmp_suite" in owned["haoze"]
    assert "lithography" not in owned["lanqiao"] | owned["chisong"] | owned["haoze"]


def test_no_job_of_the_past_is_left_over(park: Session):
    left = park.execute(text("SELECT task_name, scheduled_at FROM procrastinate_jobs")).all()
    timers = {"orders.expire_request", "orders.expire_payment", "bookings.expire_hold"}
    timers |= {"demands.expire_demand", "demands.expire_quote", "orders.close_dispute", "bookings.tell_next_waiter"}
    assert {name for name, _ in left} <= timers
    assert all(at is not None and at > STARTED for _, at in left)


def test_notices_are_those_of_the_last_days_and_the_old_ones_are_read(park: Session):
    notices = park.scalars(select(Notice)).all()
    assert notices
    assert all(NOW - timedelta(days=7) <= notice.at <= NOW for notice in notices)
    assert all(notice.read_at for notice in notices if notice.at < NOW - timedelta(days=1))
    assert any(notice.read_at is None for notice in notices)


def test_history_grows_over_nine_months(park: Session):
    placed = sorted(park.scalars(select(Order.placed_at)))
    assert NOW - placed[0] > timedelta(days=180)
    assert len([at for at in placed if at > NOW - timedelta(days=60)]) > len(placed) / 4
    created = sorted(park.scalars(select(Listing.created_at)))
    assert created[-1] - created[0] > timedelta(days=200)
    joined = sorted(park.scalars(select(Membership.applied_at)))
    assert joined[-1] - joined[0] > timedelta(days=200)


def test_lines_are_made_of_machines_of_their_firm(park: Session):
    assert park.scalar(select(func.count(func.distinct(LineMember.line_id)))) >= 1


def test_some_time_is_closed_for_maintenance_and_own_production(park: Session):
    assert len(counts(park, Blackout.kind)) >= 2


def test_demands_are_open_with_quotes_and_awarded_with_an_order(park: Session):
    found = counts(park, Demand.status)
    assert found[DemandStatus.OPEN] >= 5
    assert found[DemandStatus.AWARDED] >= 3
    waiting = select(func.count(Quote.id)).join(Demand, Demand.id == Quote.demand_id)
    assert park.scalar(waiting.where(Demand.status == DemandStatus.OPEN, Quote.status == QuoteStatus.SENT))
    assert park.scalar(select(func.count(Order.id)).where(Order.way == Way.QUOTE)) == found[DemandStatus.AWARDED]


def test_machines_changed_hands_with_two_signatures(park: Session):
    signed = park.scalars(select(HandoverRecord).where(HandoverRecord.status == RecordStatus.SIGNED)).all()
    assert {one.kind for one in signed} == set(RecordKind)
    both = [one for one in signed if one.kind is not RecordKind.DELIVERY]
    assert all(one.written_by != one.signed_by for one in both)
    assert counts(park, Fulfilment.accepted_by_silence)[True] >= 5


def test_firms_wait_for_windows_that_others_have_booked(park: Session):
    assert park.scalar(select(func.count(Wait.id)))


def test_a_dispute_waits_for_the_office_and_another_is_decided(park: Session):
    found = counts(park, Dispute.status)
    assert found[DisputeStatus.CLOSED] >= 1
    assert found[DisputeStatus.ANSWERED] >= 1
    assert found[DisputeStatus.OPEN] >= 1


def test_time_stands_on_monday_morning(park: Session):
    assert STARTED + park.scalars(select(DemoTime.shift)).one() == NOW
    assert NOW.isoformat() == "2026-11-23T08:00:00+08:00"


def test_every_role_has_a_sign_in(park: Session, shared_app: Flask):
    offers = sign_ins_of(shared_app)
    known = set(park.scalars(select(User.email)))
    assert len(offers) == 9
    assert {offer.email for offer in offers} <= known
    assert {offer.password for offer in offers} == {PASSWORD}
    supplier = select(FirmMember.role).join(User, User.id == FirmMember.user_id).where(User.email.in_(known))
    assert set(park.scalars(supplier)) == set(FirmRole)


def test_withheld_drafts_say_why(park: Session):
    reasons = park.scalars(select(Listing.withheld_reason).where(Listing.withheld_reason.is_not(None))).all()
    assert set(reasons) <= set(WithheldReason)
