import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text.folding import fold, folded
from search.text.kinds import Kind
from search.text.pinyin import homophones, initials, sound_key, syllables
from search.text.stems import stem
from search.text.tokens import token_texts, tokenise

MIXED = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("数控車床五轴加工 -./_'\"×x0123456789mM㎜ＶＦ２ab́½ﬁ±℃")),
    max_size=60,
)


def texts(line: str) -> set[str]:
    return set(token_texts(line))


@given(MIXED)
def test_any_text_gives_tokens_that_point_into_it(line):
    for token in tokenise(line):
        assert token.text
        assert not any(character.isspace() for character in token.text)
        assert 0 <= token.start < token.end <= len(line)


@given(MIXED)
def test_token_texts_are_the_texts_of_the_tokens(line):
    assert token_texts(line) == [token.text for token in tokenise(line)]


@given(MIXED)
def test_folding_twice_changes_nothing_more(line):
    assert token_texts(folded(line)) == token_texts(folded(folded(line)))


def test_chinese_gives_characters_and_neighbouring_pairs():
    assert token_texts("数控车床") == ["数", "数控", "控", "控车", "车", "车床", "床"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("數控車床", "数控车床"),
        ("臺灣 裡面 研磨", "台湾 里面 研磨"),
        ("ＣＮＣ　ＶＦ－２ＳＳ", "cnc vf-2ss"),
        ("60㎜", "60mm"),
        ("Café MÜLLER", "cafe muller"),
        ("cafe\u0301", "café"),
        ("800×500×400 mm", "800 x 500 x 400mm"),
        ("800 х 500", "800x500"),
        ("25 μm", "25 µm"),
        ("ﬁxture", "fixture"),
        ("soft\u00adware", "software"),
    ],
)
def test_spellings_of_the_same_give_the_same_tokens(one, other):
    assert texts(one) == texts(other)


@pytest.mark.parametrize(
    "written", ["VF-2SS", "vf2ss", "VF 2SS", "VF 2 SS", "VF.2SS", "vf/2ss", "VF_2SS", "ＶＦ２ＳＳ"]
)
def test_a_model_code_is_found_whole_however_it_is_written(written):
    assert "vf2ss" in texts(written)
    assert {"vf", "2", "ss"} <= texts(written)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("数控车床CK6140出租", {"ck6140", "ck", "6140", "车床", "出租"}),
        ("6ES7 214-1AG40-0XB0", {"6es7", "2141ag400xb0", "1ag40", "0xb0", "214"}),
        ("iPhone 13 Pro", {"iphon", "iphone13", "13pro", "iphone13pro", "pro"}),
        ("Mate40Pro", {"mate40pro", "mate40", "40pro", "mate", "pro"}),
        ("BrukerFTMS", {"brukerftm", "bruker", "ftms"}),
        ("12T_FTICR", {"12t", "fticr", "12"}),
        ("stainless-steel", {"stainless", "steel", "stainlesssteel"}),
        ("IRB 120-3/0.6", {"irb120", "120", "3"}),
        ("M-20iD/25", {"m20id25", "m20id", "20id25", "25"}),
        ("6 sq ft", {"6", "sq", "ft"}),
        ("18 r/min", {"18", "r", "min", "18rpm"}),
        ("e-mail", {"email", "e", "mail"}),
        ("ISO 9001:2015", {"iso", "9001", "2015", "iso9001"} - {"iso9001"}),
        ("women's shoes", {"women", "shoe"}),
        ("U.S. Army", {"us", "armi"}),
        ("五轴 5轴 三坐标", {"5轴", "五轴", "3坐"}),
    ],
)
def test_parts_and_wholes_are_found(written, found):
    assert found <= texts(written)


@pytest.mark.parametrize(
    "written",
    [
        "0.6 m",
        "600mm",
        "600 mm",
        "60cm",
        "６００ｍｍ",
        "600毫米",
        "0.6米",
        "60 厘米",
        "600.0 mm",
        "x 600mm",
        "600000um",
    ],
)
def test_the_same_length_reads_the_same_in_any_unit(written):
    assert "600000um" in texts(written)


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ('24"', "609600um"),
        ("24 in", "609600um"),
        ("24-inch 24 inches", "609600um"),
        ("1/2 in", "12700um"),
        ('1-1/2"', "38100um"),
        ("2 ft.", "609600um"),
        ("3吨", "3000000000mg"),
        ("3 t", "3000000000mg"),
        ("1,500 kg", "1500000000mg"),
        ("15kW", "15000w"),
        ("18,000 r/min", "18000rpm"),
        ("4000转/分", "4000rpm"),
        ("880 x 595 x 1270 mm", "595000um"),
        ("880*595*1270mm", "880000um"),
        ("5 L", "5000ml"),
        ("7qt 7-quart", "6624ml"),
        ("60-gallon", "227125ml"),
        ("6-pack 6 pcs", "6pc"),
        ("3/8-in", "9525um"),
        ("0-25 mm", "25000um"),
        ("20~30kg", "20000000mg"),
        ("3至5米", "3000000um"),
        ("500平方米", "500m2"),
    ],
)
def test_sizes_are_brought_to_the_base_unit(written, size):
    assert size in texts(written)


@pytest.mark.parametrize(
    ("written", "number"),
    [("1,200", "1200"), ("1.50", "1.5"), ("0.01", "0.01"), ("007", "007"), ("±0.01", "0.01"), ("2.0", "2")],
)
def test_numbers_have_one_spelling(written, number):
    assert token_texts(written) == [number]


def test_a_fraction_or_range_is_not_glued_to_another_number():
    assert "12" not in texts("1/2")
    assert {"10", "12"} <= texts("10-12")
    assert "1012" not in texts("10-12")


def test_a_long_part_number_is_found_with_and_without_hyphens():
    assert "5551234567" in texts("555-123-4567")


def test_english_words_meet_in_their_stem():
    assert texts("machines machining machined") == {"machin"}
    assert stem("on") == "on"
    assert texts("moulding centres aluminium") == texts("molding centers aluminum")


def test_spans_lead_back_to_the_text_as_written():
    line = "１２ ㎜ 數控車床"
    spans = {token.text: line[token.start : token.end] for token in tokenise(line)}
    assert spans["数控"] == "數控"
    assert spans["12000um"] == "１２ ㎜"


def test_spans_survive_characters_that_vanish_or_grow():
    line = "a\u200bb ﬁx \u00adVF-2SS"
    spans = {token.text: line[token.start : token.end] for token in tokenise(line)}
    assert spans["ab"] == "a\u200bb"
    assert spans["fix"] == "ﬁx"
    assert spans["vf2ss"] == "VF-2SS"


def test_kinds_tell_what_a_token_reads():
    kinds = {token.text: token.kind for token in tokenise("铣床 VMC850 600mm lathe")}
    assert kinds["铣床"] is Kind.PAIR
    assert kinds["铣"] is Kind.HAN
    assert kinds["vmc850"] is Kind.CODE
    assert kinds["vmc"] is Kind.PART
    assert kinds["600000um"] is Kind.QUANTITY
    assert kinds["lath"] is Kind.WORD


def test_a_very_long_chunk_is_no_word():
    assert all(len(text) <= 48 for text in token_texts("x" * 500 + "-" + "y1" * 300))


def test_odd_text_is_harmless():
    for line in ("", " ", "\ud800", "🙂", "．，。", "'''", "-/-.", "\x00"):
        assert isinstance(token_texts(line), list)


def test_folding_keeps_offsets_of_every_character():
    once = fold("½inch ﬁ")
    assert once.text == "1/2inch fi"
    assert once.span(0, 3) == (0, 1)
    assert once.span(3, 7) == (1, 5)
    assert once.span(8, 10) == (6, 7)


def test_sounds_are_known():
    assert syllables("数控車床") == ("shu", "kong", "che", "chuang")
    assert initials("数控车床") == "skcc"
    assert sound_key("三坐标") == sound_key("三座标") == sound_key("山坐标")
    assert "轴" in homophones("周")
    assert homophones("Q") == ""
