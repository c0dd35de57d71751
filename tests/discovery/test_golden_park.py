"""Golden lines over a small park: the same twenty on both engines and in the order that was judged."""

from math import log2
from uuid import uuid4

import pytest

from marketplace.discovery.documents import ListingSource, asset_numbers
from marketplace.discovery.index import engine
from marketplace.discovery.running import answer, reader_in
from search.engines.elasticsearch_client import Connection
from search.engines.elasticsearch_engine import ElasticsearchEngine
from search.maintenance import rebuild
from search.service import SearchService
from tests.application import NOW
from tests.discovery.golden_park import GOLDEN, Golden, create_golden_park
from tests.factories import create_enterprise, create_park, create_zone

FLOOR = 0.95
"""The mean nDCG@10 that ranking must reach; raise it when ranking gets better."""
LEAST_OF_ONE = 0.6


@pytest.fixture
def park(session):
    park = create_park(session)
    create_golden_park(session, park, create_enterprise(session, park), create_zone(session, park))
    session.commit()
    return park


@pytest.fixture
def elastic(elasticsearch_url):
    made = ElasticsearchEngine(Connection(elasticsearch_url), "golden", prefix=f"test-{uuid4().hex[:8]}-")
    yield made
    made.drop()


def test_golden_lines_find_the_same_twenty_on_both_engines_and_reach_the_floor(session, park, elastic):
    source, reader = ListingSource(session), reader_in(session, park, now=NOW)
    titles = {tuple(numbers): title for numbers, title in _titles(session, source).items()}
    scores: dict[str, float] = {}
    answers: dict[str, dict[str, object]] = {}
    for each in (engine(), elastic):
        rebuild(each, source)
        service = SearchService(each)
        for golden in GOLDEN:
            found = answer(session, golden.line, reader=reader, service=service)
            again = answers.setdefault(golden.line, found)
            assert found["ranked"][:20] == again["ranked"][:20], golden.line
            assert found["nothing_fits"] is golden.nothing_fits, golden.line
            scores[golden.line] = _ndcg(golden, [titles[tuple(numbers)] for numbers in found["ranked"]])
    weak = {line: round(score, 3) for line, score in scores.items() if score < LEAST_OF_ONE}
    assert not weak
    assert sum(scores.values()) / len(scores) >= FLOOR


def _titles(session, source) -> dict[tuple[str, ...], str]:
    documents = list(source.documents())
    numbers = asset_numbers(session, [document.id for document in documents])
    return {numbers[document.id]: document.title_zh for document in documents}


def _ndcg(golden: Golden, ranked: list[str]) -> float:
    grades = dict.fromkeys(golden.fair, 1) | dict.fromkeys(golden.best, 2)
    gained = sum(_gain(grades.get(title, 0), rank) for rank, title in enumerate(ranked[:10], 1))
    best = sum(_gain(grade, rank) for rank, grade in enumerate(sorted(grades.values(), reverse=True)[:10], 1))
    return gained / best


def _gain(grade: int, rank: int) -> float:
    return (2**grade - 1) / log2(rank + 1)
