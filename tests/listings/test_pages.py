"""The firm's pages, as a browser asks for them."""

import pytest

from marketplace.listings.models import ListingStatus
from tests.factories import create_enterprise, create_member, create_park
from tests.listings.factories import create_draft, create_published_listing


@pytest.fixture
def park(session):
    return create_park(session)


@pytest.fixture
def enterprise(session, park):
    return create_enterprise(session, park)


@pytest.fixture
def browser(session, park, enterprise, browser_of):
    return browser_of(session, create_member(session, enterprise), park_id=park.id, enterprise_id=enterprise.id)


def test_table_shows_own_machines_with_state_units_and_price(session, park, enterprise, browser):
    listing = create_published_listing(session, park, enterprise, units=3)
    session.commit()
    body = browser.get("/machines/").text
    assert listing.title_zh in body
    assert "已发布" in body
    assert "¥120/小时" in body


def test_form_shows_the_fields_of_the_chosen_type(browser):
    body = browser.get("/machines/new?type=vertical_machining_centre").text
    assert "attributes.travel_x" in body


def test_machine_page_says_what_comes_next(session, park, enterprise, browser):
    listing = create_draft(session, park, enterprise)
    session.commit()
    assert "可以发布了" in browser.get(f"/machines/{listing.public_id}").text
    browser.post(f"/machines/{listing.public_id}/submit")
    assert "园区正在审核" in browser.get(f"/machines/{listing.public_id}").text
    session.refresh(listing)
    assert listing.status is ListingStatus.IN_REVIEW
