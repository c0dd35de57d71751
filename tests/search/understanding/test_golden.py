"""Lines as people type them, with what a person expects to be understood. Now is Monday 30 November 2026, 08:00."""

from pathlib import Path

import pytest

from tests.search.understanding.outline import outline, read

_ROWS = [line.split("\t") for line in Path(__file__).with_name("golden.tsv").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(("line", "expected"), _ROWS, ids=[row[0] for row in _ROWS])
def test_line_is_understood_as_a_person_expects(line, expected):
    assert outline(read(line)) == expected


@pytest.mark.parametrize("line", [row[0] for row in _ROWS])
def test_language_of_the_chips_does_not_change_what_is_understood(line):
    assert outline(read(line, locale="en")) == outline(read(line, locale="zh"))


def test_there_are_enough_lines_in_both_languages():
    chinese = sum(any("\u4e00" <= character <= "\u9fff" for character in line) for line, _ in _ROWS)
    assert chinese >= 100
    assert len(_ROWS) - chinese >= 50
