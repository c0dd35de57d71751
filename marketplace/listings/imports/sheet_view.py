"""The sheet as it was read, a window at a time, with its problems in place: what the wizard's page shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.kernel.words import gettext
from marketplace.listings.catalogue import load_catalogue
from marketplace.listings.ledger.mapping import ANY_SHEET, ATTRIBUTE, HEADER_ROW, Field
from marketplace.listings.ledger.messages import text_of
from marketplace.listings.ledger.outcome import LedgerMessage, LedgerOutcome, ReadTable

WINDOW_ROWS = 12


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """`name` is the form field of its choice; `look` colours the header."""

    letter: str
    header: str
    field: str
    label: str
    name: str
    look: str


@dataclass(frozen=True, slots=True)
class ShownCell:
    text: str
    severity: str
    letter: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    at: int
    sheet: str | None
    columns: tuple[ShownColumn, ...]
    rows: tuple[tuple[int, tuple[ShownCell, ...]], ...]
    row_count: int
    header_row: int


@dataclass(frozen=True, slots=True)
class ShownProblem:
    sheet: str | None
    row: int
    column: str | None
    code: str
    severity: str
    text: str
    table: int


def field_choices(locale: str, kinds: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What a column may hold, grouped: plain fields first, then the attributes of the types in the file."""
    catalogue = load_catalogue()
    codes = dict.fromkeys(
        code for kind in kinds if kind in catalogue.types for code in catalogue.types[kind].attributes
    )
    names = codes or catalogue.attributes
    attributes = [
        (ATTRIBUTE + code, catalogue.attributes[code].en if locale.startswith("en") else catalogue.attributes[code].zh)
        for code in names
    ]
    plain = [(field.value, field_label(field.value, locale)) for field in Field]
    return [(gettext("台账列"), plain), (gettext("参数"), attributes)]


def field_label(field: str | None, locale: str) -> str:
    """What a column was taken for, in words."""
    if field is None:
        return gettext("未读取")
    if field.startswith(ATTRIBUTE):
        catalogue = load_catalogue()
        found = [catalogue.attributes.get(code) for code in field.removeprefix(ATTRIBUTE).split("+")]
        return " × ".join((each.en if locale.startswith("en") else each.zh) for each in found if each is not None)
    return _plain_labels().get(field, field)


def _plain_labels() -> Mapping[str, str]:
    return {
        Field.ASSET_NUMBER: gettext("资产编号"),
        Field.SERIAL_NUMBER: gettext("出厂编号"),
        Field.SEQUENCE: gettext("序号"),
        Field.NAME: gettext("设备名称"),
        Field.MODEL: gettext("型号"),
        Field.MANUFACTURER: gettext("厂家"),
        Field.CATEGORY: gettext("类别"),
        Field.SPECIFICATION: gettext("规格参数"),
        Field.DESCRIPTION: gettext("说明"),
        Field.REMARKS: gettext("备注"),
        Field.PURCHASE_DATE: gettext("购置日期"),
        Field.OTHER_DATE: gettext("其他日期"),
        Field.LOCATION: gettext("存放地点"),
        Field.AREA: gettext("区域"),
        Field.DEPARTMENT: gettext("使用部门"),
        Field.STATUS: gettext("状态"),
        Field.STATUS_FLAG: gettext("在用标记"),
        Field.SHARED_FLAG: gettext("可共享标记"),
        Field.SCRAP_DATE: gettext("报废日期"),
        Field.QUANTITY: gettext("数量"),
        Field.COUNT_UNIT: gettext("计量单位"),
        Field.ORIGINAL_VALUE: gettext("原值"),
        Field.CURRENCY: gettext("币种"),
        Field.PRICE: gettext("对外价格"),
        Field.LINE: gettext("所属生产线"),
        Field.IGNORE: gettext("不读取"),
    }


def shown_table(outcome: LedgerOutcome, at: int, *, row: int | None, locale: str) -> ShownTable:
    """A window of a table's rows, around `row` when it is asked for."""
    table = outcome.tables[at]
    start = _window_start(table, row)
    marks = _marks(outcome.messages, table.sheet)
    window = table.rows[start : start + WINDOW_ROWS]
    columns = tuple(
        ShownColumn(
            column.letter,
            column.header,
            column.field or "",
            field_label(column.field, locale),
            f"column.{at}.{column.letter}",
            _look(column.field),
        )
        for column in table.columns
    )
    return ShownTable(
        at,
        table.sheet,
        columns,
        tuple((number, _cells(cells, columns, marks, number)) for number, cells in window),
        len(table.rows),
        table.header_rows[-1] if table.header_rows else 0,
    )


def _window_start(table: ReadTable, row: int | None) -> int:
    if row is None:
        return 0
    place = next((place for place, (number, _) in enumerate(table.rows) if number >= row), 0)
    return max(0, place - WINDOW_ROWS // 3)


def _marks(messages: Iterable[LedgerMessage], sheet: str | None) -> Mapping[tuple[int, str | None], str]:
    return {(message.row, message.column): message.severity.value for message in messages if message.sheet == sheet}


def _cells(
    cells: Sequence[str],
    columns: Sequence[ShownColumn],
    marks: Mapping[tuple[int, str | None], str],
    number: int,
) -> tuple[ShownCell, ...]:
    return tuple(
        ShownCell(text[:80], marks.get((number, column.letter), ""), column.letter)
        for text, column in zip(cells, columns, strict=False)
    )


def _look(field: str | None) -> str:
    """Colour family of a header: identity, name, attribute, place and time, price, not read."""
    if field is None or field in {"ignore", "sequence"}:
        return "none"
    if field.startswith(ATTRIBUTE) or field == "specification":
        return "attribute"
    if field in {"price", "original_value", "currency"}:
        return "price"
    return "identity" if field in {"asset_number", "serial_number", "name", "model", "manufacturer"} else "plain"


def problems(outcome: LedgerOutcome, locale: str, *, most: int) -> list[ShownProblem]:
    """The named problems, errors first, in the order of the file."""
    tables = {table.sheet: at for at, table in reversed(list(enumerate(outcome.tables)))}
    rank = {"error": 0, "warning": 1, "info": 2}
    ordered = sorted(outcome.messages, key=lambda message: rank[message.severity.value])[:most]
    return [
        ShownProblem(
            message.sheet,
            message.row,
            message.column,
            message.code.value,
            message.severity.value,
            text_of(message, locale),
            tables.get(message.sheet, 0),
        )
        for message in ordered
    ]


def mapping_of(outcome: LedgerOutcome, chosen: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The mapping that the page's choices make: sheet → header (or column letter) → field, and the header's row.

    A header that stands once is named by its words, so that the columns of the next ledger may stand otherwise.
    """
    mapping: dict[str, dict[str, Any]] = {}
    for at, table in enumerate(outcome.tables):
        headers = [column.header for column in table.columns]
        columns: dict[str, Any] = {}
        for column in table.columns:
            field = chosen.get(f"column.{at}.{column.letter}", column.field or "")
            name = column.header if column.header and headers.count(column.header) == 1 else column.letter
            columns[name] = field or Field.IGNORE.value
        columns[HEADER_ROW] = _header_row(table, chosen.get(f"header_row.{at}", ""))
        mapping[table.sheet or ANY_SHEET] = columns
    return mapping


def _header_row(table: ReadTable, chosen: str) -> int:
    if chosen.isdecimal() and len(chosen) < 7:
        return int(chosen)
    return table.header_rows[-1] if table.header_rows else 0
