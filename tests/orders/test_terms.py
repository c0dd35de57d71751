"""What the listing's terms allow is what can be ordered."""

import pytest
from sqlalchemy.orm import Session

from billing.pricing.plans import AsWritten
from marketplace.kernel.errors import Invalid
from marketplace.listings.models import DeliveryTerms, OperatorTerms
from tests.listings.factories import create_published_listing
from tests.orders.test_orders import Market
from tests.orders.test_pages import WINDOW, engineer

API_WINDOW = {"start": "2026-11-23T10:00:00+08:00", "end": "2026-11-23T13:00:00+08:00"}


@pytest.fixture
def market(session: Session):
    return Market(session)


def with_terms(market, *, operator=OperatorTerms.OPTIONAL, delivery=DeliveryTerms.ON_SITE):
    market.listing.operator, market.listing.delivery = operator, delivery
    market.session.flush()


@pytest.mark.parametrize(
    ("operator", "wish", "code"),
    [
        (OperatorTerms.REQUIRED, False, "operator_required"),
        (OperatorTerms.OWN, True, "operator_not_offered"),
    ],
)
def test_operator_against_the_terms_is_refused(market, operator, wish, code):
    with_terms(market, operator=operator)
    with pytest.raises(Invalid) as refused:
        market.place(operator=wish)
    assert refused.value.fields == {"operator": [code]}


@pytest.mark.parametrize(
    ("operator", "wish", "comes"),
    [
        (OperatorTerms.REQUIRED, None, True),
        (OperatorTerms.INCLUDED, None, True),
        (OperatorTerms.OPTIONAL, None, False),
        (OperatorTerms.OPTIONAL, True, True),
        (OperatorTerms.OWN, False, False),
    ],
)
def test_operator_left_out_follows_the_terms(market, operator, wish, comes):
    with_terms(market, operator=operator)
    assert market.place(operator=wish).terms["with_operator"] is comes


@pytest.mark.parametrize("path", ["/api/v1/orders/", "/api/v1/orders/preview"])
def test_the_api_refuses_delivery_of_what_stays_on_site(market, browser_of, path):
    body = {"listing": market.listing.public_id, **API_WINDOW, "delivery": True}
    answer = engineer(market, browser_of).post(path, json=body)
    assert answer.status_code == 422
    assert answer.json["code"] == "delivery_not_offered"
    assert set(answer.json["errors"]) == {"delivery"}


def test_the_preview_refuses_to_price_without_the_required_operator(market, browser_of):
    with_terms(market, operator=OperatorTerms.REQUIRED)
    market.session.commit()
    body = {"listing": market.listing.public_id, **API_WINDOW, "operator": False}
    assert engineer(market, browser_of).post("/api/v1/orders/preview", json=body).status_code == 422


def test_a_listing_on_request_is_not_booked_but_asked(market, browser_of):
    plan = AsWritten(text="按件议价")
    listing = create_published_listing(market.session, market.park, market.supplier, plan=plan)
    page = engineer(market, browser_of).get(f"/listings/{listing.public_id}/panel", query_string=WINDOW)
    assert page.status_code == 200
    assert "没有标价" in page.text
    assert 'type="submit"' not in page.text
