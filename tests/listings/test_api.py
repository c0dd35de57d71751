"""Listings over JSON."""

import io

import pytest
from PIL import Image

from marketplace.listings.models import ListingStatus
from tests.factories import create_enterprise, create_member, create_officer, create_park
from tests.listings.factories import MILL, create_draft, create_published_listing

CONTENT = {
    "type_code": MILL,
    "title_zh": "立式加工中心 VMC850",
    "attributes": {"travel_x": {"number": 800_000}},
    "terms": {"min_minutes": 120},
}


@pytest.fixture
def park(session):
    return create_park(session)


@pytest.fixture
def enterprise(session, park):
    return create_enterprise(session, park)


@pytest.fixture
def browser(session, park, enterprise, browser_of):
    return browser_of(session, create_member(session, enterprise), park_id=park.id, enterprise_id=enterprise.id)


@pytest.fixture
def stranger(session, park, browser_of):
    other = create_enterprise(session, park)
    return browser_of(session, create_member(session, other), park_id=park.id, enterprise_id=other.id)


@pytest.fixture
def officer(session, park, browser_of):
    return browser_of(session, create_officer(session, park), park_id=park.id)


def jpeg(size=(640, 480)):
    buffer = io.BytesIO()
    Image.new("RGB", size, "steelblue").save(buffer, "JPEG")
    return buffer.getvalue()


def test_listing_is_written_priced_reviewed_and_seen_by_others(browser, stranger, officer):
    made = browser.post("/api/v1/listings", json={"content": CONTENT, "units": [{"asset_number": "A1"}, {}]})
    assert made.status_code == 201
    address = f"/api/v1/listings/{made.json['public_id']}"
    assert stranger.get(address).status_code == 404
    plan = {"plan": {"kind": "rent", "rates": {"hour": "120"}}}
    priced = browser.put(f"{address}/rate-plan", json=plan, headers={"If-Match": made.headers["ETag"]})
    assert priced.status_code == 200
    assert browser.post(f"{address}/submit").json["status"] == "in_review"
    waiting = officer.get("/api/v1/office/listings").json["items"]
    assert [each["public_id"] for each in waiting] == [made.json["public_id"]]
    assert officer.post(address.replace("/listings", "/office/listings") + "/approve").status_code == 200
    seen = stranger.get(address).json
    assert (seen["status"], seen["rate_plan"]["rates"]["hour"], seen["min_minutes"]) == ("published", "120", 120)


def test_edit_of_an_older_version_is_refused_and_without_version_not_tried(session, park, enterprise, browser):
    listing = create_draft(session, park, enterprise)
    session.commit()
    address = f"/api/v1/listings/{listing.public_id}"
    tag = browser.get(address).headers["ETag"]
    assert browser.put(address, json=CONTENT).status_code == 428
    assert browser.put(address, json=CONTENT, headers={"If-Match": tag}).status_code == 200
    assert browser.put(address, json=CONTENT, headers={"If-Match": tag}).status_code == 412


def test_unknown_fields_and_wrong_attributes_are_named(browser):
    assert browser.post("/api/v1/listings", json={"content": CONTENT, "evil": 1}).status_code == 422
    wrong = {**CONTENT, "attributes": {"travel_x": {"word": "long"}, "payload": {"number": 5}}}
    answer = browser.post("/api/v1/listings", json={"content": wrong})
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"attributes.travel_x", "attributes.payload"}


def test_impossible_rules_are_named(browser):
    terms = {"min_minutes": 600, "max_minutes": 60, "cancellation": [{"hours_before": 5, "percent": 10}]}
    answer = browser.post("/api/v1/listings", json={"content": {**CONTENT, "terms": terms}})
    assert answer.status_code == 422


def test_list_pages_by_cursor_without_repeating(session, park, enterprise, browser):
    for _ in range(5):
        create_draft(session, park, enterprise)
    session.commit()
    seen, cursor = [], None
    while True:
        page = browser.get("/api/v1/listings", query_string={"size": 2, **({"cursor": cursor} if cursor else {})}).json
        seen += [row["listing"]["public_id"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_photo_is_private_until_the_listing_is_published(session, park, enterprise, browser, stranger):
    listing = create_draft(session, park, enterprise)
    session.commit()
    made = browser.post(f"/api/v1/listings/{listing.public_id}/photos", data={"file": (io.BytesIO(jpeg()), "a.jpg")})
    assert made.status_code == 201
    assert browser.get(made.json["url"]).status_code == 200
    assert stranger.get(made.json["url"]).status_code == 404
    assert stranger.get(made.json["small_url"]).status_code == 404


def test_same_create_sent_twice_makes_one_listing(browser):
    headers = {"Idempotency-Key": "once"}
    first = browser.post("/api/v1/listings", json={"content": CONTENT}, headers=headers)
    again = browser.post("/api/v1/listings", json={"content": CONTENT}, headers=headers)
    assert first.json["public_id"] == again.json["public_id"]
    assert len(browser.get("/api/v1/listings").json["items"]) == 1


def test_many_are_paused_in_one_go_and_others_skipped(session, park, enterprise, browser):
    published = [create_published_listing(session, park, enterprise) for _ in range(3)]
    draft = create_draft(session, park, enterprise)
    session.commit()
    ids = [listing.public_id for listing in [*published, draft]]
    batch = browser.post("/api/v1/listings/move", json={"action": "pause", "listings": ids}).json
    assert (batch["moved"], batch["skipped"]) == (3, 1)
    assert browser.get(f"/api/v1/listings/{ids[0]}").json["status"] == ListingStatus.PAUSED.value


def test_strangers_listing_cannot_be_touched_by_any_route(session, park, enterprise, stranger):
    listing = create_published_listing(session, park, enterprise)
    session.commit()
    address = f"/api/v1/listings/{listing.public_id}"
    tries = [
        stranger.put(address, json=CONTENT, headers={"If-Match": '"1"'}),
        stranger.put(f"{address}/rate-plan", json={"plan": None}, headers={"If-Match": '"1"'}),
        stranger.post(f"{address}/pause"),
        stranger.post(f"{address}/archive"),
        stranger.get(f"{address}/units"),
        stranger.post(f"{address}/units", json={}),
        stranger.post(f"{address}/photos", data={"file": (io.BytesIO(jpeg()), "a.jpg")}),
    ]
    assert {answer.status_code for answer in tries} == {404}
    session.refresh(listing)
    assert listing.status is ListingStatus.PUBLISHED


def test_resource_types_are_open_to_programs(client):
    body = client.get("/api/v1/resource-types").json
    assert any(kind["code"] == MILL for kind in body["types"])


@pytest.mark.parametrize(
    "cursor", ["x", "WyJhIl0", "W251bGxd", "WzFlMzBd", "WzEsMl0", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5XQ"]
)
def test_cursor_that_we_did_not_make_is_refused(browser, cursor):
    assert browser.get("/api/v1/listings", query_string={"cursor": cursor}).status_code == 422


@pytest.mark.parametrize("evil", ["a\x00b", "\ud800"])
def test_text_that_cannot_be_kept_is_refused(browser, evil):
    kinds = {"type_code": "smt_line", "title_zh": "线", "attributes": {"certificates": {"words": [evil]}}}
    assert browser.post("/api/v1/listings", json={"content": kinds}).status_code == 422
    assert browser.post("/api/v1/listings", json={"content": {**CONTENT, "place": evil}}).status_code == 422
