"""Whatever stands in the cells, the reader answers, within its schema, and drops no row that has a name and a number."""

from contextlib import suppress

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from marketplace.listings.ledger.files.opening import open_workbook
from marketplace.listings.ledger.files.sheets import Unreadable
from marketplace.listings.ledger.json_form import to_json
from marketplace.listings.ledger.reader import read_sheets
from tests.listings.ledger.described import TODAY
from tests.listings.ledger.generator import HEADERS
from tests.listings.ledger.test_described import SCHEMA
from tests.listings.ledger.writing import Page, as_text, as_xlsx

ODD = st.sampled_from(
    [
        "同上", "〃", '"', "/", "无", "报废", "合计", "2.02E+11", "A001~A005", "A005~A001", "2021.13", "#REF!", "=1+1", "80元/小时", "面议",
        "1,200", "±0.01", "60..2000", "800×500×500", '24"', "５００ｍｍ", "1.1", "一、", "注：", "制表：张三", "第1页", "数控车床", "注塑机",
        "A" * 500, "(", "）", "~", "-", "、", "A~", "~A", "1-2-3", "￥", "元/", "/小时", "0", "-1", "1e999", "٣", "Ⅷ", "²", "½", "①", "\u200b",
    ]
)  # fmt: skip
CELLS = st.one_of(
    ODD,
    st.text(max_size=12),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.none(),
)
HEADER_WORDS = st.sampled_from(
    [word for words in HEADERS.values() for word in words] + ["", "XYZ", "功率", "行程X/Y/Z", "精度"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(header=st.lists(HEADER_WORDS, min_size=1, max_size=9), rows=st.lists(st.lists(CELLS, max_size=10), max_size=8))
def test_any_grid_has_an_answer_within_the_schema(header, rows) -> None:
    clean = [[None if cell == "" else _writable(cell) for cell in row] for row in [header, *rows]]
    for content in (as_text(Page(rows=clean)), as_xlsx([Page(rows=clean)])):
        try:
            workbook = open_workbook(content)
        except Unreadable:
            continue
        outcome = read_sheets(workbook, today=TODAY)
        Draft202012Validator(SCHEMA).validate(to_json(outcome))
        numbers = [number for listing in outcome.listings for number in listing.asset_numbers]
        assert len(numbers) == len(set(numbers))


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(Unreadable):
        read_sheets(open_workbook(content), today=TODAY)


def _writable(cell):
    if isinstance(cell, str):
        return "".join(mark for mark in cell if mark.isprintable() or mark == "\n") or None
    return cell
