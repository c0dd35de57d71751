"""What holds for every text, however odd."""

import time

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.search.understanding.outline import read
from tests.search.understanding.test_golden import _ROWS

LINES = [row[0] for row in _ROWS]
TO_TRADITIONAL = opencc.OpenCC("s2t")
_PIECES = st.sampled_from([piece for line in LINES for piece in line.split()])
_PASTED = st.lists(_PIECES, max_size=12).map(" ".join)
_ODD = st.text(
    alphabet=st.sampled_from(
        "0123456789.,:-/~±≤≥<>xX*×Φ°℃％元¥万千周五月日号点前后起租天小时mmkgTrpmab \t\n\x00\ufeff"
    ),
    max_size=60,
)
_TYPED_ODD = st.builds("{} {}".format, st.sampled_from(["五轴", "注塑机", "lathe", "仓库", "高低温箱", "叉车"]), _ODD)
_LONG_NUMBER = st.builds(
    "五轴 {}{}".format,
    st.integers(min_value=0, max_value=10**40),
    st.sampled_from(
        ["mm", "元", "小时", "分钟", "件", "km", "天", "月", "kg", "万元", "台", "-1mm", "x5x6", "号", ":30"]
    ),
)
_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "\u3000"})


def meaning(understood):
    constraints = [(c.attribute, c.op, c.value, c.unit) for c in understood.constraints]
    return (
        understood.type_code, constraints, understood.window, understood.quantity, understood.place, understood.budget,
        [chip.key for chip in understood.chips],
    )  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), _PASTED, _ODD, _TYPED_ODD, _LONG_NUMBER))
def test_no_text_is_too_odd_and_every_span_lies_inside(text):
    understood = read(text)
    for piece in (*understood.chips, *understood.constraints):
        start, end = piece.span
        assert 0 <= start < end <= len(text)
    for constraint in understood.constraints:
        assert constraint.written == text[slice(*constraint.span)]


@settings(max_examples=150, deadline=None)
@given(_PASTED)
def test_remaining_words_were_typed(text):
    words = read(text).remaining_words.split()
    assert all(word in text for word in words)


@settings(max_examples=150, deadline=None)
@given(_PASTED)
def test_window_never_ends_before_it_starts_and_keys_are_unique(text):
    understood = read(text)
    window = understood.window
    if window and window.start and window.end:
        assert window.start < window.end
    keys = [chip.key for chip in understood.chips]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("line", LINES)
def test_full_width_typing_means_the_same(line):
    assert meaning(read(line.translate(_WIDE))) == meaning(read(line))


@pytest.mark.parametrize("line", LINES)
def test_traditional_characters_mean_the_same(line):
    traditional = TO_TRADITIONAL.convert(line)
    assert meaning(read(traditional)) == meaning(read(line))


@pytest.mark.parametrize("line", LINES)
def test_upper_case_means_the_same_but_for_units(line):
    assert read(line.upper()).type_code == read(line).type_code


def test_a_pasted_document_is_read_in_time():
    assert read("五轴 600mm 周五前 12小时 " * 2_000).type_code == "five_axis_machining_centre"


@pytest.mark.parametrize("piece", [" ", "1", "1,", "a-", "周五到", "每", "(", "-", "9:00-", "x", "元/"])
def test_no_repetition_makes_the_reader_slow(piece):
    started = time.process_time()
    read(piece * 5_000 + "元")
    assert time.process_time() - started < 10  # seconds of processor; a reader that backtracks takes minutes
