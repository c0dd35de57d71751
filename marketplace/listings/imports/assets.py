"""Which machine a row of the ledger speaks of: its asset number, else its key columns, else nobody can say. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from marketplace.listings.identity import columns_key, normalised, number_key
from marketplace.listings.imports.codec import to_stored
from marketplace.listings.ledger.cells.asset_numbers import BadRange, Damaged, parse_asset_numbers
from marketplace.listings.ledger.outcome import Code, LedgerListing, LedgerOutcome, LedgerUnit, ReadTable, Source


@dataclass(frozen=True, slots=True)
class Asset:
    """One machine of the file. `digest` changes whenever the ledger says anything else of it."""

    key: str | None
    digest: str
    unit: LedgerUnit


class Cells:
    """The file's cells by sheet and row, for key columns and for rows that became no listing."""

    def __init__(self, tables: Iterable[ReadTable], key_columns: Sequence[str]) -> None:
        self._rows: dict[tuple[str | None, int], tuple[ReadTable, tuple[str, ...]]] = {}
        for table in tables:
            for row, cells in table.rows:
                self._rows[table.sheet, row] = (table, cells)
        self._key_columns = [normalised(header) for header in key_columns]

    def key_of(self, source: Source) -> str | None:
        """The key columns' key of a row; None where none are chosen or all are empty."""
        found = self._rows.get((source.sheet, source.row))
        if found is None or not self._key_columns:
            return None
        table, cells = found
        by_header = {normalised(column.header): at for at, column in enumerate(table.columns)}
        places = [by_header.get(header) for header in self._key_columns]
        return columns_key([cells[place] if place is not None and place < len(cells) else "" for place in places])

    def numbers_of(self, source: Source) -> list[str]:
        """The asset numbers written in a row, ranges counted out."""
        found = self._rows.get((source.sheet, source.row))
        if found is None:
            return []
        table, cells = found
        written = [
            cells[at]
            for at, column in enumerate(table.columns)
            if column.field == "asset_number" and at < len(cells) and cells[at].strip()
        ]
        return [number for text in written for number in _numbers_in(text)]


def _numbers_in(text: str) -> tuple[str, ...]:
    try:
        return parse_asset_numbers(text).numbers
    except (Damaged, BadRange):
        return ()


def assets_of(listing: LedgerListing, cells: Cells) -> list[Asset]:
    """The listing's machines with their keys and fingerprints."""
    content = content_digest(listing)
    return [
        Asset(number_key(unit.asset_number or "") or cells.key_of(unit.source), _unit_digest(content, unit), unit)
        for unit in listing.units
    ]


def scrapped_keys(outcome: LedgerOutcome, cells: Cells) -> dict[str, Source]:
    """Keys of the machines that the ledger calls scrapped, sold or disposed of, with their rows."""
    found: dict[str, Source] = {}
    for message in outcome.messages:
        if message.code is not Code.SCRAPPED:
            continue
        source = Source(message.sheet, message.row)
        keys = [number_key(number) for number in cells.numbers_of(source)] or [cells.key_of(source)]
        found |= {key: source for key in keys if key is not None}
    return found


def content_digest(listing: LedgerListing) -> str:
    """Fingerprint of everything the ledger says of a listing, without its rows' places in the file."""
    body: dict[str, Any] = to_stored(listing)
    for name in ("source", "units", "member_sources"):
        body.pop(name)
    return _digest(body)


def name_key(name: str, model: str | None, manufacturer: str | None) -> str:
    """What two rows without identity share when they may be the same machine."""
    return "\x1f".join(normalised(word or "") for word in (name, model, manufacturer))


def _unit_digest(content: str, unit: LedgerUnit) -> str:
    value = to_stored(unit.original_value)
    return _digest([content, unit.asset_number, unit.serial_number, unit.purchase_date, value])


def _digest(body: Mapping[str, Any] | list[Any]) -> str:
    return sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
