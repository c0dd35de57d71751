"""XLSX and XLSM, read as a stream: values, shown formats, struck-through and hidden cells; macros are never opened."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from marketplace.listings.ledger.files.archive import MAX_SMALL_PART_BYTES, chunks, part_name
from marketplace.listings.ledger.files.number_formats import BUILT_IN, as_shown
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
    column_index,
    text_kind,
    tidy,
)
from marketplace.listings.ledger.files.xml_parts import Attributes, listen

MAX_SHEETS = 200
MAX_MERGES = 100_000
ON = frozenset({"1", "true", "on"})
OFF = frozenset({"0", "false", "off", "none"})
REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


def read_xlsx(archive: zipfile.ZipFile) -> Workbook:
    outline = _outline(archive)
    workbook = Workbook("xlsx")
    if not outline.sheets:
        raise Unreadable("damaged_file")
    styles = _Styles()
    _listen_to(archive, _related(outline, "styles"), styles)
    strings = _SharedStrings()
    _listen_to(archive, _related(outline, "sharedStrings"), strings)
    budget = Budget()
    for name, relation, hidden in outline.sheets[:MAX_SHEETS]:
        kind, target = outline.relations.get(relation, ("", ""))
        part = part_name(archive, target)
        if part is None or kind != "worksheet":
            continue
        sheet = Sheet(name, hidden=hidden, epoch_1904=outline.epoch_1904)
        page = _SheetPage(sheet, strings, styles, budget, outline.epoch_1904)
        listen(chunks(archive, part), page)
        workbook.sheets.append(sheet)
    return workbook


@dataclass
class _Outline:
    """workbook.xml and its relations: which sheets there are and where they lie."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list[tuple[str, str, bool]])
    relations: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    epoch_1904: bool = False
    folder: str = "xl"

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), attributes.get("id", ""), hidden))
        elif name == "workbookPr":
            self.epoch_1904 = attributes.get("date1904", "0") in ON
        elif name == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(self.folder, target)
            self.relations[attributes.get("Id", "")] = (kind, posixpath.normpath(path))

    def end(self, name: str) -> None:
        """Nothing is said at an end."""

    def text(self, text: str) -> None:
        """The outline has no text."""


def _outline(archive: zipfile.ZipFile) -> _Outline:
    outline = _Outline()
    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        name = part_name(archive, part)
        if name is None:
            raise Unreadable("damaged_file")
        listen(chunks(archive, name, limit=MAX_SMALL_PART_BYTES), outline)
    return outline


def _related(outline: _Outline, kind: str) -> str | None:
    return next((target for found, target in outline.relations.values() if found == kind), None)


def _listen_to(archive: zipfile.ZipFile, target: str | None, listener: "_Styles | _SharedStrings") -> None:
    name = part_name(archive, target) if target else None
    if name is not None:
        listen(chunks(archive, name, limit=MAX_SMALL_PART_BYTES), listener)


@dataclass
class _Styles:
    """styles.xml: per cell style, the number format and whether the font is struck through."""

    codes: dict[int, str] = field(default_factory=lambda: dict(BUILT_IN))
    struck_fonts: list[bool] = field(default_factory=list[bool])
    cells: list[tuple[str | None, bool]] = field(default_factory=list[tuple[str | None, bool]])
    section: str = ""

    def start(self, name: str, attributes: Attributes) -> None:
        if name in {"fonts", "cellXfs", "cellStyleXfs", "dxfs", "numFmts"}:
            self.section = name
        elif name == "numFmt" and self.section == "numFmts":
            self.codes[_number(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "font" and self.section == "fonts":
            self.struck_fonts.append(False)
        elif name == "strike" and self.section == "fonts" and self.struck_fonts:
            self.struck_fonts[-1] = attributes.get("val", "1") not in OFF
        elif name == "xf" and self.section == "cellXfs":
            font = _number(attributes.get("fontId"))
            struck = font < len(self.struck_fonts) and self.struck_fonts[font]
            self.cells.append((self.codes.get(_number(attributes.get("numFmtId"))), struck))

    def end(self, name: str) -> None:
        if name == self.section:
            self.section = ""

    def text(self, text: str) -> None:
        """Styles have no text."""

    def of(self, style: str | None) -> tuple[str | None, bool]:
        position = _number(style)
        return self.cells[position] if position < len(self.cells) else (None, False)


@dataclass
class _RichText:
    """Runs of text, some struck through: what is crossed out does not count, unless everything is."""

    kept: list[str] = field(default_factory=list[str])
    struck: list[str] = field(default_factory=list[str])
    run_struck: bool = False
    collecting: bool = False
    phonetic: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "t":
            self.collecting = not self.phonetic
        elif name == "r":
            self.run_struck = False
        elif name == "strike":
            self.run_struck = attributes.get("val", "1") not in OFF
        elif name == "rPh":
            self.phonetic = True

    def end(self, name: str) -> None:
        if name == "t":
            self.collecting = False
        elif name == "r":
            self.run_struck = False
        elif name == "rPh":
            self.phonetic = False

    def text(self, text: str) -> None:
        if self.collecting:
            (self.struck if self.run_struck else self.kept).append(text)

    def result(self) -> tuple[str, bool]:
        kept = "".join(self.kept)
        if kept.strip() or not self.struck:
            return _unescaped(kept), False
        return _unescaped("".join(self.struck)), True


@dataclass
class _SharedStrings:
    strings: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    current: _RichText = field(default_factory=_RichText)

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "si":
            self.current = _RichText()
        else:
            self.current.start(name, attributes)

    def end(self, name: str) -> None:
        if name == "si":
            self.strings.append(self.current.result())
        else:
            self.current.end(name)

    def text(self, text: str) -> None:
        self.current.text(text)


ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _unescaped(text: str) -> str:
    """Excel writes a character XML cannot hold as _xHHHH_."""
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class _SheetPage:
    """One worksheet's events become rows; a million empty rows cost time but no memory."""

    def __init__(
        self,
        sheet: Sheet,
        strings: _SharedStrings,
        styles: _Styles,
        budget: Budget,
        epoch_1904: bool,  # noqa: FBT001 (a fact of the file)
    ) -> None:
        self.sheet = sheet
        self.strings = strings.strings
        self.styles = styles
        self.budget = budget
        self.epoch_1904 = epoch_1904
        self.rows_hidden = False
        self.row = SheetRow(0)
        self.column = -1
        self.kind = "n"
        self.style: str | None = None
        self.value: list[str] = []
        self.formula: list[str] = []
        self.rich = _RichText()
        self.inside = ""
        self.in_cell = False
        self.unopened: Attributes | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self.unopened = attributes
        elif name == "row":
            self._start_row(attributes)
        elif self.unopened is not None:
            self._start_cell(self.unopened)
            self._start_inside(name, attributes)
        elif self.in_cell:
            self._start_inside(name, attributes)
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "sheetFormatPr":
            self.rows_hidden = attributes.get("zeroHeight", "0") in ON

    def _start_row(self, attributes: Attributes) -> None:
        number = _number(attributes.get("r")) or self.row.number + 1
        hidden = attributes["hidden"] in ON if "hidden" in attributes else self.rows_hidden
        self.row = SheetRow(number, hidden=hidden or attributes.get("ht") == "0")
        self.column = -1

    def _place(self, attributes: Attributes) -> None:
        reference = REFERENCE.fullmatch(attributes.get("r", ""))
        self.column = column_index(reference[1]) if reference else self.column + 1

    def _start_cell(self, attributes: Attributes) -> None:
        """A cell is begun when something stands in it: formatted ledgers hold a million cells with nothing."""
        self._place(attributes)
        self.unopened = None
        self.kind = attributes.get("t", "n")
        self.style = attributes.get("s")
        self.value = []
        self.formula = []
        self.rich = _RichText()
        self.inside = ""
        self.in_cell = True

    def _start_inside(self, name: str, attributes: Attributes) -> None:
        if name in {"v", "f"}:
            self.inside = name
        else:
            self.rich.start(name, attributes)

    def text(self, text: str) -> None:
        if not self.in_cell:
            return
        if self.inside == "v":
            self.value.append(text)
        elif self.inside == "f":
            self.formula.append(text)
        else:
            self.rich.text(text)

    def end(self, name: str) -> None:
        if name == "row":
            if self.row.cells:
                self.budget.add_row()
                self.sheet.rows.append(self.row)
        elif name == "c":
            if self.unopened is None:
                self._end_cell()
            else:
                self._place(self.unopened)
                self.unopened = None
            self.in_cell = False
        elif name in {"v", "f"}:
            self.inside = ""
        elif self.in_cell:
            self.rich.end(name)

    def _end_cell(self) -> None:
        if self.column >= MAX_COLUMNS:
            return
        code, struck = self.styles.of(self.style)
        for kind, text, text_struck in self._read(code):
            flags = CellFlag.STRUCK if struck or text_struck else CellFlag(0)
            if cell := tidy(kind, text, flags):
                self.budget.spend(cell.text)
                self.row.cells[self.column] = cell

    def _read(self, code: str | None) -> Iterator[tuple[CellKind, str, bool]]:
        value = "".join(self.value)
        match self.kind:
            case "s":
                position = _number(value)
                if value and position < len(self.strings):
                    text, struck = self.strings[position]
                    yield text_kind(text), text, struck
            case "inlineStr":
                text, struck = self.rich.result()
                yield text_kind(text), text, struck
            case "b":
                yield CellKind.FLAG, "TRUE" if value in ON else "FALSE", False
            case "e":
                yield CellKind.ERROR, value, False
            case _ if not value:
                if self.formula and self.kind != "str":
                    yield CellKind.FORMULA, "=" + "".join(self.formula), False
            case "str":
                yield CellKind.TEXT, _unescaped(value), False
            case "d":
                yield CellKind.DATE, value[:10], False
            case _:
                yield *_shown_number(value, code, epoch_1904=self.epoch_1904), False

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        start, end = REFERENCE.fullmatch(first), REFERENCE.fullmatch(last)
        if start and end and len(self.sheet.merges) < MAX_MERGES:
            left, right = column_index(start[1]), column_index(end[1])
            self.sheet.merges.append(Merge(int(start[2]), left, int(end[2]), right))


def _shown_number(value: str, code: str | None, *, epoch_1904: bool) -> tuple[CellKind, str]:
    try:
        kind, text = as_shown(value, code, epoch_1904=epoch_1904)
    except (ValueError, OverflowError):
        return CellKind.TEXT, value
    return CellKind(kind), text


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0
