"""Workbooks with remarks: the clerk's own XLSX with its formatting, or a new one from values alone."""

from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as BookCell
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.workbook import Workbook as Book
from openpyxl.worksheet.worksheet import Worksheet

from marketplace.listings.ledger.annotated.notes import WORST_FIRST, Notes, SheetNotes, neutral
from marketplace.listings.ledger.files.sheets import CellKind, Sheet, Workbook, column_letter

FILLS = {
    "error": PatternFill("solid", fgColor="FFF4B6B6"),
    "warning": PatternFill("solid", fgColor="FFFFE699"),
    "info": PatternFill("solid", fgColor="FFDDEBF7"),
}
REMARK_WIDTH = 60
BAD_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def annotated_book(content: bytes, workbook: Workbook, notes: Notes) -> bytes:
    """The same XLSX with remarks. Formulas become the values they last had; those without one become text."""
    book = load_workbook(BytesIO(content), data_only=True, keep_links=False, keep_vba=False)
    for sheet in workbook.sheets:
        if sheet.name in book.sheetnames:
            page = book[sheet.name]
            _write_formulas_as_text(page, sheet)
            if found := notes.of(sheet.name):
                _annotate(page, found, notes.title, _free_column(sheet))
    return _saved(book)


def rebuilt_book(workbook: Workbook, notes: Notes) -> bytes:
    """A new XLSX from what was read, for formats that cannot be written back."""
    book = Book()
    for name in list(book.sheetnames):
        del book[name]
    for position, sheet in enumerate(workbook.sheets, start=1):
        title = (sheet.name or f"Sheet{position}").translate(BAD_TITLE)[:31].strip("' ") or f"Sheet{position}"
        page: Any = book.create_sheet(title)
        for row in sheet.rows:
            for column, cell in row.cells.items():
                _put(page.cell(row.number, column + 1), cell.text, number=cell.kind is CellKind.NUMBER)
        if found := notes.of(sheet.name):
            _annotate(page, found, notes.title, _free_column(sheet))
    if not book.sheetnames:
        book.create_sheet("Sheet1")
    return _saved(book)


def _saved(book: Book) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _free_column(sheet: Sheet) -> int:
    """The first column right of everything, counted from 1."""
    return max((max(row.cells) for row in sheet.rows if row.cells), default=0) + 2


def _write_formulas_as_text(page: Worksheet, sheet: Sheet) -> None:
    for row in sheet.rows:
        for column, cell in row.cells.items():
            if cell.kind is CellKind.FORMULA:
                _put(page.cell(row.number, column + 1), cell.text)


def _annotate(page: Worksheet, notes: SheetNotes, title: str, column: int) -> None:
    if notes.header_row is not None:
        _put(page.cell(notes.header_row, column), title)
        page.cell(notes.header_row, column).font = Font(bold=True)
    for row, texts in notes.remarks.items():
        cell = page.cell(row, column)
        _put(cell, "\n".join(texts))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    ranked = sorted(notes.marks, key=lambda mark: WORST_FIRST.index(mark[2]), reverse=True)
    for row, place, severity in ranked:
        page.cell(row, place + 1).fill = FILLS[severity]
    page.column_dimensions[column_letter(column - 1)].width = REMARK_WIDTH


def _put(cell: BookCell | MergedCell, text: str, *, number: bool = False) -> None:
    """Text stays text: never typed as a formula."""
    if isinstance(cell, MergedCell):
        return
    if number and (value := _plain_number(text)) is not None:
        cell.value = value
        return
    cell.value = neutral(text)[:32_767]
    cell.data_type = "s"


def _plain_number(text: str) -> float | int | None:
    """Numbers that are the same when written back: no leading zeros, no words, no lost digits."""
    try:
        value = float(text)
    except ValueError:
        return None
    if value.is_integer() and str(int(value)) == text:
        return int(value)
    return value if repr(value) == text else None
