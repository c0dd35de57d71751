"""The door of the library: the bytes of a ledger in, listings and named problems out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from marketplace.listings.ledger.files.sandbox import read_workbook
from marketplace.listings.ledger.files.sheets import Sheet, Unreadable, Workbook
from marketplace.listings.ledger.machines.identity import says_duplicate, settle_identity
from marketplace.listings.ledger.machines.joining import join
from marketplace.listings.ledger.machines.lines import assemble_lines
from marketplace.listings.ledger.machines.reading import Reading
from marketplace.listings.ledger.machines.table_context import DISPOSAL, Context
from marketplace.listings.ledger.machines.table_reader import banner, read_table
from marketplace.listings.ledger.mapping import Field, LedgerMapping
from marketplace.listings.ledger.outcome import (
    Code,
    LedgerListing,
    LedgerMessage,
    LedgerOutcome,
    ReadColumn,
    ReadTable,
    Result,
    Severity,
)
from marketplace.listings.ledger.tables.finding import Column, Table
from marketplace.listings.ledger.tables.told import tables_of

SIDE_SHEETS = re.compile(
    r".*(?:说明|须知|指南|填写示例|示例|样例|编码规则|代码表|数据字典|字典|下拉|枚举|数据源|基础数据|透视表?|图表|统计表?)|(?:封面|目录|首页|选项|参照表?|统计分析|数据分析|参数表).*"
    r"|(?:instructions?|readme|read me|guide|cover|index|contents|lookups?|dropdowns?|dictionary|lists?|options|enums?|examples?|pivot.*|charts?|summary|statistics).*(?<!list)",
    re.IGNORECASE,
)
SUMMARY_SHEETS = re.compile(r"汇总|合计|总表")
LEAST_CONTINUED_ROWS = 2


@dataclass(slots=True)
class _Work:
    """What has been read so far of a whole file."""

    contexts: list[Context] = field(default_factory=list[Context])
    readings: list[Reading] = field(default_factory=list[Reading])
    headless: list[Sheet] = field(default_factory=list[Sheet])


def read_ledger(content: bytes, *, filename: str, mapping: LedgerMapping | None = None, today: date) -> LedgerOutcome:
    """What this file would become. Never raises for what a file holds: a refusal is an outcome with a reason.

    `filename` is only ever shown; what the file is, its content decides. `today` judges future dates.
    """
    del filename  # the name of an upload is no evidence of anything
    try:
        workbook = read_workbook(content)
    except Unreadable as refusal:
        return LedgerOutcome(outcome=Result.REFUSED_FILE, reason=refusal.reason)
    return read_sheets(workbook, mapping=mapping, today=today)


def read_sheets(workbook: Workbook, *, mapping: LedgerMapping | None = None, today: date) -> LedgerOutcome:
    """As `read_ledger`, from sheets that are open already."""
    work = _Work()
    found = [(sheet, tables_of(sheet, mapping.for_sheet(sheet.name) if mapping else None)) for sheet in workbook.sheets]
    visible = [(sheet, tables) for sheet, tables in found if not sheet.hidden]
    hidden = [(sheet, tables) for sheet, tables in found if sheet.hidden]
    text_file = workbook.format == "csv"
    for sheet, tables in _ledgers(visible):
        if not tables and (continued := _continued(sheet, work, today)):
            _read(work, [continued], today, text_file=text_file)
            continue
        if not tables:
            work.headless.append(sheet)
        _read(work, tables, today, text_file=text_file)
    _read_hidden(work, hidden, today)
    return _outcome(workbook, work)


def _continued(sheet: Sheet, work: _Work, today: date) -> Table | None:
    """A sheet without a header that goes on like the table before it: the same columns, machines in most rows."""
    if not work.contexts or len(sheet.rows) < LEAST_CONTINUED_ROWS:
        return None
    table = Table(sheet, (), work.contexts[-1].table.columns, sheet.rows)
    _, readings = read_table(table, today, text_file=False)
    whole = [reading for reading in readings if reading.name and (reading.numbers or reading.model)]
    known = [reading for reading in whole if reading.resource_type is not None]
    return table if len(whole) >= 0.7 * len(sheet.rows) and len(known) >= 0.5 * len(whole) else None


def _ledgers(found: Sequence[tuple[Sheet, list[Table]]]) -> list[tuple[Sheet, list[Table]]]:
    """Sheets of instructions, choices and sums are no ledgers when another sheet is one."""
    plain = [(sheet, tables) for sheet, tables in found if not _is_side_sheet(sheet, tables)]
    return plain if any(tables for _, tables in plain) else list(found)


def _is_side_sheet(sheet: Sheet, tables: list[Table]) -> bool:
    name = sheet.name or ""
    told_apart = any(table.columns_of(Field.ASSET_NUMBER, Field.SERIAL_NUMBER, Field.MODEL) for table in tables)
    if SIDE_SHEETS.fullmatch(name.strip()):
        return not told_apart or bool(re.search(r"说明|示例|样例|example|instruction", name, re.IGNORECASE))
    return bool(SUMMARY_SHEETS.search(name)) and not told_apart


def _read(work: _Work, tables: Sequence[Table], today: date, *, text_file: bool) -> None:
    for table in tables:
        context, readings = read_table(table, today, text_file=text_file)
        work.contexts.append(context)
        work.readings.extend(readings)


def _read_hidden(work: _Work, hidden: Sequence[tuple[Sheet, list[Table]]], today: date) -> None:
    """Hidden sheets of disposed machines need no word; any other hidden ledger comes in withheld, once."""
    known = {(reading.name, number) for reading in work.readings for number in reading.numbers}
    for sheet, tables in hidden:
        if SIDE_SHEETS.fullmatch((sheet.name or "").strip()) or SUMMARY_SHEETS.search(sheet.name or ""):
            continue
        for table in tables:
            if DISPOSAL.search(banner(table)) or table.columns_of(Field.SCRAP_DATE):
                continue
            context, readings = read_table(table, today, text_file=False)
            fresh = [r for r in readings if not any((r.name, number) in known for number in r.numbers)]
            if not any(reading.numbers for reading in fresh) or len(fresh) < len(readings):
                continue
            work.contexts.append(context)
            for reading in fresh:
                reading.withheld = True
            work.readings.extend(fresh)


def _outcome(workbook: Workbook, work: _Work) -> LedgerOutcome:
    for reading in work.readings:
        if not reading.skipped and says_duplicate(reading):
            reading.refuse(Code.DUPLICATE_IN_FILE, reading.name_column, text=reading.name, other="—")
    settle_identity(work.readings)
    assemble_lines(work.readings)
    _name_unknown_types(work.readings)
    listings = join(work.readings)
    messages = [message for reading in work.readings for message in reading.messages]
    result, reason = _result(work, listings, messages)
    return LedgerOutcome(
        outcome=result,
        reason=reason,
        mapping=_mapping(work.contexts),
        tables=_tables(work),
        listings=tuple(listings),
        messages=tuple(messages),
        format=workbook.format,
    )


def _name_unknown_types(readings: Sequence[Reading]) -> None:
    for reading in readings:
        if not reading.skipped and reading.resource_type is None:
            reading.note(Code.UNKNOWN_TYPE, reading.name_column, text=reading.name)


def _result(
    work: _Work, listings: Sequence[LedgerListing], messages: Sequence[LedgerMessage]
) -> tuple[Result, str | None]:
    if not work.contexts:
        tabular = any(_looks_tabular(sheet) for sheet in work.headless)
        return (Result.NEEDS_MAPPING, "no_header") if tabular else (Result.NOTHING_TO_IMPORT, "no_table")
    if not listings:
        return Result.NOTHING_TO_IMPORT, "no_machines"
    if any(message.severity is Severity.ERROR for message in messages):
        return Result.PARTIAL, None
    return Result.IMPORTED, None


def _looks_tabular(sheet: Sheet) -> bool:
    return sum(1 for row in sheet.rows[:200] if len(row.cells) >= 2) >= 1


def _mapping(contexts: Sequence[Context]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for context in contexts:
        columns = found.setdefault(context.table.sheet.name or "", {})
        for column in context.table.columns:
            if (name := context.field_of(column)) is not None:
                columns.setdefault(column.header or column.letter, name)
    return found


def _tables(work: _Work) -> tuple[ReadTable, ...]:
    tables = [_read_table(context.table, context) for context in work.contexts]
    return (*tables, *(_headless_table(sheet) for sheet in work.headless if _looks_tabular(sheet)))


def _read_table(table: Table, context: Context | None = None) -> ReadTable:
    columns = tuple(
        ReadColumn(column.letter, column.header, context.field_of(column) if context else None)
        for column in table.columns
    )
    places = [column.index for column in table.columns]
    rows = tuple(
        (row.number, tuple(row.cells[place].text if place in row.cells else "" for place in places))
        for row in table.rows
    )
    return ReadTable(table.sheet.name, table.header_rows, columns, rows)


def _headless_table(sheet: Sheet) -> ReadTable:
    places = sorted({column for row in sheet.rows[:500] for column in row.cells})
    return _read_table(Table(sheet, (), tuple(Column(place, "", None) for place in places), sheet.rows[:500]))
