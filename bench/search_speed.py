"""How fast text analysis, rescoring, rebuild and search are: `python -m bench.search_speed [documents]`.

Elasticsearch is measured too when ELASTICSEARCH_URL is set.
"""

import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from uuid import uuid4

from search.analysis import entry_of
from search.contract import FACETS, EngineRequest, Filters, NumberFilter, SearchEngine
from search.documents import AttributeRange, AttributeWord, Deletion, Document, ListingDocument, Place, PriceBounds
from search.engines.elasticsearch_client import Connection
from search.engines.elasticsearch_engine import ElasticsearchEngine
from search.engines.tantivy_engine import TantivyEngine
from search.maintenance import rebuild
from search.ranking.bm25f import Scorer
from search.ranking.query import build_query
from search.service import SearchRequest, SearchService
from search.text.tokens import token_texts

_TYPES = (
    ("数控车床", "CNC lathe", "CK6140", "turning"),
    ("立式加工中心", "vertical machining centre", "VMC850", "milling"),
    ("五轴加工中心", "5-axis machining centre", "DMU-50", "milling"),
    ("龙门铣床", "gantry milling machine", "XK2420", "milling"),
    ("注塑机", "injection moulding machine", "MA900", "moulding"),
    ("三坐标测量机", "coordinate measuring machine", "Global-S", "metrology"),
    ("激光切割机", "laser cutting machine", "G3015", "sheet metal"),
    ("高低温试验箱", "temperature test chamber", "GDW-225", "testing"),
)
_REMARKS = (
    "状态良好,定期保养,可按小时或按天租用。",
    "主轴转速高,适合模具与航空零件加工。",
    "配操作员,提供夹具与刀具,支持夜班。",
    "Well kept, with operator on request, fixtures available.",
    "适用于小批量多品种生产,精度有检定证书。",
)
_QUERIES = (
    "数控车床",
    "五轴 加工中心 钛合金",
    "VMC-850",
    "injection moulding machine",
    "三坐標 測量",
    "laser cutter 6kW",
    "机",
)


class MadeUp:
    """Listings made up from a seed, as a source for a rebuild."""

    def __init__(self, count: int) -> None:
        self._count = count

    def count(self) -> int:
        return self._count

    def position(self) -> int:
        return 0

    def documents(self) -> Iterator[Document]:
        draw = random.Random(5)
        for identity in range(1, self._count + 1):
            yield _listing(identity, draw)

    def changed_since(self, position: int) -> tuple[Sequence[Document], Sequence[Deletion]]:
        del position
        return (), ()

    def versions(self) -> dict[int, int]:
        return dict.fromkeys(range(1, self._count + 1), 1)

    def some(self, ids: Sequence[int]) -> Iterator[Document]:
        wanted = set(ids)
        return (document for document in self.documents() if document.id in wanted)


def _listing(identity: int, draw: random.Random) -> ListingDocument:
    zh, en, model, parent = draw.choice(_TYPES)
    travel, hour = draw.randrange(300, 4000) * 1000, draw.randrange(50, 900) * 100
    return ListingDocument(
        id=identity,
        public_id=f"L{identity}",
        version=1,
        park_id=1,
        visible_to_parks=(),
        supplier_id=draw.randrange(1, 300),
        supplier=f"{draw.choice('东南西北')}{draw.choice('兴华盛达')}精密机械有限公司",
        kind="equipment",
        type_code=model.lower(),
        type_ancestors=(parent,),
        type_words=f"{zh} {en}",
        title_zh=f"{zh} {model}-{draw.randrange(100)}",
        title_en=f"{en} {model}-{draw.randrange(100)}",
        body=" ".join(draw.sample(_REMARKS, 3)),
        model=f"{model}-{draw.randrange(100)}",
        manufacturer=draw.choice(("Haas", "DMG MORI", "沈阳机床", "海天", "大族")),
        attribute_text=f"X轴行程 {travel // 1000} mm; 功率 {draw.randrange(5, 60)} kW; 精度 0.0{draw.randrange(1, 9)} mm",
        numbers=(
            AttributeRange("travel_x", travel, travel),
            AttributeRange("power", None, draw.randrange(5000, 60000)),
        ),
        words=(AttributeWord("material", draw.choice(("titanium", "steel", "aluminium"))),),
        zone=draw.choice(("north", "south", "east")),
        place=Place(31 + draw.random() / 10, 121 + draw.random() / 10),
        certificates=tuple(draw.sample(("ISO 9001", "AS9100", "CNAS"), draw.randrange(3))),
        prices=PriceBounds(hour=hour, eight_hours=hour * 7, day=hour * 18, week=hour * 90),
    )


def _per_call(call: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each call after a few warm ones."""
    for _ in range(3):
        call()
    taken: list[float] = []
    for _ in range(times):
        started = perf_counter()
        call()
        taken.append((perf_counter() - started) * 1000)
    return taken


def _say(what: str, milliseconds: list[float]) -> None:
    print(f"  {what:<52} median {median(milliseconds):7.2f} ms   p95 {quantiles(milliseconds, n=20)[-1]:7.2f} ms")


def _text_speed(documents: list[Document]) -> None:
    texts = [f"{d.title_zh} {d.body} {d.attribute_text}" for d in documents if isinstance(d, ListingDocument)]
    started = process_time()
    tokens = sum(len(token_texts(text)) for text in texts)
    taken = process_time() - started
    characters = sum(map(len, texts))
    print(f"tokeniser: {characters / taken / 1e6:.2f} M characters/s, {tokens / taken / 1e6:.2f} M tokens/s")


def _engine_speed(engine: SearchEngine, count: int) -> None:
    started = perf_counter()
    rebuild(engine, MadeUp(count))
    taken = perf_counter() - started
    print(f"{engine.name}: rebuild of {count} listings {taken:.1f} s = {count / taken:.0f}/s")
    service = SearchService(engine)
    for text in _QUERIES:
        request = SearchRequest(text=text, facets=FACETS, price_facet=("hour", (10_000, 30_000)))
        _say(f"page with facets: {text}", _per_call(lambda request=request: service.search(request), 40))
    filters = Filters(numbers=(NumberFilter("travel_x", maximum_at_least=1_000_000),), zones=("north",))
    _say("page of filters alone", _per_call(lambda: service.search(SearchRequest(filters=filters, facets=FACETS)), 40))
    free = Filters(ids=frozenset(range(1, count, 2)))
    _say(
        f"words among {count // 2} free ids",
        _per_call(lambda: service.search(SearchRequest(text="加工中心", filters=free)), 20),
    )
    ids = SearchRequest(text="加工中心")
    _say("all matching ids", _per_call(lambda: service.matching_ids(ids), 20))


def _rescoring_speed(engine: SearchEngine) -> None:
    lexicon = engine.lexicon()
    for text in _QUERIES:
        query = build_query(text)
        candidates = [(each.id, each.analysed) for each in engine.query(EngineRequest(query=query)).candidates]
        _say(
            f"rescoring {len(candidates)} candidates: {text}",
            _per_call(lambda q=query, c=candidates: Scorer(q, lexicon).rank(c), 100),
        )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    documents = list(MadeUp(min(count, 2000)).documents())
    _text_speed(documents)
    started = process_time()
    for document in documents:
        entry_of(document)
    print(f"entries: {len(documents) / (process_time() - started):.0f} listings/s")
    with tempfile.TemporaryDirectory() as folder:
        engine = TantivyEngine(Path(folder), "listings")
        engine.prepare()
        _engine_speed(engine, count)
        _rescoring_speed(engine)
    if url := os.environ.get("ELASTICSEARCH_URL"):
        cluster = ElasticsearchEngine(Connection(url), "listings", prefix=f"gongzao-bench-{uuid4().hex[:6]}-")
        try:
            cluster.prepare()
            _engine_speed(cluster, count)
        finally:
            cluster.drop()


if __name__ == "__main__":
    main()
