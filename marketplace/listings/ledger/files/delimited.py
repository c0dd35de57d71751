"""Text tables: encoding and separator are found, and a quote that never closes swallows nothing."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator

from marketplace.listings.ledger.files.sheets import (
    MAX_COLUMNS,
    Budget,
    CellFlag,
    CellKind,
    Sheet,
    SheetRow,
    Unreadable,
    Workbook,
    text_kind,
    tidy,
)

SEPARATORS = (",", ";", "\t", "|", "，", "；")
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = ("utf-8", "gb18030", "big5", "cp1252")
SAMPLE_RECORDS = 60
MAX_RECORDS = 1_100_000
LINE_END = re.compile(r"\r\n|\n|\r")


def read_delimited(content: bytes) -> Workbook:
    """Rows are records, blank ones counted."""
    encoding, text = decode(content)
    text, told = _told_separator(text)
    separator = told or find_separator(text)
    sheet = Sheet(None)
    budget = Budget()
    for number, fields in enumerate(records(text, separator), start=2 if told else 1):
        if number > MAX_RECORDS:
            raise Unreadable("too_large")
        row = SheetRow(number)
        for column, value in enumerate(fields):
            if column >= MAX_COLUMNS:
                break
            if cell := tidy(*_kind(value)):
                budget.spend(cell.text)
                row.cells[column] = cell
        if row.cells:
            budget.add_row()
            sheet.rows.append(row)
    return Workbook("csv", [sheet], encoding=encoding, delimiter=separator)


def _kind(value: str) -> tuple[CellKind, str, CellFlag]:
    text = value.strip()
    if text.startswith('="') and text.endswith('"') and len(text) > 3:
        text = text[2:-1]  # Excel's own trick to keep leading zeros in a text file
    elif len(text) > 1 and text[0] == "'" and text[1].isalnum() and not text.endswith("'"):
        text = text[1:]  # the apostrophe that makes a spreadsheet keep digits as text
    return text_kind(text), text, CellFlag(0)


def decode(content: bytes) -> tuple[str, str]:
    """(encoding, text). Broken bytes become U+FFFD, which the cell will be named for."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return encoding, content.decode(encoding, errors="replace").removeprefix("\ufeff")
    if encoding := _wide_without_mark(content):
        return encoding, content.decode(encoding, errors="replace")
    for encoding in CANDIDATES[:2]:
        text = _strictly(content, encoding)
        if text is not None:
            return encoding, text
    return _least_broken(content)


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _least_broken(content: bytes) -> tuple[str, str]:
    """A file with a few bad bytes keeps its encoding; the one that breaks least wins, UTF-8 first."""
    read = [(encoding, content.decode(encoding, errors="replace")) for encoding in CANDIDATES[:2]]
    return min(read, key=lambda pair: pair[1].count("\ufffd"))


def _wide_without_mark(content: bytes) -> str | None:
    sample = content[:4000]
    if len(sample) < 8 or b"\0" not in sample:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if odd > 4 * max(even, 1) and odd > len(sample) // 20:
        return "utf-16-le"
    if even > 4 * max(odd, 1) and even > len(sample) // 20:
        return "utf-16-be"
    return None


def _told_separator(text: str) -> tuple[str, str | None]:
    """Excel honours a first line such as `sep=;`."""
    match = re.match(r"sep=(.)(?:\r\n|\n|\r)", text, re.IGNORECASE)
    return (text[match.end() :], match[1]) if match else (text, None)


def find_separator(text: str) -> str:
    """The separator that gives the most records the same number of fields, two at least."""
    sample = text[:200_000]
    scores: dict[str, float] = {}
    for separator in SEPARATORS:
        if separator not in sample:
            continue
        widths: Counter[int] = Counter()
        for number, fields in enumerate(records(sample, separator)):
            if number >= SAMPLE_RECORDS:
                break
            filled = sum(1 for field in fields if field.strip())
            if filled:
                widths[len(fields)] += 1
        wide = {width: count for width, count in widths.items() if width > 1}
        if wide:
            width, count = max(wide.items(), key=lambda pair: (pair[1], pair[0]))
            scores[separator] = count / widths.total() * min(width, 12)
    return max(scores, key=lambda separator: scores[separator]) if scores else ","


def records(text: str, separator: str) -> Iterator[list[str]]:
    """Fields of each record. Quoted fields may hold line ends unless that would swallow other records."""
    multiline = not _swallows(text, separator)
    position = 0
    while position < len(text):
        fields, position = _record(text, position, separator, multiline=multiline)
        yield fields


def _swallows(text: str, separator: str) -> bool:
    """A quoted field with a line inside that itself looks like a record was never meant to run on."""
    if '"' not in text:
        return False
    width = 0
    position = 0
    while position < len(text):
        fields, position = _record(text, position, separator, multiline=True)
        width = max(width, min(len(fields), 40)) if width < 3 else width
        for field in fields:
            if "\n" in field or "\r" in field:
                lines = LINE_END.split(field)
                if any(line.count(separator) >= max(2, (width - 1) // 2) for line in lines) or len(lines) > 60:
                    return True
    return False


def _record(text: str, position: int, separator: str, *, multiline: bool) -> tuple[list[str], int]:
    fields: list[str] = []
    while True:
        field, position = _field(text, position, separator, multiline=multiline)
        fields.append(field)
        if position >= len(text):
            return fields, position
        if text[position] == separator:
            position += 1
            if position == len(text):
                return [*fields, ""], position
            continue
        return fields, position + (2 if text.startswith("\r\n", position) else 1)


def _field(text: str, position: int, separator: str, *, multiline: bool) -> tuple[str, int]:
    start = position
    if text.startswith('"', position):
        closed = _closing_quote(text, position + 1, separator, multiline=multiline)
        if closed is not None:
            return text[position + 1 : closed].replace('""', '"'), closed + 1
    stop = STOPS[separator].search(text, start)
    end = stop.start() if stop else len(text)
    field = text[start:end]
    return (field[1:] if field.startswith('"') and field.count('"') == 1 else field), end


def _closing_quote(text: str, position: int, separator: str, *, multiline: bool) -> int | None:
    """Where a quoted field ends: at a quote followed by a separator, a line end or the end of the file."""
    line_end = None
    if not multiline:
        found = LINE_END.search(text, position)
        line_end = found.start() if found else len(text)
    while True:
        quote = text.find('"', position, line_end) if line_end is not None else text.find('"', position)
        if quote < 0:
            return None
        following = text[quote + 1 : quote + 2]
        if following == '"':
            position = quote + 2
        elif following in {"", separator, "\n", "\r"}:
            return quote
        else:
            position = quote + 1


STOPS = {
    separator: re.compile(rf"{re.escape(separator)}|\r\n|\n|\r") for separator in (*SEPARATORS, ":", " ", "^", "~")
}
