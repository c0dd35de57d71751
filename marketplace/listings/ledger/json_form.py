"""The outcome as the JSON document of `gongzao import check`."""

from decimal import Decimal
from typing import Any

from marketplace.listings.ledger.messages import text_of
from marketplace.listings.ledger.outcome import (
    LedgerListing,
    LedgerMessage,
    LedgerOutcome,
    OriginalValue,
    Price,
    Source,
)


def to_json(outcome: LedgerOutcome, *, locale: str = "zh") -> dict[str, Any]:
    """The document that import-check.schema.json describes; message texts in the reader's language."""
    document: dict[str, Any] = {"outcome": outcome.outcome.value}
    if outcome.reason is not None:
        document["reason"] = outcome.reason
    document["mapping"] = {sheet: dict(columns) for sheet, columns in outcome.mapping.items()}
    document["listings"] = [_listing(listing) for listing in outcome.listings]
    document["messages"] = [_message(message, locale) for message in outcome.messages]
    return document


def _listing(listing: LedgerListing) -> dict[str, Any]:
    return {
        "source": [_source(source) for source in listing.source],
        "kind": listing.kind,
        "resource_type": listing.resource_type,
        "name": listing.name,
        "model": listing.model,
        "asset_numbers": list(listing.asset_numbers),
        "quantity": listing.quantity,
        "manufacturer": listing.manufacturer,
        "purchase_date": listing.purchase_date,
        "location": listing.location,
        "status": listing.status.value if listing.status else None,
        "offered": listing.offered,
        "attributes": {
            attribute.code: {**attribute.shown, **({"suggested": True} if attribute.suggested else {})}
            for attribute in listing.attributes
        },
        "prices": [_price(price) for price in listing.prices],
        "original_value": _money(listing.original_value) if listing.original_value else None,
        "members": list(listing.members),
    }


def _source(source: Source) -> dict[str, Any]:
    return {"row": source.row} if source.sheet is None else {"sheet": source.sheet, "row": source.row}


def _price(price: Price) -> dict[str, Any]:
    return {
        "condition": price.condition,
        "amount": number(price.amount),
        "currency": price.currency,
        "per": price.per,
    }


def _money(value: OriginalValue) -> dict[str, Any]:
    return {"amount": number(value.amount), "currency": value.currency}


def _message(message: LedgerMessage, locale: str) -> dict[str, Any]:
    return {
        **_source(Source(message.sheet, message.row)),
        "column": message.column,
        "code": message.code.value,
        "severity": message.severity.value,
        "text": text_of(message, locale),
    }


def number(amount: Decimal) -> int | float:
    """A JSON number, whole where it is whole."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
