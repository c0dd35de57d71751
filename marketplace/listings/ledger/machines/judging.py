"""Whether a machine may be offered: states from every place where a clerk writes them."""

import re
from datetime import date

from marketplace.listings.ledger.cells.dates import BadDate, is_future, parse_date
from marketplace.listings.ledger.cells.plain import is_unknown, yes_or_no
from marketplace.listings.ledger.cells.states import Verdict, read_bracketed, read_remark, read_state
from marketplace.listings.ledger.files.sheets import CellKind
from marketplace.listings.ledger.machines.reading import Reading
from marketplace.listings.ledger.machines.table_context import Context
from marketplace.listings.ledger.mapping import Field
from marketplace.listings.ledger.outcome import Code
from marketplace.listings.ledger.tables.finding import Column
from marketplace.listings.ledger.tables.resolving import FilledRow

Finding = tuple[Verdict, Column | None, str]
ORDER = (Verdict.GONE, Verdict.SEALED, Verdict.REPAIR, Verdict.LENT, Verdict.INACTIVE, Verdict.IDLE, Verdict.IN_USE)
"""What keeps a machine out most comes first: two columns that disagree are read the careful way."""


def judge(reading: Reading, row: FilledRow, context: Context, today: date) -> None:
    """Sets the reading's state; gone machines are refused by name, inactive and filtered-out ones withheld."""
    findings = _findings(reading, row, context, today)
    if not findings:
        reading.withheld = row.hidden
        return
    verdict, column, text = min(findings, key=lambda finding: ORDER.index(finding[0]))
    reading.state = verdict
    letter = column.letter if column else reading.name_column
    if verdict is Verdict.GONE:
        reading.refuse(Code.SCRAPPED, letter, header=column.header if column else "", text=text)
        return
    if verdict is Verdict.INACTIVE:
        reading.note(Code.INACTIVE, letter, header=column.header if column else "", text=text)
    reading.withheld = row.hidden or verdict not in {Verdict.IDLE, Verdict.IN_USE} or _kept_back(row, context)


def _findings(reading: Reading, row: FilledRow, context: Context, today: date) -> list[Finding]:
    findings = [
        *_from_status(row, context),
        *_from_flags(row, context),
        *_from_scrap_date(row, context, today),
        *_from_remarks(row, context),
        *_from_brackets(row, context),
    ]
    if struck := _struck(row, context):
        findings.append((Verdict.GONE, struck, f"{row.text(struck.index)}（删除线）"))
    if context.all_gone:
        findings.append((Verdict.GONE, None, reading.name))
    return findings


def _from_status(row: FilledRow, context: Context) -> list[Finding]:
    found: list[Finding] = []
    for column in context.columns(Field.STATUS):
        text = row.text(column.index)
        if is_unknown(text):
            continue
        answer = yes_or_no(text)
        if answer is not None:  # a status column of Y and N answers the question whether it works
            found.append((Verdict.IN_USE if answer else Verdict.INACTIVE, column, text))
        elif verdict := read_state(text):
            found.append((verdict, column, text))
    return found


def _from_flags(row: FilledRow, context: Context) -> list[Finding]:
    """是否报废: 是. The question itself names the state, the answer says whether it holds."""
    found: list[Finding] = []
    for column in context.columns(Field.STATUS_FLAG):
        text = row.text(column.index)
        state = column.meaning.state if column.meaning else None
        verdict = read_state(state) if state else None
        answer = yes_or_no(text) if text else None
        if answer is None:
            other = read_state(text) if text else None
            if other:
                found.append((other, column, text))
        elif answer and verdict:
            found.append((verdict, column, text))
        elif verdict is Verdict.IN_USE:
            found.append((Verdict.INACTIVE, column, text))
    return found


def _from_scrap_date(row: FilledRow, context: Context, today: date) -> list[Finding]:
    found: list[Finding] = []
    for column in context.columns(Field.SCRAP_DATE):
        text = row.text(column.index)
        if is_unknown(text) or re.match(r"预计|计划", column.header):
            continue
        try:
            day = parse_date(text, day_first=context.day_first.get(column.index))
        except BadDate:
            day = None
        if day and not is_future(day, today):
            found.append((Verdict.GONE, column, text))
    return found


def _from_remarks(row: FilledRow, context: Context) -> list[Finding]:
    found: list[Finding] = []
    for column in context.columns(Field.REMARKS, Field.DESCRIPTION):
        text = row.text(column.index)
        verdict = read_remark(text) if text and len(text) <= 300 else None
        if verdict:
            found.append((verdict, column, text))
    return found


def _from_brackets(row: FilledRow, context: Context) -> list[Finding]:
    found: list[Finding] = []
    for column in context.columns(Field.NAME, Field.MODEL, Field.ASSET_NUMBER):
        text = row.text(column.index)
        verdict = read_bracketed(text) if (text and text[-1:] in ")]）】》> ") or "(" in text or "（" in text else None
        if verdict:
            found.append((verdict, column, text))
    return found


def _struck(row: FilledRow, context: Context) -> Column | None:
    """A name or number struck through is a machine struck off; a struck price alone is only an old price."""
    for column in context.columns(Field.NAME, Field.ASSET_NUMBER):
        cell = row.cells.get(column.index)
        if cell and cell.struck and cell.kind is not CellKind.ERROR:
            return column
    return None


def _kept_back(row: FilledRow, context: Context) -> bool:
    """是否共享: 否 keeps a machine in the draft."""
    return any(yes_or_no(row.text(column.index)) is False for column in context.columns(Field.SHARED_FLAG))


def keep_back_unshared(reading: Reading, row: FilledRow, context: Context) -> None:
    reading.withheld = reading.withheld or _kept_back(row, context)
