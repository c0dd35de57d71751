"""What every engine owes: the same suite runs over tantivy and over a real Elasticsearch."""

from dataclasses import replace

import pytest

from search.analysis import entry_of
from search.contract import (
    FACETS,
    EngineRequest,
    FacetCount,
    Filters,
    NumberFilter,
    PriceBand,
    Radius,
    WordFilter,
)
from search.documents import Deletion, Place
from search.maintenance import build_lexicon
from search.ranking.frequencies import Lexicon
from search.ranking.query import Expansion, build_query
from tests.search.documents import workshop


@pytest.fixture
def filled(engine):
    engine.write([entry_of(listing) for listing in workshop()])
    engine.refresh()
    return engine


def ids(engine, text="", *, expansions=(), **filters):
    request = EngineRequest(query=build_query(text, expansions), filters=Filters(**filters))
    page = engine.query(request)
    found = sorted(candidate.id for candidate in page.candidates)
    assert page.total == len(found) == engine.count(request)
    assert sorted(engine.matching_ids(request)) == found
    return found


def test_without_words_everything_is_found_newest_first(filled):
    page = filled.query(EngineRequest())
    assert [candidate.id for candidate in page.candidates] == [8, 7, 6, 5, 4, 3, 2, 1]
    assert page.total == 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("数控车床", [1, 2]),
        ("數控車床", [1, 2]),
        ("CNC LATHE", [1, 2]),
        ("lathes", [1, 2]),
        ("ck6140", [1]),
        ("CK-6140", [1]),
        ("vmc 850", [3]),
        ("ＶＭＣ８５０", [3]),
        ("haas", [3]),
        ("加工中心", [3, 4]),
        ("moulding", [7]),
        ("没有这种机器", []),
    ],
)
def test_words_find_what_says_them(filled, text, expected):
    assert ids(filled, text) == expected


def test_a_synonym_finds_what_the_typed_word_does_not(filled):
    assert ids(filled, "测量仪") == []
    assert ids(filled, "测量仪", expansions=[Expansion(0, 3, "CMM", 0.8)]) == [6]


def test_any_word_is_enough_when_asked(filled):
    strict = build_query("龙门 CMM 注塑机")
    assert filled.query(EngineRequest(query=strict)).total == 0
    loose = filled.query(EngineRequest(query=strict.anything()))
    assert {5, 6, 7} <= {candidate.id for candidate in loose.candidates}


def test_candidates_carry_their_text_for_our_ranking(filled):
    page = filled.query(EngineRequest(query=build_query("CK6140")))
    assert page.candidates[0].analysed.occurrences["ck6140"] == ((0, 1), (1, 1), (5, 1))
    again = filled.query(EngineRequest(query=build_query("CK6140")))
    assert again.candidates[0].analysed == page.candidates[0].analysed


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kinds": ("instrument",)}, [6, 8]),
        ({"types": ("milling",)}, [3, 4, 5]),
        ({"types": ("cmm", "cnc_lathe")}, [1, 2, 6]),
        ({"zones": ("south",)}, [2, 3, 6]),
        ({"approvals": ("instant",)}, [1, 3]),
        ({"certificates": ("ISO 9001",)}, [3, 4]),
        ({"certificates": ("ISO 9001", "AS9100")}, [4]),
        ({"park": 1}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({"park": 2}, [6]),
        ({"park": 3}, []),
        ({"suppliers": (10,)}, [2, 4, 6, 8]),
        ({"excluded_suppliers": (10,)}, [1, 3, 5, 7]),
        ({"ids": frozenset({2, 5, 99})}, [2, 5]),
        ({"ids": frozenset()}, []),
        ({"ids": frozenset(range(3, 70_000))}, [3, 4, 5, 6, 7, 8]),
        ({"excluded_ids": frozenset({1, 2, 3})}, [4, 5, 6, 7, 8]),
        ({"words": (WordFilter("material", ("titanium",)),)}, [4]),
        ({"words": (WordFilter("material", ("steel", "al-7075")),)}, [4]),
        ({"words": (WordFilter("colour", ("titanium",)),)}, []),
        ({"price": PriceBand("hour", 8_000, 12_000)}, [1, 2, 3]),
        ({"price": PriceBand("hour", None, 8_000)}, [1, 8]),
        ({"price": PriceBand("day", 180_000)}, [4, 5]),
        ({"price": PriceBand("week", 0)}, []),
        ({"near": Radius(Place(31.001, 121.0), 120)}, [1, 2]),
        ({"near": Radius(Place(31.004, 121.0), 0)}, [4]),
        ({"near": Radius(Place(0.0, 0.0), 5000)}, []),
    ],
)
def test_filters_let_through_what_they_say(filled, filters, expected):
    assert ids(filled, **filters) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (NumberFilter("travel_x", maximum_at_least=800_000), [2, 3, 5, 6]),
        (NumberFilter("travel_x", maximum_at_least=800_001), [2, 5, 6]),
        (NumberFilter("travel_x", minimum_at_most=750_000), [1, 4]),
        (NumberFilter("travel_x", minimum_at_least=700_000, maximum_at_most=900_000), [1, 3, 6]),
        (NumberFilter("temperature", minimum_at_most=-40_000, maximum_at_least=150_000), [8]),
        (NumberFilter("temperature", minimum_at_most=-40_001), []),
        (NumberFilter("temperature", maximum_at_least=151_000), []),
        (NumberFilter("odd-key.1", maximum_at_least=10**15), [8]),
        (NumberFilter("odd-key.1"), [8]),
        (NumberFilter("odd_key_1"), []),
        (NumberFilter('x:[* TO *] OR "'), []),
    ],
)
def test_attribute_bounds_work_on_the_span_covered(filled, number, expected):
    assert ids(filled, numbers=(number,)) == expected
    assert ids(filled, excluded_numbers=(number,)) == sorted(set(range(1, 9)) - set(expected))


def test_words_and_filters_hold_together(filled):
    assert ids(filled, "加工中心", zones=("north",), numbers=(NumberFilter("travel_x", maximum_at_least=600_000),)) == [
        4
    ]


def test_each_facet_puts_its_own_filter_aside(filled):
    request = EngineRequest(
        query=build_query("机"),
        filters=Filters(zones=("south",), types=("milling",)),
        facets=FACETS,
        price_facet=("hour", (10_000, 40_000)),
    )
    facets = filled.query(replace(request, query=None)).facets
    assert facets["zone"] == (FacetCount("north", 1), FacetCount("south", 1))
    assert {each.value: each.count for each in facets["types"]} == {
        "cnc_lathe": 1, "turning": 1, "vmc": 1, "milling": 1, "cmm": 1, "metrology": 1,
    }  # fmt: skip
    assert facets["kind"] == (FacetCount("equipment", 1),)
    assert facets["certificates"] == (FacetCount("ISO 9001", 1),)
    assert facets["price"] == (FacetCount("0-10000", 0), FacetCount("10000-40000", 1), FacetCount("40000-", 0))
    assert facets["grade"] == ()


def test_price_bands_ignore_the_chosen_price(filled):
    request = EngineRequest(
        filters=Filters(price=PriceBand("hour", 0, 9_000)), facets=("price",), price_facet=("hour", (9_000, 20_000))
    )
    page = filled.query(request)
    assert page.total == 2
    assert page.facets["price"] == (FacetCount("0-9000", 2), FacetCount("9000-20000", 2), FacetCount("20000-", 3))


def test_pages_follow_each_other_without_gap_or_repetition(filled):
    seen = [
        candidate.id
        for offset in (0, 3, 6)
        for candidate in filled.query(EngineRequest(size=3, offset=offset)).candidates
    ]
    assert seen == [8, 7, 6, 5, 4, 3, 2, 1]
    assert filled.query(EngineRequest(size=0)).candidates == ()
    assert filled.query(EngineRequest(size=0, query=build_query("机"))).candidates == ()
    assert filled.query(EngineRequest(offset=20_000)).candidates == ()


def test_equal_scores_are_cut_by_id_not_by_place_in_the_index(engine):
    listing = workshop()[0]
    twins = [replace(listing, id=identity) for identity in range(300, 0, -1)]
    engine.write([entry_of(twin) for twin in twins])
    engine.refresh()
    page = engine.query(EngineRequest(query=build_query("数控车床"), size=10))
    assert [candidate.id for candidate in page.candidates] == list(range(1, 11))
    assert page.total == 300


def test_an_older_version_never_overwrites(filled):
    listing = workshop()[0]
    newer = replace(listing, version=3, title_zh="卧式车床")
    assert filled.write([entry_of(newer)]).stored == 1
    outcome = filled.write([entry_of(replace(listing, version=2)), entry_of(newer)])
    assert (outcome.stored, outcome.passed_over) == (0, 2)
    filled.refresh()
    assert ids(filled, "卧式车床") == [1]
    assert filled.versions()[1] == 3


def test_a_deletion_keeps_a_late_older_entry_out(filled):
    assert filled.write([], [Deletion(1, 5)]).deleted == 1
    assert filled.write([entry_of(replace(workshop()[0], version=4))]).passed_over == 1
    filled.refresh()
    assert 1 not in filled.versions()
    assert filled.write([entry_of(replace(workshop()[0], version=6))]).stored == 1
    filled.refresh()
    assert filled.versions()[1] == 6


def test_an_older_deletion_is_passed_over(filled):
    filled.write([entry_of(replace(workshop()[0], version=9))])
    assert filled.write([], [Deletion(1, 8)]).passed_over == 1
    filled.refresh()
    assert filled.versions()[1] == 9


def test_within_one_batch_the_newest_wins(engine):
    listing = workshop()[0]
    engine.write([entry_of(replace(listing, version=2, title_zh="新")), entry_of(replace(listing, version=1))])
    engine.refresh()
    assert engine.versions() == {1: 2}
    assert ids(engine, "新") == [1]


def test_a_new_generation_fills_in_the_dark_and_serves_after_the_swap(filled):
    generation = filled.new_generation()
    filled.write([entry_of(listing) for listing in workshop()[:2]], generation=generation)
    assert len(filled.versions()) == 8
    filled.swap(generation, build_lexicon(workshop()[:2]))
    assert sorted(filled.versions()) == [1, 2]
    assert filled.lexicon().documents == 2
    assert filled.health().generation.endswith(generation)
    assert filled.health().documents == 2


def test_what_was_deleted_before_a_swap_may_come_again(filled):
    lathe = workshop()[0]
    filled.write([], [Deletion(lathe.id, lathe.version + 9)])
    filled.swap(filled.new_generation(), Lexicon())
    assert filled.write([entry_of(lathe)]).stored == 1


def test_a_second_engine_on_the_same_index_follows_writes_and_swaps(make_engine):
    writer, reader = make_engine("listings"), make_engine("listings")
    writer.prepare()
    reader.prepare()
    writer.write([entry_of(workshop()[0])])
    writer.refresh()
    assert ids(reader) == [1]
    generation = writer.new_generation()
    writer.write([entry_of(workshop()[1])], generation=generation)
    writer.swap(generation, Lexicon())
    assert ids(reader) == [2]


def test_two_indexes_do_not_see_each_other(make_engine):
    listings, demands = make_engine("listings"), make_engine("demands")
    listings.prepare()
    demands.prepare()
    listings.write([entry_of(workshop()[0])])
    listings.refresh()
    demands.refresh()
    assert demands.versions() == {}


def test_the_lexicon_is_kept_with_the_index(filled):
    lexicon = build_lexicon(workshop(), "a stamp")
    filled.store_lexicon(lexicon)
    kept = filled.lexicon()
    assert (kept.documents, kept.stamp) == (8, "a stamp")
    assert kept.frequencies == lexicon.frequencies
    assert kept.surfaces == lexicon.surfaces
    assert kept.average_lengths == lexicon.average_lengths


def test_prepare_is_safe_to_repeat(filled):
    filled.prepare()
    assert len(filled.versions()) == 8
