"""The production engine: Elasticsearch 8 or 9, one versioned index per generation behind an alias."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from threading import Lock
from time import monotonic
from typing import Any

from search.contract import (
    Candidate,
    EngineDownError,
    EngineHealth,
    EngineRequest,
    FacetCount,
    SearchPage,
    WriteOutcome,
)
from search.documents import Deletion, Entry
from search.engines.elasticsearch_client import Connection, body_of
from search.engines.elasticsearch_index import index_body, source_of
from search.engines.elasticsearch_query import search_body, sort_of, whole_query
from search.engines.facets import price_bands
from search.engines.recent import REMEMBERED_TOKENS, RecentDocuments
from search.ranking.candidates import Analysed, analyse
from search.ranking.frequencies import Lexicon

_BULK = 500
_LAST_PLACE = 10_000  # index.max_result_window
_LEXICON_SECONDS = 5.0  # how long a lexicon is trusted before it is asked for again
_DONE = frozenset({200, 201})


class ElasticsearchEngine:
    """One index on Elasticsearch. `prefix` keeps several installations apart on one cluster."""

    name = "elasticsearch"

    def __init__(
        self,
        connection: Connection,
        index: str,
        *,
        prefix: str = "gongzao-",
        shards: int = 1,
        replicas: int = 0,
        remembered_tokens: int = REMEMBERED_TOKENS,
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self._connection = connection
        self._alias = f"{prefix}{index}"
        self._lexicons = f"{prefix}{index}-lexicons"
        self._body = index_body(shards=shards, replicas=replicas)
        self._recent = RecentDocuments(remembered_tokens)
        self._ticks = ticks
        self._lock = Lock()
        self._lexicon: tuple[float, str, int, Lexicon] | None = None

    def prepare(self) -> None:
        if not self._connection.ask("admin", lambda client: client.indices.exists_alias(name=self._alias)):
            self.swap(self.new_generation(), Lexicon())

    def write(
        self, entries: Sequence[Entry], deletions: Sequence[Deletion] = (), *, generation: str | None = None
    ) -> WriteOutcome:
        stored = deleted = passed_over = 0
        changes = iter((*entries, *deletions))
        while batch := list(islice(changes, _BULK)):
            for kind, status in self._bulk(batch, generation):
                if status == 409:  # the index already knows something newer
                    passed_over += 1
                elif kind == "delete" and status in {*_DONE, 404}:
                    deleted += 1
                elif status in _DONE:
                    stored += 1
                else:
                    raise EngineDownError(f"bulk_{kind}_{status}")
        return WriteOutcome(stored, deleted, passed_over)

    def query(self, request: EngineRequest) -> SearchPage:
        if request.offset + request.size > _LAST_PLACE:
            return SearchPage(self.count(request), (), {})
        body = search_body(request) | {"_source": False, "docvalue_fields": ["id", "version"]}
        answer = self._search(body)
        hits = answer["hits"]["hits"]
        return SearchPage(answer["hits"]["total"]["value"], tuple(self._candidates(hits)), _facets(answer, request))

    def count(self, request: EngineRequest) -> int:
        answer = self._connection.ask(
            "search", lambda client: body_of(client.count(index=self._alias, query=whole_query(request)))
        )
        return answer["count"]

    def matching_ids(self, request: EngineRequest, *, limit: int = 10_000) -> list[int]:
        size = min(limit, _LAST_PLACE - request.offset)
        if size <= 0:
            return []
        body = {"query": whole_query(request), "sort": sort_of(request), "size": size, "from": request.offset}
        answer = self._search(body | {"stored_fields": "_none_", "track_total_hits": False})
        return [hit["sort"][-1] for hit in answer["hits"]["hits"]]  # the id is what ties are broken by

    def versions(self) -> dict[int, int]:
        self.refresh()
        return dict(self._all_versions())

    def new_generation(self) -> str:
        number = max((_number(name) for name in self._generations()), default=0) + 1
        name = f"{self._alias}-v{number}"
        self._connection.ask("admin", lambda client: client.indices.create(index=name, **self._body))
        return name

    def swap(self, generation: str, lexicon: Lexicon) -> None:
        self._connection.ask("admin", lambda client: client.indices.refresh(index=generation))
        self._put_lexicon(generation, lexicon)
        before = [name for name in self._serving_names() if name != generation]
        actions: list[dict[str, Any]] = [{"add": {"index": generation, "alias": self._alias, "is_write_index": True}}]
        actions += [{"remove": {"index": name, "alias": self._alias}} for name in before]
        self._connection.ask("admin", lambda client: client.indices.update_aliases(actions=actions))
        self._recent.clear()
        self._lexicon = None
        for name in self._generations():
            if _number(name) < _number(generation):  # the one that served, and any left by a rebuild that died
                self._drop(name)

    def lexicon(self) -> Lexicon:
        known = self._lexicon
        if known and self._ticks() - known[0] < _LEXICON_SECONDS:
            return known[3]
        with self._lock:
            generation = self._serving()
            stamp, fresh = self._get_lexicon(generation, known)
            self._lexicon = (self._ticks(), generation, stamp, fresh)
            if known and known[1] != generation:
                self._recent.clear()
            return fresh

    def store_lexicon(self, lexicon: Lexicon) -> None:
        self._put_lexicon(self._serving(), lexicon)
        self._lexicon = None

    def refresh(self) -> None:
        self._connection.ask("admin", lambda client: client.indices.refresh(index=self._alias))

    def health(self) -> EngineHealth:
        try:
            generation = self._serving()
            return EngineHealth(answers=True, documents=self.count(EngineRequest()), generation=generation)
        except EngineDownError as trouble:
            return EngineHealth(answers=False, documents=0, generation="", trouble=str(trouble))

    def drop(self) -> None:
        """Remove every generation of this index and its lexicons from the cluster."""
        for name in self._generations():
            self._drop(name)
        self._connection.ask(
            "admin", lambda client: client.options(ignore_status=404).indices.delete(index=self._lexicons)
        )

    def _generations(self) -> list[str]:
        pattern = f"{self._alias}-v*"
        return list(
            self._connection.ask("admin", lambda client: body_of(client.indices.get(index=pattern, features="aliases")))
        )

    def _search(self, body: dict[str, Any]) -> dict[str, Any]:
        return self._connection.ask(
            "search",
            lambda client: body_of(client.search(index=self._alias, body=body, search_type="dfs_query_then_fetch")),
        )

    def _bulk(self, batch: list[Entry | Deletion], generation: str | None) -> Iterator[tuple[str, int]]:
        operations: list[dict[str, Any]] = []
        for change in batch:
            target = {"_id": str(change.id), "version": change.version, "version_type": "external"}
            if isinstance(change, Entry):
                operations += [{"index": target}, source_of(change)]
            else:
                operations.append({"delete": target})
        index, require_alias = (self._alias, True) if generation is None else (generation, False)
        answer = self._connection.ask(
            "write",
            lambda client: body_of(client.bulk(index=index, operations=operations, require_alias=require_alias)),
        )
        for item in answer["items"]:
            kind, outcome = next(iter(item.items()))
            if kind == "index" and outcome["status"] == 400:
                raise ValueError(str(outcome.get("error")))
            yield kind, 503 if outcome["status"] == 404 and "error" in outcome else outcome["status"]

    def _candidates(self, hits: list[dict[str, Any]]) -> Iterator[Candidate]:
        found = [(hit["fields"]["id"][0], hit["fields"]["version"][0]) for hit in hits]
        known = {key: analysed for key in found if (analysed := self._recent.get(*key))}
        fetched = self._fetch([key[0] for key in found if key not in known])
        for identity, version in found:
            if analysed := known.get((identity, version)):
                yield Candidate(identity, version, analysed)
            elif identity in fetched:  # else it went between the two questions
                yield Candidate(identity, *fetched[identity])

    def _fetch(self, ids: list[int]) -> dict[int, tuple[int, Analysed]]:
        if not ids:
            return {}
        answer = self._connection.ask(
            "search",
            lambda client: body_of(
                client.mget(index=self._alias, ids=[str(each) for each in ids], source=["texts", "version"])
            ),
        )
        fetched: dict[int, tuple[int, Analysed]] = {}
        for document in answer["docs"]:
            if document.get("found"):
                source = document["_source"]
                analysed = analyse(tuple(source["texts"]))
                self._recent.put(int(document["_id"]), source["version"], analysed)
                fetched[int(document["_id"])] = (source["version"], analysed)
        return fetched

    def _all_versions(self) -> Iterator[tuple[int, int]]:
        after: list[int] | None = None
        while True:
            body: dict[str, Any] = {"query": {"match_all": {}}, "sort": [{"id": "asc"}], "size": _LAST_PLACE}
            body |= {"_source": False, "docvalue_fields": ["version"], "track_total_hits": False}
            page = self._search(body if after is None else body | {"search_after": after})["hits"]["hits"]
            for hit in page:
                yield hit["sort"][0], hit["fields"]["version"][0]
            if len(page) < _LAST_PLACE:
                return
            after = page[-1]["sort"]

    def _serving_names(self) -> list[str]:
        try:
            return list(
                self._connection.ask("admin", lambda client: body_of(client.indices.get_alias(name=self._alias)))
            )
        except EngineDownError:
            if self._connection.ask("admin", lambda client: client.indices.exists_alias(name=self._alias)):
                raise
            return []

    def _serving(self) -> str:
        names = self._serving_names()
        if not names:
            raise EngineDownError("search_index_missing")
        return max(names, key=_number)

    def _put_lexicon(self, generation: str, lexicon: Lexicon) -> None:
        exists = self._connection.ask("admin", lambda client: client.indices.exists(index=self._lexicons))
        if not exists:
            mapping = {"dynamic": "strict", "properties": {"packed": {"type": "object", "enabled": False}}}
            settings = {"number_of_shards": 1, "number_of_replicas": self._body["settings"]["number_of_replicas"]}
            self._connection.ask(
                "admin",
                lambda client: client.options(ignore_status=400).indices.create(
                    index=self._lexicons, mappings=mapping, settings=settings
                ),
            )
        document = {"packed": {"text": lexicon.packed()}}
        self._connection.ask(
            "write", lambda client: client.index(index=self._lexicons, id=generation, document=document)
        )

    def _get_lexicon(self, generation: str, known: tuple[float, str, int, Lexicon] | None) -> tuple[int, Lexicon]:
        head = self._connection.ask(
            "search",
            lambda client: body_of(
                client.options(ignore_status=404).get(index=self._lexicons, id=generation, source=False)
            ),
        )
        stamp = head.get("_version", 0)
        if known and known[1:3] == (generation, stamp):
            return stamp, known[3]
        if not head.get("found"):
            return 0, Lexicon()
        answer = self._connection.ask("write", lambda client: body_of(client.get(index=self._lexicons, id=generation)))
        return stamp, Lexicon.unpacked(answer["_source"]["packed"]["text"])

    def _drop(self, generation: str) -> None:
        self._connection.ask("admin", lambda client: client.options(ignore_status=404).indices.delete(index=generation))
        self._connection.ask(
            "admin", lambda client: client.options(ignore_status=404).delete(index=self._lexicons, id=generation)
        )


def _facets(answer: dict[str, Any], request: EngineRequest) -> dict[str, tuple[FacetCount, ...]]:
    facets: dict[str, tuple[FacetCount, ...]] = {}
    for name in request.facets:
        buckets = answer.get("aggregations", {}).get(name, {}).get("values", {}).get("buckets", [])
        counts = [FacetCount(bucket["key"], bucket["doc_count"]) for bucket in buckets]
        if name == "price" and request.price_facet:
            counted = {each.value: each.count for each in counts}
            counts = [FacetCount(band, counted.get(band, 0)) for band, _, _ in price_bands(request.price_facet[1])]
        else:
            counts.sort(key=lambda each: (-each.count, each.value))
        facets[name] = tuple(counts)
    return facets


def _number(name: str) -> int:
    _, _, number = name.rpartition("-v")
    return int(number) if number.isdigit() else 0
