"""What a spreadsheet holds, whatever its format: sheets, rows, cells, and what formatting says about them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from typing import Any

MAX_COLUMNS = 256
MAX_CELLS = 500_000
MAX_ROWS = 30_000
"""Rows with content in one file: more than twice the largest ledger we promise to read quickly."""
MAX_CHARACTERS = 20_000_000
MAX_CELL_CHARACTERS = 32_767


class Unreadable(Exception):
    """The file is refused as a whole; `reason` is a stable code that a sentence belongs to."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CellKind(StrEnum):
    TEXT = "s"
    NUMBER = "n"
    DATE = "d"
    FLAG = "b"
    ERROR = "e"
    FORMULA = "f"


class CellFlag(IntFlag):
    STRUCK = 1
    CLEANED = 2
    CUT = 4
    GARBLED = 8


NO_FLAGS = CellFlag(0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One non-empty cell: `text` as the clerk sees it, dates as ISO with the precision of the cell's format."""

    kind: CellKind
    text: str
    flags: CellFlag = NO_FLAGS

    @property
    def struck(self) -> bool:
        return bool(self.flags & CellFlag.STRUCK)


@dataclass(frozen=True, slots=True)
class Merge:
    """A block of merged cells; rows count from 1, columns from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class SheetRow:
    """`number` is the spreadsheet's own row, or the record of a text file, counted from 1."""

    number: int
    cells: dict[int, Cell] = field(default_factory=dict[int, Cell])
    hidden: bool = False


@dataclass(slots=True)
class Sheet:
    """Only rows with content are kept. `name` is None where the format has no sheets."""

    name: str | None
    rows: list[SheetRow] = field(default_factory=list[SheetRow])
    merges: list[Merge] = field(default_factory=list[Merge])
    hidden: bool = False
    epoch_1904: bool = False


@dataclass(slots=True)
class Workbook:
    """The whole file. `encoding` and `delimiter` are set for text files alone."""

    format: str
    sheets: list[Sheet] = field(default_factory=list[Sheet])
    encoding: str | None = None
    delimiter: str | None = None


class Budget:
    """Counts what one file may cost and refuses beyond it."""

    def __init__(self) -> None:
        self.rows = 0
        self.cells = 0
        self.characters = 0

    def add_row(self) -> None:
        self.rows += 1
        if self.rows > MAX_ROWS:
            raise Unreadable("too_large")

    def spend(self, text: str) -> None:
        self.cells += 1
        self.characters += len(text)
        if self.cells > MAX_CELLS or self.characters > MAX_CHARACTERS:
            raise Unreadable("too_large")


CONTROLS = dict.fromkeys((*range(9), *range(11, 13), *range(14, 32), *range(127, 160)))
INVISIBLE = dict.fromkeys((8203, 8204, 8205, 8206, 8207, 65279, 8288, *range(8234, 8239)))
SURROGATES = dict.fromkeys(range(55296, 57344), "�")


ERRORS = re.compile(r"#(?:REF|N/A|DIV/0|VALUE|NAME|NUM|NULL|SPILL|CALC)[!?]?|Err:5\d\d", re.IGNORECASE)


def text_kind(text: str) -> CellKind:
    """Formats that keep only what a formula showed still show that it failed."""
    return CellKind.ERROR if text[:1] in {"#", "E"} and ERRORS.fullmatch(text.strip()) else CellKind.TEXT


def tidy(kind: CellKind, text: str, flags: CellFlag) -> Cell | None:
    """Text without control and invisible characters, within a spreadsheet's own cell length; None when empty."""
    if len(text) > MAX_CELL_CHARACTERS:
        text = text[:MAX_CELL_CHARACTERS]
        flags |= CellFlag.CUT
    if not (text.isascii() and text.isprintable()):
        visible = text.translate(CONTROLS).translate(SURROGATES)
        if len(visible) != len(text) and any(ord(mark) < 32 and mark not in "\r\n\t" for mark in text):
            flags |= CellFlag.CLEANED
        text = visible.translate(INVISIBLE)
        if "\ufffd" in text:
            flags |= CellFlag.GARBLED
    text = text.strip()
    return Cell(kind, text, flags) if text else None


def column_letter(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A → 0, AA → 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def to_wire(workbook: Workbook) -> dict[str, Any]:
    """Plain lists for the pipe between the reading process and its caller."""
    return {
        "format": workbook.format,
        "encoding": workbook.encoding,
        "delimiter": workbook.delimiter,
        "sheets": [
            {
                "name": sheet.name,
                "hidden": sheet.hidden,
                "epoch_1904": sheet.epoch_1904,
                "merges": [[merge.top, merge.left, merge.bottom, merge.right] for merge in sheet.merges],
                "rows": [
                    [
                        row.number,
                        row.hidden,
                        [[c, cell.kind, cell.text, int(cell.flags)] for c, cell in row.cells.items()],
                    ]
                    for row in sheet.rows
                ],
            }
            for sheet in workbook.sheets
        ],
    }


def from_wire(wire: Mapping[str, Any]) -> Workbook:
    return Workbook(
        format=wire["format"],
        encoding=wire["encoding"],
        delimiter=wire["delimiter"],
        sheets=[
            Sheet(
                name=sheet["name"],
                hidden=sheet["hidden"],
                epoch_1904=sheet["epoch_1904"],
                merges=[Merge(*corners) for corners in sheet["merges"]],
                rows=list(_rows_from_wire(sheet["rows"])),
            )
            for sheet in wire["sheets"]
        ],
    )


KINDS = {kind.value: kind for kind in CellKind}


def _rows_from_wire(rows: Sequence[Any]) -> Iterator[SheetRow]:
    for number, hidden, cells in rows:
        yield SheetRow(
            number,
            {c: Cell(KINDS[kind], text, CellFlag(flags) if flags else NO_FLAGS) for c, kind, text, flags in cells},
            hidden,
        )
