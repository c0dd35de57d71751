"""Tables as a mapping describes them: by header texts or by column letters."""

import re
from collections.abc import Mapping, Sequence

from marketplace.listings.ledger.cells.plain import folded
from marketplace.listings.ledger.files.sheets import Merge, Sheet, column_index, column_letter
from marketplace.listings.ledger.mapping import SheetMapping
from marketplace.listings.ledger.tables.finding import (
    SEARCHED_ROWS,
    Column,
    Table,
    best_header,
    columns_of_block,
    find_tables,
    header_at,
    merges_by_row,
)
from marketplace.listings.ledger.tables.headers import LOUD, Meaning


def tables_of(sheet: Sheet, mapping: SheetMapping | None) -> list[Table]:
    """The table the mapping describes, else all that are found."""
    if mapping is not None and (told := _told_table(sheet, mapping, merges_by_row(sheet.merges))):
        return [told]
    return find_tables(sheet)


def _told_table(sheet: Sheet, mapping: SheetMapping, across: Mapping[int, Sequence[Merge]]) -> Table | None:
    """The table a mapping describes, by header texts or by column letters."""
    position = _told_header(sheet, mapping, across)
    header_rows: tuple[int, ...] = ()
    guessed: dict[int, Column] = {}
    if position is not None:
        found = header_at(sheet.rows, position, across)
        length = found.length if found else 1
        block = sheet.rows[position : position + length]
        header_rows = tuple(row.number for row in block)
        guessed = {column.index: column for column in (found.columns if found else columns_of_block(block, across))}
    told = _told_columns(sheet, mapping, guessed)
    if not any(column.meaning for column in told):
        return None
    below = sheet.rows[position + len(header_rows) :] if position is not None else list(sheet.rows)
    return Table(sheet, header_rows, tuple(told), below)


def _told_header(sheet: Sheet, mapping: SheetMapping, across: Mapping[int, Sequence[Merge]]) -> int | None:
    if mapping.header_row == 0:
        return None
    if mapping.header_row is not None:
        return next((p for p, row in enumerate(sheet.rows) if row.number == mapping.header_row), None)
    wanted = {folded(header) for header in mapping.columns}
    hits = [
        (sum(1 for cell in row.cells.values() if folded(cell.text) in wanted), -position)
        for position, row in enumerate(sheet.rows[:SEARCHED_ROWS])
    ]
    most, position = max(hits, default=(0, 0))
    if most and most * 2 >= len(wanted):
        return -position
    found = best_header(sheet.rows[:SEARCHED_ROWS], across)
    return found.first if found else None


def _told_columns(sheet: Sheet, mapping: SheetMapping, guessed: Mapping[int, Column]) -> list[Column]:
    by_header = {folded(header): field for header, field in mapping.columns.items()}
    by_letter = {
        column_index(name): field for name, field in mapping.columns.items() if re.fullmatch(r"[A-Za-z]{1,2}", name)
    }
    headers = {folded(column.header) for column in guessed.values()}
    columns: list[Column] = []
    for index in sorted({column for row in sheet.rows[:500] for column in row.cells} | set(guessed) | set(by_letter)):
        column = guessed.get(index, Column(index, "", None))
        told = by_header.get(folded(column.header)) if column.header else None
        if told is None and column_letter(index).casefold() not in headers:
            told = by_letter.get(index)
        columns.append(Column(index, column.header, Meaning(told, LOUD), column.term) if told else column)
    return columns
