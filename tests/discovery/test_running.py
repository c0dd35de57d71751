"""`gongzao search run`: a file of lines against the live index and database."""

from datetime import timedelta

import pytest

from marketplace.discovery.index import service
from marketplace.discovery.running import answer, look_from, reader_in
from tests.application import NOW
from tests.listings.factories import MILL_ATTRIBUTES, create_published_listing


@pytest.fixture
def ask(market, session):
    reader = reader_in(session, market.park, now=NOW)
    return lambda line: answer(session, line, reader=reader, service=service())


@pytest.fixture
def big(market, session, run_jobs):
    """A machine of 1,200 mm beside the market's 800 mm."""
    attributes = {**MILL_ATTRIBUTES, "travel_x": {"number": 1_200_000}}
    made = create_published_listing(session, market.park, market.supplier, attributes=attributes)
    session.commit()
    run_jobs()
    return made


def numbers(session, listing) -> list[str]:
    session.refresh(listing, ["units"])
    return [unit.asset_number for unit in listing.units]


def test_line_is_answered_with_asset_numbers_and_what_was_understood(market, session, ask):
    found = ask("立式加工中心 600mm 明天 4小时 预算500元")
    assert found["ranked"] == [numbers(session, market.listing)]
    assert found["nothing_fits"] is False
    understood = found["understood"]
    assert understood["type"] == "vertical_machining_centre"
    assert understood["constraints"] == [{"attribute": "travel_x", "op": ">=", "value": 600, "unit": "mm"}]
    assert understood["window"]["hours"] == 4.0
    assert understood["budget"] == {"amount": 500.0, "per": "job"}


def test_hard_condition_filters(market, session, ask, big):
    assert ask("立式加工中心 1000mm")["ranked"] == [numbers(session, big)]


def test_nothing_fits_is_said_and_the_nearest_come_first(market, session, ask, big):
    found = ask("立式加工中心 1500mm")
    assert found["nothing_fits"] is True
    assert found["ranked"] == [numbers(session, big), numbers(session, market.listing)]


def test_two_failing_conditions_still_give_the_machine_last(market, session, ask):
    found = ask("立式加工中心 1500mm 4小时 预算10元")
    assert found["nothing_fits"] is True
    assert found["ranked"] == [numbers(session, market.listing)]


def test_words_order_but_do_not_shut_out_what_fits_the_type(market, session, ask, big):
    found = ask("立式加工中心 急用 出口件")
    assert found["nothing_fits"] is False
    assert len(found["ranked"]) == 2


def test_budget_is_exact_to_the_fen(market, ask):
    assert ask("立式加工中心 4小时 预算480元")["nothing_fits"] is False
    assert ask("立式加工中心 4小时 预算479元")["nothing_fits"] is True


def test_days_of_use_need_a_free_shift_for_each(market, ask):
    assert ask("立式加工中心 48小时")["nothing_fits"] is False
    assert ask("立式加工中心 一个月")["nothing_fits"] is False


def test_several_machines_may_come_from_several_listings(market, ask):
    assert ask("3台 立式加工中心")["nothing_fits"] is False


def test_free_time_is_worked_out_for_a_moment_beyond_what_is_kept(market, session, ask):
    later = NOW + timedelta(days=400)
    assert look_from(session, later) == 1
    reader = reader_in(session, market.park, now=later)
    assert answer(session, "立式加工中心 明天 4小时", reader=reader, service=service())["nothing_fits"] is False


@pytest.mark.parametrize(
    "line",
    [
        "",
        " ",
        "。，！？…",
        "数控" * 5000,
        "🦾🔧🏭",
        "'; DROP TABLE listings_listing; --",
        "travel_x:[* TO *] AND (a OR b) ~5 ^2 \\",
        "\x00\x01",
        "\ud800",
        "600mm" * 100,
        "±0.01 >= <= < > NaN Infinity 1e999mm",
        "从9999-12-31到0001-01-01 99999999999999小时",
        "预算99999999999999999999元",
        "立式加工中心 9999999999999999999999mm",
        "1000000台 立式加工中心",
        "0.000001小时 立式加工中心",
    ],
)
def test_hostile_line_is_answered(market, ask, engineer, line):
    found = ask(line)
    assert set(found) == {"ranked", "understood", "nothing_fits"}
    assert engineer.get("/search", query_string={"q": line.encode("utf-8", "replace").decode()}).status_code == 200
