"""The reviewed word lists that ship with the product."""

import re

import pytest

from marketplace.listings.catalogue import load_catalogue
from search.vocabulary.expansion import expand, synonyms_of
from search.vocabulary.reader import BadWordList, load_processes, load_synonyms, read_synonyms

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


def test_there_are_enough_groups():
    assert len(load_synonyms()) >= 300


def test_every_group_speaks_both_languages():
    lacking = [
        group.words
        for group in load_synonyms()
        if not any(_HAN.search(word) for word in group.words) or not any(_LATIN.search(word) for word in group.words)
    ]
    assert lacking == []


def test_a_word_in_two_groups_is_refused():
    with pytest.raises(BadWordList, match="stands with"):
        read_synonyms("车床; lathe\n机床; Lathe\n")


def test_a_group_of_one_word_is_refused():
    with pytest.raises(BadWordList, match="one word"):
        read_synonyms("车床\n")


def test_processes_point_at_types_of_the_catalogue():
    known = load_catalogue().types
    assert [code for process in load_processes() for code in process.types if code not in known] == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("数控车床", "CNC lathe"),
        ("CNC lathes", "数控车床"),
        ("三坐标", "CMM"),
        ("cmm", "三坐标"),
        ("立加", "VMC"),
        ("線切割", "wire EDM"),
        ("注塑机", "injection molding machine"),
        ("打标机", "laser marking"),
        ("快走丝", "fast wire EDM"),
        ("锣床", "milling machine"),
        ("剪板", "guillotine shear"),
    ],
)
def test_slang_and_the_other_language_are_found(typed, found):
    (expansion,) = expand(typed)
    assert found in {alternative.word for alternative in expansion.alternatives}


def test_substituted_words_count_less_than_the_typed_one():
    assert all(
        0 < alternative.weight < 1
        for expansion in expand("数控车床 钛合金 三坐标")
        for alternative in expansion.alternatives
    )


def test_narrower_word_finds_the_general_one_and_not_the_other_way_round():
    assert "车床" in {alternative.word for alternative in synonyms_of("立车")}
    assert "立车" not in {alternative.word for alternative in synonyms_of("车床")}


def test_expansion_points_into_the_text_as_typed():
    text = "找 ＣＮＣ　ｌａｔｈｅ 一台"
    (expansion,) = expand(text)
    assert text[expansion.start : expansion.end] == expansion.written == "ＣＮＣ　ｌａｔｈｅ"


def test_plain_text_expands_to_nothing():
    assert expand("我们下午再说 hello there") == ()
    assert synonyms_of("nonsense") == ()
