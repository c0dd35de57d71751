"""What a ledger would become: listings, and every problem by name, sheet, row and column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from marketplace.listings.catalogue import AttributeValue


class Result(StrEnum):
    """`partial` when a row that could be a machine was refused; `imported` when every one has come in."""

    IMPORTED = "imported"
    PARTIAL = "partial"
    REFUSED_FILE = "refused_file"
    NOTHING_TO_IMPORT = "nothing_to_import"
    NEEDS_MAPPING = "needs_mapping"


class Code(StrEnum):
    """What can be wrong with a row or a cell."""

    BAD_DATE = "bad_date"
    FUTURE_DATE = "future_date"
    BAD_NUMBER = "bad_number"
    BAD_UNIT = "bad_unit"
    BAD_PRICE = "bad_price"
    BAD_QUANTITY = "bad_quantity"
    QUANTITY_MISMATCH = "quantity_mismatch"
    BAD_ASSET_RANGE = "bad_asset_range"
    DUPLICATE_IN_FILE = "duplicate_in_file"
    ASSET_NUMBER_CONFLICT = "asset_number_conflict"
    MISSING_NAME = "missing_name"
    DAMAGED_NUMBER = "damaged_number"
    FORMULA_ERROR = "formula_error"
    SCRAPPED = "scrapped"
    INACTIVE = "inactive"
    NOT_A_LISTING = "not_a_listing"
    UNKNOWN_TYPE = "unknown_type"
    ROW_TOO_LONG = "row_too_long"
    BAD_TEXT = "bad_text"


class Severity(StrEnum):
    """error: the row stays out; warning: it comes in without something, or is left out for good reason; info."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Status(StrEnum):
    IN_USE = "in_use"
    IDLE = "idle"
    SEALED = "sealed"
    REPAIR = "repair"
    LENT = "lent"


WITHHELD = frozenset({Status.SEALED, Status.REPAIR, Status.LENT})


@dataclass(frozen=True, slots=True)
class Source:
    """A row of the ledger; `sheet` is None where the format has none."""

    sheet: str | None
    row: int


@dataclass(frozen=True, slots=True)
class Price:
    """`amount` in major units as written; `per` as in the schema; `condition` in the clerk's words."""

    amount: Decimal
    currency: str
    per: str
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class OriginalValue:
    """What the machine once cost, in major units: never a price."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class LedgerAttribute:
    """`value` is the stored shape of the catalogue; `shown` the same for JSON, with the unit in words.

    `suggested` when it was taken from prose or the unit was assumed: somebody should confirm it.
    """

    code: str
    value: AttributeValue
    shown: Mapping[str, Any]
    suggested: bool = False


@dataclass(frozen=True, slots=True)
class LedgerUnit:
    """One asset 资产: a piece of a listing, with what only the piece knows."""

    source: Source
    asset_number: str | None = None
    serial_number: str | None = None
    purchase_date: str | None = None
    original_value: OriginalValue | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerListing:
    """One listing with its units; `members` are the asset numbers of a line, `member_sources` their rows."""

    source: tuple[Source, ...]
    kind: str
    name: str
    resource_type: str | None = None
    model: str | None = None
    manufacturer: str | None = None
    location: str | None = None
    status: Status | None = None
    offered: bool = True
    attributes: tuple[LedgerAttribute, ...] = ()
    prices: tuple[Price, ...] = ()
    description: str | None = None
    units: tuple[LedgerUnit, ...] = ()
    members: tuple[str, ...] = ()
    member_sources: tuple[Source, ...] = ()

    @property
    def quantity(self) -> int:
        return len(self.units)

    @property
    def asset_numbers(self) -> tuple[str, ...]:
        return tuple(unit.asset_number for unit in self.units if unit.asset_number is not None)

    @property
    def purchase_date(self) -> str | None:
        """The date all units share, None when they differ."""
        dates = {unit.purchase_date for unit in self.units}
        return dates.pop() if len(dates) == 1 else None

    @property
    def original_value(self) -> OriginalValue | None:
        """The value all units share, None when they differ."""
        values = {unit.original_value for unit in self.units}
        return values.pop() if len(values) == 1 else None


@dataclass(frozen=True, slots=True)
class LedgerMessage:
    """`column` is the cell's letter; `facts` fill the sentence of `messages.text_of`."""

    sheet: str | None
    row: int
    column: str | None
    code: Code
    severity: Severity
    facts: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """`field` is what the column was taken for (see `mapping.Field`), None when it is not read."""

    letter: str
    header: str
    field: str | None


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table as it was read, for the page that shows it: header rows, columns, and the cells of every row below."""

    sheet: str | None
    header_rows: tuple[int, ...]
    columns: tuple[ReadColumn, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOutcome:
    """The whole answer; `tables` are for pages, everything else is what `to_json` gives."""

    outcome: Result
    reason: str | None = None
    mapping: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    tables: tuple[ReadTable, ...] = ()
    listings: tuple[LedgerListing, ...] = ()
    messages: tuple[LedgerMessage, ...] = ()
    format: str | None = None
