"""A file of public-credit records: CSV in UTF-8 or GBK, Chinese or English headers; bad rows are named."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from credit.scoring.events import RecordClass
from credit.scoring.model import milli

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
HEADERS: Mapping[str, str] = {
    "统一社会信用代码": "uscc",
    "文书号": "document_number",
    "机关": "authority",
    "类别": "class",
    "公示日期": "published_from",
    "最短公示期至": "min_until",
    "最长公示期至": "max_until",
    "是否修复": "repaired",
    "加分": "points",
}
CLASSES: Mapping[str, RecordClass] = {
    "严重失信": RecordClass.SERIOUS_DISHONESTY,
    "失信被执行人": RecordClass.ENFORCEMENT_DEBTOR,
    "公共信用D级": RecordClass.PUBLIC_D,
    "严重处罚": RecordClass.SERIOUS_PENALTY,
    "一般处罚": RecordClass.GENERAL_PENALTY,
    "轻微处罚": RecordClass.MINOR_PENALTY,
    "表彰": RecordClass.COMMENDATION,
}
YES, NO = {"是", "yes", "true", "1", "已修复"}, {"", "否", "no", "false", "0", "未修复"}
NEEDED = ("uscc", "document_number", "authority", "class", "published_from")


class UnreadableFile(ValueError):
    """Not a file of records at all; the argument is a stable code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRecord:
    """One good row. `points` are thousandths."""

    line: int
    uscc: str
    document_number: str
    authority: str
    record_class: RecordClass
    published_from: date
    min_until: date | None
    max_until: date | None
    is_repaired: bool
    points: int

    @property
    def row_hash(self) -> str:
        """The same record in another file has the same hash."""
        said = [getattr(self, name) for name in self.__slots__ if name != "line"]
        return hashlib.sha256(json.dumps(said, default=str, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BadRow:
    """What is wrong with a row: its line, the column, a stable code."""

    line: int
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    encoding: str
    records: Sequence[ReadRecord]
    bad: Sequence[BadRow]


class _BadCell(ValueError):
    def __init__(self, column: str, code: str) -> None:
        super().__init__(code)
        self.column, self.code = column, code


def read_records(content: bytes) -> ReadFile:
    """Good rows and bad ones apart. Raises `UnreadableFile` `too_large`, `unknown_encoding`, `no_header`, `empty_file`."""
    if len(content) > MOST_BYTES:
        raise UnreadableFile("too_large")
    text, encoding = _decoded(content)
    rows = csv.reader(io.StringIO(text))
    try:
        header = [HEADERS.get(cell.strip(), cell.strip().casefold()) for cell in next(rows)]
    except (StopIteration, csv.Error) as error:
        raise UnreadableFile("empty_file") from error
    if not set(NEEDED) <= set(header):
        raise UnreadableFile("no_header")
    good, bad = list[ReadRecord](), list[BadRow]()
    try:
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if len(good) + len(bad) >= MOST_ROWS:
                raise UnreadableFile("too_large")
            given = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
            try:
                good.append(_record(given, rows.line_num))
            except _BadCell as cell:
                bad.append(BadRow(rows.line_num, cell.column, cell.code))
    except csv.Error as error:
        raise UnreadableFile("damaged_file") from error
    return ReadFile(encoding, good, bad)


def _decoded(content: bytes) -> tuple[str, str]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, {"utf-8-sig": "UTF-8", "gb18030": "GBK"}[encoding]
    raise UnreadableFile("unknown_encoding")


def _record(given: Mapping[str, str], line: int) -> ReadRecord:
    for name in NEEDED:
        if not given.get(name):
            raise _BadCell(name, "required")
        if len(given[name]) > 100:
            raise _BadCell(name, "too_long")
    start = _day(given, "published_from")
    least, most = _day(given, "min_until"), _day(given, "max_until")
    if start is None or (least is not None and least < start):
        raise _BadCell("min_until", "end_before_start")
    if most is not None and most < (least or start):
        raise _BadCell("max_until", "end_before_start")
    return ReadRecord(
        line=line,
        uscc=given["uscc"].upper(),
        document_number=given["document_number"],
        authority=given["authority"],
        record_class=_class(given["class"]),
        published_from=start,
        min_until=least,
        max_until=most,
        is_repaired=_flag(given.get("repaired", "")),
        points=_points(given.get("points", "")),
    )


def _class(word: str) -> RecordClass:
    found = CLASSES.get(word)
    if found is not None:
        return found
    try:
        return RecordClass(word)
    except ValueError as error:
        raise _BadCell("class", "unknown_class") from error


def _day(given: Mapping[str, str], name: str) -> date | None:
    word = given.get(name, "").replace("/", "-").replace("年", "-").replace("月", "-").removesuffix("日")
    if not word:
        return None
    try:
        year, month, day = (int(part) for part in word.split("-"))
        found = date(year, month, day)
    except ValueError as error:
        raise _BadCell(name, "bad_date") from error
    if not 1990 <= found.year <= 2200:
        raise _BadCell(name, "bad_date")
    return found


def _flag(word: str) -> bool:
    if word.casefold() not in YES | NO:
        raise _BadCell("repaired", "yes_or_no")
    return word.casefold() in YES


def _points(word: str) -> int:
    try:
        points = Decimal(word or "0")
    except InvalidOperation as error:
        raise _BadCell("points", "not_a_number") from error
    if not points.is_finite() or not 0 <= points <= 100:
        raise _BadCell("points", "out_of_range")
    return milli(points)
