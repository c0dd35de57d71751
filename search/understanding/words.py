"""The words a park uses, as plain values: names of resource types, attributes with their options, zones.

Whoever knows the catalogue fills them in; this package never looks it up.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar, cast

from search.vocabulary.phrases import Phrases

T = TypeVar("T")


@dataclass(frozen=True)
class OptionWords:
    """One option of an enumeration or list attribute and what people write for it."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.zh, self.en, *self.aliases)


@dataclass(frozen=True)
class AttributeWords:
    """One typed attribute: `unit` is assumed where none is written, `better` says which side of a value is enough."""

    code: str
    zh: str
    en: str
    kind: Literal["quantity", "range", "enumeration", "list", "boolean", "text"]
    headers: tuple[str, ...] = ()
    dimension: str | None = None
    unit: str | None = None
    better: Literal["higher", "lower", "none"] = "none"
    options: tuple[OptionWords, ...] = ()
    plus_minus: bool = False

    @property
    def is_measured(self) -> bool:
        return self.kind in {"quantity", "range"} and self.dimension is not None and self.unit is not None


@dataclass(frozen=True)
class TypeWords:
    """One resource type with its place in the tree, its attributes in the order of its page and the most telling of them.

    `models` are regular expressions over makers' series, as they stand in a ledger.
    """

    code: str
    parent: str | None
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    key_attributes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


@dataclass(frozen=True)
class SizeGroup:
    """Attributes that a size "AxBxC" fills together, such as the three travels, and the words that name the group."""

    attributes: tuple[str, ...]
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class ZoneWords:
    """One zone of the park and what people call it."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """All words of one park, compiled on first use and kept: make one per park and keep it while nothing changes."""

    types: tuple[TypeWords, ...]
    attributes: tuple[AttributeWords, ...]
    zones: tuple[ZoneWords, ...] = ()
    size_groups: tuple[SizeGroup, ...] = ()

    @cached_property
    def types_by_code(self) -> Mapping[str, TypeWords]:
        return {words.code: words for words in self.types}

    @cached_property
    def attributes_by_code(self) -> Mapping[str, AttributeWords]:
        return {words.code: words for words in self.attributes}

    @cached_property
    def zones_by_code(self) -> Mapping[str, ZoneWords]:
        return {words.code: words for words in self.zones}

    def lineage(self, type_code: str) -> tuple[str, ...]:
        """The type and everything above it, nearest first; a circle in the tree ends where it closes."""
        seen: list[str] = []
        code: str | None = type_code
        while code is not None and code in self.types_by_code and code not in seen:
            seen.append(code)
            code = self.types_by_code[code].parent
        return tuple(seen)

    def below(self, type_code: str) -> tuple[TypeWords, ...]:
        return tuple(words for words in self.types if type_code in self.lineage(words.code))

    @cached_property
    def _built(self) -> dict[Hashable, object]:
        return {}

    def built(self, key: Hashable, build: Callable[[], T]) -> T:
        """What `build` makes of this vocabulary, made once and kept with it."""
        if key not in self._built:
            self._built[key] = build()
        return cast("T", self._built[key])

    def attributes_of(self, type_code: str) -> tuple[AttributeWords, ...]:
        """A type's attributes, the most telling first, then in order, then what the types below it have more."""
        return self.built(("attributes", type_code), lambda: self._collect_attributes(type_code))

    def _collect_attributes(self, type_code: str) -> tuple[AttributeWords, ...]:
        words = self.types_by_code[type_code]
        below = [code for lower in self.below(type_code) for code in (*lower.key_attributes, *lower.attributes)]
        codes = dict.fromkeys((*words.key_attributes, *words.attributes, *sorted(below, key=below.count, reverse=True)))
        return tuple(self.attributes_by_code[code] for code in codes if code in self.attributes_by_code)

    @cached_property
    def zone_phrases(self) -> Phrases[str]:
        return Phrases((name, words.code) for words in self.zones for name in (words.zh, words.en, *words.aliases))
