"""Spellings that a reader takes for the same are made the same, character by character, with offsets kept.

Width, case, compatibility forms, accents and traditional characters are folded through one table, so that two
texts that differ only in these give identical tokens, and every token still points into the text as written.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import opencc

_ACCENTED_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")
_OWN_FOLDS = {
    "×": "x",
    "✕": "x",
    "⨯": "x",
    "х": "x",  # Cyrillic ha, a look-alike in sizes such as 880 х 595
    "＊": "*",
    "”": '"',
    "“": '"',
    "″": '"',
    "′": "'",
    "’": "'",
    "‘": "'",
    "‐": "-",
    "‑": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "⁄": "/",
    "µ": "u",
    "μ": "u",
    "ø": "o",
    "\u00ad": "",
    "\u200b": "",
    "\ufeff": "",
}
_HAN_BLOCKS = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F))


@lru_cache(maxsize=1)
def _simplifier() -> Callable[[str], str]:
    return cast("Callable[[str], str]", opencc.OpenCC("t2s").convert)


def is_han(character: str) -> bool:
    """Whether a character is written Chinese (CJK ideographs with their extensions)."""
    code = ord(character)
    return any(first <= code <= last for first, last in _HAN_BLOCKS)


def _fold_character(character: str) -> str:
    if (own := _OWN_FOLDS.get(character)) is not None:
        return own
    folded = unicodedata.normalize("NFKC", character).casefold()
    if len(folded) == 1 and is_han(folded):
        simplified = _simplifier()(folded)
        return simplified if len(simplified) == 1 else folded
    if unicodedata.combining(character):
        return "" if ord(character) < 0x0370 else character  # a loose Latin accent
    if folded.isascii():
        return folded
    if unicodedata.name(folded[0], "").startswith(_ACCENTED_SCRIPTS):
        bare = "".join(part for part in unicodedata.normalize("NFD", folded) if not unicodedata.combining(part))
        return "".join(_OWN_FOLDS.get(part, part) for part in bare)
    return "".join(_OWN_FOLDS.get(part, part) for part in folded)


class _FoldTable(dict[int, str]):
    """Grows as characters are met: `str.translate` asks it once per new character."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        self[code] = folded
        if not folded:
            _VANISHING.add(chr(code))
        return folded


_VANISHING: set[str] = set()
_TABLE = _FoldTable()


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A folded text; `offsets[i]` is where folded character i begins in the original (None: one to one)."""

    text: str
    offsets: Sequence[int] | None
    original_length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original half-open span behind folded characters start to end."""
        if self.offsets is None:
            return start, end
        first = self.offsets[start] if start < len(self.offsets) else self.original_length
        return first, (self.offsets[end - 1] + 1 if end > start else first)


def fold(text: str) -> FoldedText:
    """Fold width, case, accents and traditional characters away; lone surrogates and odd input never raise."""
    folded = text.translate(_TABLE)
    if len(folded) == len(text) and _VANISHING.isdisjoint(text):
        # Same length and nothing vanished: since no character can then have grown either, offsets are identity.
        return FoldedText(folded, None, len(text))
    offsets = [index for index, character in enumerate(text) for _ in _TABLE[ord(character)]]
    return FoldedText(folded, offsets, len(text))


def folded(text: str) -> str:
    """Only the folded text, for comparing spellings."""
    return text.translate(_TABLE)
