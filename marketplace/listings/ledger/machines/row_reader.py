"""A row becomes a reading: every cell is taken for what its column says, and named when it cannot be."""

import re
from dataclasses import replace
from datetime import date

from marketplace.listings.catalogue import BadAttribute
from marketplace.listings.ledger.cells.amounts import (
    BadAmount,
    BadPrice,
    RateHeader,
    currency_in,
    parse_rates,
    parse_value,
    read_rate_header,
)
from marketplace.listings.ledger.cells.asset_numbers import BadRange, Damaged, is_damaged, parse_asset_numbers
from marketplace.listings.ledger.cells.attributes import attributes_named, fault_of_figure, read_attribute, read_prose
from marketplace.listings.ledger.cells.counts import BadQuantity, parse_count
from marketplace.listings.ledger.cells.dates import FIRST_SERIAL, LAST_SERIAL, BadDate, is_future, parse_date
from marketplace.listings.ledger.cells.formulas import formula_value
from marketplace.listings.ledger.cells.plain import is_unknown, one_line
from marketplace.listings.ledger.files.number_formats import serial_date
from marketplace.listings.ledger.files.sheets import Cell, CellFlag, CellKind
from marketplace.listings.ledger.machines.reading import Reading
from marketplace.listings.ledger.machines.table_context import Context, checked_dimension
from marketplace.listings.ledger.machines.types import recognised, recognised_by_category
from marketplace.listings.ledger.mapping import Field
from marketplace.listings.ledger.outcome import Code, LedgerAttribute, OriginalValue, Price, Source
from marketplace.listings.ledger.tables.finding import Column
from marketplace.listings.ledger.tables.resolving import FilledRow

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 2000
NOUGHT_IS_NOTHING = frozenset(
    {Field.LOCATION, Field.AREA, Field.DEPARTMENT, Field.MODEL, Field.MANUFACTURER, Field.NAME, Field.SERIAL_NUMBER}
)


DAYS_BETWEEN_SYSTEMS = 1462
YEAR_AS_A_DAY = ("1905-06", "1905-07")
"""A year typed into a cell formatted as a date becomes a day of the summer of 1905."""
OCTOBER_OR_JANUARY = re.compile(r"(?:19|20)\d\d\.1")


class RowReader:
    """Reads the rows of one table."""

    def __init__(self, context: Context, today: date) -> None:
        self.context = context
        self.today = today
        self.sheet = context.table.sheet.name

    def read(self, row: FilledRow) -> Reading:
        """The reading with all cell messages; states, types and identity are judged afterwards."""
        reading = Reading(Source(self.sheet, row.number))
        _Cells(self, row, reading).read()
        return reading


class _Cells:
    """One row at work."""

    def __init__(self, reader: RowReader, row: FilledRow, reading: Reading) -> None:
        self.context = reader.context
        self.today = reader.today
        self.row = row
        self.reading = reading

    def read(self) -> None:
        reading = self.reading
        self._read_words()
        reading.count = self._count()
        self._read_numbers()
        reading.purchase_date = self._date()
        reading.original_value = self._value()
        reading.prices = self._prices()
        reading.resource_type, reading.kind = (
            recognised(reading.name, reading.category, reading.model, reading.manufacturer, reading.description or "")
            if self.context.columns(Field.NAME)
            else recognised_by_category(reading.name, reading.category, reading.model)
        )
        reading.attributes = self._attributes()

    # words

    def _read_words(self) -> None:
        reading = self.reading
        reading.name = self._name()
        reading.model = self._word(Field.MODEL)
        reading.manufacturer = self._word(Field.MANUFACTURER)
        reading.category = " ".join(self._all(Field.CATEGORY)) or self.context.title or ""
        reading.serial_number = self._word(Field.SERIAL_NUMBER)
        reading.location = self._location()
        sequence = self.context.first(Field.SEQUENCE)
        reading.sequence = self.row.text(sequence.index) if sequence else None
        reading.line = self._word(Field.LINE)
        prose = [*self._all(Field.SPECIFICATION), *self._all(Field.DESCRIPTION), *self._all(Field.REMARKS)]
        reading.description = "\n".join(prose)[:LONGEST_DESCRIPTION] or None

    def _name(self) -> str:
        for column in self.context.columns(Field.NAME):
            text = self._usable(column)
            if text:
                self.reading.name_column = column.letter
                return one_line(text)[:LONGEST_NAME]
        if self.context.columns(Field.NAME):
            return ""
        parts = [self._word(Field.MANUFACTURER), self._word(Field.MODEL)]
        column = self.context.first(Field.MODEL) or self.context.first(Field.MANUFACTURER)
        self.reading.name_column = column.letter if column else None
        maker, model = parts
        if maker and model and model.casefold().startswith(maker.casefold()):
            return model
        kind = None if model else next(iter(self._all(Field.CATEGORY)), self.context.title)
        return " ".join(part for part in (maker, model or kind) if part) if model or kind else ""

    def _word(self, name: Field) -> str | None:
        for column in self.context.columns(name):
            text = self._usable(column)
            if text:
                return one_line(text)[:LONGEST_NAME]
        return None

    def _all(self, name: Field) -> list[str]:
        texts = [self._usable(column) for column in self.context.columns(name)]
        return list(dict.fromkeys(text for text in texts if text))

    def _location(self) -> str | None:
        for name in (Field.LOCATION, Field.AREA, Field.DEPARTMENT):
            parts = [one_line(text) for text in self._all(name)]
            if place := " ".join(part for part in parts if part not in {"0", "00"})[:LONGEST_NAME]:
                return place
        return None

    def _usable(self, column: Column) -> str:
        """The text of a cell, empty when unknown or faulty; the fault is named once, where it stands."""
        cell = self.row.cells.get(column.index)
        if cell is None:
            return ""
        text = self._plain(column, cell)
        if column.field in NOUGHT_IS_NOTHING and text in {"0", "0.0"}:
            return ""
        if column.field in {Field.MODEL, Field.SERIAL_NUMBER, Field.NAME} and _is_damaged(cell):
            self._note(Code.DAMAGED_NUMBER, column, text)
            return ""
        return "" if is_unknown(text) else text

    def _plain(self, column: Column, cell: Cell) -> str:
        if cell.kind is CellKind.ERROR:
            self._note(Code.FORMULA_ERROR, column, cell.text)
            return ""
        text = cell.text
        if cell.kind is CellKind.FORMULA:
            value = formula_value(cell.text)
            if value is None:
                self._note(Code.FORMULA_ERROR, column, cell.text)
                return ""
            text = value
        if (cell.flags and cell.flags & (CellFlag.CLEANED | CellFlag.CUT | CellFlag.GARBLED)) or _is_mojibake(text):
            self._note(Code.BAD_TEXT, column, text)
        return text

    def _note(self, code: Code, column: Column, text: str) -> None:
        """A cell is named where it stands: not again in the rows that inherit it, and not twice."""
        if column.index in self.row.inherited:
            return
        if any(message.column == column.letter and message.code == code for message in self.reading.messages):
            return
        self.reading.note(code, column.letter, header=column.header or column.letter, text=text)

    # counts and numbers

    def _count(self) -> int | None:
        column = self.context.first(Field.QUANTITY)
        text = self._usable(column) if column else ""
        if column is None or not text:
            return None
        try:
            count = parse_count(text)
        except BadQuantity:
            self._note(Code.BAD_QUANTITY, column, text)
            return None
        span = self.row.spans.get(column.index, 1)
        return 1 if span > 1 and count == span else count

    def _read_numbers(self) -> None:
        for column in self.context.columns(Field.ASSET_NUMBER):
            cell = self.row.cells.get(column.index)
            if cell is None:
                continue
            text = self._plain(column, cell)
            if is_unknown(text):
                continue
            if self._take_numbers(column, cell, text):
                return

    def _take_numbers(self, column: Column, cell: Cell, text: str) -> bool:
        self.reading.number_column = column.letter
        if cell.kind is CellKind.DATE:
            self._note(Code.DAMAGED_NUMBER, column, text)
            return False
        try:
            found = parse_asset_numbers(text, count=self.reading.count)
        except Damaged:
            self._note(Code.DAMAGED_NUMBER, column, text)
            return False
        except BadRange:
            self._note(Code.BAD_ASSET_RANGE, column, text)
            return False
        self.reading.numbers = tuple(one_line(number)[:100] for number in found.numbers)
        self._compare_count(column, len(found.numbers), found.told, counted=found.counted)
        return True

    def _compare_count(self, column: Column, found: int, told: int | None, *, counted: bool) -> None:
        """A count that does not fit its range or list is named at the count."""
        count_column = self.context.first(Field.QUANTITY)
        stated = self.reading.count
        if counted and count_column and stated is not None and stated != found:
            self.reading.note(
                Code.QUANTITY_MISMATCH,
                count_column.letter,
                header=count_column.header,
                text=str(stated),
                found=str(found),
            )
        elif told is not None and told != found and (counted or stated is None):
            self.reading.note(
                Code.QUANTITY_MISMATCH, column.letter, header=column.header, text=str(told), found=str(found)
            )

    # dates and money

    def _date(self) -> str | None:
        found: str | None = None
        for column in self.context.columns(Field.PURCHASE_DATE, Field.OTHER_DATE):
            read = self._date_in(column)
            found = found or (read if self._is_dated_by(column) else None)
        return found

    def _is_dated_by(self, column: Column) -> bool:
        """A date of first use stands in for a missing purchase column; a date of making never does."""
        if column.field == Field.PURCHASE_DATE:
            return True
        return not self.context.columns(Field.PURCHASE_DATE) and not re.search(
            r"出厂|制造|生产|made|manufactur|built|mfg|yom|baujahr|年代", column.header, re.IGNORECASE
        )

    def _date_in(self, column: Column) -> str | None:
        text = self._usable(column)
        if not text:
            return None
        if text.startswith(YEAR_AS_A_DAY) and self.row.cells[column.index].kind is CellKind.DATE:
            self._note(Code.BAD_DATE, column, text)
            return None
        if self.context.table.sheet.epoch_1904 and self.row.cells[column.index].kind is CellKind.NUMBER:
            text = _serial_of_1904(text)
        if OCTOBER_OR_JANUARY.fullmatch(text):
            text = self._october_or_january(column, text)
        try:
            found = parse_date(text, day_first=self.context.day_first.get(column.index))
        except BadDate:
            self._note(Code.BAD_DATE, column, text)
            return None
        if found and is_future(found, self.today):
            self._note(Code.FUTURE_DATE, column, text)
            return None
        return found

    def _october_or_january(self, column: Column, text: str) -> str:
        """A number 2021.1 may have been typed as 2021.10: where the column writes 2021.03 it was, else the year is sure."""
        others = [row.text(column.index) for row in self.context.rows[:200]]
        if any(re.fullmatch(r"(?:19|20)\d\d\.0[1-9]", other) for other in others):
            return f"{text}0"
        is_number = self.row.cells[column.index].kind is CellKind.NUMBER
        return text[:4] if is_number else text

    def _value(self) -> OriginalValue | None:
        currency = self.context.first(Field.CURRENCY)
        for column in self.context.columns(Field.ORIGINAL_VALUE):
            text = self._usable(column)
            if not text:
                continue
            try:
                value = parse_value(text, self._money_header(column))
            except BadAmount:
                self._note(Code.BAD_NUMBER, column, text)
                continue
            if value and currency and (code := currency_in(self.row.text(currency.index))):
                value = replace(value, currency=code)
            if value:
                return value
        return None

    def _money_header(self, column: Column) -> str:
        """单位：万元 above the table holds for every sum whose header states no unit of its own."""
        unit = self.context.money_unit
        return f"{column.header}({unit})" if unit and "元" not in column.header else column.header

    def _prices(self) -> tuple[Price, ...]:
        prices: list[Price] = []
        for column in self.context.columns(Field.PRICE):
            text = self._usable(column)
            if not text:
                continue
            try:
                prices.extend(parse_rates(text, self._rate_header(column)))
            except BadPrice:
                self._note(Code.BAD_PRICE, column, text)
        return tuple(dict.fromkeys(prices))

    def _rate_header(self, column: Column) -> RateHeader:
        """A price column beside a 计价单位 column takes its unit from there."""
        header = read_rate_header(column.header)
        for unit in self.context.columns(Field.PRICE_UNIT, Field.COUNT_UNIT):
            beside = read_rate_header(self.row.text(unit.index))
            if header.per is None and beside.per is not None:
                return replace(header, per=beside.per)
        return header

    # attributes

    def _attributes(self) -> tuple[LedgerAttribute, ...]:
        found: dict[str, LedgerAttribute] = {}
        for column, codes in self.context.attributes:
            if column.index not in self.context.mistaken:
                self._read_attribute(column, self._for_type(column, codes), found)
        for column in self.context.open_columns:
            self._read_open(column, found)
        if self.reading.resource_type:
            for column in self.context.columns(Field.SPECIFICATION, Field.DESCRIPTION, Field.REMARKS):
                for attribute in read_prose(
                    self.row.text(column.index)[:LONGEST_DESCRIPTION], self.reading.resource_type
                ):
                    found.setdefault(attribute.code, attribute)
        return tuple(found[code] for code in sorted(found))

    def _for_type(self, column: Column, codes: tuple[str, ...]) -> tuple[str, ...]:
        """A header can mean one thing on a lathe and another on a mill: the row's type decides."""
        if self.reading.resource_type:
            own = attributes_named(column.term or column.header, self.reading.resource_type)
            if own:
                return own
        return codes

    def _read_open(self, column: Column, found: dict[str, LedgerAttribute]) -> None:
        own = self._for_type(column, ())
        if own:
            self.context.settle(column, own)
            self._read_attribute(column, own, found)
            return
        dimension = checked_dimension(column)
        cell = self.row.cells.get(column.index)
        if dimension and cell and cell.kind is CellKind.TEXT and (fault := fault_of_figure(cell.text, dimension)):
            self._note(Code(fault), column, cell.text)

    def _read_attribute(self, column: Column, codes: tuple[str, ...], found: dict[str, LedgerAttribute]) -> None:
        text = self._usable(column)
        if not text:
            return
        try:
            for attribute in read_attribute(codes, text, column.header):
                found.setdefault(attribute.code, attribute)
        except BadAttribute as error:
            if error.code in {"bad_number", "bad_unit"}:
                self._note(Code(error.code), column, text)


def _serial_of_1904(text: str) -> str:
    """A day number without a date's format, in a workbook that counts from 1904."""
    if not re.fullmatch(r"\d{5}", text) or not FIRST_SERIAL <= int(text) + DAYS_BETWEEN_SYSTEMS <= LAST_SERIAL:
        return text
    return serial_date(float(text), "day", epoch_1904=True) or text


def _is_damaged(cell: Cell) -> bool:
    """A model 3-1 that has become the 3rd of January, a serial number in scientific form."""
    return cell.kind is CellKind.DATE or (cell.kind is not CellKind.ERROR and is_damaged(cell.text))


MOJIBAKE = re.compile(r"锟斤拷|烫烫烫|屯屯屯|\?{4,}|Ã.Â|ï¿½|â‚¬|(?:[ÃÂÐÑÊÉÈ×ÖÎÓÔ][\x80-\xff]){3,}")


def _is_mojibake(text: str) -> bool:
    """Text that was decoded with the wrong encoding before it reached us."""
    return bool(MOJIBAKE.search(text))
