"""XLS, XLSB and ODS through python-calamine, which sees values and merged cells but no formatting."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from marketplace.listings.ledger.files.number_formats import plain
from marketplace.listings.ledger.files.sheets import (
    MAX_COLUMNS,
    Budget,
    CellFlag,
    CellKind,
    Merge,
    Sheet,
    SheetRow,
    Unreadable,
    Workbook,
    text_kind,
    tidy,
)


def read_binary_book(content: bytes, name: str) -> Workbook:
    """Every sheet's values. Raises `Unreadable` `encrypted_file` or `damaged_file`."""
    workbook = Workbook(name)
    budget = Budget()
    try:
        source = CalamineWorkbook.from_filelike(BytesIO(content))
        for position, metadata in enumerate(source.sheets_metadata):
            if metadata.typ == SheetTypeEnum.WorkSheet:
                sheet = _read_sheet(source.get_sheet_by_index(position), budget)
                sheet.hidden = metadata.visible != SheetVisibleEnum.Visible
                workbook.sheets.append(sheet)
    except PasswordError as error:
        raise Unreadable("encrypted_file") from error
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable("encrypted_file" if "password" in str(error).lower() else "damaged_file") from error
    return workbook


def _read_sheet(source: CalamineSheet, budget: Budget) -> Sheet:
    sheet = Sheet(source.name)
    left = source.start[1] if source.start else 0  # rows come padded from the top, but not from the left
    for number, values in enumerate(source.iter_rows(), start=1):
        row = SheetRow(number)
        for column, value in enumerate(values[: MAX_COLUMNS - left], start=left):
            if value == "":
                continue
            kind, text = _shown(value)
            if cell := tidy(kind, text, CellFlag(0)):
                budget.spend(cell.text)
                row.cells[column] = cell
        if row.cells:
            budget.add_row()
            sheet.rows.append(row)
    for (top, left), (bottom, right) in source.merged_cell_ranges or []:
        sheet.merges.append(Merge(top + 1, left, bottom + 1, right))
    return sheet


def _shown(value: Any) -> tuple[CellKind, str]:
    match value:
        case bool():
            return CellKind.FLAG, "TRUE" if value else "FALSE"
        case int() | float():
            return CellKind.NUMBER, plain(float(value))
        case datetime() | date():
            return CellKind.DATE, value.isoformat()[:10]
        case time() | timedelta():
            return CellKind.NUMBER, str(value)
        case _:
            text = str(value)
            return text_kind(text), text
