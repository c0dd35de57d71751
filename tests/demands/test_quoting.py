"""Quotes and bargaining."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from billing.pricing.jobs import Job
from billing.pricing.plans import AsWritten, RentPlan
from billing.pricing.tariffs import Rates
from billing.pricing.vat import Vat
from marketplace.bookings.models import Booking, BookingStatus
from marketplace.demands.models import QuoteRound, QuoteStatus
from marketplace.demands.operations.demanding import EndDemand, withdraw_demand
from marketplace.demands.operations.quoting import (
    CounterQuote,
    EndQuote,
    SendQuote,
    counter_quote,
    decline_quote,
    expire_quote,
    send_quote,
    withdraw_quote,
)
from marketplace.demands.pricing import QuoteLine, offer_of, prefilled
from marketplace.demands.queries import quote_of, quotes_for
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.application import NOW
from tests.demands.bazaar import CLOCK, HOUR, Bazaar, Side
from tests.listings.factories import create_published_listing, rent


@pytest.fixture
def bazaar(session):
    return Bazaar(session)


def status_of(bazaar, booking_id):
    return bazaar.session.scalars(select(Booking.status).where(Booking.id == booking_id)).one()


def test_quote_adds_up_with_the_vat_in_it(bazaar):
    quote = bazaar.quote(bazaar.demand())
    assert quote.status is QuoteStatus.SENT
    assert (quote.total_amount, quote.tax_amount) == (300_00, 34_51)


def test_lines_are_rounded_once_each():
    lines = [QuoteLine(name="件", quantity=Decimal("0.333"), unit_price=Decimal("10.05"))] * 2
    assert offer_of(lines, 600).total.amount == 2 * 335


def test_prefilled_lines_give_the_plan_s_own_price():
    job = Job(start=NOW, end=NOW + 5 * HOUR)
    lines, vat = prefilled(rent("120"), job)
    assert (offer_of(lines, vat).total.amount, vat) == (600_00, 1300)


def test_prefilled_lines_of_a_plan_without_vat_hold_it():
    plan = RentPlan(rates=Rates(hour=Decimal(100)), vat=Vat(rate=Decimal("0.13"), included=False))
    lines, vat = prefilled(plan, Job(start=NOW, end=NOW + 3 * HOUR))
    offer = offer_of(lines, vat)
    assert (offer.total.amount, offer.tax.amount) == (339_00, 39_00)


def test_price_on_request_prefills_nothing():
    assert prefilled(AsWritten(), Job(start=NOW, end=NOW + HOUR)) == ((), 1300)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"lines": ()}, "lines"),
        ({"lines": (QuoteLine(name="让利", unit_price=Decimal(-5)),)}, "lines"),
        ({"start": -2}, "start"),
        ({"valid_until": NOW}, "valid_until"),
        ({"valid_until": NOW + 3 * HOUR}, "valid_until"),
        ({"start": 24 * 90, "valid_until": NOW + 61 * 24 * HOUR}, "valid_until"),
        ({"during": Range(NOW + HOUR, NOW + HOUR)}, "end"),
    ],
)
def test_what_makes_no_sense_is_named(bazaar, terms, field):
    with pytest.raises(Invalid) as refused:
        bazaar.quote(bazaar.demand(), **terms)
    assert field in refused.value.fields


def test_one_live_quote_of_a_machine_for_a_demand(bazaar):
    demand = bazaar.demand()
    quote = bazaar.quote(demand)
    with pytest.raises(Conflict) as refused:
        bazaar.quote(demand)
    assert refused.value.code == "one_live_quote"
    withdraw_quote(bazaar.session, EndQuote(quote=quote.public_id), actor=bazaar.supplier.actor, clock=CLOCK)
    assert bazaar.quote(demand).status is QuoteStatus.SENT


def test_demand_that_is_over_takes_no_quotes(bazaar):
    demand = bazaar.demand()
    bazaar.quote(demand, as_draft=True)
    withdraw_demand(bazaar.session, EndDemand(demand=demand.public_id), actor=bazaar.demander.actor, clock=CLOCK)
    with pytest.raises(Conflict) as refused:
        bazaar.quote(demand)
    assert refused.value.code == "demand_not_open"


def test_own_demand_is_not_quoted(bazaar):
    own = create_published_listing(bazaar.session, bazaar.park, bazaar.demander.firm)
    with pytest.raises(Invalid):
        bazaar.quote(bazaar.demand(), by=bazaar.demander, listing=own)


def test_foreign_machine_is_not_quoted(bazaar):
    with pytest.raises(NotFound):
        bazaar.quote(bazaar.demand(), by=Side(bazaar.session, bazaar.park))


def test_enquiry_is_answered_with_the_machine_asked_for(bazaar):
    demand = bazaar.demand(listing=bazaar.listing.public_id)
    other = create_published_listing(bazaar.session, bazaar.park, bazaar.supplier.firm)
    with pytest.raises(Invalid) as refused:
        bazaar.quote(demand, listing=other)
    assert refused.value.code == "not_asked"
    assert bazaar.quote(demand)


def test_held_time_is_out_of_reach_until_the_quote_ends(bazaar):
    first = bazaar.quote(bazaar.demand(), holds_time=True)
    assert status_of(bazaar, first.booking_id) is BookingStatus.HELD
    with pytest.raises(Conflict) as refused:
        bazaar.quote(bazaar.demand(), holds_time=True)
    assert refused.value.code == "slot_taken"
    hold = first.booking_id
    decline_quote(bazaar.session, EndQuote(quote=first.public_id), actor=bazaar.demander.actor, clock=CLOCK)
    assert status_of(bazaar, hold) is BookingStatus.RELEASED
    assert bazaar.quote(bazaar.demand(), holds_time=True)


def test_quote_holds_no_time_unless_the_supplier_says_so(bazaar):
    assert bazaar.quote(bazaar.demand()).booking_id is None


def test_bargaining_goes_to_and_fro_and_every_round_is_kept(bazaar):
    quote = bazaar.quote(bazaar.demand(), holds_time=True)
    counter = CounterQuote(quote=quote.public_id, amount=270_00, note="含刀具吗")
    counter_quote(bazaar.session, counter, actor=bazaar.demander.actor, clock=CLOCK)
    assert (quote.status, quote.counter_amount) == (QuoteStatus.COUNTERED, 270_00)
    answer = SendQuote(quote=quote.public_id, terms=bazaar.terms(price="95", start=6, holds_time=True))
    send_quote(bazaar.session, answer, actor=bazaar.supplier.actor, clock=CLOCK)
    assert (quote.status, quote.total_amount, quote.counter_amount) == (QuoteStatus.SENT, 285_00, None)
    rounds = bazaar.session.scalars(select(QuoteRound).order_by(QuoteRound.id)).all()
    assert [(row.kind, row.amount) for row in rounds] == [("sent", 300_00), ("countered", 270_00), ("sent", 285_00)]
    held = bazaar.session.scalars(select(Booking).where(Booking.status == BookingStatus.HELD)).all()
    assert [one.during.lower for one in held] == [NOW + 6 * HOUR]


def test_each_side_takes_its_own_steps(bazaar):
    quote = bazaar.quote(bazaar.demand())
    with pytest.raises(Forbidden):
        counter_quote(
            bazaar.session, CounterQuote(quote=quote.public_id, amount=1), actor=bazaar.supplier.actor, clock=CLOCK
        )
    with pytest.raises(Forbidden):
        withdraw_quote(bazaar.session, EndQuote(quote=quote.public_id), actor=bazaar.demander.actor, clock=CLOCK)
    with pytest.raises(Forbidden):
        send_quote(bazaar.session, SendQuote(quote=quote.public_id), actor=bazaar.demander.actor, clock=CLOCK)


def test_counter_offer_says_something(bazaar):
    quote = bazaar.quote(bazaar.demand())
    with pytest.raises(Invalid):
        counter_quote(bazaar.session, CounterQuote(quote=quote.public_id), actor=bazaar.demander.actor, clock=CLOCK)


def test_competitors_never_see_each_other_s_quotes(bazaar):
    demand = bazaar.demand()
    quote = bazaar.quote(demand)
    rival, machine = bazaar.supplier_with_machine()
    bazaar.quote(demand, by=rival, listing=machine, price="90")
    with pytest.raises(NotFound):
        quote_of(bazaar.session, quote.public_id, actor=rival.actor)
    assert len(quotes_for(bazaar.session, demand, actor=rival.actor)) == 1
    assert [one.total_amount for one in quotes_for(bazaar.session, demand, actor=bazaar.demander.actor)] == [
        270_00,
        300_00,
    ]


def test_demander_does_not_see_a_draft(bazaar):
    quote = bazaar.quote(bazaar.demand(), as_draft=True)
    with pytest.raises(NotFound):
        quote_of(bazaar.session, quote.public_id, actor=bazaar.demander.actor)
    send_quote(bazaar.session, SendQuote(quote=quote.public_id), actor=bazaar.supplier.actor, clock=CLOCK)
    assert quote_of(bazaar.session, quote.public_id, actor=bazaar.demander.actor)


def test_quote_lapses_at_its_validity_and_frees_its_time(bazaar):
    quote = bazaar.quote(bazaar.demand(), holds_time=True)
    hold = quote.booking_id
    expire_quote(bazaar.session, quote.id, clock=CLOCK)
    assert quote.status is QuoteStatus.SENT
    for _ in range(2):
        expire_quote(bazaar.session, quote.id, clock=fixed_clock(NOW + HOUR))
    assert quote.status is QuoteStatus.EXPIRED
    assert status_of(bazaar, hold) is BookingStatus.RELEASED
