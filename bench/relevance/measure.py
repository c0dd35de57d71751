"""How good the first ten results are: `python -m bench.relevance.measure [--engine elasticsearch] [--misses]`.

A set is `NAME.documents.jsonl` ({id, title, body}) with `NAME.queries.jsonl` ({id, text, relevant: {id: grade}}).
nDCG@10 uses gain 2^grade - 1 and the discount log2(rank + 1); MRR@10 counts the first relevant result.
"""

import argparse
import json
import math
import os
import tempfile
import tomllib
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from search.contract import SearchEngine
from search.engines.elasticsearch_client import Connection
from search.engines.elasticsearch_engine import ElasticsearchEngine
from search.engines.tantivy_engine import TantivyEngine
from search.evaluation import Collection, read_texts

FOLDER = Path(__file__).parent
SETS = FOLDER / "sets"


@dataclass(frozen=True, slots=True)
class Judged:
    """One query with what it should find and what it found."""

    text: str
    relevant: Mapping[str, int]
    ranked: Sequence[str | int]

    def ndcg(self) -> float:
        gained = sum(_gain(self.relevant.get(str(found), 0), rank) for rank, found in enumerate(self.ranked[:10], 1))
        best = sorted(self.relevant.values(), reverse=True)[:10]
        return gained / sum(_gain(grade, rank) for rank, grade in enumerate(best, 1))

    def reciprocal_rank(self) -> float:
        ranks = (rank for rank, found in enumerate(self.ranked[:10], 1) if str(found) in self.relevant)
        return 1.0 / next(ranks, math.inf)


def set_names() -> list[str]:
    return sorted(path.name.removesuffix(".documents.jsonl") for path in SETS.glob("*.documents.jsonl"))


def floors() -> dict[str, dict[str, float]]:
    """The least each set must reach, as committed."""
    return tomllib.loads((FOLDER / "floors.toml").read_text(encoding="utf-8"))


def judge(engine: SearchEngine, name: str) -> list[Judged]:
    """Rank every query of a set on an engine."""
    collection = Collection(engine)
    collection.load(read_texts(SETS / f"{name}.documents.jsonl"))
    lines = (SETS / f"{name}.queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [Judged(row["text"], row["relevant"], collection.rank(row["text"])) for row in map(json.loads, lines)]


def figures(judged: Sequence[Judged]) -> dict[str, float]:
    """Means over the queries."""
    count = len(judged)
    return {
        "ndcg": sum(each.ndcg() for each in judged) / count,
        "mrr": sum(each.reciprocal_rank() for each in judged) / count,
    }


def _gain(grade: int, rank: int) -> float:
    return (2**grade - 1) / math.log2(rank + 1)


@contextmanager
def _engine(name: str) -> Generator[SearchEngine]:
    if name == "tantivy":
        with tempfile.TemporaryDirectory() as folder:
            yield TantivyEngine(Path(folder), "relevance")
        return
    connection = Connection(os.environ["ELASTICSEARCH_URL"])
    engine = ElasticsearchEngine(connection, "relevance", prefix=f"gongzao-bench-{uuid4().hex[:6]}-")
    try:
        yield engine
    finally:
        engine.drop()
        connection.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("tantivy", "elasticsearch"), default="tantivy")
    parser.add_argument("--misses", action="store_true", help="show the queries whose best result is not first")
    options = parser.parse_args()
    least = floors()
    with _engine(options.engine) as engine:
        for name in set_names():
            judged = judge(engine, name)
            reached = figures(judged)
            floor = " ".join(f"{metric} >= {value}" for metric, value in least.get(name, {}).items())
            print(f"{name:<24} nDCG@10 {reached['ndcg']:.4f}   MRR@10 {reached['mrr']:.4f}   floor {floor}")
            for each in judged if options.misses else ():
                if each.ndcg() < 1:
                    print(
                        f"    {each.ndcg():.3f}  {each.text}  ->  {list(each.ranked[:4])}, wanted {dict(each.relevant)}"
                    )


if __name__ == "__main__":
    main()
