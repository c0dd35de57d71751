"""The clerk's own ledger comes back with one column of remarks and marked cells."""

import io

import openpyxl
import pytest

from marketplace.listings.ledger.annotate import annotate
from marketplace.listings.ledger.files.sheets import Unreadable
from marketplace.listings.ledger.reader import read_ledger
from tests.listings.ledger.described import TODAY
from tests.listings.ledger.writing import Page, as_ods, as_text, as_xls, as_xlsx

PAGE = Page(
    name="台账",
    rows=[
        ["设备清单"],
        ["编号", "名称", "购置日期"],
        ["A1", "数控车床", "去年"],
        ["A2", None, "2020"],
        ["A3", "铣床", "=1+A1"],
    ],
    merges=["A1:C1"],
)


def annotated(content: bytes, filename: str = "台账.xlsx", locale: str = "zh") -> tuple[bytes, str]:
    outcome = read_ledger(content, filename=filename, today=TODAY)
    return annotate(content, filename=filename, outcome=outcome, locale=locale)


def test_workbook_keeps_its_sheet_and_gains_one_column() -> None:
    content, name = annotated(as_xlsx([PAGE]))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["台账"]
    assert name == "台账-导入说明.xlsx"
    assert sheet["D2"].value == "导入说明"
    assert "去年" in sheet["D3"].value
    assert "名称" in sheet["D4"].value
    assert [str(merge) for merge in sheet.merged_cells.ranges] == ["A1:C1"]
    assert sheet["C3"].fill.fgColor.rgb == "FFFFE699"
    assert sheet["B4"].fill.fgColor.rgb == "FFF4B6B6"
    assert sheet["A3"].fill.fill_type is None


def test_no_formula_is_left() -> None:
    content, _ = annotated(as_xlsx([PAGE]))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["台账"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sheet["C5"].value == "'=1+A1"


@pytest.mark.parametrize("write", [as_ods, as_xls])
def test_other_formats_come_back_as_xlsx(write) -> None:
    content, name = annotated(write([PAGE]), "a.ods")
    assert name == "a-导入说明.xlsx"
    assert "去年" in openpyxl.load_workbook(io.BytesIO(content))["台账"]["D3"].value


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_text_table_keeps_encoding_and_separator(encoding: str) -> None:
    content, name = annotated(as_text(PAGE, encoding=encoding, separator=";"), "b.csv", "en")
    assert name == "b-remarks.csv"
    lines = content.decode(encoding).splitlines()
    assert lines[1] == "编号;名称;购置日期;Import remarks"
    assert lines[2].startswith("A1;数控车床;去年;")


def test_refused_file_cannot_be_annotated() -> None:
    with pytest.raises(Unreadable):
        annotated(b"%PDF-1.4")
