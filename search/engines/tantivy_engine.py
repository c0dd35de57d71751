"""The embedded engine: an index in the data folder, written by one worker, read by any number of processes."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from operator import itemgetter
from pathlib import Path
from threading import RLock
from typing import Any, cast

import tantivy
from tantivy import DocAddress, Query, SearchResult

from search.contract import (
    Candidate,
    EngineDownError,
    EngineHealth,
    EngineRequest,
    FacetCount,
    FacetName,
    Radius,
    SearchPage,
    WriteOutcome,
)
from search.documents import Deletion, Entry, Place
from search.engines.facets import has_own_filter, price_bands, without_own_filter
from search.engines.geography import box_around, distance_m
from search.engines.recent import REMEMBERED_TOKENS, RecentDocuments
from search.engines.tantivy_folder import GenerationFolder
from search.engines.tantivy_query import QueryBuilder
from search.engines.tantivy_schema import build_schema, tantivy_document
from search.ranking.candidates import analyse
from search.ranking.frequencies import Lexicon

_WRITER_HEAP_BYTES = 60_000_000
_MOST_FACET_VALUES = 500
_REMEMBERED_DELETIONS = 10_000
_TIES_AT_FIRST = 4_000
"""To keep more costs little, to look again costs the whole search."""


_NONE: Mapping[str, Any] = {"buckets": ()}


class TantivyEngine:
    """One index of the embedded engine. Opens the serving generation lazily and follows swaps of other processes."""

    name = "tantivy"

    def __init__(self, folder: Path, index: str, *, remembered_tokens: int = REMEMBERED_TOKENS) -> None:
        self._files = GenerationFolder(folder, index)
        self._recent = RecentDocuments(remembered_tokens)
        self._lock = RLock()
        self._open: _OpenGeneration | None = None
        self._lexicon: tuple[tuple[str, int], Lexicon] | None = None
        self._deleted: dict[int, int] = {}

    def prepare(self) -> None:
        with _trouble_told():
            if self._files.serving() is None:
                generation = self.new_generation()
                self.swap(generation, Lexicon())

    def write(
        self, entries: Sequence[Entry], deletions: Sequence[Deletion] = (), *, generation: str | None = None
    ) -> WriteOutcome:
        with _trouble_told(), self._lock:
            if generation is None:
                return self._store(self._current(), entries, deletions)
            return self._store(_OpenGeneration(self._files, generation), entries, deletions)

    def query(self, request: EngineRequest) -> SearchPage:
        with _trouble_told():
            opened = self._current()
            near = opened.ids_within(request.filters.near)
            query = opened.builder.whole(request.query, request.filters, near_ids=near)
            hits, total = opened.search(query, request)
            facets = _facets(opened, request, near, total) if request.facets else {}
            return SearchPage(total, tuple(self._candidates(opened, hits)), facets)

    def count(self, request: EngineRequest) -> int:
        with _trouble_told():
            opened = self._current()
            near = opened.ids_within(request.filters.near)
            query = opened.builder.matching(request.query, request.filters, near_ids=near)
            return _count(opened.searcher.search(query, 1))

    def matching_ids(self, request: EngineRequest, *, limit: int = 10_000) -> list[int]:
        with _trouble_told():
            opened = self._current()
            near = opened.ids_within(request.filters.near)
            query = opened.builder.whole(request.query, request.filters, near_ids=near)
            hits, _ = opened.search(query, EngineRequest(query=request.query, size=limit, offset=request.offset))
            return opened.integers("id", hits)

    def versions(self) -> dict[int, int]:
        with _trouble_told():
            return self._current().versions()

    def new_generation(self) -> str:
        with _trouble_told():
            generation = self._files.create()
            tantivy.Index(build_schema(), path=str(self._files.path(generation)))
            return generation

    def swap(self, generation: str, lexicon: Lexicon) -> None:
        with _trouble_told(), self._lock:
            self._files.store_lexicon(generation, lexicon)
            self._files.serve(generation)
            self._recent.clear()
            self._deleted.clear()  # the new generation came from current rows: what was deleted before is not in it

    def lexicon(self) -> Lexicon:
        with _trouble_told():
            generation = self._serving()
            stamp = (generation, self._files.lexicon_stamp(generation))
            known = self._lexicon
            if known is None or known[0] != stamp:
                known = (stamp, self._files.lexicon(generation))
                self._lexicon = known
            return known[1]

    def store_lexicon(self, lexicon: Lexicon) -> None:
        with _trouble_told():
            self._files.store_lexicon(self._serving(), lexicon)

    def refresh(self) -> None:
        with _trouble_told():
            self._current().reload()

    def health(self) -> EngineHealth:
        try:
            opened = self._current()
            return EngineHealth(answers=True, documents=opened.searcher.num_docs, generation=opened.generation)
        except (EngineDownError, OSError, ValueError) as trouble:
            return EngineHealth(answers=False, documents=0, generation="", trouble=str(trouble))

    def _serving(self) -> str:
        generation = self._files.serving()
        if generation is None:
            raise EngineDownError("search_index_missing")
        return generation

    def _current(self) -> "_OpenGeneration":
        generation = self._serving()
        opened = self._open
        if opened is None or opened.generation != generation:
            with self._lock:
                opened = _OpenGeneration(self._files, generation)
                self._open = opened
                self._recent.clear()
        opened.follow()
        return opened

    def _store(
        self, opened: "_OpenGeneration", entries: Sequence[Entry], deletions: Sequence[Deletion]
    ) -> WriteOutcome:
        """Newest version wins, in one commit; deletions are remembered so that a late older entry stays out."""
        known = opened.versions_of([entry.id for entry in entries] + [gone.id for gone in deletions])
        newest: dict[int, Entry | Deletion] = {}
        passed_over = 0
        for change in (*entries, *deletions):
            latest = newest.get(change.id)
            floor = max(known.get(change.id, -1), self._deleted.get(change.id, -1), latest.version if latest else -1)
            if change.version <= floor:
                passed_over += 1
            else:
                newest[change.id] = change
        opened.commit(newest.values(), known)
        self._remember(newest.values())
        stored = sum(isinstance(change, Entry) for change in newest.values())
        return WriteOutcome(stored, len(newest) - stored, passed_over)

    def _remember(self, changes: Iterable[Entry | Deletion]) -> None:
        for change in changes:
            if isinstance(change, Deletion):
                self._deleted[change.id] = change.version
        while len(self._deleted) > _REMEMBERED_DELETIONS:
            del self._deleted[next(iter(self._deleted))]

    def _candidates(self, opened: "_OpenGeneration", hits: list[DocAddress]) -> Iterable[Candidate]:
        ids, versions = opened.integers("id", hits), opened.integers("version", hits)
        for identity, version, address in zip(ids, versions, hits, strict=True):
            analysed = self._recent.get(identity, version)
            if analysed is None:
                analysed = analyse(opened.fields(address))
                self._recent.put(identity, version, analysed)
            yield Candidate(identity, version, analysed)


class _OpenGeneration:
    """An open index with the reader that sees its last commit."""

    def __init__(self, files: GenerationFolder, generation: str) -> None:
        self.generation = generation
        self._files = files
        self._index = tantivy.Index(build_schema(), path=str(files.path(generation)))
        self._index.config_reader("manual")
        self.builder = QueryBuilder(self._index)
        self._stamp = -1
        self.searcher = self._index.searcher()
        self.follow()

    def follow(self) -> None:
        """See the commits of other processes: the index's own file tells when there was one."""
        stamp = self._files.commit_stamp(self.generation)
        if stamp != self._stamp:
            self._stamp = stamp
            self.reload()

    def reload(self) -> None:
        self._index.reload()
        self.searcher = self._index.searcher()

    def search(self, query: Query, request: EngineRequest) -> tuple[list[DocAddress], int]:
        """Addresses best first, equal scores by lower id (newest first without words), and the number of matches."""
        last = request.offset + request.size
        if not (request.query and request.query.groups):
            found = self.searcher.search(query, max(1, last), order_by_field="id")
            return [address for _, address in found.hits][request.offset :][: request.size], _count(found)
        limit = last + _TIES_AT_FIRST
        while True:
            found = self.searcher.search(query, max(1, limit))
            hits = found.hits
            if len(hits) < limit or hits[-1][0] < hits[max(0, last - 1)][0] or not request.size:
                break
            limit *= 8  # all from the last wanted on are equal: the cut must fall by id, not by place in the index
        return self._best(hits, last)[request.offset :], _count(found)

    def _best(self, hits: Sequence[tuple[float, DocAddress]], last: int) -> list[DocAddress]:
        """The first of the hits, which come by falling score: above the score of the cut all, at it the lowest ids."""
        if not last or not hits:
            return []
        cut = hits[min(last, len(hits)) - 1][0]
        above = bisect_left(hits, -cut, key=_falling)
        beyond = bisect_right(hits, -cut, key=_falling)
        addresses = [address for _, address in hits[:beyond]]
        ids = self.integers("id", addresses)
        first = sorted(zip([-score for score, _ in hits[:above]], ids, addresses, strict=False), key=itemgetter(0, 1))
        equal = nsmallest(last - above, zip(ids[above:], addresses[above:], strict=True), key=itemgetter(0))
        return [address for *_, address in (*first, *equal)]

    def integers(self, name: str, hits: list[DocAddress]) -> list[int]:
        return [int(value or 0) for value in self.searcher.fast_field_values(name, hits)]

    def fields(self, address: DocAddress) -> tuple[str, ...]:
        stored = cast("bytes", self.searcher.doc(address).get_first("fields"))
        return tuple(bytes(stored).decode().split("\n"))

    def versions(self) -> dict[int, int]:
        return self._versions(Query.all_query(), self.searcher.num_docs)

    def versions_of(self, ids: Sequence[int]) -> dict[int, int]:
        if not ids or not self.searcher.num_docs:
            return {}
        return self._versions(Query.term_set_query(self._index.schema, "id", sorted(set(ids))), len(ids))

    def _versions(self, query: Query, most: int) -> dict[int, int]:
        hits = [address for _, address in self.searcher.search(query, max(1, most), order_by_field="id").hits]
        return dict(zip(self.integers("id", hits), self.integers("version", hits), strict=True))

    def commit(self, changes: Iterable[Entry | Deletion], known: dict[int, int]) -> None:
        writer = self._index.writer(_WRITER_HEAP_BYTES, 1)
        for change in changes:
            if change.id in known:
                writer.delete_documents_by_term("id", change.id)
            if isinstance(change, Entry):
                writer.add_document(tantivy_document(change))
        writer.commit()
        writer.wait_merging_threads()
        self.reload()

    def ids_within(self, radius: Radius | None) -> frozenset[int] | None:
        """Ids inside the circle: a box from the index, then the true distance."""
        if radius is None:
            return None
        box = self.builder.box(*box_around(radius))
        hits = [address for _, address in self.searcher.search(box, max(1, self.searcher.num_docs)).hits]
        latitudes = self.searcher.fast_field_values("latitude", hits)
        longitudes = self.searcher.fast_field_values("longitude", hits)
        places = zip(self.integers("id", hits), latitudes, longitudes, strict=True)
        return frozenset(
            identity
            for identity, latitude, longitude in places
            if distance_m(radius.centre, Place(float(latitude or 0), float(longitude or 0))) <= max(1, radius.metres)
        )

    def counts(self, query: Query, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """What the engine counts among the matches, all in one go."""
        return cast("dict[str, Any]", self.searcher.aggregate(query, dict(wanted)))


def _facets(
    opened: _OpenGeneration, request: EngineRequest, near: frozenset[int] | None, total: int
) -> dict[str, tuple[FacetCount, ...]]:
    """All facets without a filter of their own by one question, each other one by its own; nothing found counts none."""
    filters = request.filters
    chosen: list[FacetName] = [name for name in request.facets if has_own_filter(filters, name)]
    rest: list[FacetName] = [name for name in request.facets if name not in chosen]
    groups = [(filters, rest)]
    groups.extend((without_own_filter(filters, name), [name]) for name in chosen)
    counted: dict[str, tuple[FacetCount, ...]] = {}
    for kept, names in groups:
        wanted = {name: clause for name in names if (clause := _counting(name, request)) is not None}
        query = opened.builder.matching(request.query, kept, near_ids=near)
        answer = opened.counts(query, wanted) if wanted and (total or kept is not filters) else {}
        counted |= {name: _counts(name, answer.get(name, _NONE)["buckets"], request) for name in names}
    return {name: counted[name] for name in request.facets}


def _counting(name: FacetName, request: EngineRequest) -> dict[str, Any] | None:
    if name != "price":
        return {"terms": {"field": name, "size": _MOST_FACET_VALUES}}
    if request.price_facet is None:
        return None
    length, edges = request.price_facet
    ranges = [{"from": low} | ({} if high is None else {"to": high}) for _, low, high in price_bands(edges)]
    return {"range": {"field": length, "ranges": ranges}}


def _counts(name: FacetName, buckets: Sequence[dict[str, Any]], request: EngineRequest) -> tuple[FacetCount, ...]:
    """Values by their number, bands in their order."""
    if name == "price":
        if request.price_facet is None:
            return ()
        counted = {int(bucket["from"]): bucket["doc_count"] for bucket in buckets if "from" in bucket}
        return tuple(FacetCount(band, counted.get(low, 0)) for band, low, _ in price_bands(request.price_facet[1]))
    counts = [FacetCount(bucket["key"], bucket["doc_count"]) for bucket in buckets]
    return tuple(sorted(counts, key=lambda each: (-each.count, each.value)))


def _falling(hit: tuple[float, DocAddress]) -> float:
    return -hit[0]


def _count(found: SearchResult) -> int:
    return cast("int", found.count)  # type: ignore[attr-defined]  the stub lacks it


class _trouble_told:  # noqa: N801  reads as a clause after `with`
    """The engine's own errors come out as `EngineDownError`."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError | ValueError):
            raise EngineDownError(str(error)) from error
