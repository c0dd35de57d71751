"""Finding a machine: by page, by API, with the price of this job."""

import re
from html import unescape

from tests.application import NOW
from tests.listings.factories import create_published_listing


def test_published_listing_is_found_with_the_price_of_this_job(market, engineer):
    page = engineer.get("/search", query_string={"q": "立式加工中心 600mm 明天 4小时"})
    assert page.status_code == 200
    assert market.listing.title_zh in page.text
    assert "480" in page.text


def test_machine_that_is_too_small_is_not_offered(market, engineer):
    found = engineer.get("/api/v1/search/", query_string={"q": "立式加工中心 1200mm"}).json
    assert found["items"] == []
    assert [one["listing"]["id"] for one in found["near_misses"]] == [market.listing.public_id]
    assert [one["condition"] for one in found["near_misses"]] == ["number"]


def test_near_miss_says_what_is_lacking_and_how_to_let_it_in(market, engineer):
    page = engineer.get("/search", query_string={"q": "立式加工中心 1200mm"}).text
    assert "X 轴行程 800 mm，短 400 mm" in page
    assert "放宽到 ≥ 800 mm，多 1 台" in page
    relaxed = {"q": "立式加工中心 1200mm", "choose": "attr.travel_x~value:800000"}
    assert engineer.get("/search", query_string=relaxed).text.count('class="card gz-res"') == 1


def test_removed_chip_widens_the_search(market, engineer):
    found = engineer.get("/api/v1/search/", query_string={"q": "立式加工中心 1200mm"}).json
    assert found["total"] == 0
    page = engineer.get("/search", query_string={"q": "立式加工中心 1200mm", "without": "attr.travel_x"})
    assert market.listing.title_zh in page.text


def test_taken_machine_is_not_free_in_the_window(market, engineer):
    market.place(start=2, hours=4)
    market.session.commit()
    found = engineer.get("/api/v1/search/", query_string={"q": "立式加工中心 11月23日10:00-12:00"}).json
    assert found["total"] == 0


def test_api_answers_with_price_and_window(market, engineer):
    (found,) = engineer.get("/api/v1/search/", query_string={"q": "VMC850 4小时"}).json["items"]
    assert found["price"] == {"amount": 48000, "currency": "CNY"}
    assert found["id"] == market.listing.public_id


def test_results_take_a_bounded_number_of_statements(market, engineer, run_jobs, statements):
    for _ in range(6):
        create_published_listing(market.session, market.park, market.supplier)
    market.session.commit()
    run_jobs()
    with statements() as seen:
        engineer.get("/search", query_string={"q": "立式加工中心"})
    assert len(seen) <= 12, seen


def test_listing_page_shows_facts_week_and_panel(market, engineer):
    page = engineer.get(f"/listings/{market.listing.public_id}")
    assert page.status_code == 200
    assert "800 mm" in page.text
    assert "预订" in page.text
    assert NOW.year == 2026


def test_front_page_is_open_to_everybody(client, engineer):
    assert client.get("/").status_code == 200
    assert engineer.get("/").status_code == 200


def test_listing_page_names_similar_machines_free_at_the_same_time(market, engineer, run_jobs):
    other = create_published_listing(market.session, market.park, market.supplier)
    market.session.commit()
    assert other.title_zh in engineer.get(f"/listings/{market.listing.public_id}").text


def test_a_machine_stands_with_its_first_free_window_priced_and_links_to_other_days(market, engineer):
    page = engineer.get(f"/listings/{market.listing.public_id}").text
    chosen = re.search(r'name="start"[^>]*value="([^"]+)"', page)
    assert chosen is not None
    assert "gz-bar" in page
    assert "accepted_total" in page
    other_day = re.search(r'href="([^"]+start=[^"]+)"[^>]*>选这天', page)
    assert other_day is not None
    moved = re.search(r'name="start"[^>]*value="([^"]+)"', engineer.get(unescape(other_day[1])).text)
    assert moved is not None
    assert moved[1] > chosen[1]


def test_forged_cursor_begins_again_on_the_page_and_is_refused_by_the_api(market, engineer):
    for cursor in ("x", "A" * 3000, "AAAAAAAAAAA", "-1", "9" * 50, "../../etc"):
        for sort in ("fit", "price", "distance", "soonest"):
            given = {"q": "立式加工中心", "sort": sort, "cursor": cursor}
            page = engineer.get("/search", query_string=given)
            assert page.status_code == 200
            assert "从第一页重新开始" in page.text
            assert engineer.get("/api/v1/search/", query_string=given).status_code == 422


def test_filters_of_the_address_narrow_the_results(market, engineer):
    for given, found in (
        ({"least.travel_x": "700"}, True),
        ({"least.travel_x": "900"}, False),
        ({"most.travel_x": "700"}, False),
        ({"price": "0-100000"}, True),
        ({"price": "0-50000"}, False),
        ({"operator": "own"}, False),
        ({"kind": "equipment", "free": "7"}, True),
        ({"kind": "service"}, False),
        ({"least.travel_x": "much", "price": "--", "free": "never", "km": "-3"}, True),
    ):
        page = engineer.get("/search", query_string={"q": "立式加工中心", **given})
        assert page.status_code == 200
        assert ('class="card gz-res"' in page.text) is found, given


def test_two_machines_stand_side_by_side(market, engineer, run_jobs):
    other = create_published_listing(market.session, market.park, market.supplier)
    market.session.commit()
    page = engineer.get("/compare", query_string={"compare": [market.listing.public_id, other.public_id, "nobody"]})
    assert page.status_code == 200
    assert market.listing.title_zh in page.text
    assert other.title_zh in page.text


def test_words_are_suggested_while_one_types(market, engineer):
    assert engineer.get("/search/suggestions", query_string={"q": "VMC"}).status_code == 200


def test_recent_lines_and_free_machines_stand_on_the_front_page(market, engineer):
    engineer.get("/search", query_string={"q": "立式加工中心 600mm"})
    page = engineer.get("/").text
    assert "最近搜过" in page
    assert "立式加工中心 600mm" in page


def test_question_with_every_condition_keeps_to_the_number_of_statements(market, engineer, run_jobs, statements):
    """Also with near misses beside: what the page speaks of is loaded at once."""
    for size in (500_000, 550_000):
        attributes = {"travel_x": {"number": size}}
        create_published_listing(market.session, market.park, market.supplier, attributes=attributes)
    market.session.commit()
    run_jobs()
    line = "立式加工中心 600mm 明天 4小时"
    engineer.get("/search", query_string={"q": line})
    with statements() as seen:
        page = engineer.get("/search", query_string={"q": line})
    assert "短 50 mm" in page.text
    assert len(seen) <= 12, seen
