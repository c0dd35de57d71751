import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.highlighting import excerpt, marks
from search.ranking.query import Expansion, build_query


def marked(text, query, expansions=()):
    return [text[start:end] for start, end in marks(text, build_query(query, expansions))]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("本厂数控车床出租", "数控车床", ["数控车床"]),
        ("本廠數控車床出租", "数控车床", ["數控車床"]),
        ("Two machining centres", "machine centre", ["machining", "centres"]),
        ("Haas VF-2SS mill", "vf2ss", ["VF-2SS"]),
        ("行程 0.6 m", "600mm", ["0.6 m"]),
        ("床与床垫", "车床", []),
        ("铣床,可铣平面", "铣", ["铣", "铣"]),
        ("the lathe of the town", "the lathe", ["lathe"]),
        ("什么都有", "什么", []),
    ],
)
def test_what_was_asked_for_is_marked_as_written(text, query, expected):
    assert marked(text, query) == expected


def test_synonyms_are_marked_too():
    assert marked("CMM measuring room", "三坐标", [Expansion(0, 3, "CMM", 0.8)]) == ["CMM"]


@example("0 O", "0O", 20)
@given(st.text(max_size=200), st.text(max_size=30), st.integers(20, 80))
def test_marks_lie_in_order_inside_the_text(text, query, length):
    asked = build_query(query)
    ends = [0]
    for start, end in marks(text, asked):
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)
    piece = excerpt(text, asked, length=length)
    assert piece.text in text
    assert len(piece.text) <= length
    assert all(0 <= start < end <= len(piece.text) for start, end in piece.marks)


def test_an_excerpt_shows_the_stretch_with_the_words():
    text = "开头的话。" * 40 + "这里有五轴加工中心。" + "结尾的话。" * 40
    piece = excerpt(text, build_query("五轴加工中心"), length=60)
    assert [piece.text[start:end] for start, end in piece.marks] == ["五轴加工中心"]
    assert piece.cut_before
    assert piece.cut_after


def test_an_excerpt_without_marks_is_the_beginning():
    piece = excerpt("甲乙丙丁" * 50, build_query("铣床"), length=40)
    assert piece.text == ("甲乙丙丁" * 50)[:40]
    assert (piece.marks, piece.cut_before, piece.cut_after) == ((), False, True)
