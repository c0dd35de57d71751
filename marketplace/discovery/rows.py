"""Plain SQL in the engine's place: all words wanted, the same filters, the same rescoring, counted by the database.

It reads; the rows are kept by `row_keeping`. `search check` compares the engine with it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from marketplace.discovery.models import SearchRow
from search.contract import (
    Candidate,
    EngineRequest,
    FacetCount,
    FacetName,
    Filters,
    NumberFilter,
    PriceBand,
    Radius,
    SearchPage,
    WordFilter,
)
from search.engines.facets import price_bands, price_edges, without_own_filter
from search.engines.geography import EARTH_RADIUS_M, box_around
from search.ranking.candidates import analyse
from search.ranking.frequencies import Lexicon
from search.ranking.query import Alternative, Query
from search.ranking.weights import FIELDS

USUAL_LENGTH = 12.0
"""A field's average number of words; the true ones stand with the engine's lexicon."""
COLUMNS: dict[FacetName, InstrumentedAttribute[Any]] = {
    "kind": SearchRow.kind,
    "zone": SearchRow.zone,
    "operator": SearchRow.operator,
    "approval": SearchRow.approval,
    "grade": SearchRow.grade,
}
LISTS: dict[FacetName, InstrumentedAttribute[Any]] = {"types": SearchRow.types, "certificates": SearchRow.certificates}


class SearchRows:
    """The reading half of an engine over `SearchRow`; how rare a word is it knows for the words asked last."""

    name = "sql"

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lexicon = Lexicon()

    def query(self, request: EngineRequest) -> SearchPage:
        """Candidates, newest first, with the number of matches and the facets."""
        conditions = _conditions(request.query, request.filters)
        wanted = (
            select(SearchRow.listing_id, SearchRow.version, SearchRow.texts)
            .where(*conditions)
            .order_by(SearchRow.listing_id.desc())
            .limit(request.size)
            .offset(request.offset)
        )
        rows = self._session.execute(wanted).all()
        candidates = tuple(Candidate(row[0], row[1], analyse(tuple(row[2]))) for row in rows)
        facets = {name: self._facet(name, request) for name in request.facets}
        if request.query and request.query.groups:
            self._lexicon = self._frequencies(request.query)
        return SearchPage(self.count(request), candidates, facets)

    def count(self, request: EngineRequest) -> int:
        counted = select(func.count()).select_from(SearchRow).where(*_conditions(request.query, request.filters))
        return self._session.scalar(counted) or 0

    def matching_ids(self, request: EngineRequest, *, limit: int = 10_000) -> list[int]:
        wanted = (
            select(SearchRow.listing_id)
            .where(*_conditions(request.query, request.filters))
            .order_by(SearchRow.listing_id.desc())
            .limit(limit)
            .offset(request.offset)
        )
        return list(self._session.scalars(wanted))

    def lexicon(self) -> Lexicon:
        return self._lexicon

    def _frequencies(self, query: Query) -> Lexicon:
        tokens = sorted({term.token for term in query.terms()})
        word = func.unnest(SearchRow.tokens).label("word")
        told = select(word).where(SearchRow.tokens.overlap(tokens)).subquery()
        counted = select(told.c.word, func.count()).where(told.c.word.in_(tokens)).group_by(told.c.word)
        frequencies = {row[0]: row[1] for row in self._session.execute(counted)}
        documents = self._session.scalar(select(func.count()).select_from(SearchRow)) or 0
        return Lexicon(documents, frequencies, (USUAL_LENGTH,) * len(FIELDS))

    def _facet(self, name: FacetName, request: EngineRequest) -> tuple[FacetCount, ...]:
        conditions = _conditions(request.query, without_own_filter(request.filters, name))
        if name == "price":
            return self._price_facet(request, conditions)
        value: ColumnElement[Any]
        if name in LISTS:
            value = func.unnest(LISTS[name])
        else:
            value = COLUMNS[name].expression
            conditions = (*conditions, COLUMNS[name].is_not(None))
        values = select(value.label("value")).where(*conditions).subquery()
        counted = select(values.c.value, func.count()).group_by(values.c.value)
        counts = [FacetCount(row[0], row[1]) for row in self._session.execute(counted)]
        return tuple(sorted(counts, key=lambda one: (-one.count, one.value)))

    def _price_facet(self, request: EngineRequest, conditions: Sequence[ColumnElement[bool]]) -> tuple[FacetCount, ...]:
        if request.price_facet is None:
            return ()
        length, edges = request.price_facet
        price = SearchRow.prices[length].as_integer()
        bands = price_bands(edges)
        counts = [
            func.count().filter(price >= low, *(() if high is None else (price < high,))) for _, low, high in bands
        ]
        row = self._session.execute(select(*counts).select_from(SearchRow).where(*conditions)).one()
        return tuple(FacetCount(name, count) for (name, _, _), count in zip(bands, row, strict=True))


def _conditions(query: Query | None, filters: Filters) -> tuple[ColumnElement[bool], ...]:
    return (*_words(query), *_kept(filters), *_measured(filters), *_excluded(filters))


def _words(query: Query | None) -> list[ColumnElement[bool]]:
    """Every idea of the line is wanted, in any of its wordings; of a line that may match by one idea, any one."""
    if query is None or not query.groups:
        return []
    ideas = [or_(*(_proved(each) for each in group.alternatives if each.proof)) for group in query.proving_groups()]
    if not ideas:
        tokens = [term.token for term in query.terms()]
        return [SearchRow.tokens.overlap(tokens)]
    return ideas if query.needed_groups > 1 or len(ideas) == 1 else [or_(*ideas)]


def _proved(alternative: Alternative) -> ColumnElement[bool]:
    if alternative.needed >= len(alternative.proof) or alternative.needed > 1:
        return SearchRow.tokens.contains(list(alternative.proof))
    return SearchRow.tokens.overlap(list(alternative.proof))


def _kept(filters: Filters) -> list[ColumnElement[bool]]:
    kept: list[ColumnElement[bool]] = []
    if filters.park is not None:
        kept.append(SearchRow.parks.contains([filters.park]))
    for column, values in (
        (SearchRow.kind, filters.kinds),
        (SearchRow.zone, filters.zones),
        (SearchRow.grade, filters.grades),
        (SearchRow.operator, filters.operators),
        (SearchRow.approval, filters.approvals),
        (SearchRow.supplier_id, filters.suppliers),
    ):
        if values:
            kept.append(column.in_(values))
    if filters.types:
        kept.append(SearchRow.types.overlap(list(filters.types)))
    if filters.certificates:
        kept.append(SearchRow.certificates.contains(list(filters.certificates)))
    if filters.ids is not None:
        kept.append(SearchRow.listing_id.in_(filters.ids))
    return kept


def _measured(filters: Filters) -> list[ColumnElement[bool]]:
    kept = [_number(number) for number in filters.numbers]
    kept += [_word(word) for word in filters.words]
    if filters.price:
        kept.append(_price(filters.price))
    if filters.near:
        kept.append(_near(filters.near))
    return kept


def _excluded(filters: Filters) -> list[ColumnElement[bool]]:
    gone = [not_(_number(number)) for number in filters.excluded_numbers]
    if filters.excluded_ids:
        gone.append(SearchRow.listing_id.not_in(filters.excluded_ids))
    if filters.excluded_suppliers:
        gone.append(SearchRow.supplier_id.not_in(filters.excluded_suppliers))
    return gone


def _number(number: NumberFilter) -> ColumnElement[bool]:
    """The attribute is there and keeps every bound; an end that is left out is open."""
    span = SearchRow.numbers[number.key]
    low, high = span["min"].as_integer(), span["max"].as_integer()
    bounds = [SearchRow.numbers.has_key(number.key)]
    for end, limit, is_open_enough in (
        (high, number.maximum_at_least, True),
        (low, number.minimum_at_least, False),
    ):
        if limit is not None:
            bounds.append(or_(end >= limit, end.is_(None)) if is_open_enough else end >= limit)
    for end, limit, is_open_enough in (
        (low, number.minimum_at_most, True),
        (high, number.maximum_at_most, False),
    ):
        if limit is not None:
            bounds.append(or_(end <= limit, end.is_(None)) if is_open_enough else end <= limit)
    return and_(*bounds)


def _word(word: WordFilter) -> ColumnElement[bool]:
    held = SearchRow.words[word.key]
    return or_(*(held.contains([option]) for option in word.any_of))


def _price(band: PriceBand) -> ColumnElement[bool]:
    low, high = price_edges(band)
    price = SearchRow.prices[band.length].as_integer()
    return and_(price >= low, price <= high)


def _near(radius: Radius) -> ColumnElement[bool]:
    """Inside the box, then the true distance by haversine."""
    south, north, west, east = box_around(radius)
    latitude, longitude = func.radians(SearchRow.latitude), func.radians(SearchRow.longitude)
    here_latitude, here_longitude = func.radians(radius.centre.latitude), func.radians(radius.centre.longitude)
    half = func.power(func.sin((latitude - here_latitude) / 2), 2) + func.cos(here_latitude) * func.cos(
        latitude
    ) * func.power(func.sin((longitude - here_longitude) / 2), 2)
    metres = 2 * EARTH_RADIUS_M * func.asin(func.least(1.0, func.sqrt(half)))
    return and_(
        SearchRow.latitude.between(south, north),
        SearchRow.longitude.between(west, east),
        metres <= max(1, radius.metres),
    )
