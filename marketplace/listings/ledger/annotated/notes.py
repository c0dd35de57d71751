"""What is written beside each row, as plain values for the process that writes the file."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from marketplace.listings.ledger.files.sheets import column_index
from marketplace.listings.ledger.messages import text_of
from marketplace.listings.ledger.outcome import LedgerOutcome, Severity

TITLES = {"zh": "导入说明", "en": "Import remarks"}


@dataclass(slots=True)
class SheetNotes:
    """Per row its remarks; per marked cell (row, column) its severity; `header_row` gets the title."""

    header_row: int | None
    remarks: dict[int, list[str]]
    marks: list[tuple[int, int, str]]


@dataclass(slots=True)
class Notes:
    title: str
    sheets: dict[str, SheetNotes]

    def of(self, sheet: str | None) -> SheetNotes | None:
        return self.sheets.get(sheet or "")


def notes_of(outcome: LedgerOutcome, locale: str) -> Notes:
    """Infos about unknown types are said on the page; in the file they would cover half of it."""
    zh = locale.startswith("zh")
    notes = Notes(TITLES["zh" if zh else "en"], {})
    for table in outcome.tables:
        header = table.header_rows[-1] if table.header_rows else None
        notes.sheets.setdefault(table.sheet or "", SheetNotes(header, {}, []))
    for message in outcome.messages:
        sheet = notes.sheets.setdefault(message.sheet or "", SheetNotes(None, {}, []))
        where = (
            f"{message.column}{message.row}："
            if message.column and zh
            else f"{message.column}{message.row}: "
            if message.column
            else ""
        )
        sheet.remarks.setdefault(message.row, []).append(where + text_of(message, locale))
        if message.column:
            sheet.marks.append((message.row, column_index(message.column), message.severity.value))
    return notes


def to_wire(notes: Notes) -> dict[str, Any]:
    return {
        "title": notes.title,
        "sheets": {
            name: {**asdict(sheet), "remarks": [[row, texts] for row, texts in sheet.remarks.items()]}
            for name, sheet in notes.sheets.items()
        },
    }


def from_wire(wire: Mapping[str, Any]) -> Notes:
    return Notes(
        wire["title"],
        {
            name: SheetNotes(
                sheet["header_row"],
                dict(sheet["remarks"]),
                [(row, column, severity) for row, column, severity in sheet["marks"]],
            )
            for name, sheet in wire["sheets"].items()
        },
    )


WORST_FIRST = (Severity.ERROR.value, Severity.WARNING.value, Severity.INFO.value)


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading = + - @ or tab gets an apostrophe, numbers stay numbers."""
    if text[:1] in {"=", "@", "\t", "\r"}:
        return "'" + text
    if text[:1] in {"+", "-"} and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True
