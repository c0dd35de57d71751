"""ODS, read as a stream: values, hidden and filtered rows, struck-through styles; repeated rows are not unrolled."""

import zipfile
from dataclasses import dataclass, field

from marketplace.listings.ledger.files.archive import chunks, part_name
from marketplace.listings.ledger.files.number_formats import plain
from marketplace.listings.ledger.files.sheets import (
    MAX_COLUMNS,
    Budget,
    Cell,
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
from marketplace.listings.ledger.files.xml_parts import Attributes, listen

MAX_REPEATED_CONTENT = 1000


def read_ods(archive: zipfile.ZipFile) -> Workbook:
    """Raises `Unreadable` `encrypted_file` when the manifest says that the content is locked."""
    manifest = part_name(archive, "META-INF/manifest.xml")
    if manifest and any(b"encryption-data" in piece for piece in chunks(archive, manifest)):
        raise Unreadable("encrypted_file")
    name = part_name(archive, "content.xml")
    if name is None:
        raise Unreadable("damaged_file")
    book = _Book()
    listen(chunks(archive, name), book)
    return Workbook("ods", book.sheets)


@dataclass
class _Book:
    """The events of content.xml become sheets."""

    sheets: list[Sheet] = field(default_factory=list[Sheet])
    budget: Budget = field(default_factory=Budget)
    struck_styles: set[str] = field(default_factory=set[str])
    hidden_tables: set[str] = field(default_factory=set[str])
    style: str = ""
    row: SheetRow = field(default_factory=lambda: SheetRow(0))
    row_repeats: int = 1
    next_row: int = 1
    column: int = 0
    cell: Attributes | None = None
    words: list[str] = field(default_factory=list[str])
    paragraphs: int = 0
    annotation: int = 0
    in_paragraph: int = 0
    rows_hidden: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "style":
                self.style = attributes.get("name", "")
            case "text-properties":
                if attributes.get("text-line-through-style", "none") != "none":
                    self.struck_styles.add(self.style)
            case "table-properties" if attributes.get("display") == "false":
                self.hidden_tables.add(self.style)
            case "table":
                self.sheets.append(Sheet(attributes.get("name", "")))
                self.sheets[-1].hidden = attributes.get("style-name", "") in self.hidden_tables
                self.next_row = 1
            case "table-row":
                self._start_row(attributes)
            case "table-cell" | "covered-table-cell":
                self.cell, self.words, self.paragraphs = attributes, [], 0
            case _:
                self._start_text(name, attributes)

    def _start_text(self, name: str, attributes: Attributes) -> None:
        match name:
            case "annotation":
                self.annotation += 1
            case "p" if not self.annotation and self.cell is not None:
                self.in_paragraph += 1
                self.paragraphs += 1
                if self.paragraphs > 1:
                    self.words.append("\n")
            case "s" if self.in_paragraph:
                self.words.append(" " * min(_count(attributes.get("c"), 1), 100))
            case _:
                pass

    def _start_row(self, attributes: Attributes) -> None:
        self.row = SheetRow(self.next_row, hidden=attributes.get("visibility", "visible") != "visible")
        self.row_repeats = _count(attributes.get("number-rows-repeated"), 1)
        self.column = 0

    def text(self, text: str) -> None:
        if self.in_paragraph and not self.annotation:
            self.words.append(text)

    def end(self, name: str) -> None:
        match name:
            case "annotation":
                self.annotation -= 1
            case "p" if not self.annotation and self.in_paragraph:
                self.in_paragraph -= 1
            case "table-cell" | "covered-table-cell" if self.cell is not None:
                self._end_cell(self.cell)
                self.cell = None
            case "table-row":
                self._end_row()
            case _:
                pass

    def _end_cell(self, attributes: Attributes) -> None:
        repeats = _count(attributes.get("number-columns-repeated"), 1)
        kind, text = _shown(attributes, "".join(self.words))
        struck = attributes.get("style-name", "") in self.struck_styles
        cell = tidy(kind, text, CellFlag.STRUCK if struck else CellFlag(0)) if text else None
        if cell and self.column < MAX_COLUMNS:
            self._put(cell, repeats)
            self._merge(attributes)
        self.column += repeats

    def _put(self, cell: Cell, repeats: int) -> None:
        for column in range(self.column, min(self.column + repeats, MAX_COLUMNS)):
            self.budget.spend(cell.text)
            self.row.cells[column] = cell

    def _merge(self, attributes: Attributes) -> None:
        down = _count(attributes.get("number-rows-spanned"), 1) - 1
        across = _count(attributes.get("number-columns-spanned"), 1) - 1
        if down > 0 or across > 0:
            top, left = self.row.number, self.column
            self.sheets[-1].merges.append(Merge(top, left, top + min(down, 100_000), left + min(across, MAX_COLUMNS)))

    def _end_row(self) -> None:
        if self.row.cells and self.sheets:
            if self.row_repeats > MAX_REPEATED_CONTENT:
                raise Unreadable("archive_bomb")
            self.budget.add_row()
            self.sheets[-1].rows.append(self.row)
            for offset in range(1, self.row_repeats):
                for cell in self.row.cells.values():
                    self.budget.spend(cell.text)
                self.sheets[-1].rows.append(SheetRow(self.row.number + offset, self.row.cells, self.row.hidden))
        self.next_row += self.row_repeats


def _shown(attributes: Attributes, words: str) -> tuple[CellKind, str]:
    """The stored value where it is exact, the shown words where the format adds to it (zeros, units, precision)."""
    kind = attributes.get("value-type", "string" if words else "")
    match kind:
        case "date":
            return CellKind.DATE, _date_as_shown(attributes.get("date-value", words)[:10], words)
        case "float" | "currency" | "percentage":
            if attributes.get("formula") and "Err:" in words:
                return CellKind.ERROR, words
            return CellKind.NUMBER, _number_as_shown(attributes.get("value", words), words)
        case "boolean":
            return CellKind.FLAG, attributes.get("boolean-value", "").upper()
        case _:
            return text_kind(words), words


def _number_as_shown(value: str, words: str) -> str:
    try:
        number = plain(float(value))
    except ValueError:
        return words
    leading_zeros = words.isdigit() and words.startswith("0") and words.lstrip("0") == number
    with_unit = words[:1].isalpha() or words[-1:].isalpha() or words[-1:] == "%"
    return words if (leading_zeros or with_unit) and "E" not in words.upper() else number


def _date_as_shown(iso: str, words: str) -> str:
    """A date shown without its day (2021年3月) keeps the clerk's precision."""
    numbers = [part for part in "".join(mark if mark.isdigit() else " " for mark in words).split() if part]
    if numbers and len(numbers) == 1 and numbers[0] == iso[:4]:
        return iso[:4]
    if len(numbers) == 2 and numbers[0] == iso[:4] and int(numbers[1]) == int(iso[5:7]):
        return iso[:7]
    return iso


def _count(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else default
