"""One row as it was understood, before rows are compared with each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from marketplace.listings.ledger.cells.states import Verdict
from marketplace.listings.ledger.outcome import (
    Code,
    LedgerAttribute,
    LedgerMessage,
    OriginalValue,
    Price,
    Severity,
    Source,
)

SEVERITIES: Mapping[Code, Severity] = {
    Code.MISSING_NAME: Severity.ERROR,
    Code.ASSET_NUMBER_CONFLICT: Severity.ERROR,
    Code.INACTIVE: Severity.INFO,
    Code.NOT_A_LISTING: Severity.INFO,
    Code.UNKNOWN_TYPE: Severity.INFO,
}


@dataclass(slots=True)
class Reading:
    """Everything a row says. `skipped` once it has another verdict than being offered or withheld as a listing."""

    source: Source
    name: str = ""
    model: str | None = None
    manufacturer: str | None = None
    category: str = ""
    numbers: tuple[str, ...] = ()
    number_column: str | None = None
    name_column: str | None = None
    serial_number: str | None = None
    count: int | None = None
    purchase_date: str | None = None
    location: str | None = None
    state: Verdict | None = None
    withheld: bool = False
    attributes: tuple[LedgerAttribute, ...] = ()
    prices: tuple[Price, ...] = ()
    original_value: OriginalValue | None = None
    description: str | None = None
    sequence: str | None = None
    line: str | None = None
    resource_type: str | None = None
    kind: str = "equipment"
    skipped: bool = False
    members: list["Reading"] = field(default_factory=list["Reading"])
    messages: list[LedgerMessage] = field(default_factory=list[LedgerMessage])

    @property
    def quantity(self) -> int:
        return len(self.numbers) if len(self.numbers) > 1 else max(self.count or 1, 1)

    def note(self, code: Code, column: str | None, **facts: str) -> None:
        severity = SEVERITIES.get(code, Severity.WARNING)
        self.messages.append(LedgerMessage(self.source.sheet, self.source.row, column, code, severity, facts))

    def refuse(self, code: Code, column: str | None, **facts: str) -> None:
        """The row stays out, and is named for it."""
        self.note(code, column, **facts)
        self.skipped = True

    def fail(self, code: Code, column: str | None, **facts: str) -> None:
        """As `refuse`, where the clerk has to mend something before the machine can come in."""
        self.messages.append(LedgerMessage(self.source.sheet, self.source.row, column, code, Severity.ERROR, facts))
        self.skipped = True
