import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import plain_entry
from search.ranking.bm25f import Scorer
from search.ranking.candidates import analyse, weighted_tokens
from search.ranking.frequencies import Lexicon, LexiconBuilder
from search.ranking.query import Expansion, build_query
from search.ranking.weights import CURRENT, FIELDS
from search.text.kinds import Kind

LINES = [
    ("数控车床 CK6140", "卧式,最大回转直径400mm,适合轴类零件"),
    ("立式加工中心 VMC850", "三轴,行程800mm"),
    ("Vertical machining centre", "three axes, travel 800 mm, with tool changer"),
    ("注塑机", "锁模力90吨"),
    ("三坐标测量机", "检测与校准,测量车床零件"),
]


def collection(lines=LINES):
    builder, analysed = LexiconBuilder(), {}
    for identity, (title, body) in enumerate(lines, 1):
        entry = plain_entry(identity, title, body)
        builder.add(entry.fields)
        analysed[identity] = analyse(entry.fields)
    return builder.finish(), analysed


def order(text, lines=LINES, expansions=()):
    lexicon, analysed = collection(lines)
    ranked = Scorer(build_query(text, expansions), lexicon).rank(analysed.items())
    return [each.id for each in ranked if each.score > 0]


def test_the_title_counts_more_than_the_body():
    assert order("车床")[0] == 1
    assert order("车床")[1] == 5


def test_a_rare_word_counts_more_than_a_common_one():
    lines = [("机床 甲", ""), ("机床 乙", ""), ("机床 丙", ""), ("电炉 乙", "")]
    lexicon, _ = collection(lines)
    assert lexicon.rarity("电炉") > lexicon.rarity("机床") > 0
    assert lexicon.rarity("从未见过") > lexicon.rarity("电炉")


def test_equal_scores_stand_by_lower_id():
    assert order("铣床", [("铣床", ""), ("电炉", ""), ("铣床", ""), ("铣床", "")]) == [1, 3, 4]


def test_a_shorter_text_that_says_the_same_stands_first():
    assert order("铣床", [("", "铣床" + "以及许多别的东西" * 5), ("", "铣床")]) == [2, 1]


def test_repetition_soon_stops_counting():
    lexicon, analysed = collection([("", "铣床 其他机器设备"), ("", "铣床 铣床 铣床 铣床"), ("", "铣床 钻床 加工设备")])
    scorer = Scorer(build_query("铣床 钻床"), lexicon)
    assert scorer.score(analysed[3]) > scorer.score(analysed[2])


def test_words_of_grammar_count_for_little():
    lines = [("", "什么是什么,哪些什么,是什么的什么"), ("", "主轴的转速由变频器给定")]
    assert order("主轴的转速是什么?", lines)[0] == 2


def test_a_synonym_counts_less_than_the_typed_word():
    lines = [("三坐标", ""), ("CMM", "")]
    assert order("三坐标", lines, [Expansion(0, 3, "CMM", 0.8)]) == [1, 2]


def test_a_bilingual_document_does_not_count_twice():
    lines = [("数控车床", ""), ("数控车床 CNC lathe", ""), ("数控车床", "")]
    lexicon, analysed = collection(lines)
    plain = Scorer(build_query("数控车床"), lexicon)
    expanded = Scorer(build_query("数控车床", [Expansion(0, 4, "CNC lathe", 0.7)]), lexicon)
    assert math.isclose(expanded.score(analysed[2]), plain.score(analysed[2]))


def test_a_rare_synonym_still_counts_less_than_the_typed_word():
    lines = [("车床", ""), ("车床", ""), ("车床", ""), ("lathe", "")]
    assert order("车床", lines, [Expansion(0, 2, "lathe", 0.9)]) == [1, 2, 3, 4]


def test_an_expansion_over_several_words_makes_them_one_idea():
    query = build_query("injection moulding machine 90T", [Expansion(0, 26, "注塑机", 0.8)])
    assert [group.alternatives[0].written for group in query.groups] == ["injection moulding machine", "90T"]
    assert [each.written for each in query.groups[0].alternatives] == ["injection moulding machine", "注塑机"]


def test_a_run_of_chinese_falls_apart_where_a_part_has_other_words():
    query = build_query("租数控车床加工", [Expansion(1, 5, "CNC lathe", 0.7)])
    assert [group.alternatives[0].written for group in query.groups] == ["租", "数控车床", "加工"]
    assert [len(group.alternatives) for group in query.groups] == [1, 2, 1]
    assert query.groups[1].alternatives[0].proof == ("数控", "控车", "车床")


def test_explanation_names_words_and_fields_and_adds_up():
    lexicon, analysed = collection()
    scorer = Scorer(build_query("车床 零件 没有的词"), lexicon)
    parts = scorer.explain(analysed[1])
    assert [(part.written, part.fields) for part in parts] == [("车床", ("title",)), ("零件", ("body",))]
    assert math.isclose(sum(part.score for part in parts), scorer.score(analysed[1]))


def test_parts_of_a_code_find_it_written_otherwise():
    assert order("mate40pro", [("Huawei Mate 40 Pro", ""), ("Mate X", "")])[0] == 1


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("车床", 1),
        ("车床 铣床", 2),
        ("车床 铣床 磨床", 2),
        ("车床 铣床 磨床 钻床", 3),
        ("the lathe of", 1),
        ("lathe rental", 1),
        ("车床 出租", 1),
        ("出租", 0),
        ("", 0),
        ("?!", 0),
    ],
)
def test_most_words_are_wanted(text, needed):
    assert build_query(text).needed_groups == needed
    assert build_query(text, any_word=True).needed_groups == 0


def test_a_long_run_of_chinese_wants_most_of_its_pairs():
    typed = build_query("数控车床加工").groups[0].alternatives[0]
    assert (len(typed.proof), typed.needed) == (5, 3)
    assert build_query("车床").groups[0].alternatives[0].needed == 1


def test_a_code_is_proved_by_itself_alone():
    assert build_query("VF-2SS").groups[0].alternatives[0].proof == ("vf2ss",)


@pytest.mark.parametrize("written", ["600mm", "0.6 m", "60 cm"])
def test_a_size_is_proved_in_any_unit(written):
    assert build_query(written).groups[0].alternatives[0].proof == ("600000um",)


@given(st.text(max_size=80))
def test_any_line_can_be_asked(text):
    query = build_query(text)
    assert query.needed_groups <= len(query.proving_groups())
    for group in query.groups:
        assert 0 <= group.start < group.end <= len(text)
        assert any(alternative.terms for alternative in group.alternatives)
    lexicon, analysed = collection()
    assert all(each.score >= 0 for each in Scorer(query, lexicon).rank(analysed.items()))


def test_the_lexicon_survives_packing():
    lexicon, _ = collection()
    again = Lexicon.unpacked(lexicon.packed())
    assert (again.documents, dict(again.frequencies)) == (lexicon.documents, dict(lexicon.frequencies))
    assert again.average_lengths == lexicon.average_lengths


def test_an_empty_lexicon_ranks_without_complaint():
    _, analysed = collection()
    ranked = Scorer(build_query("车床"), Lexicon()).rank(analysed.items())
    assert ranked[0].id == 1


def test_without_rarity_no_score_is_negative():
    lexicon = Lexicon(documents=2, frequencies={"a": 5})
    assert lexicon.rarity("a") > 0


def test_occurrences_count_per_field():
    analysed = analyse(("a b a", "", "b", "", "", "c"))
    assert analysed.occurrences == {"a": ((0, 2),), "b": ((0, 1), (2, 1)), "c": ((5, 1),)}
    assert analysed.lengths == (3, 0, 1, 0, 0, 1)


def test_the_engine_reads_the_title_more_than_once():
    assert weighted_tokens(("t", "", "", "", "", "b")).split().count("t") == 3


def test_weights_cover_every_field_and_kind():
    assert len(CURRENT.fields) == len(FIELDS)
    assert len(CURRENT.kinds) == max(Kind) + 1
    assert replace(CURRENT, version="x") != CURRENT
