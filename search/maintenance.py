"""Keeping the index equal to the database: rebuild without going dark, compare and repair.

The documents come from whoever owns the data, through `DocumentSource`; nothing here reads a database.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from search.analysis import entry_of, surfaces_of
from search.contract import SearchEngine
from search.documents import Deletion, Document, Entry
from search.ranking.frequencies import Lexicon, LexiconBuilder

_BATCH = 2000


class DocumentSource(Protocol):
    """Where the current documents are read from."""

    def count(self) -> int:
        """How many published documents there are, for a progress bar."""
        ...

    def position(self) -> int:
        """Where the stream of changes stands now."""
        ...

    def documents(self) -> Iterator[Document]:
        """Every published document, from current rows."""
        ...

    def changed_since(self, position: int) -> tuple[Sequence[Document], Sequence[Deletion]]:
        """What changed after a position: current documents, and deletions of what went or was unpublished."""
        ...

    def versions(self) -> dict[int, int]:
        """Id and row version of every published document."""
        ...

    def some(self, ids: Sequence[int]) -> Iterable[Document]:
        """The current documents among these ids."""
        ...


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A new generation serves: its name, how many documents it holds and how many the source counts."""

    generation: str
    documents: int
    expected: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How index and database differ: ids the index lacks, holds in an old version, or holds though they are gone."""

    missing: tuple[int, ...]
    stale: tuple[int, ...]
    surplus: tuple[Deletion, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.surplus)


class CountMismatchError(RuntimeError):
    """The new generation does not hold what the source holds; the old one goes on serving."""


def rebuild(
    engine: SearchEngine,
    source: DocumentSource,
    *,
    progress: Callable[[int], None] = lambda _: None,
    accept: Callable[[str], bool] = lambda _: True,
) -> Rebuilt:
    """Fill a new generation while the old one serves, replay what changed meanwhile, compare counts, swap.

    `accept` may look at the finished generation and refuse it. Raises `CountMismatchError`.
    """
    position = source.position()
    generation = engine.new_generation()
    builder = LexiconBuilder()
    written = 0
    documents = source.documents()
    while batch := list(islice(documents, _BATCH)):
        entries = [_counted(document, builder) for document in batch]
        engine.write(entries, generation=generation)
        written += len(entries)
        progress(len(entries))
    changed, gone = source.changed_since(position)
    outcome = engine.write([entry_of(each) for each in changed], gone, generation=generation)
    expected = source.count()
    if abs(written - expected) > len(changed) + len(gone) or not accept(generation):
        raise CountMismatchError(f"{written} != {expected}")
    engine.swap(generation, builder.finish(generation))
    changed, gone = source.changed_since(position)  # once more: what came between the replay and the swap
    engine.write([entry_of(each) for each in changed], gone)
    engine.refresh()
    return Rebuilt(generation, written + outcome.stored, expected)


def compare(engine: SearchEngine, source: DocumentSource) -> Difference:
    """What the index would have to change to equal the database."""
    indexed, current = engine.versions(), source.versions()
    missing = tuple(sorted(current.keys() - indexed.keys()))
    stale = tuple(
        sorted(identity for identity in current.keys() & indexed.keys() if indexed[identity] < current[identity])
    )
    surplus = tuple(Deletion(identity, indexed[identity] + 1) for identity in sorted(indexed.keys() - current.keys()))
    return Difference(missing, stale, surplus)


def repair(engine: SearchEngine, source: DocumentSource) -> Difference:
    """Write what `compare` found, and renew the lexicon when the documents have outgrown it; returns what was found."""
    difference = compare(engine, source)
    wanted = iter((*difference.missing, *difference.stale))
    while batch := list(islice(wanted, _BATCH)):
        engine.write([entry_of(document) for document in source.some(batch)])
    if difference.surplus:
        engine.write([], difference.surplus)
    if lexicon_outgrown(engine.lexicon(), source.count()):
        engine.store_lexicon(build_lexicon(source.documents()))
    return difference


def lexicon_outgrown(lexicon: Lexicon, documents: int) -> bool:
    """Whether the number of documents moved by a tenth since the lexicon was counted."""
    return abs(documents - lexicon.documents) > max(5, lexicon.documents // 10)


def build_lexicon(documents: Iterable[Document], stamp: str = "") -> Lexicon:
    """Count the words of documents without indexing them."""
    builder = LexiconBuilder()
    for document in documents:
        _counted(document, builder)
    return builder.finish(stamp)


def _counted(document: Document, builder: LexiconBuilder) -> Entry:
    entry = entry_of(document)
    builder.add(entry.fields, surfaces_of(document))
    return entry
