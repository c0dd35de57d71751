"""Our own table of how many documents hold each token, so that the order never depends on an engine's shards.

It is made from the documents when an index generation is built, kept with that generation and replaced with it.
"""

import base64
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import orjson

from search.ranking.weights import FIELDS


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """What ranking and suggestions know of one generation: frequencies, average lengths, words as written.

    `surfaces` maps a word or short phrase as readers write it to the number of documents that write it so.
    """

    documents: int = 0
    frequencies: Mapping[str, int] = field(default_factory=dict[str, int])
    average_lengths: tuple[float, ...] = (0.0,) * len(FIELDS)
    surfaces: Mapping[str, int] = field(default_factory=dict[str, int])
    stamp: str = ""

    def rarity(self, token: str) -> float:
        """Inverse document frequency: near zero for a token in every document, never negative."""
        holders = self.frequencies.get(token, 0)
        return math.log(1.0 + (max(self.documents, holders) - holders + 0.5) / (holders + 0.5))

    def knows(self, token: str) -> bool:
        return token in self.frequencies

    def packed(self) -> str:
        """As one short ASCII string, to be kept beside the index."""
        content = [
            self.documents,
            dict(self.frequencies),
            list(self.average_lengths),
            dict(self.surfaces),
            self.stamp,
        ]
        return base64.b85encode(zlib.compress(orjson.dumps(content), 6)).decode()

    @staticmethod
    def unpacked(packed: str) -> "Lexicon":
        documents, frequencies, lengths, surfaces, stamp = orjson.loads(zlib.decompress(base64.b85decode(packed)))
        return Lexicon(documents, frequencies, tuple(lengths), surfaces, stamp)


class LexiconBuilder:
    """Counts while documents stream by on their way into an index."""

    def __init__(self) -> None:
        self._documents = 0
        self._frequencies: Counter[str] = Counter()
        self._lengths = [0] * len(FIELDS)
        self._surfaces: Counter[str] = Counter()

    def add(self, fields: tuple[str, ...], surfaces: Iterable[str] = ()) -> None:
        """Count one document; each token and surface counts once a document."""
        present: set[str] = set()
        for index, text in enumerate(fields):
            tokens = text.split()
            self._lengths[index] += len(tokens)
            present.update(tokens)
        self._documents += 1
        self._frequencies.update(present)
        self._surfaces.update(set(surfaces))

    def finish(self, stamp: str = "") -> Lexicon:
        """The table of all documents added so far."""
        count = max(1, self._documents)
        averages = tuple(length / count for length in self._lengths)
        return Lexicon(self._documents, dict(self._frequencies), averages, dict(self._surfaces), stamp)
