import pytest

from search.maintenance import build_lexicon
from search.ranking.frequencies import Lexicon
from search.suggestions import Suggestion, did_you_mean, repairs, suggestions
from tests.search.documents import workshop


@pytest.fixture(scope="module")
def lexicon():
    return build_lexicon(workshop())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("machning centre", "machining centre"),
        ("lathe with lnog bed", None),
        ("vertcial machining", "Vertical machining"),
        ("gamtry", "Gantry"),
        ("gantry", None),
        ("数空车床", "数控车床"),
        ("五周加工", "五轴加工"),
        ("三坐鏢 测量", "三坐标 测量"),
        ("三座标", None),
        ("CK614", "CK6140"),
        ("数控车床", None),
        ("lathes", None),
        ("", None),
        ("qqqqq", None),
        ("ab", None),
    ],
)
def test_only_unknown_words_are_replaced(lexicon, typed, meant):
    found = did_you_mean(typed, lexicon)
    assert (found or "").casefold() == (meant or "").casefold()


def test_a_word_of_grammar_is_not_mended(lexicon):
    assert did_you_mean("these those", lexicon) is None


def test_repairs_stand_where_the_word_stood(lexicon):
    line = "租 machning centre"
    repair = repairs(line, lexicon)[0]
    assert line[repair.start : repair.end] == "machning"
    assert 0 < repair.weight < 1


def test_two_words_the_index_writes_as_one_are_found():
    lexicon = Lexicon(documents=3, frequencies={"workbench": 2, "work": 1, "bench": 1})
    assert [each.words for each in repairs("work bench", lexicon)] == ["workbench"]
    assert repairs("of bench", lexicon) == ()
    split = Lexicon(documents=3, frequencies={"work": 1, "bench": 1})
    assert [each.words for each in repairs("workbench", split)] == ["work bench"]


def test_an_empty_index_mends_nothing():
    assert repairs("machning", Lexicon()) == ()
    assert did_you_mean("machning", Lexicon()) is None


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("数", "数控车床"),
        ("數控", "数控车床"),
        ("skcc", "数控车床"),
        ("shukong", "数控车床"),
        ("zhus", "注塑机"),
        ("gan", "Gantry"),
        ("ＧＡＮ", "Gantry"),
        ("vmc", "VMC-850"),
    ],
)
def test_suggestions_begin_like_what_was_typed(lexicon, typed, first):
    assert first in [suggestion.text for suggestion in suggestions(typed, lexicon)]


def test_suggestions_count_documents_and_are_limited(lexicon):
    assert Suggestion("数控车床", 2) in suggestions("数控", lexicon)
    assert len(suggestions("c", lexicon, limit=2)) == 2
    assert suggestions("  ", lexicon) == []
    assert suggestions("没有", lexicon) == []
