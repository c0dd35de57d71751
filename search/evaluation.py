"""The product's analysis and ranking over any collection of texts, on either engine, without a database.

Documents are `{"id", "title", "body"}`, queries `{"id", "text"}`, answers `{"id", "ranked": [ids]}`, all one JSON
object a line.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, cast

import orjson

from search.analysis import plain_entry
from search.contract import EngineRequest, SearchEngine
from search.documents import Entry
from search.ranking.bm25f import Scorer
from search.ranking.frequencies import LexiconBuilder
from search.ranking.query import build_query
from search.suggestions import repairs

DEPTH = 100
CANDIDATES = 400
_BATCH = 10_000


class BadCollectionError(ValueError):
    """A line of the collection cannot be used; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Text:
    """One document of an outside collection."""

    id: str | int
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Question:
    """One query of an outside collection."""

    id: str | int
    text: str


def read_texts(path: Path) -> Iterator[Text]:
    """Documents of a JSON-lines file; title or body may be missing."""
    for number, row in _rows(path):
        yield Text(_identity(row, path, number), _text(row.get("title")), _text(row.get("body")))


def read_questions(path: Path) -> Iterator[Question]:
    """Queries of a JSON-lines file."""
    for number, row in _rows(path):
        yield Question(_identity(row, path, number), _text(row.get("text")))


class Collection:
    """An outside collection in an index of its own; ids of any kind are kept beside running numbers."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine
        self._names: list[str | int] = []

    def load(self, texts: Iterable[Text], progress: Callable[[int], None] = lambda _: None) -> int:
        """Index all texts in a fresh generation with its lexicon; returns how many there are."""
        generation = self._engine.new_generation()
        builder = LexiconBuilder()
        stream = iter(texts)
        while batch := list(islice(stream, _BATCH)):
            entries = [self._entry(text) for text in batch]
            for entry in entries:
                builder.add(entry.fields)
            self._engine.write(entries, generation=generation)
            progress(len(entries))
        self._engine.swap(generation, builder.finish())
        self._engine.refresh()
        return len(self._names)

    def rank(self, text: str, *, depth: int = DEPTH, candidates: int = CANDIDATES) -> list[str | int]:
        """Ids of the best documents for a line of text, best first; fewer than `depth` when fewer share a word."""
        lexicon = self._engine.lexicon()
        query = build_query(text, repairs(text, lexicon), any_word=True)
        if not query.groups:
            return []
        page = self._engine.query(EngineRequest(query=query, size=candidates))
        ranked = Scorer(query, lexicon).rank((each.id, each.analysed) for each in page.candidates)
        return [self._names[each.id - 1] for each in ranked[:depth]]

    def _entry(self, text: Text) -> Entry:
        self._names.append(text.id)
        return plain_entry(len(self._names), text.title, text.body)


def run(collection: Collection, questions: Iterable[Question], target: Path) -> int:
    """Answer every question into a file; returns how many."""
    count = 0
    with target.open("wb") as lines:
        for question in questions:
            lines.write(orjson.dumps({"id": question.id, "ranked": collection.rank(question.text)}) + b"\n")
            count += 1
    return count


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row: object = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise BadCollectionError(f"{path}:{number}: no JSON: {error}") from error
            if not isinstance(row, dict):
                raise BadCollectionError(f"{path}:{number}: no JSON object")
            yield number, cast("dict[str, Any]", row)


def _identity(row: dict[str, Any], path: Path, number: int) -> str | int:
    identity = row.get("id")
    if not isinstance(identity, str | int):
        raise BadCollectionError(f"{path}:{number}: no id")
    return identity


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
