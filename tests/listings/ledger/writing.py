"""Ledgers written the way factories keep them: one description, many file formats."""

import codecs
import csv
import io
import re
import struct
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from openpyxl.cell.rich_text import CellRichText
from openpyxl.styles import Font
from openpyxl.utils import column_index_from_string, get_column_letter

Value = str | int | float | bool | date | None | CellRichText


@dataclass
class Page:
    """One sheet: rows from the top, None for an empty cell. Places are spreadsheet references."""

    name: str = "Sheet1"
    rows: list[list[Value]] = field(default_factory=list)
    merges: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    formats: dict[str, str] = field(default_factory=dict)
    hidden: bool = False


def as_xlsx(pages: list[Page], *, epoch_1904: bool = False) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    if epoch_1904:
        book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001 (a spreadsheet knows no zones)
    for page in pages:
        sheet = book.create_sheet(page.name)
        _fill(sheet, page)
        _format(sheet, page)
    if all(page.hidden for page in pages):
        book.create_sheet("封面")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet, page: Page) -> None:
    for number, row in enumerate(page.rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None:
                cell = sheet.cell(number, column, value)
                if isinstance(value, date):
                    cell.number_format = "yyyy-mm-dd"


def _format(sheet, page: Page) -> None:
    for place in page.merges:
        sheet.merge_cells(place)
    for place, code in page.formats.items():
        for cell in _cells(sheet, place):
            cell.number_format = code
    for place in page.struck:
        for cell in _cells(sheet, place):
            cell.font = Font(strike=True)
    for number in page.hidden_rows:
        sheet.row_dimensions[number].hidden = True
    if page.hidden:
        sheet.sheet_state = "hidden"


def _cells(sheet, place):
    found = sheet[place]
    if isinstance(found, tuple):
        return [cell for row in found for cell in (row if isinstance(row, tuple) else (row,))]
    return [found]


def shown(value: Value, code: str | None = None) -> str:
    """What a text export writes for a cell."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).upper()
    if isinstance(value, date):
        return _date_shown(value, code)
    if isinstance(value, int) and code and set(code) == {"0"}:
        return str(value).zfill(len(code))
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _date_shown(day: date, code: str | None) -> str:
    if code and "d" not in code:
        return f"{day.year}年{day.month}月" if "m" in code else str(day.year)
    return day.isoformat()[:10]


def _codes(page: Page) -> dict[tuple[int, int], str]:
    found = {}
    for place, code in page.formats.items():
        first, _, last = place.partition(":")
        (top, left), (bottom, right) = _corner(first), _corner(last or first)
        found |= {(row, column): code for row in range(top, bottom + 1) for column in range(left, right + 1)}
    return found


def _corner(reference: str) -> tuple[int, int]:
    match = re.fullmatch(r"([A-Z]+)(\d+)", reference)
    return int(match[2]), column_index_from_string(match[1])


def as_text(page: Page, *, encoding: str = "utf-8", separator: str = ",", line_end: str = "\r\n") -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=separator, lineterminator=line_end)
    codes = _codes(page)
    for number, row in enumerate(page.rows, start=1):
        writer.writerow([shown(value, codes.get((number, column))) for column, value in enumerate(row, start=1)])
    text = stream.getvalue()
    if encoding == "utf-16":
        return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    return text.encode(encoding)


def as_html(page: Page) -> bytes:
    codes = _codes(page)
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{escape(shown(v, codes.get((n, c))))}</td>" for c, v in enumerate(row, start=1))
        + "</tr>"
        for n, row in enumerate(page.rows, start=1)
    )
    return f"<html><head><meta charset='gb2312'></head><body><table>{rows}</table></body></html>".encode("gb18030")


def as_spreadsheet_2003(pages: list[Page]) -> bytes:
    sheets = []
    for page in pages:
        codes = _codes(page)
        rows = []
        for number, row in enumerate(page.rows, start=1):
            cells = "".join(
                f'<Cell ss:Index="{column}"><Data ss:Type="{_kind_2003(value)}">{escape(shown(value, codes.get((number, column))))}</Data></Cell>'
                for column, value in enumerate(row, start=1)
                if value is not None
            )
            rows.append(f'<Row ss:Index="{number}">{cells}</Row>')
        sheets.append(f"<Worksheet ss:Name={quoteattr(page.name)}><Table>{''.join(rows)}</Table></Worksheet>")
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f"{''.join(sheets)}</Workbook>"
    ).encode()


def _kind_2003(value: Value) -> str:
    return "Number" if isinstance(value, int | float) and not isinstance(value, bool) else "String"


ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)


def as_ods(pages: list[Page]) -> bytes:
    """Written by hand: merged, struck-through, hidden and repeated cells as office programs store them."""
    tables = "".join(_ods_table(page) for page in pages)
    styles = (
        '<office:automatic-styles><style:style style:name="cut" style:family="table-cell">'
        '<style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="away" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMES}>{styles}'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return stream.getvalue()


def _ods_table(page: Page) -> str:
    struck = {
        (row, column)
        for place in page.struck
        for (top, left), (bottom, right) in [tuple(_corner(side) for side in (*place.split(":"), place)[:2])]
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
    }
    merges = {_corner(place.split(":")[0]): _corner(place.split(":")[1]) for place in page.merges}
    codes = _codes(page)
    rows = []
    for number, row in enumerate(page.rows, start=1):
        cells = "".join(
            _ods_cell(
                value,
                struck=(number, column) in struck,
                at=(number, column),
                merges=merges,
                code=codes.get((number, column)),
            )
            for column, value in enumerate(row, start=1)
        )
        hidden = ' table:visibility="filter"' if number in page.hidden_rows else ""
        rows.append(
            f'<table:table-row{hidden}>{cells}<table:table-cell table:number-columns-repeated="1000"/></table:table-row>'
        )
    rows.append('<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>')
    away = ' table:style-name="away"' if page.hidden else ""
    return f"<table:table table:name={quoteattr(page.name)}{away}>{''.join(rows)}</table:table>"


def _ods_cell(value, *, struck, at, merges, code):
    if value is None:
        return "<table:table-cell/>"
    style = ' table:style-name="cut"' if struck else ""
    if at in merges:
        bottom, right = merges[at]
        style += f' table:number-rows-spanned="{bottom - at[0] + 1}" table:number-columns-spanned="{right - at[1] + 1}"'
    if isinstance(value, bool):
        kind = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value}"'
    elif isinstance(value, date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()[:10]}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell{style} {kind}><text:p>{escape(shown(value, code))}</text:p></table:table-cell>"


def as_xls(pages: list[Page]) -> bytes:
    """Excel 97 written by hand: an OLE container with one stream of BIFF8 records."""
    sheets = [_biff_sheet(page) for page in pages]
    names = [
        _record(0x0085, b"\0\0\0\0" + struct.pack("<BB", 1 if page.hidden else 0, 0) + _short_text(page.name))
        for page in pages
    ]
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + _record(
        0x0042, struct.pack("<H", 1200)
    )
    offset = len(head) + sum(map(len, names)) + 4
    globals_ = head
    for name, sheet in zip(names, sheets, strict=True):
        globals_ += name[:4] + struct.pack("<I", offset) + name[8:]
        offset += len(sheet)
    return _ole(globals_ + _record(0x000A, b"") + b"".join(sheets))


def _biff_sheet(page: Page) -> bytes:
    width = max((len(row) for row in page.rows), default=1)
    stream = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    stream += _record(0x0200, struct.pack("<IIHHH", 0, len(page.rows), 0, width, 0))
    codes = _codes(page)
    for number, row in enumerate(page.rows):
        for column, value in enumerate(row):
            if value is None:
                continue
            code = codes.get((number + 1, column + 1))
            if isinstance(value, int | float) and not isinstance(value, bool) and code is None:
                stream += _record(0x0203, struct.pack("<HHHd", number, column, 0, value))
            else:
                text = shown(value, code).encode("utf-16-le")
                stream += _record(0x0204, struct.pack("<HHHHB", number, column, 0, len(text) // 2, 1) + text)
    if page.merges:
        corners = [(_corner(a), _corner(b)) for a, b in (place.split(":") for place in page.merges)]
        ranges = b"".join(struct.pack("<HHHH", t - 1, b - 1, left - 1, r - 1) for (t, left), (b, r) in corners)
        stream += _record(0x00E5, struct.pack("<H", len(corners)) + ranges)
    return stream + _record(0x000A, b"")


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _short_text(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _ole(stream: bytes, name: str = "Workbook") -> bytes:
    """The smallest compound file: header, sectors of the stream, directory, allocation table."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    tables = 1
    while (count + 1 + tables) > tables * 128:
        tables += 1
    chain = [*range(1, count), 0xFFFFFFFE, 0xFFFFFFFE, *([0xFFFFFFFD] * tables)]
    chain += [0xFFFFFFFF] * (tables * 128 - len(chain))
    header = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, tables, count, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    allocated = [count + 1 + number for number in range(tables)]
    header += struct.pack("<109I", *allocated, *([0xFFFFFFFF] * (109 - tables)))
    directory = _entry("Root Entry", 5, child=1) + _entry(name, 2, start=0, size=len(stream)) + bytes(256)
    return header + stream + directory + struct.pack(f"<{len(chain)}I", *chain)


def _entry(name: str, kind: int, *, child: int = 0xFFFFFFFF, start: int = 0xFFFFFFFE, size: int = 0) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    entry = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    entry += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(36) + struct.pack("<IQ", start, size)
    return entry


WRITERS = ("xlsx", "csv", "ods", "xls", "html", "xml")


def written(pages: list[Page], form: str) -> bytes:
    """`form` is a format, for text with encoding and separator: csv:gb18030:;"""
    kind, _, rest = form.partition(":")
    match kind:
        case "xlsx":
            return as_xlsx(pages, epoch_1904=rest == "1904")
        case "csv":
            encoding, _, separator = rest.partition(":")
            return as_text(
                pages[0], encoding=encoding or "utf-8", separator={"tab": "\t"}.get(separator, separator or ",")
            )
        case "ods":
            return as_ods(pages)
        case "xls":
            return as_xls(pages)
        case "html":
            return as_html(pages[0])
        case _:
            return as_spreadsheet_2003(pages)


def letter(column: int) -> str:
    return get_column_letter(column)
