"""Both engines as fixtures: the embedded one in a folder of its own, Elasticsearch under a prefix of its own."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from search.contract import SearchEngine
from search.engines.elasticsearch_client import Connection
from search.engines.elasticsearch_engine import ElasticsearchEngine
from search.engines.tantivy_engine import TantivyEngine

MakeEngine = Callable[[str], SearchEngine]


@pytest.fixture
def make_tantivy(tmp_path) -> MakeEngine:
    return lambda index: TantivyEngine(tmp_path, index)


@pytest.fixture
def make_elasticsearch(elasticsearch_url) -> Iterator[MakeEngine]:
    connection = Connection(elasticsearch_url)
    made: list[ElasticsearchEngine] = []
    prefix = f"test-{uuid4().hex[:10]}-"

    def make(index: str) -> SearchEngine:
        engine = ElasticsearchEngine(connection, index, prefix=prefix)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.drop()
    connection.close()


@pytest.fixture(params=["tantivy", "elasticsearch"])
def make_engine(request) -> MakeEngine:
    return request.getfixturevalue(f"make_{request.param}")


@pytest.fixture
def engine(make_engine) -> SearchEngine:
    made = make_engine("listings")
    made.prepare()
    return made
