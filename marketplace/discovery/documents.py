"""Search documents, built from current rows in bulk; the index is a projection of them and can always be rebuilt."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import islice

import orjson
from sqlalchemy import ARRAY, BigInteger, Select, any_, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, load_only, selectinload

from billing.models import RatePlan
from billing.pricing.bounds import price_bounds
from billing.pricing.plan_json import plan_from_json
from marketplace.accounts.models import Membership, MembershipStatus, Park
from marketplace.kernel.events import EventRow
from marketplace.listings.catalogue import AttributeValue, format_attribute, load_catalogue
from marketplace.listings.models import Listing, ListingStatus, Unit
from search.documents import (
    AttributeRange,
    AttributeWord,
    Deletion,
    Document,
    ListingDocument,
    Place,
    PriceBounds,
)

BATCH = 500


def documents_of(session: Session, listing_ids: Sequence[int]) -> list[ListingDocument]:
    """The documents of the listings that can be found now, among these ids; four statements for all of them."""
    rows = session.scalars(_findable(), {"listings": list(listing_ids)}).all()
    numbers = asset_numbers(session, [row.id for row in rows])
    parks = _visible_to(session, {row.park_id for row in rows})
    return [_document(row, numbers.get(row.id, ()), parks[row.park_id]) for row in rows]


@cache
def _findable() -> Select[Listing]:
    """What a document says of a listing, and no more."""
    listing = load_only(
        Listing.public_id,
        Listing.version,
        Listing.park_id,
        Listing.enterprise_id,
        Listing.kind,
        Listing.type_code,
        Listing.title_zh,
        Listing.title_en,
        Listing.description_zh,
        Listing.description_en,
        Listing.model,
        Listing.manufacturer,
        Listing.attributes,
        Listing.certificates,
        Listing.zone_id,
        Listing.latitude,
        Listing.longitude,
        Listing.approval,
        Listing.operator,
        raiseload=True,
    )
    plan = joinedload(Listing.rate_plan).load_only(RatePlan.plan, raiseload=True)
    these = Listing.id == any_(bindparam("listings", type_=ARRAY(BigInteger)))
    return (
        select(Listing)
        .options(listing, plan, selectinload(Listing.enterprise), selectinload(Listing.zone))
        .where(these, Listing.id.in_(findable_ids()))
    )


def findable_ids():  # noqa: ANN201 - a SELECT of ids
    """Listings that are published by a firm that the park lets trade."""
    return (
        select(Listing.id)
        .join(
            Membership,
            (Membership.enterprise_id == Listing.enterprise_id) & (Membership.park_id == Listing.park_id),
        )
        .where(Listing.status == ListingStatus.PUBLISHED, Membership.status == MembershipStatus.ADMITTED)
    )


def asset_numbers(session: Session, listing_ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """Listing → the ledger numbers of its units, in the order of the units. One statement."""
    found: dict[int, tuple[str, ...]] = {}
    rows = session.execute(
        select(Unit.listing_id, Unit.asset_number)
        .where(Unit.listing_id.in_(listing_ids), Unit.asset_number != "")
        .order_by(Unit.position, Unit.id)
    )
    for listing_id, number in rows:
        if listing_id is not None:
            found[listing_id] = (*found.get(listing_id, ()), number)
    return found


def _visible_to(session: Session, park_ids: Iterable[int]) -> Mapping[int, tuple[int, ...]]:
    """A park's listings are seen in it and in the parks that name it a partner."""
    found: dict[int, tuple[int, ...]] = {park_id: (park_id,) for park_id in park_ids}
    for other, partners in session.execute(select(Park.id, Park.partner_park_ids)):
        for park_id in partners or ():
            if park_id in found:
                found[park_id] = (*found[park_id], other)
    return found


def _document(listing: Listing, numbers: tuple[str, ...], parks: tuple[int, ...]) -> ListingDocument:
    catalogue = load_catalogue()
    code = listing.type_code or ""
    ancestors = tuple(catalogue.ancestors(code)) if code in catalogue.types else ()
    return ListingDocument(
        id=listing.id,
        public_id=listing.public_id,
        version=listing.version,
        park_id=listing.park_id,
        visible_to_parks=parks,
        supplier_id=listing.enterprise_id,
        supplier=f"{listing.enterprise.name('zh_CN')} {listing.enterprise.name('en')}",
        kind=listing.kind.value,
        type_code=code,
        type_ancestors=tuple(str(getattr(one, "code", one)) for one in ancestors),
        type_words=_type_words(code),
        title_zh=listing.title_zh,
        title_en=listing.title_en,
        body=f"{listing.description_zh}\n{listing.description_en}",
        model=listing.model,
        manufacturer=listing.manufacturer,
        asset_numbers=numbers,
        attribute_text=_attribute_text(listing.attributes),
        numbers=tuple(_ranges(listing.attributes)),
        words=tuple(_words(listing.attributes)),
        zone=listing.zone.code if listing.zone else None,
        place=_place(listing),
        certificates=certificate_codes(listing),
        approval=listing.approval.value,
        operator=listing.operator.value,
        prices=_bounds(listing.rate_plan),
    )


def _type_words(code: str) -> str:
    catalogue = load_catalogue()
    if code not in catalogue.types:
        return ""
    kind = catalogue.types[code]
    return " ".join((kind.zh, kind.en, *(alias.removeprefix("=") for alias in kind.aliases)))


def _attribute_text(attributes: Mapping[str, AttributeValue]) -> str:
    known = load_catalogue().attributes
    return "\n".join(_attribute_line(code, orjson.dumps(value)) for code, value in attributes.items() if code in known)


@lru_cache(maxsize=8192)
def _attribute_line(code: str, stored: bytes) -> str:
    """An attribute as its readers of both languages write it; many machines share a size."""
    definition = load_catalogue().attributes[code]
    shown = {format_attribute(definition, orjson.loads(stored), locale) for locale in ("zh_CN", "en")}
    return f"{definition.zh} {definition.en} {' '.join(sorted(shown))}"


def _ranges(attributes: Mapping[str, AttributeValue]) -> Iterator[AttributeRange]:
    for code, value in attributes.items():
        if "number" in value:
            yield AttributeRange(code, value["number"], value["number"])
        elif "min" in value or "max" in value:
            yield AttributeRange(code, value.get("min"), value.get("max"))


def _words(attributes: Mapping[str, AttributeValue]) -> Iterator[AttributeWord]:
    for code, value in attributes.items():
        if "word" in value:
            yield AttributeWord(code, value["word"])
        elif "words" in value:
            yield from (AttributeWord(code, word) for word in value["words"])
        elif "bool" in value:
            yield AttributeWord(code, "true" if value["bool"] else "false")


def certificate_codes(listing: Listing) -> tuple[str, ...]:
    """Codes of what a listing proves, from its certificates and its attributes."""
    held = {str(one.get("code") or "") for one in listing.certificates}
    held.update(listing.attributes.get("certificates", {}).get("words", ()))
    return tuple(sorted(held - {""}))


def _place(listing: Listing) -> Place | None:
    if listing.latitude is not None and listing.longitude is not None:
        return Place(listing.latitude, listing.longitude)
    firm, zone = listing.enterprise, listing.zone
    if firm.latitude is not None and firm.longitude is not None:
        return Place(firm.latitude, firm.longitude)
    return Place(zone.latitude, zone.longitude) if zone else None


def place_of(listing: Listing) -> Place | None:
    """Where a listing stands: its own point, its firm's, else its zone's."""
    return _place(listing)


def _bounds(plan: RatePlan | None) -> PriceBounds:
    """The lowest price of a job of each length, in fen; all None on request."""
    return _bounds_of(orjson.dumps(plan.plan, option=orjson.OPT_SORT_KEYS)) if plan else PriceBounds()


@lru_cache(maxsize=8192)
def _bounds_of(stored: bytes) -> PriceBounds:
    """Worked out once for all plans that say the same."""
    bounds = price_bounds(plan_from_json(orjson.loads(stored)))
    return PriceBounds(bounds["1h"], bounds["8h"], bounds["1day"], bounds["1week"], bounds["30days"])


class ListingSource:
    """`search.maintenance.DocumentSource` over current rows."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def count(self) -> int:
        return self._session.scalar(select(func.count()).select_from(findable_ids().subquery())) or 0

    def position(self) -> int:
        return self._session.scalar(select(func.coalesce(func.max(EventRow.id), 0))) or 0

    def documents(self) -> Iterator[Document]:
        """Every document, read in batches by id."""
        ids = iter(self._session.scalars(findable_ids().order_by(Listing.id)).all())
        while batch := list(islice(ids, BATCH)):
            yield from documents_of(self._session, batch)
            self._session.expunge_all()

    def changed_since(self, position: int) -> tuple[Sequence[Document], Sequence[Deletion]]:
        """What the events after a position speak of, as it stands now."""
        rows = self._session.scalars(select(EventRow.body).where(EventRow.id > position)).all()
        touched = {one for body in rows for one in (body.get("listing_id"), *body.get("listing_ids", ())) if one}
        return self._current(sorted(touched))

    def _current(self, ids: Sequence[int]) -> tuple[Sequence[Document], Sequence[Deletion]]:
        documents = documents_of(self._session, ids)
        alive = {document.id for document in documents}
        gone = self._session.execute(select(Listing.id, Listing.version).where(Listing.id.in_(set(ids) - alive)))
        return documents, [Deletion(row[0], row[1]) for row in gone]

    def versions(self) -> dict[int, int]:
        wanted = select(Listing.id, Listing.version).where(Listing.id.in_(findable_ids()))
        return {row[0]: row[1] for row in self._session.execute(wanted)}

    def some(self, ids: Sequence[int]) -> Iterable[Document]:
        return documents_of(self._session, ids)

    def current(self, ids: Sequence[int]) -> tuple[Sequence[Document], Sequence[Deletion]]:
        """The documents among these ids and deletions for those that cannot be found any more."""
        return self._current(ids)
