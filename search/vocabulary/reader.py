"""Reads the reviewed word lists that ship with the product and refuses lists that contradict themselves."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from search.text.folding import folded

_FOLDER = Path(__file__).parent
USUAL_WEIGHT = 0.6
"""What a substituted word counts beside the typed one, where the list says nothing else."""


class BadWordList(ValueError):
    """A shipped word list contradicts itself; the text says where."""


@dataclass(frozen=True, slots=True)
class SynonymGroup:
    """Words for one thing. `words` stand for each other; a typed `narrower` word finds them, not the other way round
    (it may have a group of its own).

    `weight` is what a substituted word counts beside the typed one (1.0).
    """

    words: tuple[str, ...]
    narrower: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Process:
    """Words that point at a resource type: the first known code of `types`.

    A "feature" tells more than a name (五轴), a "process" less (铣); an "ordinary" word counts in a short line only.
    """

    words: tuple[str, ...]
    types: tuple[str, ...]
    kind: Literal["feature", "process", "ordinary"]


@lru_cache(maxsize=1)
def load_synonyms() -> tuple[SynonymGroup, ...]:
    """All groups that ship with the product."""
    return read_synonyms((_FOLDER / "synonyms.tsv").read_text(encoding="utf-8"))


def read_synonyms(table: str) -> tuple[SynonymGroup, ...]:
    """The groups of a table; the same word in two groups, or a group of one word, raises `BadWordList`."""
    groups = tuple(_group(line) for line in table.splitlines() if line and not line.startswith("#"))
    seen: dict[str, str] = {}
    for group in groups:
        if len(group.words) + len(group.narrower) < 2:
            raise BadWordList(f"a group holds one word: {group.words}")
        first = group.words[0]
        for word in group.words:
            if seen.setdefault(word_key(word), first) != first:
                raise BadWordList(f"{word!r} stands with {seen[word_key(word)]!r} and with {first!r}")
    return groups


def word_key(word: str) -> str:
    """One spelling of a word: folded, hyphens and blanks alike."""
    return " ".join(folded(word).replace("-", " ").split())


def _group(line: str) -> SynonymGroup:
    words, narrower, weight = (*line.split("\t"), "", "")[:3]
    return SynonymGroup(_split(words), _split(narrower), float(weight) if weight.strip() else USUAL_WEIGHT)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split(";") if word.strip())


def _process_rows() -> list[dict[str, Any]]:
    return tomllib.loads((_FOLDER / "processes.toml").read_text(encoding="utf-8"))["process"]


@lru_cache(maxsize=1)
def load_processes() -> tuple[Process, ...]:
    """The words of processes and features; a word that points at two places raises `BadWordList`."""
    processes = tuple(Process(tuple(row["words"]), tuple(row["types"]), row["kind"]) for row in _process_rows())
    seen: set[str] = set()
    for word in (word for process in processes for word in process.words):
        if folded(word) in seen:
            raise BadWordList(f"{word!r} points at two types")
        seen.add(folded(word))
    return processes


@lru_cache(maxsize=1)
def load_asking_words() -> frozenset[str]:
    """Words that ask and name nothing (need, 想找), folded."""
    lines = (_FOLDER / "asking.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(folded(word) for line in lines if not line.startswith("#") for word in line.split())
