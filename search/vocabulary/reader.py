"""Reads the reviewed word lists that ship with the product and refuses lists that contradict themselves."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from search.text.folding import folded

_FOLDER = Path(__file__).parent


class BadWordList(ValueError):
    """A shipped word list contradicts itself; the text says where."""


@dataclass(frozen=True, slots=True)
class SynonymGroup:
    """Words for one thing. `words` stand for each other; a typed `narrower` word finds the words, not the other way round.

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


def _rows(name: str, key: str) -> list[dict[str, Any]]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))[key]


@lru_cache(maxsize=1)
def load_synonyms() -> tuple[SynonymGroup, ...]:
    """All groups; the same word in two groups, or a group of one word, raises `BadWordList`."""
    groups = tuple(
        SynonymGroup(tuple(row["words"]), tuple(row.get("narrower", ())), float(row.get("weight", 0.6)))
        for row in _rows("synonyms.toml", "group")
    )
    seen: dict[str, int] = {}
    for place, group in enumerate(groups):
        if len(group.words) + len(group.narrower) < 2 or not group.words:
            raise BadWordList(f"group {place} holds one word: {group.words}")
        for word in (*group.words, *group.narrower):
            key = " ".join(folded(word).replace("-", " ").split())
            if seen.setdefault(key, place) != place:
                raise BadWordList(f"{word!r} stands in groups {seen[key]} and {place}")
    return groups


@lru_cache(maxsize=1)
def load_processes() -> tuple[Process, ...]:
    """The words of processes and features; a word that points at two places raises `BadWordList`."""
    processes = tuple(Process(tuple(row["words"]), tuple(row["types"]), row["kind"]) for row in _rows("processes.toml", "process"))
    seen: set[str] = set()
    for word in (word for process in processes for word in process.words):
        if folded(word) in seen:
            raise BadWordList(f"{word!r} points at two types")
        seen.add(folded(word))
    return processes
