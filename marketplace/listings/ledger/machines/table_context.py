"""What a whole table tells about its columns before any row is read."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from marketplace.listings.catalogue import BadAttribute, load_catalogue
from marketplace.listings.ledger.cells.attributes import measured_by, read_attribute
from marketplace.listings.ledger.cells.dates import column_is_day_first
from marketplace.listings.ledger.cells.plain import folded
from marketplace.listings.ledger.mapping import ATTRIBUTE, Field
from marketplace.listings.ledger.tables.finding import Column, Table
from marketplace.listings.ledger.tables.headers import LOUD, Meaning
from marketplace.listings.ledger.tables.resolving import FilledRow

MISTAKEN_LEAST = 4
MISTAKEN_SHARE = 0.6
DISPOSAL = re.compile(r"报废|处置|已售|出售清单|变卖|核销|淘汰设备|注销|scrapped|disposed|disposal|sold assets|retired")


DISPOSAL_TITLE = re.compile(
    r"(?!.*(?:待|拟|含|包括|不|除|请|另|及|和|与|申请|未|非|、|在用|在册))"
    r".{0,20}?(?:已?报废|已?处置|已售|已?出售|变卖|核销|淘汰|注销|退役)的?(?:生产)?(?:设备|资产|机器|仪器|固定资产|机床)*"
    r"(?:清单|明细表?|台账|一览表?|登记表?|汇总表?|清册|名单|表|记录)?\d*(?:\(.*\))?"
    r"|(?:.{0,12})(?:disposed|scrapped|scrap|sold|retired)(?:assets?|machines?|equipments?|list|items?)*"
)
"""A title that says of everything below it that it is gone; one that merely mentions disposals does not."""
TITLE_SEPARATOR = "\n"
SECOND_NUMBERS = re.compile(r"卡片|条码|条形码|标签|工位|旧编|原编|barcode|tag", re.IGNORECASE)
"""Numbers of cards and labels, believed only where the machine has no number of its own."""


@dataclass(slots=True)
class Context:
    """Columns by field, in the order in which they are believed."""

    table: Table
    rows: Sequence[FilledRow]
    by_field: dict[str, list[Column]] = field(default_factory=dict[str, list[Column]])
    attributes: list[tuple[Column, tuple[str, ...]]] = field(default_factory=list[tuple[Column, tuple[str, ...]]])
    open_columns: list[Column] = field(default_factory=list[Column])
    day_first: dict[int, bool | None] = field(default_factory=dict[int, bool | None])
    mistaken: set[int] = field(default_factory=set[int])
    settled_by_type: dict[int, Counter[str]] = field(default_factory=dict[int, Counter[str]])
    all_gone: bool = False
    money_unit: str = ""
    """万元 or 千元 where the title states it for all sums of the table."""
    title: str | None = None
    """The kind of machine that a title such as 注塑机台账 names, for tables whose rows do not."""

    def columns(self, *fields: Field) -> list[Column]:
        return [column for name in fields for column in self.by_field.get(name, [])]

    def settle(self, column: Column, codes: tuple[str, ...]) -> None:
        """Remember what rows of a type took an open column for, so that a page can show it."""
        self.settled_by_type.setdefault(column.index, Counter())[ATTRIBUTE + "+".join(codes)] += 1

    def field_of(self, column: Column) -> str | None:
        """The column's field, or what most of its rows took it for."""
        if column.index in self.mistaken:
            return None
        settled = self.settled_by_type.get(column.index)
        return settled.most_common(1)[0][0] if settled else column.field if column.field != ATTRIBUTE else None

    def first(self, name: Field) -> Column | None:
        return next(iter(self.by_field.get(name, [])), None)


def context_of(table: Table, rows: Sequence[FilledRow], banner: str) -> Context:
    """`banner` is the sheet's name and what stands above the header: 报废设备清单 says it for every row."""
    columns = _settled(table, rows)
    context = Context(Table(table.sheet, table.header_rows, tuple(columns), table.rows), rows)
    for column in sorted(columns, key=lambda column: _belief(column, rows)):
        if column.meaning is None:
            context.open_columns.append(column)
        elif column.meaning.field.startswith(ATTRIBUTE):
            codes = tuple(code for code in column.meaning.field.removeprefix(ATTRIBUTE).split("+") if code)
            if codes and all(code in load_catalogue().attributes for code in codes):
                context.attributes.append((column, codes))
            else:
                context.open_columns.append(column)
        else:
            context.by_field.setdefault(column.meaning.field, []).append(column)
    for column in context.columns(Field.PURCHASE_DATE, Field.OTHER_DATE, Field.SCRAP_DATE):
        context.day_first[column.index] = column_is_day_first(row.text(column.index) for row in rows)
    context.mistaken = {column.index for column, codes in context.attributes if _is_mistaken(column, codes, rows)}
    context.open_columns = [c for c in context.open_columns if c.field == ATTRIBUTE or measured_by(c.header)]
    if not any(column.field in {Field.NAME, Field.CATEGORY} for column in columns):
        found = load_catalogue().recognise(banner)
        context.title = found.words if found and found.words in banner else None
    stated = re.search(r"单位\s*[:：]?\s*(?:人民币)?\s*(万元|千元)", banner)
    context.money_unit = stated[1] if stated else ""
    context.all_gone = any(DISPOSAL_TITLE.fullmatch(folded(title)) for title in banner.split(TITLE_SEPARATOR))
    return context


def _belief(column: Column, rows: Sequence[FilledRow]) -> tuple[int, float]:
    """Columns of one field are believed by their header first, then names by how well they tell rows apart."""
    strength = column.meaning.strength if column.meaning else 0
    if column.field == Field.ASSET_NUMBER and SECOND_NUMBERS.search(column.header):
        return 1 - strength, float(column.index)
    if column.field != Field.NAME or strength == LOUD:
        return -strength, float(column.index)
    return -strength, -float(len({row.text(column.index) for row in rows}))


def _settled(table: Table, rows: Sequence[FilledRow]) -> list[Column]:
    """Columns whose header is ambiguous are settled by what stands in them."""
    columns = list(table.columns)
    numbers = [column for column in columns if column.field == Field.ASSET_NUMBER]
    for column in numbers:
        counted = _counts_rows(row.text(column.index) for row in rows)
        if counted and folded(column.header) in {"编号", "编码", "号码", "no", "number", "nr", "代号", "id", "code"}:
            columns[columns.index(column)] = replace(column, meaning=Meaning(Field.SEQUENCE, LOUD))
    if not any(column.field == Field.ASSET_NUMBER for column in columns):
        columns = [_number_in_sequence(column, rows) for column in columns]
    if not any(column.field == Field.NAME for column in columns):
        columns = _named_by_description(columns, rows)
    if not any(column.field == Field.NAME for column in columns):
        columns = _named_by_category(columns)
    return columns


def _named_by_description(columns: list[Column], rows: Sequence[FilledRow]) -> list[Column]:
    """An English "Description" of two or three words is what the clerk calls the machine."""
    for column in columns:
        texts = [row.text(column.index) for row in rows if row.text(column.index)]
        if column.field == Field.DESCRIPTION and texts and sum(map(len, texts)) <= 32 * len(texts):
            numbered = any(other.field == Field.ASSET_NUMBER for other in columns)
            if numbered or not any(other.field == Field.MODEL for other in columns):
                return [replace(c, meaning=Meaning(Field.NAME, LOUD)) if c is column else c for c in columns]
    return columns


def _named_by_category(columns: list[Column]) -> list[Column]:
    """Without a name column and without a model, the kind of thing (设备类型) is its name."""
    if any(column.field in {Field.MODEL, Field.MANUFACTURER} for column in columns):
        return columns
    category = next((column for column in columns if column.field == Field.CATEGORY), None)
    if category is None:
        return columns
    return [replace(c, meaning=Meaning(Field.NAME, LOUD)) if c is category else c for c in columns]


def _number_in_sequence(column: Column, rows: Sequence[FilledRow]) -> Column:
    """A "No." column that holds EQ-0012 is no counter but the number of the machine."""
    if column.field != Field.SEQUENCE or "序" in column.header:
        return column
    texts = [row.text(column.index) for row in rows if row.text(column.index)]
    telling = sum(1 for text in texts if re.search(r"[A-Za-z].*\d{2}|^0\d{2}|\d{5}", text))
    return replace(column, meaning=Meaning(Field.ASSET_NUMBER, LOUD)) if texts and telling * 2 > len(texts) else column


def _counts_rows(texts: Iterable[str]) -> bool:
    """1, 2, 3 … from the top, perhaps starting again: a counter."""
    numbers = [text for text in texts if text]
    plain = [int(text) for text in numbers if text.isascii() and text.isdigit() and len(text) < 5]
    if len(plain) < max(2, len(numbers) * 0.8) or plain[0] != 1 or any(text.startswith("0") for text in numbers):
        return False
    steps = sum(1 for before, after in pairwise(plain) if after - before in {0, 1, 2} or after == 1)
    return steps >= (len(plain) - 1) * 0.9


def _is_mistaken(column: Column, codes: tuple[str, ...], rows: Sequence[FilledRow]) -> bool:
    """When most cells of a column are no such figures, it was the header that we misread, not the clerk."""
    bad = good = 0
    for row in rows[:400]:
        text = row.text(column.index)
        if not text:
            continue
        try:
            read_attribute(codes, text, column.header)
            good += 1
        except BadAttribute:
            bad += 1
    return bad >= MISTAKEN_LEAST and bad > (bad + good) * MISTAKEN_SHARE


def checked_dimension(column: Column) -> str | None:
    """An unknown column whose header states a unit is still checked for figures."""
    dimension = measured_by(column.header)
    return dimension.code if dimension else None
