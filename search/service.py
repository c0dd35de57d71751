"""One question from words and filters to an explained, frozen order: engine candidates, our score, one page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from search.analysis import entry_of
from search.contract import (
    EngineRequest,
    FacetCount,
    FacetName,
    Filters,
    PriceField,
    SearchEngine,
    SearchIndex,
    SearchPage,
    WriteOutcome,
)
from search.cursors import MOST_FROZEN, FrozenOrder, question_of, read_cursor
from search.documents import Deletion, Document, Entry
from search.ranking.bm25f import GroupScore, Scorer
from search.ranking.candidates import Analysed
from search.ranking.query import Expansion, Query, build_query
from search.ranking.weights import CURRENT, RankingWeights
from search.suggestions import repairs
from search.vocabulary.expansion import expand

_MOST_CHARACTERS = 2000
_MOST_SYNONYMS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """What is asked: words (may be empty), filters, the page.

    The reviewed synonyms are added by the service; `expansions` are more of the caller's own.
    """

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    expansions: tuple[Expansion, ...] = ()
    facets: tuple[FacetName, ...] = ()
    price_facet: tuple[PriceField, tuple[int, ...]] | None = None
    size: int = 20
    cursor: str | None = None
    order: str = ""  # names the caller's own order, so that cursors of two orders are told apart
    ranking_words: str = ""  # more words that only order what was found, such as the words of the type
    words_are_optional: bool = False  # the filters alone are a question: when no document has the words, do without


@dataclass(frozen=True, slots=True)
class Hit:
    """A result with its text score, zero when there were no words or beyond the rescored part."""

    id: int
    score: float
    analysed: Analysed | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results. `relaxed` says that no document had most of the words: single words, or none, were enough."""

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetCount, ...]]
    cursor: str | None
    query: Query
    relaxed: bool


Reorder = Callable[[Sequence[Hit]], Sequence[Hit]]


def synonyms(text: str) -> tuple[Expansion, ...]:
    """The reviewed other words for parts of a line, the heaviest of each part."""
    return tuple(
        Expansion(piece.start, piece.end, other.word, other.weight)
        for piece in expand(text)
        for other in piece.alternatives[:_MOST_SYNONYMS]
    )


class SearchReader:
    """Asks one index. Raises `EngineDownError` (fall back to SQL) and `BadCursorError` (begin again)."""

    def __init__(self, index: SearchIndex, weights: RankingWeights = CURRENT) -> None:
        self._index = index
        self._weights = weights

    def search(self, request: SearchRequest, reorder: Reorder | None = None) -> Found:
        """One page: the best 200 in our order (or the caller's `reorder` of them), after them the engine's order."""
        if request.cursor:
            return self._next_page(request)
        query, answer, relaxed = self._ask(request, MOST_FROZEN)
        hits: Sequence[Hit] = self.ranked(
            self._ordering(request, query), ((each.id, each.analysed) for each in answer.candidates)
        )
        if reorder:
            hits = reorder(hits)
        shown = min(request.size, len(hits))
        frozen = FrozenOrder(self._question(request), tuple(hit.id for hit in hits), shown, relaxed)
        more = answer.total > shown > 0
        return Found(
            answer.total, tuple(hits[:shown]), answer.facets, frozen.cursor() if more else None, query, relaxed
        )

    def ranked(self, query: Query, candidates: Iterable[tuple[int, Analysed]]) -> list[Hit]:
        """Candidates in our order; without words as they came."""
        known = dict(candidates)
        if not query.groups:
            return [Hit(identity, 0.0, analysed) for identity, analysed in known.items()]
        scorer = Scorer(query, self._index.lexicon(), self._weights)
        return [Hit(each.id, each.score, known[each.id]) for each in scorer.rank(known.items())]

    def explain(self, query: Query, hit: Hit) -> list[GroupScore]:
        """Which words were found where, and what each contributed."""
        if hit.analysed is None:
            return []
        return Scorer(query, self._index.lexicon(), self._weights).explain(hit.analysed)

    def count(self, request: SearchRequest) -> int:
        """The true number of matches, as `search` would count them: for no-result help."""
        return self._counted(request)[1]

    def matching_ids(self, request: SearchRequest, *, limit: int = 10_000) -> list[int]:
        """Ids of what `search` would find, in the engine's order: for exact sorting by price or distance."""
        query, count = self._counted(request)
        if not count:
            return []
        return self._index.matching_ids(EngineRequest(query=query, filters=request.filters), limit=limit)

    def _counted(self, request: SearchRequest) -> tuple[Query, int]:
        readings = self._readings(request)
        for query in readings:
            count = self._index.count(EngineRequest(query=query, filters=request.filters))
            if count:
                return query, count
        return readings[-1], 0

    def _readings(self, request: SearchRequest) -> list[Query]:
        """The words as strictly as typed, then any one of them, then (when they are optional) none at all."""
        query = self.read(request)
        readings = [query]
        if query.needed_groups:
            readings.append(query.anything())
        if request.words_are_optional and query.groups:
            readings.append(build_query("", weights=self._weights))
        return readings

    def _ordering(self, request: SearchRequest, query: Query) -> Query:
        """What the hits are scored by: the words and the words that only order."""
        if not request.ranking_words.strip():
            return query if query.groups else self.read(request)
        return self.read(replace(request, text=f"{request.text} {request.ranking_words}"))

    def read(self, request: SearchRequest) -> Query:
        """The request's words as a query: typed words, synonyms, and repairs of words the index does not know."""
        text = request.text[:_MOST_CHARACTERS]
        if not text.strip():
            return build_query("", weights=self._weights)
        repaired = repairs(text, self._index.lexicon())
        return build_query(text, (*request.expansions, *synonyms(text), *repaired), weights=self._weights)

    def _ask(self, request: SearchRequest, size: int) -> tuple[Query, SearchPage, bool]:
        asked = EngineRequest(
            filters=request.filters, size=size, facets=request.facets, price_facet=request.price_facet
        )
        readings = self._readings(request)
        query, answer = readings[0], self._index.query(replace(asked, query=readings[0]))
        for looser in readings[1:]:
            if answer.total:
                break
            query, answer = looser, self._index.query(replace(asked, query=looser))
        return query, answer, query is not readings[0]

    def _question(self, request: SearchRequest) -> str:
        return question_of(request.text, request.filters, request.expansions, request.order)

    def _next_page(self, request: SearchRequest) -> Found:
        """The page after the one that gave the cursor; facets and explanations stay with the first page."""
        frozen = read_cursor(request.cursor or "", self._question(request))
        readings = self._readings(request)
        query = readings[0]
        if frozen.relaxed and len(readings) > 1:
            query, _ = self._counted(request)
        ids = list(frozen.ids[frozen.shown : frozen.shown + request.size])
        excluded = replace(request.filters, excluded_ids=request.filters.excluded_ids | set(frozen.ids))
        beyond = EngineRequest(
            query=query,
            filters=excluded,
            size=request.size - len(ids),
            offset=max(0, frozen.shown - len(frozen.ids)),
        )
        rest = self._index.query(beyond)
        total = rest.total + len(frozen.ids)
        ids += [candidate.id for candidate in rest.candidates]
        after = replace(frozen, shown=frozen.shown + len(ids))
        cursor = after.cursor() if ids and after.shown < total else None
        return Found(total, tuple(Hit(identity, 0.0) for identity in ids), {}, cursor, query, frozen.relaxed)


class SearchService(SearchReader):
    """Asks and writes one engine."""

    def __init__(self, engine: SearchEngine, weights: RankingWeights = CURRENT) -> None:
        super().__init__(engine, weights)
        self.engine = engine

    def write(self, documents: Iterable[Document], deletions: Iterable[Deletion] = ()) -> WriteOutcome:
        """Index what is published; what is not goes from the index with its version."""
        entries: list[Entry] = []
        gone = list(deletions)
        for document in documents:
            if document.published:
                entries.append(entry_of(document))
            else:
                gone.append(Deletion(document.id, document.version))
        return self.engine.write(entries, gone)
