"""A text is read line by line; no token reaches over the end of its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import analysed_text
from search.text.tokens import token_texts

PIECES = st.sampled_from(
    [
        "VF",
        "2SS",
        "880",
        "x 595",
        "mm",
        "20-",
        "30 kg",
        "五轴",
        "加工中心",
        "±0.01",
        "IRB 120-3",
        "1,200",
        " ",
        "-",
        "至",
    ]
)
LINES = st.lists(st.lists(PIECES, max_size=6).map("".join), max_size=5)


@given(LINES)
def test_lines_read_apart_give_the_tokens_of_the_whole(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert analysed_text(text).split() == token_texts(text)


@pytest.mark.parametrize("text", ["", "\n", "\n\n机\n", "VF\n2SS", "880\nx 595 mm", "20-\n30 kg"])
def test_edges_of_lines(text: str) -> None:
    assert analysed_text(text).split() == token_texts(text)
