"""An accepted quote becomes an order; of those who race for one machine-hour one gets it."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from billing.contracts.terms import UsageTerms, terms_from_json
from billing.pricing.rent_to_own import RentStep, RentToOwnTerms
from marketplace.accounts.sessions import open_session
from marketplace.bookings.models import Booking, BookingStatus, Occupancy
from marketplace.demands.models import DemandStatus, QuoteStatus
from marketplace.demands.pricing import QuoteLine
from marketplace.kernel.clock import fixed_clock
from marketplace.kernel.errors import Conflict, Invalid, NotFound
from marketplace.orders.models import Order, OrderStatus, Way
from marketplace.orders.operations.accepting_quotes import accept_quote
from tests.application import NOW
from tests.demands.bazaar import CLOCK, HOUR, Bazaar, Side

CLIENTS = 20


@pytest.fixture
def bazaar(session):
    return Bazaar(session)


def accept(bazaar, quote, *, by=None, clock=CLOCK):
    return accept_quote(bazaar.session, quote.public_id, actor=(by or bazaar.demander).actor, clock=clock)


def booking_of(bazaar, order):
    return bazaar.session.scalars(select(Booking).where(Booking.id == order.booking_id)).one()


@pytest.mark.parametrize("holds_time", [False, True])
def test_accepted_quote_is_an_order_at_its_price_with_its_time(bazaar, holds_time):
    demand = bazaar.demand()
    quote = bazaar.quote(demand, holds_time=holds_time)
    order = accept(bazaar, quote)
    assert (order.way, order.quote_ref, order.status) == (Way.QUOTE, quote.public_id, OrderStatus.ACTIVE)
    assert (order.total_amount, order.tax_amount) == (300_00, 34_51)
    assert booking_of(bazaar, order).status is BookingStatus.CONFIRMED
    assert len(bazaar.session.scalars(select(Occupancy)).all()) == 1
    assert (quote.status, demand.status) == (QuoteStatus.ACCEPTED, DemandStatus.AWARDED)


@pytest.mark.parametrize("holds_time", [False, True])
def test_where_the_park_wants_the_money_first_the_time_is_held_until_it_comes(bazaar, holds_time):
    bazaar.park.payment_required = True
    order = accept(bazaar, bazaar.quote(bazaar.demand(), start=26, valid=20, holds_time=holds_time))
    assert order.status is OrderStatus.AWAITING_PAYMENT
    booking = booking_of(bazaar, order)
    assert (booking.status, booking.held_until) == (BookingStatus.HELD, order.pay_by)


def test_accepting_again_gives_the_same_order(bazaar):
    quote = bazaar.quote(bazaar.demand())
    assert accept(bazaar, quote) is accept(bazaar, quote)
    assert len(bazaar.session.scalars(select(Order)).all()) == 1


def test_the_others_are_declined_politely_and_their_time_is_free(bazaar, run_jobs, browser_of):
    demand = bazaar.demand()
    winner = bazaar.quote(demand)
    rival, machine = bazaar.supplier_with_machine()
    loser = bazaar.quote(demand, by=rival, listing=machine, holds_time=True)
    hold = loser.booking_id
    accept(bazaar, winner)
    assert loser.status is QuoteStatus.DECLINED
    bazaar.session.commit()
    run_jobs()
    booking = bazaar.session.scalars(select(Booking).where(Booking.id == hold)).one()
    bazaar.session.refresh(booking)
    assert booking.status is BookingStatus.RELEASED
    park = bazaar.park.id
    told = browser_of(bazaar.session, rival.user, park_id=park, enterprise_id=rival.firm.id).get("/notices").text
    assert "感谢您报价" in told
    supplier = bazaar.supplier
    told = browser_of(bazaar.session, supplier.user, park_id=park, enterprise_id=supplier.firm.id).get("/notices").text
    assert "您的报价被接受了" in told


def test_only_the_demander_accepts(bazaar):
    quote = bazaar.quote(bazaar.demand())
    for side in (bazaar.supplier, Side(bazaar.session, bazaar.park)):
        with pytest.raises(NotFound):
            accept(bazaar, quote, by=side)


def test_lapsed_quote_is_not_accepted_even_before_its_timer(bazaar):
    quote = bazaar.quote(bazaar.demand())
    with pytest.raises(Conflict) as refused:
        accept(bazaar, quote, clock=fixed_clock(NOW + HOUR))
    assert refused.value.code == "quote_expired"


def test_draft_of_a_quote_is_not_accepted(bazaar):
    quote = bazaar.quote(bazaar.demand(), as_draft=True)
    with pytest.raises(NotFound):
        accept(bazaar, quote)


def test_one_demand_makes_one_order(bazaar):
    demand = bazaar.demand()
    rival, machine = bazaar.supplier_with_machine()
    first, second = bazaar.quote(demand), bazaar.quote(demand, by=rival, listing=machine)
    accept(bazaar, first)
    with pytest.raises(Conflict):
        accept(bazaar, second)


def test_time_taken_meanwhile_is_told_and_the_quote_stands(bazaar):
    first, second = bazaar.quote(bazaar.demand()), bazaar.quote(bazaar.demand())
    accept(bazaar, first)
    with pytest.raises(Conflict) as refused:
        accept(bazaar, second)
    assert refused.value.code == "slot_taken"
    assert second.status is QuoteStatus.SENT


def signed_in(app, session, bazaar, side):
    token = open_session(session, user=side.user, park_id=bazaar.park.id, enterprise_id=side.firm.id, at=NOW)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client


@pytest.mark.parametrize("units", [1, 3])
def test_of_twenty_acceptors_of_one_machine_hour_as_many_win_as_there_are_units(app, committing, units):
    bazaar = Bazaar(committing, units=units)
    racers = []
    for _ in range(CLIENTS):
        side = Side(committing, bazaar.park)
        quote = bazaar.quote(bazaar.demand(by=side))
        racers.append((signed_in(app, committing, bazaar, side), f"/api/v1/quotes/{quote.public_id}/accept"))
    committing.commit()
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(lambda racer: racer[0].post(racer[1]), racers))
    assert sorted(answer.status_code for answer in answers) == [201] * units + [409] * (CLIENTS - units)
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"slot_taken"}


def test_racing_acceptances_of_one_demand_make_one_order(app, committing):
    bazaar = Bazaar(committing)
    demand = bazaar.demand()
    addresses = []
    for _ in range(6):
        side, machine = bazaar.supplier_with_machine()
        quote = bazaar.quote(demand, by=side, listing=machine, holds_time=True)
        addresses.append(f"/api/v1/quotes/{quote.public_id}/accept")
    clients = [signed_in(app, committing, bazaar, bazaar.demander) for _ in addresses]
    committing.commit()
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: clients[n].post(addresses[n]), range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5


def test_the_same_key_makes_one_order(app, committing):
    bazaar = Bazaar(committing)
    quote = bazaar.quote(bazaar.demand())
    client = signed_in(app, committing, bazaar, bazaar.demander)
    committing.commit()
    address, headers = f"/api/v1/quotes/{quote.public_id}/accept", {"Idempotency-Key": "q-1"}
    first, again = client.post(address, headers=headers), client.post(address, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["id"] == again.json["id"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json["way"] == "quote"


def line(code, quantity, price, **more):
    given = {"name": code, "quantity": Decimal(quantity), "unit": "件", "unit_price": Decimal(price), "code": code}
    return QuoteLine(**(given | more))


def test_a_counted_line_makes_a_contract_at_the_quoted_price_and_the_others_come_once(bazaar):
    lines = (line("usage_piece", 200, "2.50"), line("fee", 1, "80", name="夹具", unit=""))
    order = accept(bazaar, bazaar.quote(bazaar.demand(), lines=lines))
    assert (order.total_amount, order.up_front, order.counted) == (580_00, 580_00, "piece")
    terms = terms_from_json(order.contract_terms)
    assert isinstance(terms, UsageTerms)
    assert (terms.plan.tiers[0].unit_price, terms.expected) == (Decimal("2.50"), 200)
    assert [(item.name, item.amount) for item in terms.once] == [("夹具", Decimal(80))]


def test_quoted_rents_make_the_listings_rent_to_own_for_the_whole_term(session):
    plan = RentToOwnTerms(price=Decimal(9000), rents=(RentStep(count=12, rent=Decimal(900)),))
    bazaar = Bazaar(session, plan=plan)
    during = Range(NOW + 24 * HOUR, NOW + 24 * HOUR + 396 * 24 * HOUR)
    quote = bazaar.quote(bazaar.demand(), lines=(line("rent_instalment", 13, "800"),), during=during, holds_time=True)
    order = accept(bazaar, quote)
    terms = terms_from_json(order.contract_terms)
    assert isinstance(terms, RentToOwnTerms)
    assert (terms.instalments, terms.rents[0].rent, terms.price) == (13, 800, 9000)
    assert (order.total_amount, order.up_front) == (13 * 800_00, 800_00)


def test_rents_of_a_machine_that_is_not_to_own_are_refused(bazaar):
    quote = bazaar.quote(bazaar.demand(), lines=(line("rent_instalment", 3, "800"),))
    with pytest.raises(Conflict, match="no_longer_to_own"):
        accept(bazaar, quote)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((line("rent_instalment", 3, "800"), line("fee", 1, "80")), "rents_stand_alone"),
        ((line("usage_piece", 3, "8"), line("usage_kwh", 1, "1")), "one_counted_line"),
    ],
)
def test_a_quote_is_one_kind_of_contract(bazaar, lines, code):
    with pytest.raises(Invalid, match=code):
        bazaar.quote(bazaar.demand(), lines=lines)
