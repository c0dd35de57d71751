"""Other words for what was typed, so that a Chinese line finds an English title and the other way round.

Expansion happens when somebody searches, never when a document is indexed; what was typed always counts more.
"""

from dataclasses import dataclass
from functools import lru_cache

from search.text.folding import fold
from search.vocabulary.phrases import Phrases
from search.vocabulary.reader import SynonymGroup, load_synonyms, word_key


@dataclass(frozen=True, slots=True)
class WeightedWord:
    """A word that may stand for the typed one, and how much it counts beside it (1.0)."""

    word: str
    weight: float


@dataclass(frozen=True, slots=True)
class Expansion:
    """A piece of the typed text (half-open span) with other words for it, the heaviest first."""

    start: int
    end: int
    written: str
    alternatives: tuple[WeightedWord, ...]


@lru_cache(maxsize=1)
def _phrases() -> Phrases[SynonymGroup]:
    return Phrases((word, group) for group in load_synonyms() for word in (*group.words, *group.narrower))


def expand(text: str) -> tuple[Expansion, ...]:
    """Every piece of a text that has synonyms, longest pieces first where they overlap, in order."""
    folded_text = fold(text)
    found: list[Expansion] = []
    for start, end, groups in _phrases().find(folded_text.text):
        alternatives = _alternatives(folded_text.text[start:end], groups)
        first, last = folded_text.span(start, end)
        found.append(Expansion(first, last, text[first:last], alternatives))
    return tuple(found)


def synonyms_of(word: str) -> tuple[WeightedWord, ...]:
    """Other words for exactly this word; empty when none are known."""
    return _alternatives(word, _phrases().meanings(word))


def _alternatives(typed: str, groups: tuple[SynonymGroup, ...]) -> tuple[WeightedWord, ...]:
    best: dict[str, WeightedWord] = {}
    for group in groups:
        for word in group.words:
            key = word_key(word)
            if key != word_key(typed) and (key not in best or best[key].weight < group.weight):
                best[key] = WeightedWord(word, group.weight)
    return tuple(sorted(best.values(), key=lambda other: -other.weight))
