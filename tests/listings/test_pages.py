"""The firm's pages, as a browser asks for them."""

import csv
import io
from contextlib import contextmanager

import openpyxl
import pytest
from PIL import Image
from sqlalchemy import event, select

from billing.models import RatePlan
from marketplace.kernel.web import db
from marketplace.listings.media.models import Document, Photo
from marketplace.listings.models import Listing, ListingStatus
from marketplace.listings.queries import units_of
from tests.factories import create_enterprise, create_member, create_officer, create_park
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


FORM = {
    "type_code": "vertical_machining_centre",
    "title_zh": "立式加工中心",
    "attributes.travel_x": "0.8 m",
    "attributes.positioning_accuracy": "±5μm",
    "tier_hours": ["24", "0"],
    "tier_percent": ["0", "30"],
}


@contextmanager
def counted():
    """The SQL statements sent inside the block."""
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("SAVEPOINT", "RELEASE")):
            statements.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def newest(session):
    session.expire_all()
    return session.scalars(select(Listing).order_by(Listing.id.desc())).first()


def test_form_makes_a_draft_with_units_and_reads_units_of_measure(session, browser):
    answer = browser.post("/machines/new", data={**FORM, "unit_count": "2", "asset_numbers": "A1 A2"})
    listing = newest(session)
    assert answer.headers["Location"].endswith(f"/machines/{listing.public_id}/price")
    assert listing.attributes["travel_x"] == {"number": 800_000}
    assert listing.attributes["positioning_accuracy"] == {"number": 5_000}
    assert "A2" in browser.get(f"/machines/{listing.public_id}").text


def test_wrong_figure_is_told_beside_its_field_and_input_kept(session, browser):
    answer = browser.post("/machines/new", data={**FORM, "attributes.travel_x": "很长", "place": "三号楼"})
    assert answer.status_code == 422
    assert "读不懂这个数值" in answer.text
    assert 'value="很长"' in answer.text
    assert 'value="三号楼"' in answer.text
    assert newest(session) is None


def test_two_tabs_editing_the_second_keeps_its_input_and_is_told(session, park, enterprise, browser):
    listing = create_draft(session, park, enterprise)
    session.commit()
    address = f"/machines/{listing.public_id}/edit"
    version = {"version": str(listing.version)}
    assert browser.post(address, data={**FORM, **version, "place": "一号楼"}).status_code == 303
    second = browser.post(address, data={**FORM, **version, "place": "二号楼"})
    assert second.status_code == 409
    assert 'value="二号楼"' in second.text
    assert newest(session).place == "一号楼"


def test_form_shows_what_was_saved(session, browser):
    browser.post("/machines/new", data={**FORM, "certificate_lines": "ISO 17025 2027-05-01"})
    body = browser.get(f"/machines/{newest(session).public_id}/edit").text
    assert 'value="800 mm"' in body
    assert "ISO 17025 2027-05-01" in body


def test_price_is_saved_as_a_plan_and_shown_while_typing(session, park, enterprise, browser):
    listing = create_draft(session, park, enterprise)
    session.commit()
    typed = {"kind": "rent", "rates.hour": "380", "rates.day": "2400", "vat_rate": "0.13"}
    assert "¥2,400.00" in browser.post("/machines/price/examples", data=typed).text
    assert browser.post(f"/machines/{listing.public_id}/price", data=typed).status_code == 303
    assert "¥380/小时" in browser.get(f"/machines/{listing.public_id}").text


def test_price_that_cannot_be_read_is_told_and_kept(session, park, enterprise, browser):
    listing = create_draft(session, park, enterprise)
    session.commit()
    answer = browser.post(f"/machines/{listing.public_id}/price", data={"kind": "rent", "rates.hour": "便宜"})
    assert answer.status_code == 422
    assert 'value="便宜"' in answer.text


def test_price_of_another_kind_is_stored_as_written(session, park, enterprise, browser):
    listing = create_draft(session, park, enterprise)
    session.commit()
    browser.post(f"/machines/{listing.public_id}/price", data={"kind": "as_written", "price_as_written": "800元/样起"})
    assert newest(session).rate_plan_id is None
    assert "800元/样起" in browser.get("/machines/").text


def test_ticked_machines_get_one_price(session, park, enterprise, browser):
    ids = [create_draft(session, park, enterprise).public_id for _ in range(3)]
    session.commit()
    assert browser.post("/machines/price/choose", data={"listing": ids}).status_code == 200
    browser.post("/machines/price/bulk", data={"listing": ids, "kind": "rent", "rates.hour": "66"})
    session.expire_all()
    assert browser.get("/machines/").text.count("¥66/小时") == 3


def test_publish_all_sends_every_draft_that_may_be_offered(session, park, enterprise, browser):
    for _ in range(3):
        create_draft(session, park, enterprise)
    create_draft(session, park, enterprise, type_code="crane", attributes={})
    session.commit()
    browser.post("/machines/publish-all")
    session.expire_all()
    states = sorted(status.value for status in session.scalars(select(Listing.status)))
    assert states == ["draft", "in_review", "in_review", "in_review"]


def test_office_approves_one_and_sends_one_back(session, park, enterprise, browser, browser_of):
    first, second = create_draft(session, park, enterprise), create_draft(session, park, enterprise)
    session.commit()
    browser.post("/machines/publish-all")
    officer = browser_of(session, create_officer(session, park), park_id=park.id)
    assert first.title_zh in officer.get("/office/listings").text
    answer = officer.post(f"/office/listings/{first.public_id}/decide", data={"decision": "approve"})
    assert answer.headers["Location"].endswith(second.public_id)
    refused = officer.post(f"/office/listings/{second.public_id}/decide", data={"decision": "refuse", "reason": ""})
    assert refused.status_code == 422
    officer.post(f"/office/listings/{second.public_id}/decide", data={"decision": "refuse", "reason": "缺少照片"})
    assert "缺少照片" in browser.get(f"/machines/{second.public_id}").text
    session.expire_all()
    assert session.get(Listing, first.id).status is ListingStatus.PUBLISHED


def test_firm_trusted_by_the_office_publishes_at_once(session, park, enterprise, browser):
    from marketplace.accounts.models import Membership

    session.scalars(select(Membership)).one().publishes_unreviewed = True
    listing = create_draft(session, park, enterprise)
    session.commit()
    browser.post(f"/machines/{listing.public_id}/submit")
    assert newest(session).status is ListingStatus.PUBLISHED


def test_photos_are_added_one_by_one_and_bad_ones_named(session, park, enterprise, browser):
    listing = create_draft(session, park, enterprise)
    session.commit()
    good = io.BytesIO()
    Image.new("RGB", (640, 480), "red").save(good, "JPEG")
    good.seek(0)
    files = {"photos": [(good, "a.jpg"), (io.BytesIO(b"<svg/>"), "b.svg")]}
    browser.post(f"/machines/{listing.public_id}/photos", data=files)
    body = browser.get(f"/machines/{listing.public_id}").text
    assert "b.svg：这不是能打开的照片" in body
    assert len(session.scalars(select(Photo)).all()) == 1


def test_document_is_handed_out_as_an_attachment_under_our_name(session, park, enterprise, browser):
    listing = create_draft(session, park, enterprise)
    session.commit()
    paper = io.BytesIO(b"%PDF-1.7\n<script>\n%%EOF")
    browser.post(f"/machines/{listing.public_id}/documents", data={"document": (paper, '../evil".pdf')})
    document = session.scalars(select(Document)).one()
    answer = browser.get(f"/documents/{document.public_id}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{document.public_id}.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_exports_hold_every_machine_and_no_formula(session, park, enterprise, browser):
    create_draft(session, park, enterprise, title="=HYPERLINK(1)", units=2)
    session.commit()
    rows = list(csv.reader(io.StringIO(browser.get("/machines/export.csv").data.decode("utf-8-sig"))))
    assert rows[1][1] == "'=HYPERLINK(1)"
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get("/machines/export.xlsx").data)).active
    assert sheet["B2"].data_type == "s"
    assert sheet["G2"].value == 2


@pytest.mark.parametrize("address", ["/machines/", "/api/v1/listings"])
def test_list_asks_as_many_questions_for_twenty_machines_as_for_two(session, park, enterprise, browser, address):
    for _ in range(2):
        create_published_listing(session, park, enterprise)
    session.commit()
    session.expunge_all()
    with counted() as few:
        browser.get(address)
    for _ in range(18):
        create_published_listing(session, park, enterprise)
    session.commit()
    session.expunge_all()
    with counted() as many:
        browser.get(address)
    assert len(many) == len(few) <= 12


def test_office_queue_asks_as_many_questions_for_twenty_as_for_two(session, park, enterprise, browser_of, browser):
    officer = browser_of(session, create_officer(session, park), park_id=park.id)
    for wanted in (2, 20):
        while session.query(Listing).count() < wanted:
            create_draft(session, park, enterprise)
        session.commit()
        browser.post("/machines/publish-all")
        session.expunge_all()
        with counted() as statements:
            assert officer.get("/office/listings").status_code == 200
        if wanted == 2:
            few = len(statements)
    assert len(statements) == few


def test_office_lets_everything_of_one_firm_online_at_once(session, park, enterprise, browser, browser_of):
    for _ in range(3):
        create_draft(session, park, enterprise)
    other = create_enterprise(session, park)
    elsewhere = create_draft(session, park, other)
    elsewhere.status = ListingStatus.IN_REVIEW
    session.commit()
    browser.post("/machines/publish-all")
    officer = browser_of(session, create_officer(session, park), park_id=park.id)
    assert officer.post("/office/listings/approve-firm", data={"enterprise": enterprise.public_id}).status_code == 303
    session.expire_all()
    states = [
        session.get(Listing, row.id).status.value for row in session.scalars(select(Listing).order_by(Listing.id))
    ]
    assert states == ["published", "published", "published", "in_review"]
    assert browser.post("/office/listings/approve-firm", data={"enterprise": other.public_id}).status_code == 403


def test_line_is_made_of_ticked_machines_and_changed_later(session, park, enterprise, browser):
    first, second = (
        create_published_listing(session, park, enterprise),
        create_published_listing(session, park, enterprise),
    )
    one, two = (units_of(session, listing.id)[0] for listing in (first, second))
    session.commit()
    shown = browser.post("/machines/attributes", data={"type_code": "assembly_line"}).text
    assert one.public_id in shown
    line = {"type_code": "assembly_line", "title_zh": "装配线", "members_shown": "1"}
    browser.post("/machines/new", data={**line, "member_units": [one.public_id, two.public_id]})
    made = newest(session)
    assert [unit.id for unit in units_of(session, made.id)] == sorted([one.id, two.id])
    browser.post(
        f"/machines/{made.public_id}/edit",
        data={**line, "version": str(made.version), "member_units": [two.public_id]},
    )
    session.expire_all()
    assert [unit.id for unit in units_of(session, made.id)] == [two.id]


def test_rent_to_own_is_typed_shown_and_kept(session, park, enterprise, browser):
    listing = create_published_listing(session, park, enterprise)
    typed = {"kind": "rent_to_own", "price": "120000", "rent": "6,000", "months": "24", "credit.percent": "80"}
    shown = browser.post("/machines/price/examples", data=typed).text
    assert "¥120,000.00" in shown
    assert "¥62,400.00" in shown  # after 12 rents: 120,000 − 80 % of 72,000
    assert browser.post(f"/machines/{listing.public_id}/price", data=typed).status_code == 303
    again = browser.get(f"/machines/{listing.public_id}/price").text
    assert 'value="120000"' in again
    assert 'value="24"' in again
    refused = browser.post(f"/machines/{listing.public_id}/price", data=typed | {"months": "48"})
    assert refused.status_code == 422
    assert "最多 36 个月" in refused.text
    bad = browser.post(f"/machines/{listing.public_id}/price", data=typed | {"months": "两年"})
    assert bad.status_code == 422


def test_dearer_and_cheaper_units_are_kept_as_tiers(session, park, enterprise, browser):
    listing = create_published_listing(session, park, enterprise)
    typed = {"kind": "usage", "meter": "piece", "unit_price": "7", "tier.1.from": "5", "tier.1.price": "6.5"}
    typed |= {"tier.2.from": "10", "tier.2.price": "6", "model": "volume", "cap": "1000"}
    assert browser.post(f"/machines/{listing.public_id}/price", data=typed).status_code == 303
    session.expire_all()
    plan = session.get_one(RatePlan, listing.rate_plan_id).plan
    assert [(tier["unit_price"], tier["up_to"]) for tier in plan["tiers"]] == [("7", "5"), ("6.5", "10"), ("6", None)]
    assert (plan["model"], plan["cap"]) == ("volume", "1000")
    again = browser.get(f"/machines/{listing.public_id}/price").text
    assert 'name="tier.2.price" type="text" value="6"' in again
