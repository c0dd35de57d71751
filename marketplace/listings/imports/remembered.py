"""Ledgers with the same headers are read the same way: mappings kept per enterprise and header set."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from marketplace.listings.identity import normalised
from marketplace.listings.imports import queries
from marketplace.listings.imports.models import ImportRun
from marketplace.listings.ledger.mapping import ANY_SHEET, HEADER_ROW, BadMapping, LedgerMapping, mapping_from
from marketplace.listings.ledger.outcome import LedgerOutcome

LOOKED_AT = 10
"""Rows of a table without a recognised header, any of which may be the one its clerk named last time."""


def header_key_of(outcome: LedgerOutcome, mapping: Mapping[str, Any] | None = None) -> str | None:
    """Fingerprint of the headers: of all recognised ones whatever their order, else of the row the mapping names."""
    headers = {normalised(column.header) for table in outcome.tables for column in table.columns} - {""}
    if headers:
        return _fingerprint(sorted(headers))
    for table in outcome.tables:
        named = (mapping or {}).get(table.sheet or ANY_SHEET, {}).get(HEADER_ROW, 0)
        for number, cells in table.rows[:LOOKED_AT]:
            if number == named:
                return _row_key(cells)
    return None


def _candidates(outcome: LedgerOutcome) -> list[str]:
    key = header_key_of(outcome)
    if key is not None:
        return [key]
    return [_row_key(cells) for table in outcome.tables for _, cells in table.rows[:LOOKED_AT]]


def _row_key(cells: Sequence[str]) -> str:
    return _fingerprint(["row", *(normalised(cell) for cell in cells)])


def _fingerprint(words: list[str]) -> str:
    return sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


def with_remembered(session: Session, run: ImportRun, outcome: LedgerOutcome) -> LedgerMapping | None:
    """The mapping of last time, taken over by the run; None for a new set of headers."""
    known = queries.remembered_mapping(session, run.enterprise_id, _candidates(outcome))
    if known is None:
        return None
    try:
        mapping = mapping_from(known.mapping["mapping"])
    except BadMapping:
        return None
    run.mapping = known.mapping["mapping"]
    run.options = {**run.options, "key_columns": known.mapping["key_columns"], "is_remembered": True}
    return mapping
