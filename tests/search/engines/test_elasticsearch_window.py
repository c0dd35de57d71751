from dataclasses import replace
from datetime import UTC, datetime, timedelta

from search.analysis import entry_of
from search.contract import EngineRequest, Filters
from search.engines.elasticsearch_query import MOST_IDS
from tests.search.documents import workshop

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def test_more_free_ids_than_the_server_takes_are_asked_for_by_their_window(make_elasticsearch):
    engine = make_elasticsearch("listings")
    engine.prepare()
    free = {1: (MONDAY, MONDAY + timedelta(days=1)), 2: (MONDAY + timedelta(days=3), MONDAY + timedelta(days=4))}
    engine.write(
        [entry_of(replace(listing, free=(free[listing.id],) if listing.id in free else ())) for listing in workshop()]
    )
    engine.refresh()
    window = (MONDAY + timedelta(hours=20), MONDAY + timedelta(days=3))
    many = Filters(ids=frozenset(range(MOST_IDS + 1)), free_between=window)
    assert [each.id for each in engine.query(EngineRequest(filters=many)).candidates] == [1]
