"""One question put to one service: its hard conditions, the order, the page, and this job on each machine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from billing.pricing.quotes import Line
from marketplace.discovery.asking import Asked, Reader, Wish, price_field, wish_of
from marketplace.discovery.conditions import widest
from marketplace.discovery.documents import place_of
from marketplace.discovery.fit import fitting_order
from marketplace.discovery.jobs import Fitted, Slot, fitted, free_ids, is_within, lines_of, plans_of
from marketplace.kernel.errors import Invalid
from marketplace.kernel.money import Money
from marketplace.listings.models import Listing
from marketplace.listings.queries import listings_for_cards
from search.contract import FacetName, PriceField
from search.cursors import BadCursorError
from search.engines.geography import distance_m
from search.service import Found, SearchReader, SearchRequest

MOST_SORTED = 2_000
FACETS: tuple[FacetName, ...] = ("kind", "types", "zone", "operator", "price")
PRICE_EDGES: Mapping[PriceField, tuple[int, ...]] = {
    "hour": (10_000, 20_000, 50_000),
    "eight_hours": (100_000, 200_000, 500_000),
    "day": (200_000, 500_000, 1_000_000),
    "week": (1_000_000, 2_000_000, 5_000_000),
    "thirty_days": (2_000_000, 5_000_000, 10_000_000),
}
"""Where the price bands of the facet are cut, in fen, by the length of the job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One listing with what this question makes of it."""

    listing: Listing
    price: Money | None
    lines: tuple[Line, ...]
    hours: Decimal
    window: Slot | None
    distance_metres: int | None


@dataclass(frozen=True, slots=True)
class Scope:
    """Which listings SQL lets through: free as asked, within the budget; None where nothing of the kind was asked."""

    free: frozenset[int] | None
    affordable: frozenset[int] | None


class Finding:
    """One question being answered by one service; `for_page` with facets and the lines of each price."""

    def __init__(
        self,
        session: Session,
        question: Asked,
        reader: Reader,
        service: SearchReader,
        *,
        for_page: bool = True,
    ) -> None:
        self.session = session
        self.question = question
        self.reader = reader
        self.service = service
        self.for_page = for_page
        self.wish = wish_of(question, reader)
        self.known: dict[int, Fitted] = {}
        self.loaded: dict[int, Listing] = {}
        self.scope = Scope(free_ids(session, self.wish), self._affordable())

    def found(self) -> tuple[Found, Sequence[int]]:
        """What the service says, and the ids to show."""
        request = self.request()
        keys = {"price": self._by_price, "distance": self._by_distance, "soonest": self._by_time}
        order = keys.get(self.question.sort)
        if order is not None:
            return self._sorted(request, order)
        try:
            found = self.service.search(request, fitting_order(self.session, self.wish))
        except BadCursorError as error:
            raise Invalid("bad_cursor", fields={"cursor": ["unknown"]}) from error
        return found, [hit.id for hit in found.hits]

    def best(self, request: SearchRequest) -> list[int]:
        """Ids of the best matches in the order by fit, as many as the request's size."""
        found = self.service.search(request, fitting_order(self.session, self.wish))
        return [hit.id for hit in found.hits]

    def request(self, wish: Wish | None = None, *, size: int = 20) -> SearchRequest:
        """A wish as the service takes it: what SQL lets through becomes a filter by ids."""
        wish = wish or self.wish
        allowed = [self.scope.free if wish.window is not None else None]
        allowed.append(self.scope.affordable if wish.limit is not None else None)
        sets = [one for one in allowed if one is not None]
        ids = sets[0].intersection(*sets[1:]) if sets else None
        field = price_field(self.wish.hours)
        return SearchRequest(
            text=wish.understood.remaining_words,
            ranking_words=wish.understood.type_words,
            words_are_optional=wish.has_structure,
            filters=replace(wish.filters, ids=ids),
            facets=FACETS if self.for_page else (),
            price_facet=(field, PRICE_EDGES[field]) if self.for_page else None,
            cursor=self.question.cursor,
            order=self.question.sort,
            size=size,
        )

    def _affordable(self) -> frozenset[int] | None:
        """Ids within the budget, by exact price, among all that come near; None when no budget was named."""
        limit = self.wish.limit
        if limit is None:
            return None
        for wish in (widest(self.wish), replace(self.wish, window=None, limit=None)):
            self.scope = Scope(None, None)
            ids = self.service.matching_ids(self.request(wish), limit=MOST_SORTED + 1)
            if len(ids) <= MOST_SORTED:
                break
        plans = plans_of(self.session, ids)
        self.known = fitted(self.session, plans, self.wish, self.reader)
        return frozenset(
            identity
            for identity, plan in plans.items()
            if is_within(limit, plan, _begin(self.known[identity], self.reader), self.wish, self.reader)
        )

    def _sorted(self, request: SearchRequest, order: Callable[[Sequence[int]], list[int]]) -> tuple[Found, list[int]]:
        """All matches (the best 2,000) in an order of our own, page by page."""
        begin = self._offset()
        found = self.service.search(replace(request, cursor=None))
        ids = order(self.service.matching_ids(request, limit=MOST_SORTED))
        shown = ids[begin : begin + request.size]
        after = begin + len(shown)
        return replace(found, cursor=str(after) if shown and after < len(ids) else None), shown

    def _offset(self) -> int:
        cursor = self.question.cursor or "0"
        if not (cursor.isascii() and cursor.isdigit()) or len(cursor) > 4 or int(cursor) > MOST_SORTED:
            raise Invalid("bad_cursor", fields={"cursor": ["unknown"]})
        return int(cursor)

    def _by_price(self, ids: Sequence[int]) -> list[int]:
        """The cheapest first; what is on request comes last."""
        self._fit(ids)

        def price(identity: int) -> tuple[bool, int, int]:
            known = self.known[identity].price if identity in self.known else None
            return known is None, known.amount if known is not None else 0, identity

        return sorted(ids, key=price)

    def _by_time(self, ids: Sequence[int]) -> list[int]:
        """The earliest free first; what has no free window comes last."""
        self._fit(ids)

        def start(identity: int) -> tuple[bool, float, int]:
            slot = self.known[identity].slot if identity in self.known else None
            return slot is None, slot[0].timestamp() if slot else 0.0, identity

        return sorted(ids, key=start)

    def _by_distance(self, ids: Sequence[int]) -> list[int]:
        """The nearest first; what stands nowhere comes last."""
        metres = {row.id: self.distance(row) for row in self._rows(ids)}

        def distance(identity: int) -> tuple[bool, int, int]:
            known = metres.get(identity)
            return known is None, known or 0, identity

        return sorted((identity for identity in ids if identity in metres), key=distance)

    def _fit(self, ids: Sequence[int]) -> None:
        missing = [identity for identity in ids if identity not in self.known]
        if missing:
            self.known |= fitted(self.session, plans_of(self.session, missing), self.wish, self.reader)

    def load(self, ids: Sequence[int]) -> dict[int, Listing]:
        """The listings among these ids that the reader may see. One statement for those not loaded before."""
        self.loaded |= {row.id: row for row in self._rows([one for one in ids if one not in self.loaded])}
        return {one: self.loaded[one] for one in ids if one in self.loaded}

    def prepare(self, ids: Sequence[int]) -> None:
        """Load and fit all that the page will speak of at once. Two statements."""
        self._price(ids, self.load(ids))

    def _rows(self, ids: Sequence[int]) -> Sequence[Listing]:
        return listings_for_cards(self.session, ids, actor=self.reader.actor)

    def dressed(self, ids: Sequence[int], rows: Mapping[int, Listing]) -> list[Result]:
        """Each listing with its first window and the price of the job."""
        self._price(ids, rows)
        return [
            Result(
                listing=rows[identity],
                price=self.known[identity].price,
                lines=self._lines(rows[identity]) if self.for_page else (),
                hours=self.wish.hours,
                window=self.known[identity].slot,
                distance_metres=self.distance(rows[identity]),
            )
            for identity in ids
            if identity in rows
        ]

    def _lines(self, listing: Listing) -> tuple[Line, ...]:
        return lines_of(listing.rate_plan, self.known[listing.id], self.wish, self.reader)

    def _price(self, ids: Sequence[int], rows: Mapping[int, Listing]) -> None:
        missing = {identity: rows[identity] for identity in ids if identity in rows and identity not in self.known}
        plans = {identity: row.rate_plan.value() if row.rate_plan else None for identity, row in missing.items()}
        if plans:
            self.known |= fitted(self.session, plans, self.wish, self.reader, with_lines=self.for_page)

    def distance(self, listing: Listing) -> int | None:
        """Metres from the reader's own firm, as the crow flies."""
        here, there = self.reader.here, place_of(listing)
        return None if here is None or there is None else round(distance_m(here, there))


def _begin(known: Fitted, reader: Reader) -> datetime:
    return known.slot[0] if known.slot else reader.now
