"""Ledgers with the same headers are read the same way: mappings kept per enterprise and header set."""

import json
from hashlib import sha256

from sqlalchemy.orm import Session

from marketplace.listings.identity import normalised
from marketplace.listings.imports import queries
from marketplace.listings.imports.models import ImportRun
from marketplace.listings.ledger.mapping import BadMapping, LedgerMapping, mapping_from
from marketplace.listings.ledger.outcome import LedgerOutcome


def header_key_of(outcome: LedgerOutcome) -> str | None:
    """Fingerprint of the headers of all tables, whatever their order; None when none were found."""
    headers = {normalised(column.header) for table in outcome.tables for column in table.columns} - {""}
    if not headers:
        return None
    return sha256(json.dumps(sorted(headers), ensure_ascii=False).encode()).hexdigest()


def with_remembered(session: Session, run: ImportRun, outcome: LedgerOutcome) -> LedgerMapping | None:
    """The mapping of last time, taken over by the run; None for a new set of headers."""
    key = header_key_of(outcome)
    known = queries.remembered_mapping(session, run.enterprise_id, key) if key else None
    if known is None:
        return None
    try:
        mapping = mapping_from(known.mapping["mapping"])
    except BadMapping:
        return None
    run.mapping = known.mapping["mapping"]
    run.options = {**run.options, "key_columns": known.mapping["key_columns"], "is_remembered": True}
    return mapping
