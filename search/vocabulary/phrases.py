"""Finds known phrases in a folded line, the longest first."""

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from search.text.folding import folded, is_han

T = TypeVar("T")


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
        return self._meanings.get(even(folded(phrase)), ())

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
    """A phrase in every spelling: "5-axis" is also "5 axis" and "5axis"; blanks around Han characters do not count."""
    plain = " ".join(even(folded(phrase)).split())
    if not plain:
        return
    yield plain
    if " " in plain and (plain[0].isdigit() or any(is_han(character) for character in plain)):
        yield plain.replace(" ", "")
