"""The words a park uses, as plain values: names of resource types, attributes with their options, zones.

Whoever knows the catalogue fills them in; this package never looks it up.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Literal, TypeVar, cast

from search.text.folding import is_han
from search.understanding.line import spelled

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
    def zone_phrases(self) -> "Phrases[str]":
        return Phrases((name, words.code) for words in self.zones for name in (words.zh, words.en, *words.aliases))


class Phrases(Generic[T]):
    """Phrases to look for in a spelled line, the longest first, each with what it stands for.

    A phrase of letters stands between non-letters and may carry a plural s; blanks and hyphens are one.
    """

    def __init__(self, pairs: Iterable[tuple[str, T]]) -> None:
        meanings: dict[str, list[T]] = {}
        for phrase, meaning in pairs:
            for spelling in _spellings(phrase):
                kept = meanings.setdefault(spelling, [])
                if meaning not in kept:
                    kept.append(meaning)
        self._meanings = {phrase: tuple(kept) for phrase, kept in meanings.items()}
        self._shelves: dict[str, list[str]] = {}
        for phrase in sorted(self._meanings, key=len, reverse=True):
            self._shelves.setdefault(phrase[:2], []).append(phrase)

    def meanings(self, phrase: str) -> tuple[T, ...]:
        """What exactly this phrase stands for; empty when it is not known."""
        return self._meanings.get(even(spelled(phrase).text), ())

    def find(self, text: str) -> Iterator[tuple[int, int, tuple[T, ...]]]:
        """Each phrase in a spelled text, from left to right, longest first, without overlap."""
        text = even(text)
        place = 0
        while place < len(text):
            end, phrase = self._longest_at(text, place)
            if phrase is None:
                place += 1
                continue
            yield place, end, self._meanings[phrase]
            place = end

    def _longest_at(self, text: str, place: int) -> tuple[int, str | None]:
        if is_letter(text[place]) and place and is_letter(text[place - 1]):
            return place, None
        for key in (text[place : place + 2], text[place]):
            for phrase in self._shelves.get(key, ()):
                if text.startswith(phrase, place):
                    end = _end_of_word(text, place + len(phrase))
                    if end is not None:
                        return end, phrase
        return place, None


def is_letter(character: str) -> bool:
    """Whether a character glues to a Latin word: an ASCII letter or digit."""
    return character.isascii() and character.isalnum()


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no Han character stands beside this piece: a single character (铣, 铝) is a word only then."""
    return not any(is_han(character) for character in text[max(start - 1, 0) : start] + text[end : end + 1])


def even(spelled_text: str) -> str:
    """Blanks, hyphens and underscores alike, one for one."""
    return spelled_text.replace("-", " ").replace("_", " ")


def _end_of_word(text: str, end: int) -> int | None:
    """Where a word that matched up to `end` really ends (with a plural), None inside a longer Latin word."""
    if not is_letter(text[end - 1]):
        return end
    if end >= len(text) or not is_letter(text[end]):
        return end
    for plural in ("es", "s"):
        after = end + len(plural)
        if text.startswith(plural, end) and (after >= len(text) or not is_letter(text[after])):
            return after
    return None


def _spellings(phrase: str) -> Iterator[str]:
    """"5-axis" is also written "5 axis" and "5axis"; blanks around Han characters do not count."""
    plain = " ".join(even(spelled(phrase).text).split())
    if not plain:
        return
    yield plain
    if " " in plain and (plain[0].isdigit() or any(is_han(character) for character in plain)):
        yield plain.replace(" ", "")
