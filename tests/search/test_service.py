from dataclasses import replace

import pytest

from search.contract import EngineRequest, Filters
from search.cursors import BadCursorError, FrozenOrder, question_of, read_cursor
from search.documents import Deletion
from search.maintenance import build_lexicon
from search.ranking.query import Expansion, build_query
from search.service import SearchRequest, SearchService
from tests.search.documents import workshop
from tests.search.golden import GOLDEN, catalogue


@pytest.fixture
def service(engine):
    service = SearchService(engine)
    service.write(workshop())
    engine.store_lexicon(build_lexicon(workshop()))
    engine.refresh()
    return service


@pytest.fixture
def many(make_tantivy):
    """Two hundred and fifty machines that differ in little."""
    engine = make_tantivy("many")
    engine.prepare()
    service = SearchService(engine)
    listing = workshop()[0]
    listings = [
        replace(listing, id=identity, title_zh=f"数控车床 {'铣' * (identity % 7)}") for identity in range(1, 251)
    ]
    service.write(listings)
    engine.store_lexicon(build_lexicon(listings))
    return service


def shown(found):
    return [hit.id for hit in found.hits]


def test_results_come_in_our_order_with_reasons(service):
    found = service.search(SearchRequest(text="加工中心 五轴"))
    assert shown(found)[0] == 4
    reasons = service.explain(found.query, found.hits[0])
    assert {reason.written for reason in reasons} == {"加工中心", "五轴"}
    assert all("title" in reason.fields for reason in reasons)


def test_a_misspelt_word_still_finds(service):
    assert 4 in shown(service.search(SearchRequest(text="machning centre")))
    assert shown(service.search(SearchRequest(text="三座标")))[0] == 6
    assert shown(service.search(SearchRequest(text="CK61")))[:2] == [1, 2]


def test_a_synonym_finds_below_the_typed_word(service):
    request = SearchRequest(text="车床", expansions=(Expansion(0, 2, "milling machine", 0.7),))
    assert shown(service.search(request)) == [1, 2, 5]


def test_reviewed_synonyms_are_used_unasked(service):
    assert shown(service.search(SearchRequest(text="CMM")))[0] == 6
    assert 7 in shown(service.search(SearchRequest(text="injection molding machine")))
    assert shown(service.search(SearchRequest(text="三坐标出租"))) == [6]


def test_when_nothing_has_most_of_the_words_single_words_count_and_this_is_said(service):
    found = service.search(SearchRequest(text="龙门 CMM 注塑机"))
    assert found.relaxed
    assert set(shown(found)) >= {5, 6, 7}
    assert not service.search(SearchRequest(text="龙门")).relaxed


def test_a_part_of_a_long_word_is_accepted_when_nothing_has_most_of_it(service):
    found = service.search(SearchRequest(text="卧式试验箱专用台架"))
    assert (found.relaxed, shown(found)[0]) == (True, 8)


def test_single_characters_of_an_unknown_word_find_nothing(service):
    assert shown(service.search(SearchRequest(text="飞机票务"))) == []


def test_words_nobody_writes_find_nothing(service):
    found = service.search(SearchRequest(text="xyzzyplugh"))
    assert (found.total, found.hits, found.cursor) == (0, (), None)


def test_without_words_the_newest_come_first(service):
    found = service.search(SearchRequest(text="  ,", size=3))
    assert shown(found) == [8, 7, 6]
    following = service.search(SearchRequest(text="  ,", size=3, cursor=found.cursor))
    assert shown(following) == [5, 4, 3]


def test_unpublished_documents_leave_the_index(service):
    listing = workshop()[0]
    service.write([replace(listing, version=2, published=False)])
    service.engine.refresh()
    assert 1 not in service.engine.versions()
    service.write([], [Deletion(2, 2)])
    service.engine.refresh()
    assert 2 not in service.engine.versions()


def test_counting_and_ids_agree_with_the_page(service):
    request = SearchRequest(text="机", filters=Filters(zones=("south",)))
    found = service.search(request)
    assert service.count(request) == found.total
    assert sorted(service.matching_ids(request)) == sorted(shown(found))


def test_all_pages_together_hold_every_match_once(many):
    request = SearchRequest(text="数控车床", size=40)
    found = many.search(request)
    seen = shown(found)
    while found.cursor:
        found = many.search(replace(request, cursor=found.cursor))
        assert found.total == 250
        seen += shown(found)
    assert sorted(seen) == list(range(1, 251))


def test_the_order_stays_frozen_when_the_index_changes(many):
    request = SearchRequest(text="数控车床", size=20)
    first = many.search(request)
    ahead = [hit.id for hit in many.ranked(first.query, _candidates(many, first.query))]
    many.write([replace(workshop()[0], id=999, title_zh="数控车床 数控车床 数控车床")])
    second = many.search(replace(request, cursor=first.cursor))
    assert shown(second) == ahead[20:40]


def test_the_callers_order_is_the_one_that_is_frozen(many):
    request = SearchRequest(text="数控车床", size=5, order="id")
    first = many.search(request, reorder=lambda hits: sorted(hits, key=lambda hit: hit.id))
    second = many.search(replace(request, cursor=first.cursor))
    assert shown(first) + shown(second) == sorted(shown(first) + shown(second))


def test_a_cursor_of_another_question_is_refused(many):
    cursor = many.search(SearchRequest(text="数控车床")).cursor
    for other in (SearchRequest(text="铣床", cursor=cursor), SearchRequest(text="数控车床", order="x", cursor=cursor)):
        with pytest.raises(BadCursorError):
            many.search(other)


@pytest.mark.parametrize("cursor", ["", "!", "AAAA", "x" * 5000, "数控", "AAAAAAAAAAA", "QUJDREVGR0hJSktMTU5PUA"])
def test_a_broken_cursor_is_refused(cursor):
    with pytest.raises(BadCursorError):
        read_cursor(cursor, question_of("x", Filters()))


def test_a_cursor_carries_two_hundred_ids_in_an_address():
    ids = tuple((identity * 7919) % 100_003 for identity in range(200))
    question = question_of("数控车床", Filters(zones=("south",)))
    order = FrozenOrder(question, ids, 20, relaxed=True)
    assert read_cursor(order.cursor(), question) == order
    assert len(order.cursor()) < 1000


def test_the_free_ids_of_the_minute_do_not_spoil_a_cursor():
    assert question_of("x", Filters(ids=frozenset({1}))) == question_of("x", Filters(ids=frozenset({2})))
    assert question_of("x", Filters(park=1)) != question_of("x", Filters(park=2))


def test_both_engines_give_the_same_twenty_for_every_golden_query(make_tantivy, make_elasticsearch):
    services = []
    for make in (make_tantivy, make_elasticsearch):
        engine = make("golden")
        engine.prepare()
        service = SearchService(engine)
        service.write(catalogue())
        service.write([replace(listing, version=2) for listing in catalogue()[::3]])  # updates leave old copies behind
        engine.store_lexicon(build_lexicon(catalogue()))
        engine.refresh()
        services.append(service)
    for text in GOLDEN:
        one, other = (service.search(SearchRequest(text=text)) for service in services)
        assert shown(one) == shown(other), text
        assert (one.total, one.relaxed) == (other.total, other.relaxed), text


def _candidates(service, query):
    page = service.engine.query(EngineRequest(query=query))
    return [(each.id, each.analysed) for each in page.candidates]


def test_an_empty_line_is_no_query(service):
    assert not service.read(SearchRequest(text="   ")).groups
    assert build_query("").groups == ()
