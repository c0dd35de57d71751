"""Tables saved as HTML or as Excel's XML of 2003, which office systems export under the name .xls."""

import re
from collections.abc import Iterable
from html.parser import HTMLParser

from marketplace.listings.ledger.files.delimited import decode
from marketplace.listings.ledger.files.number_formats import plain
from marketplace.listings.ledger.files.sheets import (
    MAX_COLUMNS,
    Budget,
    CellFlag,
    CellKind,
    Merge,
    Sheet,
    SheetRow,
    Workbook,
    text_kind,
    tidy,
)
from marketplace.listings.ledger.files.xml_parts import Attributes, listen

CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
KINDS = {"Number": CellKind.NUMBER, "DateTime": CellKind.DATE, "Boolean": CellKind.FLAG, "Error": CellKind.ERROR}


class _Grid:
    """Cells placed one after another, around those that rows above have spanned."""

    def __init__(self, sheet: Sheet, budget: Budget) -> None:
        self.sheet = sheet
        self.budget = budget
        self.row = SheetRow(0)
        self.column = 0
        self.covered: set[tuple[int, int]] = set()

    def start_row(self, number: int | None = None, *, hidden: bool = False) -> None:
        self.row = SheetRow(number or self.row.number + 1, hidden=hidden)
        self.column = 0

    def end_row(self) -> None:
        if self.row.cells:
            self.budget.add_row()
            self.sheet.rows.append(self.row)

    def put(self, kind: CellKind, text: str, *, across: int = 0, down: int = 0, struck: bool = False) -> None:
        while (self.row.number, self.column) in self.covered:
            self.column += 1
        across, down = min(across, MAX_COLUMNS), min(down, 1000)
        cell = tidy(kind, text, CellFlag.STRUCK if struck else CellFlag(0))
        if cell and self.column < MAX_COLUMNS:
            self.budget.spend(cell.text)
            self.row.cells[self.column] = cell
        if (across or down) and len(self.covered) < 200_000:
            self._cover(across, down)
        self.column += across + 1

    def _cover(self, across: int, down: int) -> None:
        top, left = self.row.number, self.column
        self.sheet.merges.append(Merge(top, left, top + down, left + across))
        for row in range(top + 1, top + down + 1):
            self.covered.update((row, column) for column in range(left, left + across + 1))


class _HtmlTables(HTMLParser):
    """All tables of a page, one below the other, as one sheet."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sheet = Sheet("Sheet1")
        self.grid = _Grid(self.sheet, Budget())
        self.words: list[str] | None = None
        self.spans = (0, 0)
        self.struck = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        if tag == "tr":
            self._finish_cell()
            self.grid.end_row()
            self.grid.start_row(hidden="display:none" in named.get("style", "").replace(" ", ""))
        elif tag in {"td", "th"}:
            self._finish_cell()
            self.words = []
            self.struck = "line-through" in named.get("style", "")
            self.spans = (_span(named.get("colspan")), _span(named.get("rowspan")))
        elif tag in {"s", "strike", "del"}:
            self.struck = True
        elif tag in {"br", "p", "div"} and self.words is not None:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._finish_cell()
        elif tag in {"tr", "table"}:
            self._finish_cell()
            self.grid.end_row()
            self.grid.row = SheetRow(self.grid.row.number)

    def handle_data(self, data: str) -> None:
        if self.words is not None:
            self.words.append(" ".join(data.split()) if data.strip() else "")

    def _finish_cell(self) -> None:
        if self.words is not None:
            across, down = self.spans
            text = " ".join(self.words).strip()
            self.grid.put(text_kind(text), text, across=across, down=down, struck=self.struck)
        self.words = None
        self.struck = False


def _span(text: str | None) -> int:
    return max(int(text) - 1, 0) if text and text.isascii() and text.isdigit() else 0


def read_html(content: bytes) -> Workbook:
    declared = CHARSET.search(content[:4000])
    try:
        text = content.decode(declared[1].decode()) if declared else decode(content)[1]
    except (LookupError, UnicodeDecodeError):
        text = decode(content)[1]
    page = _HtmlTables()
    page.feed(text)
    page.close()
    page.handle_endtag("table")
    return Workbook("html", [page.sheet])


class _Spreadsheet2003:
    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self.budget = Budget()
        self.grid = _Grid(Sheet(None), self.budget)
        self.kind = CellKind.TEXT
        self.words: list[str] = []
        self.spans = (0, 0)
        self.struck_styles: set[str] = set()
        self.style = ""
        self.struck = False
        self.inside = False

    def start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "Style":
                self.style = attributes.get("ID", "")
            case "Font" if attributes.get("StrikeThrough") == "1":
                self.struck_styles.add(self.style)
            case "Worksheet":
                self.sheets.append(Sheet(attributes.get("Name", "")))
                self.grid = _Grid(self.sheets[-1], self.budget)
            case "Visible":
                self.inside = True
                self.words = []
            case "Row":
                self.grid.start_row(_index(attributes), hidden=attributes.get("Hidden") == "1")
            case "Cell":
                self._start_cell(attributes)
            case "Data":
                self.kind = KINDS.get(attributes.get("Type", ""), CellKind.TEXT)
                self.inside = True
            case _:
                pass

    def _start_cell(self, attributes: Attributes) -> None:
        if index := _index(attributes):
            self.grid.column = index - 1
        self.spans = (_count(attributes.get("MergeAcross")), _count(attributes.get("MergeDown")))
        self.struck = attributes.get("StyleID", "") in self.struck_styles
        self.words = []
        self.kind = CellKind.TEXT

    def text(self, text: str) -> None:
        if self.inside:
            self.words.append(text)

    def end(self, name: str) -> None:
        match name:
            case "Data":
                self.inside = False
            case "Visible":
                self.inside = False
                if self.sheets:
                    self.sheets[-1].hidden = "".join(self.words).strip() != "SheetVisible"
            case "Cell":
                across, down = self.spans
                text = self._shown()
                kind = text_kind(text) if self.kind is CellKind.TEXT else self.kind
                self.grid.put(kind, text, across=across, down=down, struck=self.struck)
            case "Row":
                self.grid.end_row()
            case _:
                pass

    def _shown(self) -> str:
        text = "".join(self.words)
        if self.kind is CellKind.DATE:
            return text[:10]
        if self.kind is CellKind.NUMBER:
            try:
                return plain(float(text))
            except ValueError:
                return text
        return text


def _index(attributes: Attributes) -> int | None:
    return min(_count(attributes.get("Index")), 2_000_000) or None


def _count(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def read_spreadsheet_2003(pieces: Iterable[bytes]) -> Workbook:
    book = _Spreadsheet2003()
    listen(pieces, book)
    return Workbook("xml", book.sheets)
