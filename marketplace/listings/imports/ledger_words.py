"""What a ledger says of a listing, in the listing's own fields, and how a later ledger changes them. Pure but for the row."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from billing.pricing.plan_json import plan_to_json
from marketplace.listings.catalogue import AttributeValue
from marketplace.listings.imports.assets import name_key
from marketplace.listings.imports.prices import price_of
from marketplace.listings.ledger.outcome import LedgerListing, Status
from marketplace.listings.models import Listing, ListingKind, UnitStatus, WithheldReason

HAN = re.compile(r"[\u3400-\u9fff]")
PLAIN_FIELDS = (
    "title_zh",
    "title_en",
    "description_zh",
    "description_en",
    "model",
    "manufacturer",
    "place",
    "type_code",
)
NOTHING_SAID: Mapping[str, Any] = {**dict.fromkeys(PLAIN_FIELDS, ""), "type_code": None}
STATUSES: Mapping[Status | None, UnitStatus] = {
    None: UnitStatus.IN_USE,
    Status.IN_USE: UnitStatus.IN_USE,
    Status.IDLE: UnitStatus.IDLE,
    Status.SEALED: UnitStatus.SEALED,
    Status.REPAIR: UnitStatus.REPAIR,
    Status.LENT: UnitStatus.LENT,
}
WITHHELD: Mapping[Status, WithheldReason] = {
    Status.SEALED: WithheldReason.SEALED,
    Status.REPAIR: WithheldReason.REPAIR,
    Status.LENT: WithheldReason.LENT,
}
TITLE_LENGTH = 120


def words_of(ledger: LedgerListing) -> dict[str, Any]:
    """The listing's fields as the ledger has them, kept beside the listing as `ledger_said`."""
    title = _title(ledger)
    is_han = HAN.search(title) is not None
    description = ledger.description or ""
    tells_han = HAN.search(description) is not None
    price = price_of(ledger.prices)
    return {
        "title_zh": title if is_han else "",
        "title_en": "" if is_han else title,
        "description_zh": description if tells_han else "",
        "description_en": "" if tells_han else description,
        "model": ledger.model or "",
        "manufacturer": ledger.manufacturer or "",
        "place": ledger.location or "",
        "type_code": ledger.resource_type,
        "kind": ledger.kind,
        "attributes": {attribute.code: dict(attribute.value) for attribute in ledger.attributes},
        "suggested": [attribute.code for attribute in ledger.attributes if attribute.suggested],
        "plan": plan_to_json(price.plan) if price.plan else None,
        "price_as_written": price.as_written,
        "name_key": name_key(ledger.name, ledger.model, ledger.manufacturer),
    }


def _title(ledger: LedgerListing) -> str:
    """The name with its model, unless the name already says it."""
    name, model = ledger.name.strip(), (ledger.model or "").strip()
    if model and model.casefold() not in name.casefold():
        name = f"{name} {model}"
    return name[:TITLE_LENGTH]


def withheld_reason(ledger: LedgerListing, inactive_rows: frozenset[tuple[str | None, int]]) -> WithheldReason | None:
    """Why the ledger does not want it offered; None when it may be."""
    if ledger.offered:
        return None
    if ledger.status is not None and ledger.status in WITHHELD:
        return WITHHELD[ledger.status]
    named = any((source.sheet, source.row) in inactive_rows for source in ledger.source)
    return WithheldReason.INACTIVE if named else WithheldReason.HIDDEN_ROW


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Which fields of `words_of` differ, for the preview."""
    return [name for name in after if name not in {"suggested", "name_key"} and before.get(name) != after[name]]


def apply_words(listing: Listing, after: Mapping[str, Any], *, before: Mapping[str, Any]) -> None:
    """Take over what the ledger says now wherever the listing still says what the ledger said before.

    What the owner wrote by hand since stays.
    """
    for name in PLAIN_FIELDS:
        is_untouched = getattr(listing, name) == before.get(name, NOTHING_SAID[name])
        if is_untouched and not (name == "type_code" and after[name] is None):
            setattr(listing, name, after[name])
    if not (listing.title_zh or listing.title_en):
        listing.title_zh, listing.title_en = after["title_zh"], after["title_en"]
    if listing.type_code == after["type_code"]:
        listing.kind = ListingKind(after["kind"])
    old, new = before.get("attributes", {}), after["attributes"]
    kept = _merged(listing.attributes, old, new)
    listing.attributes = kept
    listing.suggested_attributes = _suggested(listing, kept, after)
    if listing.price_as_written == before.get("price_as_written", ""):
        listing.price_as_written = after["price_as_written"]
    listing.ledger_said = dict(after)


def _merged(
    current: Mapping[str, AttributeValue], old: Mapping[str, AttributeValue], new: Mapping[str, AttributeValue]
) -> dict[str, AttributeValue]:
    """Three ways: what nobody touched by hand follows the ledger, the rest stays."""
    kept = {code: value for code, value in current.items() if code in new or value != old.get(code)}
    return kept | {code: value for code, value in new.items() if code not in current or current[code] == old.get(code)}


def _suggested(listing: Listing, kept: Mapping[str, AttributeValue], after: Mapping[str, Any]) -> list[str]:
    still = set(listing.suggested_attributes)
    fresh: Sequence[str] = after["suggested"]
    from_ledger = {code for code in fresh if kept.get(code) == after["attributes"].get(code)}
    return sorted(code for code in still | from_ledger if code in kept)
