"""Matches over rows: free time and price from SQL, both ways the same pairs, owners told."""

import itertools

import pytest
from sqlalchemy.dialects.postgresql import Range

from billing.pricing.plans import AsWritten
from marketplace.bookings.queries import Question
from marketplace.demands.constraints import Limit
from marketplace.demands.models import Confidentiality
from marketplace.demands.queries import with_parts
from marketplace.discovery.matching.facts import asked_of
from marketplace.discovery.matching.finding import demands_for, listings_for
from tests.application import NOW
from tests.demands.bazaar import HOUR, X_600, Bazaar, Side
from tests.listings.factories import create_line, create_published_listing, rent

DAY = Range(NOW + 2 * HOUR, NOW + 10 * HOUR)


@pytest.fixture
def bazaar(session):
    return Bazaar(session)


def found(bazaar, demand):
    row = bazaar.session.scalars(with_parts().where(type(demand).id == demand.id)).one()
    return listings_for(bazaar.session, asked_of(bazaar.session, [row])[0], now=NOW)


def fitting(bazaar, demand):
    return {one.listing_id for one in found(bazaar, demand).fits}


def test_machine_that_reaches_fits_and_one_that_falls_short_is_a_near_miss(bazaar):
    small = create_published_listing(
        bazaar.session, bazaar.park, bazaar.supplier.firm, attributes={"travel_x": {"number": 500_000}}
    )
    result = found(bazaar, bazaar.demand())
    assert [one.listing_id for one in result.fits] == [bazaar.listing.id]
    assert [(one.listing_id, one.misses[0].kind) for one in result.near] == [(small.id, "attribute")]


def test_broader_type_finds_finer_ones(bazaar):
    assert fitting(bazaar, bazaar.demand(type_code="machining_centre")) == {bazaar.listing.id}


def test_demand_without_a_type_finds_by_its_figures(bazaar):
    assert fitting(bazaar, bazaar.demand(type_code=None)) == {bazaar.listing.id}


@pytest.mark.parametrize(
    ("question", "minutes", "fits"),
    [
        (Question.EXACT, None, False),
        (Question.RUN, 150, True),
        (Question.RUN, 180, False),
        (Question.TOTAL, 270, True),
        (Question.TOTAL, 300, False),
    ],
)
def test_the_three_questions_are_asked_of_the_calendar(bazaar, question, minutes, fits):
    """Of a window 10:00–18:00 the machine is taken 12:00–15:00 and half an hour of turnaround."""
    bazaar.quote(bazaar.demand(), start=4, hours=3, valid=1, holds_time=True)
    demand = bazaar.demand(during=DAY, question=question, duration_minutes=minutes)
    assert fitting(bazaar, demand) == ({bazaar.listing.id} if fits else set())


def test_line_is_free_when_all_its_units_are_free_at_once(bazaar):
    other = create_published_listing(bazaar.session, bazaar.park, bazaar.supplier.firm)
    line = create_line(bazaar.session, bazaar.park, bazaar.supplier.firm, bazaar.listing, other)
    demand = {"type_code": "assembly_line", "constraints": (), "during": DAY, "duration_minutes": 480}
    assert fitting(bazaar, bazaar.demand(**demand)) == {line.id}
    bazaar.quote(bazaar.demand(), listing=other, start=4, hours=1, holds_time=True)
    assert fitting(bazaar, bazaar.demand(**demand)) == set()


def test_as_many_units_as_asked_are_free(session):
    bazaar = Bazaar(session, units=2)
    demand = {"during": DAY, "duration_minutes": 480, "units": 2}
    assert fitting(bazaar, bazaar.demand(**demand)) == {bazaar.listing.id}
    bazaar.quote(bazaar.demand(), start=4, hours=1, holds_time=True)
    assert fitting(bazaar, bazaar.demand(**demand)) == set()


def test_budget_is_compared_with_the_price_of_this_job(bazaar):
    """Eight hours at 120 yuan."""
    day = {"during": DAY, "duration_minutes": 480}
    assert fitting(bazaar, bazaar.demand(budget_amount=960_00, **day)) == {bazaar.listing.id}
    result = found(bazaar, bazaar.demand(budget_amount=959_99, **day))
    assert [one.misses[0].kind for one in result.near] == ["budget"]


def test_price_on_request_is_no_reason_to_turn_away(session):
    bazaar = Bazaar(session, plan=AsWritten())
    assert fitting(bazaar, bazaar.demand(budget_amount=1)) == {bazaar.listing.id}


def test_own_machines_and_the_uninvited_are_left_out(bazaar):
    create_published_listing(bazaar.session, bazaar.park, bazaar.demander.firm)
    bazaar.supplier_with_machine()
    invited = bazaar.demand(confidentiality=Confidentiality.INVITED, invited=(bazaar.supplier.firm.uscc,))
    assert fitting(bazaar, invited) == {bazaar.listing.id}


def test_both_directions_agree_on_every_stored_pair(bazaar):
    """Demands with every kind of condition against firms with different machines, through SQL and prefilters."""
    session, sides = bazaar.session, [bazaar.supplier]
    for travel, price in itertools.product((400_000, 700_000), ("60", "300")):
        side, _ = bazaar.supplier_with_machine(attributes={"travel_x": {"number": travel}}, plan=rent(price))
        create_published_listing(session, bazaar.park, side.firm, type_code="horizontal_machining_centre")
        sides.append(side)
    bazaar.quote(bazaar.demand(), start=3, hours=5, holds_time=True)
    window = {"during": DAY, "duration_minutes": 360}
    demands = [
        bazaar.demand(**more)
        for more in (
            {},
            {"type_code": None},
            {"type_code": "machining_centre", "constraints": ()},
            window,
            window | {"question": Question.EXACT},
            window | {"question": Question.TOTAL},
            window | {"budget_amount": 500_00},
            {"constraints": (X_600, Limit("travel_y", ">=", 1))},
            {"units": 2},
            {"confidentiality": Confidentiality.INVITED, "invited": (bazaar.supplier.firm.name_zh,)},
            {"confidentiality": Confidentiality.ANONYMOUS},
            {"by": sides[1]},
        )
    ]
    there = {(demand.id, listing_id) for demand in demands for listing_id in fitting(bazaar, demand)}
    back = {
        (one.demand_id, one.listing_id)
        for side in [*sides, bazaar.demander]
        for row in demands_for(session, actor=side.actor, now=NOW)
        for one in row.matches
        if one.is_fit and one.demand_id in {demand.id for demand in demands}
    }
    assert there == back
    assert len(there) > 12


def test_matching_takes_a_fixed_number_of_statements(bazaar, statements):
    def count():
        bazaar.session.expire_all()
        with statements() as seen:
            demands_for(bazaar.session, actor=bazaar.supplier.actor, now=NOW)
        return len(seen)

    bazaar.demand(during=DAY, duration_minutes=60)
    count()
    few = count()
    for _ in range(10):
        bazaar.demand(during=DAY, duration_minutes=60)
        create_published_listing(bazaar.session, bazaar.park, bazaar.supplier.firm)
    assert count() == few


def test_owners_of_fitting_machines_are_told_once_without_the_demander_s_name(bazaar, run_jobs, browser_of):
    rival, _ = bazaar.supplier_with_machine()
    short = Side(bazaar.session, bazaar.park)
    create_published_listing(bazaar.session, bazaar.park, short.firm, attributes={"travel_x": {"number": 1}})
    bazaar.demand(title_zh="铣 600mm 电话 13812345678", confidentiality=Confidentiality.ANONYMOUS)
    bazaar.session.commit()
    run_jobs()

    def inbox(side):
        return (
            browser_of(bazaar.session, side.user, park_id=bazaar.park.id, enterprise_id=side.firm.id)
            .get("/notices")
            .text
        )

    for side in (bazaar.supplier, rival):
        page = inbox(side)
        assert page.count("有一条需求适合您的设备") == 1
        assert bazaar.demander.firm.name_zh not in page
        assert "13812345678" not in page
    assert "有一条需求适合您的设备" not in inbox(short)
