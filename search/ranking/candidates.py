"""A candidate as ranking reads it: which token stands how often in which field."""

from dataclasses import dataclass
from functools import lru_cache
from sys import intern

Occurrences = tuple[tuple[int, int], ...]  # (index of the field, times), fields in order


@dataclass(frozen=True, slots=True)
class Analysed:
    """Tokens of one document with their occurrences, and how many tokens each field holds."""

    occurrences: dict[str, Occurrences]
    lengths: tuple[int, ...]


@lru_cache(maxsize=4096)
def _shared(occurrences: Occurrences) -> Occurrences:
    """One object for all equal counts: most tokens stand once in one field, and a worker keeps thousands of them."""
    return occurrences


def analyse(fields: tuple[str, ...]) -> Analysed:
    """Count a document's blank-separated tokens per field."""
    counts: dict[str, list[tuple[int, int]]] = {}
    lengths: list[int] = []
    for index, text in enumerate(fields):
        tokens = text.split()
        lengths.append(len(tokens))
        tally: dict[str, int] = {}
        for token in tokens:
            tally[token] = tally.get(token, 0) + 1
        for token, times in tally.items():
            counts.setdefault(token, []).append((index, times))
    return Analysed({intern(token): _shared(tuple(found)) for token, found in counts.items()}, tuple(lengths))


_TITLE_REPEATS = 2


def weighted_tokens(fields: tuple[str, ...]) -> str:
    """All tokens of a document for the engine's own first choice: the title is said again, as BM25F would weigh it."""
    title = fields[0]
    return " ".join(text for text in (*fields, *(title,) * _TITLE_REPEATS) if text)
