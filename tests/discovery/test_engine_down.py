"""The engine killed or hung: plain SQL answers with a notice, writes go on, and afterwards index equals rows."""

import socket
import threading
from uuid import uuid4

import pytest

from marketplace.discovery.checking import differing_words
from marketplace.discovery.documents import ListingSource
from marketplace.discovery.index import engine, search_with
from marketplace.discovery.row_keeping import keep_rows, outdated_ids
from search.contract import EngineDownError
from search.engines.elasticsearch_client import Connection
from search.engines.elasticsearch_engine import ElasticsearchEngine
from search.maintenance import compare, repair
from tests.listings.factories import create_published_listing

NOTICE = "搜索引擎暂时没有回应"


@pytest.fixture
def usual_engine(market):
    usual = engine()
    yield usual
    search_with(usual)


@pytest.fixture
def killed(usual_engine):
    """Nobody listens where the engine was."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    down = ElasticsearchEngine(Connection(f"http://127.0.0.1:{port}"), "listings", prefix=f"test-{uuid4().hex[:8]}-")
    search_with(down)
    return down


@pytest.fixture
def hung(usual_engine):
    """The engine takes the connection and never answers."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def take() -> None:
        while True:
            try:
                held.append(listener.accept()[0])
            except OSError:
                return

    threading.Thread(target=take, daemon=True).start()
    port = listener.getsockname()[1]
    search_with(ElasticsearchEngine(Connection(f"http://127.0.0.1:{port}"), "listings", prefix="test-hung-"))
    yield
    listener.close()
    for one in held:
        one.close()


def test_killed_engine_is_replaced_by_plain_sql_with_a_notice(market, engineer, killed):
    page = engineer.get("/search", query_string={"q": "立式加工中心 600mm 明天 4小时"})
    assert page.status_code == 200
    assert NOTICE in page.text
    assert market.listing.title_zh in page.text
    assert "480" in page.text


def test_hung_engine_is_waited_for_briefly_and_then_left_alone(market, engineer, hung):
    found = engineer.get("/api/v1/search/", query_string={"q": "VMC850"}).json
    assert found["degraded"] is True
    assert [one["id"] for one in found["items"]] == [market.listing.public_id]


def test_degraded_search_keeps_every_hard_condition(market, engineer, killed):
    for line, total in (
        ("立式加工中心 600mm", 1),
        ("立式加工中心 1200mm", 0),
        ("立式加工中心 4小时 预算500元", 1),
        ("立式加工中心 4小时 预算400元", 0),
        ("三坐标", 0),
        ("海铭", 1),
        ("鲸鱼观察", 0),
    ):
        assert engineer.get("/api/v1/search/", query_string={"q": line}).json["total"] == total, line


def test_near_misses_are_found_without_the_engine(market, engineer, killed):
    page = engineer.get("/search", query_string={"q": "立式加工中心 1200mm"}).text
    assert "短 400 mm" in page


def test_listing_published_while_the_engine_is_down_is_found_at_once_and_indexed_later(
    market, engineer, usual_engine, killed, session, run_jobs
):
    listing = create_published_listing(session, market.park, market.supplier, title="龙门加工中心 XK2420")
    session.commit()
    with pytest.raises(EngineDownError):
        run_jobs()
    session.rollback()
    keep_rows(session, outdated_ids(session))
    session.commit()
    assert listing.title_zh in engineer.get("/search", query_string={"q": "XK2420"}).text
    search_with(usual_engine)
    repair(usual_engine, ListingSource(session))
    assert not compare(usual_engine, ListingSource(session))
    assert differing_words(session, usual_engine) == []


def test_rows_and_index_answer_alike(market, session, run_jobs):
    for title in ("卧式加工中心 HMC500", "立式加工中心 VMC1060", "五轴加工中心 DMU50"):
        create_published_listing(session, market.park, market.supplier, title=title)
    session.commit()
    run_jobs()
    assert outdated_ids(session) == []
    assert differing_words(session, engine()) == []
