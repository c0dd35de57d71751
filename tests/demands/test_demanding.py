"""Posting a demand, and its end."""

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings.queries import Question
from marketplace.demands.confidentiality import MASK, mask_contacts
from marketplace.demands.constraints import Limit
from marketplace.demands.handlers import expire_overdue
from marketplace.demands.models import Confidentiality, Demand, DemandStatus, Invitation, QuoteStatus
from marketplace.demands.operations.demanding import (
    EndDemand,
    close_demand,
    expire_demand,
    open_demand,
    withdraw_demand,
)
from marketplace.demands.queries import demand_of
from marketplace.kernel.actor import FirmRole
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.application import NOW
from tests.demands.bazaar import CLOCK, HOUR, Bazaar, Side
from tests.factories import create_officer, create_park, firm_actor, office_actor

LATER = fixed_clock(NOW + 15 * 24 * HOUR)


@pytest.fixture
def bazaar(session):
    return Bazaar(session)


def test_posted_demand_is_open_for_a_fortnight(bazaar):
    demand = bazaar.demand()
    assert demand.status is DemandStatus.OPEN
    assert demand.closes_at == NOW + 14 * 24 * HOUR


def test_quotes_are_taken_until_the_window_ends_when_that_is_sooner(bazaar):
    demand = bazaar.demand(during=Range(NOW + HOUR, NOW + 30 * HOUR), duration_minutes=120)
    assert demand.closes_at == NOW + 30 * HOUR


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title_zh": ""}, "title"),
        ({"type_code": "flying_carpet"}, "type_code"),
        ({"type_code": None, "constraints": ()}, "type_code"),
        ({"constraints": (Limit("travel_x", "in", ("red",)),)}, "constraints"),
        ({"constraints": (Limit("no_such", ">=", 1),)}, "constraints"),
        ({"question": Question.EXACT}, "start"),
        ({"during": Range(NOW - 3 * HOUR, NOW - HOUR)}, "end"),
        ({"during": Range(NOW, NOW + HOUR), "duration_minutes": 120}, "hours"),
        ({"closes_at": NOW}, "closes_at"),
        ({"during": Range(NOW, NOW + 5 * HOUR), "closes_at": NOW + 6 * HOUR}, "closes_at"),
        ({"zone": "atlantis"}, "zone"),
        ({"radius_metres": 500}, "radius"),
        ({"confidentiality": Confidentiality.INVITED}, "invited"),
        ({"confidentiality": Confidentiality.INVITED, "invited": ("无此公司",)}, "invited"),
    ],
)
def test_what_makes_no_sense_is_named(bazaar, given, field):
    with pytest.raises(Invalid) as refused:
        bazaar.demand(**given)
    assert field in refused.value.fields


def test_finance_clerk_posts_no_demand(bazaar):
    clerk = Side(bazaar.session, bazaar.park)
    clerk.actor = firm_actor(clerk.user, bazaar.park, clerk.firm, role=FirmRole.FINANCE)
    with pytest.raises(Forbidden):
        bazaar.demand(by=clerk)


def test_draft_is_seen_by_its_firm_alone_until_it_is_opened(bazaar):
    demand = bazaar.demand(as_draft=True)
    with pytest.raises(NotFound):
        demand_of(bazaar.session, demand.public_id, actor=bazaar.supplier.actor)
    open_demand(bazaar.session, demand.public_id, actor=bazaar.demander.actor, clock=CLOCK)
    assert demand_of(bazaar.session, demand.public_id, actor=bazaar.supplier.actor) is demand


def test_invited_demand_is_found_by_the_invited_alone(bazaar):
    other = Side(bazaar.session, bazaar.park)
    demand = bazaar.demand(confidentiality=Confidentiality.INVITED, invited=(bazaar.supplier.firm.name_zh,))
    assert demand_of(bazaar.session, demand.public_id, actor=bazaar.supplier.actor)
    with pytest.raises(NotFound):
        demand_of(bazaar.session, demand.public_id, actor=other.actor)


def test_another_park_finds_nothing(bazaar):
    park = create_park(bazaar.session)
    stranger = Side(bazaar.session, park)
    officer = create_officer(bazaar.session, park)
    demand = bazaar.demand()
    for actor in (stranger.actor, office_actor(officer, park)):
        with pytest.raises(NotFound):
            demand_of(bazaar.session, demand.public_id, actor=actor)


def test_enquiry_goes_to_one_supplier_with_the_listing_s_type(bazaar):
    demand = bazaar.demand(listing=bazaar.listing.public_id, type_code=None, constraints=())
    invited = bazaar.session.scalars(select(Invitation.enterprise_id).where(Invitation.demand_id == demand.id)).all()
    assert list(invited) == [bazaar.supplier.firm.id]
    assert (demand.type_code, demand.confidentiality) == (bazaar.listing.type_code, Confidentiality.INVITED)


def test_own_machine_is_not_enquired_about(bazaar):
    with pytest.raises(Invalid):
        bazaar.demand(by=bazaar.supplier, listing=bazaar.listing.public_id)


def test_withdrawn_demand_declines_what_is_on_the_table(bazaar, run_jobs):
    demand = bazaar.demand()
    quote, draft = bazaar.quote(demand), None
    side, machine = bazaar.supplier_with_machine()
    draft = bazaar.quote(demand, by=side, listing=machine, as_draft=True)
    command = EndDemand(demand=demand.public_id, reason="图纸改了")
    withdraw_demand(bazaar.session, command, actor=bazaar.demander.actor, clock=CLOCK)
    withdraw_demand(bazaar.session, command, actor=bazaar.demander.actor, clock=CLOCK)
    bazaar.session.commit()
    run_jobs()
    bazaar.session.refresh(quote)
    bazaar.session.refresh(draft)
    assert (quote.status, draft.status) == (QuoteStatus.DECLINED, QuoteStatus.WITHDRAWN)


def test_demand_of_another_firm_is_not_withdrawn(bazaar):
    demand = bazaar.demand()
    with pytest.raises(NotFound):
        withdraw_demand(bazaar.session, EndDemand(demand=demand.public_id), actor=bazaar.supplier.actor, clock=CLOCK)


def test_open_demand_is_not_closed(bazaar):
    demand = bazaar.demand()
    with pytest.raises(Conflict):
        close_demand(bazaar.session, EndDemand(demand=demand.public_id), actor=bazaar.demander.actor, clock=CLOCK)


def test_demand_lapses_once_when_nobody_quoted(bazaar):
    demand = bazaar.demand()
    expire_demand(bazaar.session, demand.id, clock=CLOCK)
    assert demand.status is DemandStatus.OPEN
    for _ in range(2):
        expire_demand(bazaar.session, demand.id, clock=LATER)
    assert demand.status is DemandStatus.EXPIRED


def test_demand_with_a_valid_quote_waits_for_its_decision_and_then_lapses(bazaar):
    demand = bazaar.demand(closes_at=NOW + HOUR)
    quote = bazaar.quote(demand, start=20, valid=10)
    expire_overdue(bazaar.session, clock=fixed_clock(NOW + 2 * HOUR))
    assert demand.status is DemandStatus.OPEN
    expire_overdue(bazaar.session, clock=fixed_clock(NOW + 11 * HOUR))
    assert (quote.status, demand.status) == (QuoteStatus.EXPIRED, DemandStatus.EXPIRED)


@pytest.mark.parametrize("before", list(DemandStatus))
@pytest.mark.parametrize("after", list(DemandStatus))
def test_only_the_steps_of_the_table_are_taken(before, after):
    allowed = {
        DemandStatus.DRAFT: {"open", "withdrawn"},
        DemandStatus.OPEN: {"awarded", "expired", "withdrawn"},
        DemandStatus.AWARDED: {"closed"},
    }
    demand = Demand(
        park_id=1, demander_id=1, posted_by=None, created_at=NOW, closes_at=NOW, title_zh="铣削", status=before
    )
    if after.value in allowed.get(before, set()):
        demand.move_to(after)
        assert demand.status is after
    else:
        with pytest.raises(Conflict):
            demand.move_to(after)


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "+86 138 1234 5678",
        "0512-65432100",
        "wang@lichuan.example",
        "微信 lichuan_wang",
        "微信号：wang12345",
        "QQ 123456789",
        "https://lichuan.example/a",
    ],
)
def test_contact_details_are_blacked_out(text):
    assert mask_contacts(f"急件，请联系 {text} 谢谢") == f"急件，请联系 {MASK} 谢谢"


@pytest.mark.parametrize("text", ["孔径 13.812345678 mm", "图号 20261128001-A", "±0.01 600mm 12小时", "转速 18000 rpm"])
def test_figures_are_no_contact_details(text):
    assert mask_contacts(text) == text
