"""The line to Elasticsearch breaks at any request of a rebuild or a write: afterwards the index can be made whole."""

from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import pytest

from search.contract import EngineDownError
from search.engines.elasticsearch_client import Connection
from search.engines.elasticsearch_engine import ElasticsearchEngine
from search.maintenance import compare, rebuild
from search.service import SearchRequest, SearchService
from tests.search.documents import workshop
from tests.search.engines.cutting_proxy import cutting_proxy
from tests.search.test_maintenance import Shelf

NEWER = [replace(listing, version=2) for listing in workshop()] + [replace(workshop()[0], id=50, version=2)]
OLD, NEW = ({listing.id: listing.version for listing in listings} for listings in (workshop(), NEWER))


@pytest.fixture
def line(elasticsearch_url):
    """A sound engine and the same one behind a line that can be cut."""
    prefix = f"test-{uuid4().hex[:10]}-"
    sound = ElasticsearchEngine(Connection(elasticsearch_url), "listings", prefix=prefix)
    rebuild(sound, Shelf(workshop()))
    with cutting_proxy(elasticsearch_url) as proxy:
        connections = []

        def behind():
            connections.append(Connection(proxy.url))
            return ElasticsearchEngine(connections[-1], "listings", prefix=prefix)

        yield sound, behind, proxy
        for connection in connections:
            connection.close()
    sound.drop()


@pytest.mark.parametrize("delivered", [False, True])
@pytest.mark.parametrize("at", [1, 3, 4, 5, 6, 7, 8, 9, 10, 11])
def test_a_rebuild_cut_off_anywhere_leaves_the_old_or_the_new(line, at, delivered):
    sound, behind, proxy = line
    engine = behind()
    proxy.cut(at=at, delivered=delivered)
    with suppress(EngineDownError):
        rebuild(engine, Shelf(NEWER))
    served = sound.versions()
    assert served in (OLD, NEW)
    assert len(SearchService(sound).search(SearchRequest(text="车床")).hits) >= 2
    rebuild(sound, Shelf(NEWER))
    assert sound.versions() == NEW


@pytest.mark.parametrize("delivered", [False, True])
def test_a_write_whose_answer_is_lost_is_made_good_by_writing_again(line, delivered):
    sound, behind, proxy = line
    engine = behind()
    proxy.cut(at=1, delivered=delivered)
    with pytest.raises(EngineDownError):
        SearchService(engine).write(NEWER)
    assert all(version in {OLD.get(identity), NEW[identity]} for identity, version in sound.versions().items())
    again = SearchService(engine).write(NEWER)  # doing it again is safe: what arrived is passed over
    assert again.stored + again.passed_over == len(NEW)
    sound.refresh()
    assert sound.versions() == NEW
    assert not compare(sound, Shelf(NEWER))


def test_a_page_cut_off_half_way_is_refused_and_the_next_one_works(line):
    _, behind, proxy = line
    engine = behind()
    engine.lexicon()
    for at in (1, 2):
        proxy.cut(at=at, delivered=False)
        with pytest.raises(EngineDownError):
            SearchService(engine).search(SearchRequest(text="车床"))
    assert len(SearchService(engine).search(SearchRequest(text="车床")).hits) == 2
