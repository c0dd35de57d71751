"""Which column of a ledger holds what: guessed by the reader, shown to the clerk, given back with corrections."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

ATTRIBUTE = "attribute:"
"""A field `attribute:travel_x` is the catalogue's attribute travel_x; several are joined by `+`."""
ANY_SHEET = "*"
HEADER_ROW = "#header_row"


class Field(StrEnum):
    """What a column may hold. Known fields that no listing needs are `ignore`."""

    ASSET_NUMBER = "asset_number"
    SERIAL_NUMBER = "serial_number"
    SEQUENCE = "sequence"
    NAME = "name"
    MODEL = "model"
    MANUFACTURER = "manufacturer"
    CATEGORY = "category"
    SPECIFICATION = "specification"
    DESCRIPTION = "description"
    REMARKS = "remarks"
    PURCHASE_DATE = "purchase_date"
    OTHER_DATE = "other_date"
    LOCATION = "location"
    AREA = "area"
    DEPARTMENT = "department"
    STATUS = "status"
    STATUS_FLAG = "status_flag"
    SHARED_FLAG = "shared_flag"
    SCRAP_DATE = "scrap_date"
    QUANTITY = "quantity"
    COUNT_UNIT = "count_unit"
    ORIGINAL_VALUE = "original_value"
    CURRENCY = "currency"
    PRICE = "price"
    PRICE_UNIT = "price_unit"
    LINE = "line"
    IGNORE = "ignore"


class BadMapping(ValueError):
    """The mapping given cannot be understood; the text says where."""


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """Header text or column letter → field. `header_row` 0 says that there is none."""

    columns: Mapping[str, str]
    header_row: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerMapping:
    """Sheet name (or `*`) → its columns. Sheets and columns not named are guessed."""

    sheets: Mapping[str, SheetMapping] = field(default_factory=dict[str, SheetMapping])

    def for_sheet(self, name: str | None) -> SheetMapping | None:
        return self.sheets.get(name or "") or self.sheets.get(ANY_SHEET)


def read_mapping(document: str | bytes) -> LedgerMapping:
    """The mapping out of JSON: {"<sheet or *>": {"<header or column letter>": "<field>", "#header_row": 3}}.

    It has the shape of the outcome's own `mapping`, so that an answer can be corrected and given back.
    Raises `BadMapping`.
    """
    try:
        wire = json.loads(document)
    except ValueError as error:
        raise BadMapping(f"no JSON: {error}") from error
    return mapping_from(wire)


def mapping_from(wire: object) -> LedgerMapping:
    if not isinstance(wire, dict):
        raise BadMapping("expected an object: sheet → header → field")
    entries = cast("dict[str, object]", wire)
    if entries and all(isinstance(value, str) for value in entries.values()):
        entries = {ANY_SHEET: entries}
    return LedgerMapping({sheet: _sheet_mapping(sheet, columns) for sheet, columns in entries.items()})


def _sheet_mapping(sheet: str, wire: object) -> SheetMapping:
    if not isinstance(wire, dict):
        raise BadMapping(f"{sheet}: expected an object: header → field")
    columns = dict(cast("dict[str, Any]", wire))
    header_row = columns.pop(HEADER_ROW, None)
    if header_row is not None and (not isinstance(header_row, int) or not 0 <= header_row < 2_000_000):
        raise BadMapping(f"{sheet}: {HEADER_ROW} is a row number, 0 for none")
    for header, field_name in columns.items():
        if not is_field(field_name):
            raise BadMapping(f"{sheet}: {header}: unknown field {field_name!r}")
    return SheetMapping(columns, header_row)


def is_field(name: object) -> bool:
    return isinstance(name, str) and (name in set(Field) or name.startswith(ATTRIBUTE))
