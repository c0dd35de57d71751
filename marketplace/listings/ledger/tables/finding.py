"""Tables are found by their headers, which may stand anywhere, on up to three rows, with merged parents."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.kernel.quantities import DIMENSIONS
from marketplace.listings.ledger.cells.plain import folded, one_line
from marketplace.listings.ledger.files.sheets import Cell, CellKind, Merge, Sheet, SheetRow, column_letter
from marketplace.listings.ledger.mapping import ATTRIBUTE, Field
from marketplace.listings.ledger.tables.furniture import is_hint_row, is_numbering_row
from marketplace.listings.ledger.tables.headers import FAINT, FAIR, LOUD, Meaning, is_header_word, meaning_of

SEARCHED_ROWS = 80
MOST_HEADER_ROWS = 3
LEAST_SCORE = 4.5
WEIGHTS = {
    Field.NAME: 4.0,
    Field.ASSET_NUMBER: 3.0,
    Field.MODEL: 3.0,
    Field.MANUFACTURER: 2.0,
    Field.SEQUENCE: 1.0,
    Field.COUNT_UNIT: 1.0,
}
KEYS = frozenset({Field.NAME, Field.ASSET_NUMBER, Field.MODEL, Field.MANUFACTURER})
UNIT_WORD = re.compile(r"[(\[（]?(?P<unit>[^\s()（）\[\]]{1,8})[)\]）]?")


@dataclass(frozen=True, slots=True)
class Column:
    """`header` is everything that stands above the column, parents first; `term` the part that says what it holds."""

    index: int
    header: str
    meaning: Meaning | None
    term: str = ""

    @property
    def letter(self) -> str:
        return column_letter(self.index)

    @property
    def field(self) -> str | None:
        return self.meaning.field if self.meaning else None


@dataclass(slots=True)
class Table:
    """A header and the rows below it, up to the next header of the sheet."""

    sheet: Sheet
    header_rows: tuple[int, ...]
    columns: tuple[Column, ...]
    rows: list[SheetRow] = field(default_factory=list[SheetRow])

    def columns_of(self, *fields: Field) -> list[Column]:
        return [column for column in self.columns if column.field in fields]


@dataclass(frozen=True, slots=True)
class Header:
    first: int
    length: int
    columns: tuple[Column, ...]
    score: float


def find_tables(sheet: Sheet) -> list[Table]:
    """All tables of a sheet, top to bottom; none when no header is recognised."""
    across = merges_by_row(sheet.merges)
    header = best_header(sheet.rows[:SEARCHED_ROWS], across)
    if header is None:
        return []
    return _split(sheet, header, across)


def _split(sheet: Sheet, header: Header, across: Mapping[int, Sequence[Merge]]) -> list[Table]:
    """Rows below the header; a different header further down begins a table of its own."""
    tables: list[Table] = []
    while True:
        numbers = tuple(row.number for row in sheet.rows[header.first : header.first + header.length])
        table = Table(sheet, numbers, header.columns)
        tables.append(table)
        position = header.first + header.length
        found = None
        while position < len(sheet.rows):
            row = sheet.rows[position]
            if _could_be_header(row):
                found = header_at(sheet.rows, position, across)
                if (
                    found
                    and found.score >= LEAST_SCORE
                    and _loud(found.columns) >= 2
                    and not _repeats(row, sheet, header)
                ):
                    break
                found = None
            table.rows.append(row)
            position += 1
        if found is None:
            return tables
        header = found


def _repeats(row: SheetRow, sheet: Sheet, header: Header) -> bool:
    """The header in force printed once more at the top of a page."""
    first = sheet.rows[header.first].cells
    same = sum(
        1 for column, cell in row.cells.items() if column in first and folded(first[column].text) == folded(cell.text)
    )
    return same >= max(2, len(row.cells) * 0.8)


def _could_be_header(row: SheetRow) -> bool:
    """A cheap look before the careful one: several short texts, the first of them a word of headers."""
    texts = [cell.text for cell in row.cells.values() if cell.kind is CellKind.TEXT and len(cell.text) <= 40]
    if len(texts) < 2 or len(texts) < len(row.cells) * 0.7:
        return False
    loud = sum(1 for text in texts if is_header_word(text))
    return loud >= 3 or (loud == 2 and len(texts) <= 4)


def _loud(columns: Iterable[Column]) -> int:
    return sum(1 for column in columns if column.meaning and column.meaning.strength == LOUD)


def merges_by_row(merges: Iterable[Merge]) -> dict[int, list[Merge]]:
    by_row: dict[int, list[Merge]] = {}
    for merge in merges:
        for row in range(merge.top, min(merge.bottom, merge.top + 8) + 1):
            by_row.setdefault(row, []).append(merge)
    return by_row


def best_header(rows: Sequence[SheetRow], across: Mapping[int, Sequence[Merge]]) -> Header | None:
    """The best header of the first rows; of equals the first and shortest."""
    best: Header | None = None
    for position in range(len(rows)):
        found = header_at(rows, position, across)
        if found and best and _adds_nothing(best, found):
            best = found
        elif found and found.score >= LEAST_SCORE and (best is None or found.score > best.score * 1.15):
            if best is not None and best.first + best.length <= position and best.score >= LEAST_SCORE * 1.6:
                continue
            best = found
    return best or _single_column(rows)


def _adds_nothing(best: Header, found: Header) -> bool:
    """The upper rows of the best header were a title: the rows below alone say as much."""
    ends = best.first + best.length == found.first + found.length
    return ends and found.length < best.length and found.score >= best.score and len(found.columns) >= len(best.columns)


def _single_column(rows: Sequence[SheetRow]) -> Header | None:
    """A list of machine names under one word is a table too."""
    for position, row in enumerate(rows[:5]):
        if len(row.cells) != 1:
            return None
        index, cell = next(iter(row.cells.items()))
        found = meaning_of(cell.text)
        if found and found.field in {Field.NAME, Field.MODEL} and found.strength == LOUD:
            return Header(position, 1, (Column(index, one_line(cell.text), found, one_line(cell.text)),), LEAST_SCORE)
    return None


def header_at(rows: Sequence[SheetRow], position: int, across: Mapping[int, Sequence[Merge]]) -> Header | None:
    best: Header | None = None
    for length in range(1, MOST_HEADER_ROWS + 1):
        block = rows[position : position + length]
        if len(block) < length or any(_is_data_like(row) for row in block):
            break
        if length > 1 and (_is_banner(block[0]) or not _continues(block, across)):
            break
        columns = columns_of_block(block, across)
        score = _score(columns)
        if score and (best is None or score > best.score or (score == best.score and _fills_gaps(best, columns))):
            best = Header(position, length, columns, score)
    if best is None:
        return None
    return _with_rows_below(best, rows)


def _is_banner(row: SheetRow) -> bool:
    """One text over everything is a title, no parent of columns."""
    return len({cell.text for cell in row.cells.values()}) < 2


def _fills_gaps(best: Header, columns: Sequence[Column]) -> bool:
    """A longer header is better at the same score when it names columns that were blank."""
    return len(columns) > len(best.columns)


def _is_data_like(row: SheetRow) -> bool:
    numbers = sum(1 for cell in row.cells.values() if cell.kind in {CellKind.NUMBER, CellKind.DATE, CellKind.FORMULA})
    numbers += sum(
        1 for cell in row.cells.values() if cell.kind is CellKind.TEXT and re.fullmatch(r"[\d.,/:-]+", cell.text)
    )
    return numbers * 3 > len(row.cells)


def _continues(block: Sequence[SheetRow], across: Mapping[int, Sequence[Merge]]) -> bool:
    """A further header row stands below merged or blank cells, never below a name that ends its own column."""
    above, row = block[-2], block[-1]
    if row.number - above.number > 1:
        return False
    parents = {
        column
        for merge in across.get(above.number, ())
        if merge.right > merge.left and merge.bottom < row.number
        for column in range(merge.left, merge.right + 1)
    }
    own = set(row.cells)
    if own <= parents:
        return True
    spans = _implied_spans(above, row)
    if spans and own <= parents | set(spans) and all(_is_child_word(row.cells[column].text) for column in own):
        return True
    covered = {column for column in own if column in parents or column not in above.cells}
    known = sum(1 for column in own if _is_child_word(row.cells[column].text))
    if own == covered and (known * 2 >= len(own) or len(own) == 1):
        return True
    return _is_translation(above, row) or (known * 3 >= len(own) * 2 and len(parents) > 0)


def _implied_spans(above: SheetRow, row: SheetRow) -> dict[int, int]:
    """Where merges are not kept (text files), a parent reaches over the blanks on its right that have children below."""
    spans: dict[int, int] = {}
    parent: int | None = None
    for column in range(max(row.cells, default=-1) + 1):
        if column in above.cells:
            parent = (
                column if column in row.cells and column + 1 not in above.cells and column + 1 in row.cells else None
            )
        if parent is not None and column in row.cells:
            spans[column] = parent
        elif column not in row.cells and column not in above.cells:
            parent = None
    return spans


def _is_child_word(text: str) -> bool:
    return _known(text) or bool(CHILD_BY_PARENT.fullmatch(one_line(text)))


def _is_translation(above: SheetRow, row: SheetRow) -> bool:
    """The second row says the same in English."""
    pairs = [(meaning_of(above.cells[c].text), meaning_of(row.cells[c].text)) for c in row.cells if c in above.cells]
    agreeing = sum(1 for first, second in pairs if first and second and first.field == second.field)
    return agreeing >= 3 and agreeing * 2 >= len(pairs)


def _known(text: str) -> bool:
    return meaning_of(text) is not None or _unit_of(text) is not None


def _unit_of(text: str) -> str | None:
    match = UNIT_WORD.fullmatch(one_line(text))
    if not match:
        return None
    unit = match["unit"]
    if unit in {"元", "万元", "台", "套", "台套", "元/小时", "元/天", "元/月", "元/h"}:
        return unit
    return unit if any(dimension.find_unit(unit) for dimension in DIMENSIONS.values()) else None


def columns_of_block(block: Sequence[SheetRow], across: Mapping[int, Sequence[Merge]]) -> tuple[Column, ...]:
    indices = sorted({column for row in block for column in row.cells})
    if not indices:
        return ()
    columns: list[Column] = []
    for index in indices:
        words = [word for position in range(len(block)) if (word := _word_at(block, position, index, across))]
        words = list(dict.fromkeys(words))
        if words:
            meaning, term = _meaning_of_words(words)
            columns.append(Column(index, " ".join(words), meaning, term))
    return tuple(columns)


def _word_at(block: Sequence[SheetRow], position: int, index: int, across: Mapping[int, Sequence[Merge]]) -> str:
    row = block[position]
    if cell := row.cells.get(index):
        return one_line(cell.text)
    for merge in across.get(row.number, ()):
        if merge.top == row.number and merge.left <= index <= merge.right and merge.left in row.cells:
            return one_line(row.cells[merge.left].text)
    if position + 1 < len(block) and (parent := _implied_spans(row, block[position + 1]).get(index)) is not None:
        return one_line(row.cells[parent].text)
    return ""


SIDE_PARENTS = re.compile(
    r"供应|供货|经销|附件|附属|备件|配件|合同|发票|检定|校准|保养|维护|责任|联系|折旧|盘点|保修|supplier|accessor|calibration|maintenance|contact|warranty"
)
CHILD_BY_PARENT = re.compile(
    r"[xyzabcXYZABCuvw]轴?|长|宽|高|最大|最小|直径|重量|小时|天|日|月|周|次|件|样|元/.*|小时价|/.*|hour|day|week|month|sample|w|d|h|l|φ|[xyz]\s*[(（].*"
)


def _meaning_of_words(words: Sequence[str]) -> tuple[Meaning | None, str]:
    """Child and parent together where the child alone says too little, else the child, else the parent."""
    child, whole, joined = words[-1], " ".join(words), "".join(words)
    if len(words) == 1:
        return meaning_of(child), child
    if SIDE_PARENTS.search(folded(words[0])):
        return Meaning(Field.IGNORE, FAINT), child
    if _unit_of(child):
        term = f"{words[-2]}({child.strip('()（）')})"
        return meaning_of(term) or meaning_of(words[-2]), term
    if CHILD_BY_PARENT.fullmatch(child.strip()):
        meaning, term = _first_meaning(f"{words[-2]}{child}", joined, f"{child}{words[-2]}", whole, child)
        return (meaning, term) if meaning else (_price_only(meaning_of(words[0])), child)
    found = meaning_of(child)
    if found and (found.strength >= FAIR or found.field.startswith(ATTRIBUTE)):
        return found, child
    meaning, term = _first_meaning(joined, child, whole)
    return (meaning, term) if meaning else (_faint(meaning_of(words[-2])), child)


def _first_meaning(*terms: str) -> tuple[Meaning | None, str]:
    return next(((found, term) for term in terms if (found := meaning_of(term))), (None, terms[0]))


def _price_only(found: Meaning | None) -> Meaning | None:
    """What is priced by its parent alone (租金 → 次); sizes and figures are not."""
    return found if found and found.field == Field.PRICE else None


def _faint(found: Meaning | None) -> Meaning | None:
    """A parent's name alone is no name for its children."""
    return found if found and found.field not in KEYS else None


def _score(columns: Sequence[Column]) -> float:
    """0 when no column could say which machine it is."""
    seen: set[str] = set()
    score = 0.0
    known = 0
    for column in columns:
        if column.meaning is None:
            continue
        known += 1
        weight = WEIGHTS.get(Field(column.meaning.field), 2.0) if column.meaning.field in set(Field) else 1.5
        weight *= {LOUD: 1.0, FAIR: 0.9, FAINT: 0.6}[column.meaning.strength]
        score += weight if column.meaning.field not in seen else weight * 0.3
        seen.add(column.meaning.field)
    if known == 1 and len(columns) <= 6 and _is_sure_name(columns):
        return LEAST_SCORE
    crowded = known * 3 < len(columns) and _loud(columns) < 3
    if known < 2 or not seen & KEYS or crowded:
        return 0.0
    return score


def _is_sure_name(columns: Sequence[Column]) -> bool:
    """设备名称 above a column makes a table even when nothing else above it is known."""
    return any(
        column.field == Field.NAME
        and column.meaning is not None
        and column.meaning.strength == LOUD
        and ("名称" in column.header or "name" in column.header.casefold())
        for column in columns
    )


def _with_rows_below(header: Header, rows: Sequence[SheetRow]) -> Header:
    """Units, hints (必填) and column numbers right below belong to the header."""
    columns = header.columns
    end = header.first + header.length
    while end < len(rows) and end < header.first + header.length + 3:
        texts = [cell.text for cell in rows[end].cells.values()]
        if (is_numbering_row(rows[end].cells) and _numbers_every_column(rows[end], columns)) or is_hint_row(texts):
            end += 1
        elif len(texts) >= 2 and all(_unit_of(text) for text in texts):
            columns = tuple(_with_unit(column, rows[end].cells.get(column.index)) for column in columns)
            end += 1
        else:
            break
    return Header(header.first, end - header.first, columns, header.score)


def _numbers_every_column(row: SheetRow, columns: Sequence[Column]) -> bool:
    return len(row.cells) >= len(columns) * 0.8 and len(row.cells) >= 4


def _with_unit(column: Column, cell: Cell | None) -> Column:
    if cell is None:
        return column
    header = f"{column.header} ({cell.text.strip('()（）')})"
    term = f"{column.term} ({cell.text.strip('()（）')})"
    return Column(column.index, header, meaning_of(term) or column.meaning, term)
