"""Demands and quotes through the pages: wizard, inbox, quoting, accepting."""

import re

import pytest
from sqlalchemy import select

from marketplace.bookings.models import Booking, BookingStatus
from marketplace.demands.models import Confidentiality, Demand, DemandStatus, Quote, QuoteStatus
from marketplace.orders.models import Order, Way
from tests.demands.bazaar import Bazaar
from tests.listings.factories import create_published_listing

LINE = "立式加工中心 X行程 600mm 明天 3小时"
POSTED = {"q": LINE, "confidentiality": "public"}
QUOTED = {
    "start": "2026-11-23T10:00",
    "end": "2026-11-23T13:00",
    "valid_until": "2026-11-23T09:30",
    "line.0.name": "铣削",
    "line.0.quantity": "3",
    "line.0.unit": "小时",
    "line.0.price": "100",
    "vat": "1300",
}


@pytest.fixture
def bazaar(session):
    return Bazaar(session)


def browser(bazaar, browser_of, side):
    return browser_of(bazaar.session, side.user, park_id=bazaar.park.id, enterprise_id=side.firm.id)


def test_line_is_read_into_chips_and_fields(bazaar, browser_of):
    client = browser(bazaar, browser_of, bazaar.demander)
    first = client.get("/demands/new", query_string={"q": LINE}).text
    assert "600" in first
    assert "我们理解为" in first
    second = client.get("/demands/new", query_string={"q": LINE, "step": "2"}).text
    assert 'value="2026-11-24T' in second
    assert 'name="hours" type="text" value="3"' in second


def test_chip_taken_away_is_not_asked_for(bazaar, browser_of):
    client = browser(bazaar, browser_of, bazaar.demander)
    page = client.get("/demands/new", query_string={"q": LINE}).text
    away = next(url for url in re.findall(r'href="(/demands/new[^"]*without=attr[^"]*)"', page))
    client.post("/demands", data=POSTED | {"without": re.search(r"without=(attr[^&]*)", away)[1]})
    assert bazaar.session.scalars(select(Demand)).one().constraints == []


def test_posting_leads_to_the_demand_with_who_can_do_it(bazaar, browser_of):
    client = browser(bazaar, browser_of, bazaar.demander)
    answer = client.post("/demands", data=POSTED)
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).text
    assert "1 台能做这件" in page
    assert bazaar.listing.title_zh in page
    demand = bazaar.session.scalars(select(Demand)).one()
    assert demand.constraints[0]["value"] == 600_000
    assert demand.duration_minutes == 180


@pytest.mark.parametrize(
    ("given", "field", "step"),
    [
        ({"q": ""}, "f-q", 1),
        ({"q": "帮个忙"}, "f-type_code", 1),
        ({"start": "2026-11-24T10:00", "end": "2026-11-24T09:00"}, "f-end", 2),
        ({"budget": "-3"}, "f-budget", 3),
        ({"confidentiality": "invited", "invited": "没有这家"}, "f-invited", 3),
    ],
)
def test_mistake_comes_back_on_its_step_with_the_input_kept(bazaar, browser_of, given, field, step):
    client = browser(bazaar, browser_of, bazaar.demander)
    answer = client.post("/demands", data=POSTED | {"details": "图号 A-7"} | given)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text or field == "f-q"
    assert "图号 A-7" in answer.text
    assert bazaar.session.scalars(select(Demand)).all() == []
    assert answer.text.count('aria-current="step"') == 1
    assert step in {1, 2, 3}


def test_next_step_asks_for_the_line_first(bazaar, browser_of):
    answer = browser(bazaar, browser_of, bazaar.demander).get("/demands/new", query_string={"q": "", "step": "2"})
    assert answer.status_code == 422


def test_count_speaks_of_suppliers(bazaar, browser_of):
    client = browser(bazaar, browser_of, bazaar.demander)
    assert "能做的企业" in client.get("/demands/count", query_string={"q": LINE}).text
    assert "写明类型" in client.get("/demands/count", query_string={"q": "帮个忙"}).text


def test_listing_page_leads_to_an_enquiry_that_its_supplier_alone_sees(bazaar, browser_of):
    client = browser(bazaar, browser_of, bazaar.demander)
    form = client.get("/demands/new", query_string={"listing": bazaar.listing.public_id}).text
    assert bazaar.listing.title_zh in form
    answer = client.post("/demands", data={"q": "铣两件支架", "listing": bazaar.listing.public_id})
    rival, _ = bazaar.supplier_with_machine()
    where = answer.headers["Location"]
    assert browser(bazaar, browser_of, rival).get(where).status_code == 404
    assert "用这台报价" in browser(bazaar, browser_of, bazaar.supplier).get(where).text


def test_board_shows_what_the_firm_s_machines_can_serve(bazaar, browser_of):
    demand = bazaar.demand(confidentiality=Confidentiality.ANONYMOUS)
    page = browser(bazaar, browser_of, bazaar.supplier).get("/demands/matching").text
    assert demand.title_zh in page
    assert "匿名需方" in page
    assert bazaar.demander.firm.name_zh not in page
    assert "匹配的需求" in browser(bazaar, browser_of, bazaar.supplier).get("/orders").text


def test_quote_form_is_prefilled_from_the_plan(bazaar, browser_of):
    demand = bazaar.demand(duration_minutes=180)
    client = browser(bazaar, browser_of, bazaar.supplier)
    page = client.get(f"/demands/{demand.public_id}/quote", query_string={"listing": bazaar.listing.public_id}).text
    assert 'value="120"' in page
    assert "360.00" in page


def test_from_quote_to_order_by_buttons(bazaar, browser_of):
    demand = bazaar.demand()
    supplier, demander = (browser(bazaar, browser_of, side) for side in (bazaar.supplier, bazaar.demander))
    form = QUOTED | {"listing": bazaar.listing.public_id, "holds_time": "true"}
    sent = supplier.post(f"/demands/{demand.public_id}/quote", data=form)
    assert sent.status_code == 303
    where = sent.headers["Location"]
    inbox = demander.get(f"/demands/{demand.public_id}").text
    assert "收到 1 份报价" in inbox
    assert "为您留着" in inbox
    assert demander.post(f"{where}/counter", data={"amount": "280", "note": "量大"}).status_code == 303
    assert "280.00" in supplier.get(f"{where}/edit").text
    again = QUOTED | {"line.0.price": "95", "holds_time": "true"}
    assert supplier.post(f"{where}/send", data=again).status_code == 303
    accepted = demander.post(f"{where}/accept", data={"idempotency_key": "k"})
    assert accepted.status_code == 303
    assert (
        demander.post(f"{where}/accept", data={"idempotency_key": "k"}).headers["Location"]
        == accepted.headers["Location"]
    )
    order = bazaar.session.scalars(select(Order)).one()
    assert (order.way, order.total_amount) == (Way.QUOTE, 285_00)
    assert "285.00" in demander.get(accepted.headers["Location"]).text
    bazaar.session.refresh(demand)
    assert demand.status is DemandStatus.AWARDED
    booked = bazaar.session.scalars(select(Booking).where(Booking.status == BookingStatus.CONFIRMED)).all()
    assert len(booked) == 1


def test_line_that_cannot_be_read_is_named_and_the_form_kept(bazaar, browser_of):
    demand = bazaar.demand()
    form = QUOTED | {"listing": bazaar.listing.public_id, "line.0.price": "很多", "note": "含刀具"}
    answer = browser(bazaar, browser_of, bazaar.supplier).post(f"/demands/{demand.public_id}/quote", data=form)
    assert answer.status_code == 422
    assert "含刀具" in answer.text
    assert bazaar.session.scalars(select(Quote)).all() == []


def test_accepting_taken_time_stays_on_the_quote_and_says_so(bazaar, browser_of):
    first, second = bazaar.quote(bazaar.demand()), bazaar.quote(bazaar.demand())
    demander = browser(bazaar, browser_of, bazaar.demander)
    assert demander.post(f"/quotes/{first.public_id}/accept").status_code == 303
    answer = demander.post(f"/quotes/{second.public_id}/accept")
    assert answer.status_code == 409
    assert "刚被别人订走了" in answer.text


def test_total_is_told_while_typing(bazaar, browser_of):
    client = browser(bazaar, browser_of, bazaar.supplier)
    assert "300.00" in client.post("/quotes/total", data=QUOTED).text
    assert "马上合计" in client.post("/quotes/total", data={"line.0.name": "铣", "line.0.price": "x"}).text


def test_withdrawing_from_the_page(bazaar, browser_of):
    demand = bazaar.demand()
    client = browser(bazaar, browser_of, bazaar.demander)
    assert client.post(f"/demands/{demand.public_id}/withdraw", data={"reason": "图纸改了"}).status_code == 303
    assert "图纸改了" in client.get(f"/demands/{demand.public_id}").text


def test_draft_is_opened_by_one_button(bazaar, browser_of):
    demand = bazaar.demand(as_draft=True)
    client = browser(bazaar, browser_of, bazaar.demander)
    assert "发布需求" in client.get(f"/demands/{demand.public_id}").text
    client.post(f"/demands/{demand.public_id}/open")
    bazaar.session.refresh(demand)
    assert demand.status is DemandStatus.OPEN


@pytest.mark.parametrize("address", ["/demands", "/demands/matching", "/quotes"])
def test_lists_take_a_fixed_number_of_statements(bazaar, browser_of, statements, address):
    side = bazaar.demander if address == "/demands" else bazaar.supplier
    client = browser(bazaar, browser_of, side)

    def count():
        with statements() as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    bazaar.quote(bazaar.demand())
    bazaar.session.commit()
    count()
    few = count()
    for _ in range(8):
        machine = create_published_listing(bazaar.session, bazaar.park, bazaar.supplier.firm)
        quote = bazaar.quote(bazaar.demand(), listing=machine)
        assert quote.status is QuoteStatus.SENT
    bazaar.session.commit()
    assert count() == few


@pytest.mark.parametrize("address", ["/demands", "/demands/new", "/demands/matching", "/quotes"])
def test_pages_speak_english_too(bazaar, browser_of, address):
    client = browser(bazaar, browser_of, bazaar.supplier)
    client.set_cookie("gz-lang", "en")
    client.set_cookie("lang", "en")
    assert client.get(address, headers={"Accept-Language": "en"}).status_code == 200
