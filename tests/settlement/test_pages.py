"""Both sides see where the money is, on the order's page and by the API; reviews stay closed until both wrote."""

import pytest

from credit.ratings.models import PublicGrade
from credit.scoring.events import Role
from marketplace.ui.pages import LANGUAGE_COOKIE
from tests.application import NOW
from tests.factories import create_enterprise, create_member
from tests.settlement.trade import DEPOSIT, FEE, START, TOTAL, Trade, at

STARS = {"stars_punctual": "5", "stars_communication": "4"}


@pytest.fixture
def trade(session):
    return Trade(session)


@pytest.fixture
def later(app):
    """Move the park's clock."""

    def move(hours):
        app.config["CLOCK"] = at(hours)

    return move


def demander(trade, browser_of):
    market = trade.market
    return browser_of(trade.session, market.engineer_user, park_id=market.park.id, enterprise_id=market.demander.id)


def supplier(trade, browser_of):
    market = trade.market
    return browser_of(trade.session, market.owner_user, park_id=market.park.id, enterprise_id=market.supplier.id)


def page_of(trade, browser):
    answer = browser.get(f"/orders/{trade.order.public_id}")
    assert answer.status_code == 200
    return answer.text


def test_the_demander_reads_how_to_pay_and_the_supplier_does_not(trade, browser_of):
    page = page_of(trade, demander(trade, browser_of))
    code = trade.request.reference
    assert f"{code[:2]} {code[2:5]} {code[5:8]}" in page
    assert "432.00" in page
    assert "汇款信息" not in page_of(trade, supplier(trade, browser_of))


def test_both_sides_see_where_the_money_is(trade, browser_of):
    trade.receive()
    for browser in (demander(trade, browser_of), supplier(trade, browser_of)):
        page = page_of(trade, browser)
        assert "托管中" in page
        assert "349.20" in page
    trade.use().accept()
    page = page_of(trade, supplier(trade, browser_of))
    assert "已结清" in page
    assert trade.bills[0].number in page


def test_the_english_page_is_english(trade, browser_of):
    browser = demander(trade, browser_of)
    browser.set_cookie(LANGUAGE_COOKIE, "en")
    page = browser.get(f"/orders/{trade.order.public_id}").text
    assert "How to transfer" in page


def test_a_program_reads_the_money_of_an_order(trade, browser_of):
    browser = supplier(trade, browser_of)
    path = f"/api/v1/orders/{trade.order.public_id}/money"
    before = browser.get(path).json
    assert (before["state"], before["missing"], before["reference"]) == (
        "awaited",
        TOTAL + DEPOSIT,
        trade.request.reference,
    )
    trade.receive().use().claim(30_00).accept()
    after = browser.get(path).json
    assert after["state"] == "settled"
    assert after["bill"] == trade.bills[0].public_id
    moved = {step["code"]: step["amount"] for step in after["steps"] if step["is_done"]}
    assert moved == {
        "paid_in": TOTAL + DEPOSIT,
        "released": TOTAL - FEE,
        "commission": FEE,
        "deposit_claimed": 30_00,
        "deposit_returned": DEPOSIT - 30_00,
    }
    assert moved.pop("paid_in") == sum(moved.values())


def test_the_money_of_strangers_is_not_found(trade, browser_of):
    firm = create_enterprise(trade.session, trade.market.park)
    stranger = browser_of(
        trade.session,
        create_member(trade.session, firm),
        park_id=trade.market.park.id,
        enterprise_id=firm.id,
    )
    for path in ("money", "reviews"):
        assert stranger.get(f"/api/v1/orders/{trade.order.public_id}/{path}").status_code == 404


def test_an_order_without_money_says_so(session, browser_of):
    trade = Trade(session, payment_required=False)
    answer = demander(trade, browser_of).get(f"/api/v1/orders/{trade.order.public_id}/money").json
    assert (answer["state"], answer["steps"]) == ("none", [])


def test_reviews_open_when_both_have_written(trade, browser_of, later):
    trade.receive().use().accept()
    later(START + 10)
    buyer, seller = demander(trade, browser_of), supplier(trade, browser_of)
    path = f"/orders/{trade.order.public_id}/review"
    assert buyer.post(path, data=STARS | {"stars_as_described": "5", "text": "机床很稳"}).status_code == 303
    assert "机床很稳" in page_of(trade, buyer)
    assert "机床很稳" not in page_of(trade, seller)
    seller.post(path, data=STARS | {"stars_care": "3"})
    assert "机床很稳" in page_of(trade, seller)
    found = buyer.get(f"/api/v1/orders/{trade.order.public_id}/reviews").json["items"]
    assert [one["role"] for one in found] == ["supplier", "demander"]


def test_a_review_without_stars_is_refused_in_words(trade, browser_of, later):
    trade.receive().use().accept()
    later(START + 10)
    browser = demander(trade, browser_of)
    browser.post(f"/orders/{trade.order.public_id}/review", data={"text": "好"})
    assert "1 到 5 星" in page_of(trade, browser)


def test_a_program_reviews_once_and_in_time(trade, browser_of, later):
    browser = demander(trade, browser_of)
    path = f"/api/v1/orders/{trade.order.public_id}/reviews"
    given = {"stars": {"as_described": 5, "punctual": 5, "communication": 5}}
    assert browser.post(path, json=given).json["code"] == "nothing_to_review"
    trade.receive().use().accept()
    later(START + 5 + 24 * 7)
    browser = demander(trade, browser_of)
    assert browser.post(path, json=given).json["code"] == "too_late_to_review"
    later(START + 10)
    browser = demander(trade, browser_of)
    assert browser.post(path, json=given).status_code == 201
    assert browser.post(path, json=given).status_code == 201
    assert browser.post(path, json={"stars": given["stars"] | {"punctual": 1}}).json["code"] == "review_written"
    assert browser.post(path, json={"stars": {"punctual": 9}}).status_code == 422


def test_the_listing_shows_the_published_grade_with_its_sample(trade, browser_of):
    graded = PublicGrade(
        park_id=trade.market.park.id,
        enterprise_id=trade.market.supplier.id,
        role=Role.SUPPLIER,
        grade="B",
        by_points="B",
        score=78_000,
        low=70_000,
        high=85_000,
        events=120,
        orders=46,
        groups=9,
        published_on=NOW.date(),
    )
    trade.session.add(graded)
    page = demander(trade, browser_of).get(f"/listings/{trade.market.listing.public_id}").text
    assert "46 笔履约" in page
