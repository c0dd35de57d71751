"""All machines of one table, each with its verdict so far."""

from collections.abc import Iterator
from datetime import date

from marketplace.listings.ledger.cells.attributes import read_prose
from marketplace.listings.ledger.cells.plain import is_unknown
from marketplace.listings.ledger.machines.judging import judge, keep_back_unshared
from marketplace.listings.ledger.machines.reading import Reading
from marketplace.listings.ledger.machines.row_reader import RowReader
from marketplace.listings.ledger.machines.sorting import Sort, Sorter
from marketplace.listings.ledger.machines.table_context import TITLE_SEPARATOR, Context, context_of
from marketplace.listings.ledger.mapping import Field
from marketplace.listings.ledger.outcome import Code, Severity
from marketplace.listings.ledger.tables.finding import Table
from marketplace.listings.ledger.tables.machines import is_no_machine
from marketplace.listings.ledger.tables.resolving import FilledRow, fill

BANNER_ROWS = 6


def read_table(table: Table, today: date, *, text_file: bool) -> tuple[Context, list[Reading]]:
    """The table's columns as settled, and a reading for every row that could be a machine."""
    rows = list(fill(table.rows, table.sheet.merges))
    context = context_of(table, rows, banner(table))
    return context, list(_readings(context, rows, today, text_file=text_file))


def banner(table: Table) -> str:
    """The sheet's name and the few texts right above the header, each on a line of its own."""
    first = table.header_rows[0] if table.header_rows else 1
    above = [row for row in table.sheet.rows if first - BANNER_ROWS <= row.number < first and len(row.cells) <= 3]
    texts = (cell.text for row in above for cell in row.cells.values() if len(cell.text) < 60)
    return TITLE_SEPARATOR.join([table.sheet.name or "", *texts])


def _readings(context: Context, rows: list[FilledRow], today: date, *, text_file: bool) -> Iterator[Reading]:
    reader = RowReader(context, today)
    sorter = Sorter(context)
    width = max((column.index for column in context.table.columns), default=0) + 1
    last: Reading | None = None
    for row in rows:
        match sorter.sort(row):
            case Sort.MACHINE:
                reading = reader.read(row)
                last = reading
                _settle(reading, row, context, today)
                if text_file and not reading.skipped and context.table.header_rows:
                    _measure_width(reading, row, width)
                yield reading
            case Sort.CONTINUATION if last is not None:
                _continue(last, row, context)
            case _:
                pass


def _settle(reading: Reading, row: FilledRow, context: Context, today: date) -> None:
    """The verdict a row can be given without looking at others."""
    judge(reading, row, context, today)
    if reading.skipped:
        return
    keep_back_unshared(reading, row, context)
    if not reading.name:
        _refuse_nameless(reading, context)
        return
    unit = context.first(Field.COUNT_UNIT)
    recognised = reading.resource_type is not None
    if is_no_machine(reading.name, reading.category, row.text(unit.index) if unit else "", recognised=recognised):
        reading.refuse(Code.NOT_A_LISTING, reading.name_column, text=reading.name)


def _refuse_nameless(reading: Reading, context: Context) -> None:
    """A faulty name has been named already; a blank one is missing."""
    names = {column.letter for column in context.columns(Field.NAME)}
    faults = [m for m in reading.messages if m.column in names and m.code in {Code.FORMULA_ERROR, Code.DAMAGED_NUMBER}]
    reading.messages = [message for message in reading.messages if message not in faults]
    for fault in faults[:1]:
        reading.fail(fault.code, fault.column, **fault.facts)
    if not faults:
        column = context.first(Field.NAME) or context.first(Field.MODEL)
        reading.refuse(Code.MISSING_NAME, column.letter if column else None)


def _measure_width(reading: Reading, row: FilledRow, width: int) -> None:
    """More cells than the header has: a stray separator has shifted the row, unless every cell still fits its column."""
    surplus = [
        row.own[column] for column in sorted(row.own) if column >= width and not is_unknown(row.own[column].text)
    ]
    if not surplus:
        return
    faults = {Code.BAD_DATE, Code.FUTURE_DATE, Code.BAD_NUMBER, Code.BAD_UNIT, Code.BAD_PRICE, Code.BAD_QUANTITY}
    shifted = any(message.code in faults for message in reading.messages)
    facts = {"text": surplus[0].text, "found": str(len(surplus))}
    if shifted:
        reading.messages = [message for message in reading.messages if message.severity is Severity.ERROR]
        reading.fail(Code.ROW_TOO_LONG, None, **facts)
    else:
        reading.note(Code.ROW_TOO_LONG, None, **facts)


def _continue(reading: Reading, row: FilledRow, context: Context) -> None:
    """Further lines of the cell above: prose is added, nothing is overwritten."""
    words = [
        row.text(column.index)
        for column in context.columns(Field.SPECIFICATION, Field.DESCRIPTION, Field.REMARKS)
        if column.index in row.own
    ]
    reading.description = "\n".join([*filter(None, [reading.description]), *words])[:2000] or None
    if reading.resource_type:
        known = {attribute.code for attribute in reading.attributes}
        added = [a for word in words for a in read_prose(word, reading.resource_type) if a.code not in known]
        reading.attributes = tuple(sorted((*reading.attributes, *added), key=lambda attribute: attribute.code))
