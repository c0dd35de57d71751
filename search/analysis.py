"""Documents become entries: every text through the one tokeniser, every value under the name it is filtered by."""

import re
from collections.abc import Iterator
from functools import lru_cache

from search.documents import DemandDocument, Document, Entry, ListingDocument
from search.text.tokens import token_texts

_SHORT = 200
_SURFACE = re.compile(r"[\u4e00-\u9fff]{2,8}|[A-Za-z][A-Za-z0-9]*(?:[-./][A-Za-z0-9]+)*")


def analysed_text(text: str) -> str:
    """A text as its blank-separated tokens, the form in which engines and ranking take it.

    No token reaches beyond its line, so a line that many documents share (a type, a supplier, a size) is read once.
    """
    lines = (_short(line) if len(line) <= _SHORT else _read(line) for line in text.split("\n"))
    return " ".join(line for line in lines if line)


def _read(line: str) -> str:
    return " ".join(token_texts(line))


_short = lru_cache(maxsize=8192)(_read)


def entry_of(document: Document) -> Entry:
    """The entry of a listing or a demand."""
    if isinstance(document, ListingDocument):
        return _listing_entry(document)
    return _demand_entry(document)


def plain_entry(identity: int, title: str, body: str) -> Entry:
    """The entry of a text that is neither: a title and a body, for ranking outside collections."""
    return Entry(id=identity, version=1, fields=(analysed_text(title), "", "", "", "", analysed_text(body)))


def surfaces_of(document: Document) -> Iterator[str]:
    """Words and short phrases of a document as written, from the fields short enough to be names."""
    if isinstance(document, ListingDocument):
        texts = (document.title_zh, document.title_en, document.model, document.manufacturer, document.type_words)
    else:
        texts = (document.title, document.type_words)
    for text in texts:
        for found in _SURFACE.finditer(text):
            yield found[0]


def _joined(*texts: str) -> str:
    return analysed_text("\n".join(text for text in texts if text))


def _listing_entry(listing: ListingDocument) -> Entry:
    return Entry(
        id=listing.id,
        version=listing.version,
        fields=(
            _joined(listing.title_zh, listing.title_en),
            _joined(listing.manufacturer, listing.model, *listing.asset_numbers),
            _joined(listing.type_words),
            _joined(listing.attribute_text),
            _joined(listing.supplier),
            _joined(listing.body),
        ),
        keywords={
            "kind": (listing.kind,),
            "types": (listing.type_code, *listing.type_ancestors),
            "zone": _optional(listing.zone),
            "certificates": listing.certificates,
            "approval": (listing.approval,),
            "grade": _optional(listing.grade),
            "operator": _optional(listing.operator),
            "parks": tuple(str(park) for park in dict.fromkeys((listing.park_id, *listing.visible_to_parks))),
            "supplier": (str(listing.supplier_id),),
        },
        numbers=listing.numbers,
        words=listing.words,
        place=listing.place,
        prices=listing.prices,
        free=listing.free,
    )


def _demand_entry(demand: DemandDocument) -> Entry:
    return Entry(
        id=demand.id,
        version=demand.version,
        fields=(_joined(demand.title), "", _joined(demand.type_words), "", "", _joined(demand.body)),
        keywords={
            "kind": _optional(demand.kind),
            "types": (*_optional(demand.type_code), *demand.type_ancestors),
            "zone": _optional(demand.zone),
            "certificates": demand.certificates,
            "parks": tuple(str(park) for park in dict.fromkeys((demand.park_id, *demand.visible_to_parks))),
            "supplier": (str(demand.demander_id),),
        },
        numbers=demand.numbers,
        words=demand.words,
        place=demand.place,
        free=(demand.window,) if demand.window else (),
    )


def _optional(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)
