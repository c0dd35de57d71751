"""Search rows follow the listings, whether the engine answers or not."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.discovery.documents import documents_of, findable_ids
from marketplace.discovery.models import SearchRow
from marketplace.listings.models import Listing
from search.analysis import entry_of
from search.contract import PRICE_FIELDS
from search.documents import Entry, ListingDocument

BATCH = 500


def keep_rows(session: Session, listing_ids: Sequence[int]) -> None:
    """Write the rows of the listings among these that can be found, and delete the others'."""
    ids = iter(sorted(set(listing_ids)))
    while batch := list(islice(ids, BATCH)):
        rows = [row_of(document) for document in documents_of(session, batch)]
        gone = set(batch) - {row["listing_id"] for row in rows}
        if gone:
            session.execute(delete(SearchRow).where(SearchRow.listing_id.in_(gone)))
        if rows:
            wish = insert(SearchRow).values(rows)
            changed = {name: getattr(wish.excluded, name) for name in rows[0] if name != "listing_id"}
            session.execute(wish.on_conflict_do_update(index_elements=["listing_id"], set_=changed))


def outdated_ids(session: Session) -> list[int]:
    """Listings whose row is missing, of another version, or left over."""
    findable = select(Listing.id, Listing.version).where(Listing.id.in_(findable_ids()))
    current = {row[0]: row[1] for row in session.execute(findable)}
    kept = {row[0]: row[1] for row in session.execute(select(SearchRow.listing_id, SearchRow.version))}
    return sorted({one for one in current.keys() | kept.keys() if current.get(one) != kept.get(one)})


def row_of(document: ListingDocument) -> dict[str, Any]:
    """The columns of a document's row."""
    entry = entry_of(document)
    return {
        "listing_id": document.id,
        "version": document.version,
        "tokens": sorted({token for text in entry.fields for token in text.split()}),
        "texts": list(entry.fields),
        "kind": document.kind,
        "types": list(entry.keywords["types"]),
        "parks": [int(park) for park in entry.keywords["parks"]],
        "supplier_id": document.supplier_id,
        "zone": document.zone,
        "operator": document.operator,
        "approval": document.approval,
        "grade": document.grade,
        "certificates": list(document.certificates),
        "numbers": {number.key: dict(_span(number.minimum, number.maximum)) for number in document.numbers},
        "words": _words(entry),
        "prices": {name: price for name in PRICE_FIELDS if (price := getattr(document.prices, name)) is not None},
        "latitude": document.place.latitude if document.place else None,
        "longitude": document.place.longitude if document.place else None,
    }


def _span(minimum: int | None, maximum: int | None) -> Iterator[tuple[str, int]]:
    if minimum is not None:
        yield "min", minimum
    if maximum is not None:
        yield "max", maximum


def _words(entry: Entry) -> dict[str, list[str]]:
    words: dict[str, list[str]] = {}
    for word in entry.words:
        words.setdefault(word.key, []).append(word.word)
    return words
