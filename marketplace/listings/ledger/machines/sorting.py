"""Which rows of a table are machines, which continue the one above, and which are furniture."""

import re
from collections.abc import Mapping
from enum import Enum, auto

from marketplace.listings.ledger.cells.dates import BadDate, parse_date
from marketplace.listings.ledger.cells.plain import folded, is_unknown
from marketplace.listings.ledger.files.sheets import CellKind
from marketplace.listings.ledger.machines.table_context import Context
from marketplace.listings.ledger.machines.types import recognised
from marketplace.listings.ledger.mapping import ATTRIBUTE, Field
from marketplace.listings.ledger.tables import furniture
from marketplace.listings.ledger.tables.headers import LOUD, meaning_of
from marketplace.listings.ledger.tables.resolving import FilledRow

STRONG = frozenset({Field.NAME, Field.MODEL, Field.ASSET_NUMBER, Field.SERIAL_NUMBER, Field.MANUFACTURER})
PROSE = frozenset({Field.SPECIFICATION, Field.DESCRIPTION, Field.REMARKS})


class Sort(Enum):
    MACHINE = auto()
    CONTINUATION = auto()
    FURNITURE = auto()


class Sorter:
    """Sorts the rows of one table."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.fields: Mapping[int, str] = {
            column.index: column.field for column in context.table.columns if column.field is not None
        }
        self.headers = {column.index: folded(column.header) for column in context.table.columns if column.header}

    def sort(self, row: FilledRow) -> Sort:
        texts = [row.own[column].text for column in sorted(row.own)]
        known = [text for text in texts if not is_unknown(text)]
        if not known or self._is_furniture(row, texts):
            return Sort.FURNITURE
        strong = self._strong(row)
        if strong and not (strong <= row.merged and self._only_adds(row)):
            return self._sort_strong(row, known, strong)
        if self._only_adds(row):
            return Sort.CONTINUATION
        return Sort.FURNITURE

    def _sort_strong(self, row: FilledRow, known: list[str], strong: set[int]) -> Sort:
        if len(strong) > 1:
            return Sort.MACHINE
        counted = {cell.text for column, cell in row.own.items() if self.fields.get(column) == Field.SEQUENCE}
        words = [text for text in dict.fromkeys(known) if text not in counted]
        if len(words) != 1:
            return Sort.MACHINE
        numbered = any(furniture.SECTION_NUMBER.fullmatch(folded(text)) for text in counted)
        return Sort.FURNITURE if numbered or self._is_caption(row, words[0]) else Sort.MACHINE

    def _strong(self, row: FilledRow) -> set[int]:
        return {
            column
            for column, cell in row.cells.items()
            if self.fields.get(column) in STRONG and not is_unknown(cell.text) and cell.text != "0"
        }

    def _only_adds(self, row: FilledRow) -> bool:
        """Own cells only in prose and attribute columns: a further line of the machine above."""
        own = {column for column, cell in row.own.items() if not is_unknown(cell.text)} - row.inherited
        known = {column for column in own if column in self.fields}
        prose = {
            column for column in known if self.fields[column] in PROSE or self.fields[column].startswith(ATTRIBUTE)
        }
        return bool(prose) and prose == known

    def _is_furniture(self, row: FilledRow, texts: list[str]) -> bool:
        if furniture.is_page_mark(texts) or furniture.is_end_mark(texts) or furniture.is_note(texts):
            return True
        if self._repeats_header(row) or (furniture.is_numbering_row(row.own) and self._numbers_columns(row)):
            return True
        if furniture.is_total(texts) and not self._has_identity(row):
            return True
        if furniture.is_signature(texts) or furniture.is_example(texts):
            return True
        return furniture.is_all_figures(list(row.own.values())) and not self._has_identity(row)

    def _has_identity(self, row: FilledRow) -> bool:
        """A number or a model of its own: no total has one."""
        for column, cell in row.own.items():
            if self.fields.get(column) in {Field.ASSET_NUMBER, Field.MODEL, Field.SERIAL_NUMBER} and not is_unknown(
                cell.text
            ):
                return not furniture.TOTAL.fullmatch(folded(cell.text))
        return False

    def _numbers_columns(self, row: FilledRow) -> bool:
        return len(row.own) >= len(self.headers) * 0.8

    def _repeats_header(self, row: FilledRow) -> bool:
        """The header again, as printed pages carry it; also a part of a header of two rows."""
        words = [(column, folded(cell.text)) for column, cell in row.own.items() if cell.kind is CellKind.TEXT]
        if not words or len(words) < min(2, len(self.headers)):
            return False
        same = sum(1 for column, word in words if word and word in self.headers.get(column, ""))
        return same * 5 >= len(words) * 3 and self._are_header_words(row)

    def _are_header_words(self, row: FilledRow) -> bool:
        found = [meaning_of(cell.text) for cell in row.own.values()]
        loud = sum(1 for meaning in found if meaning and meaning.strength == LOUD)
        return loud * 2 >= len(found) or all(
            folded(cell.text) == self.headers.get(column) for column, cell in row.own.items()
        )

    def _is_caption(self, row: FilledRow, text: str) -> bool:
        """One text alone in a row: a heading, unless it names a machine in the column of names."""
        column = next(column for column, cell in row.own.items() if cell.text == text)
        if row.across >= 3 or furniture.is_heading(text) or _is_date(text):
            return True
        if self.fields.get(column) == Field.ASSET_NUMBER and len(self.fields) > 1:
            return not any(mark.isdigit() for mark in text) or len(text) > 25
        if self.fields.get(column) != Field.NAME:
            return True
        if len(self.fields) < 2:
            return False
        type_code, _ = recognised(text, "", None, None, "")
        return type_code is None and len(text) > 12 and bool(re.search(r"[。；;，]", text))


def _is_date(text: str) -> bool:
    """A date alone below a table is part of its signature."""
    if not re.search(r"[年./-]", text):
        return False
    try:
        return parse_date(text) is not None
    except BadDate:
        return False
