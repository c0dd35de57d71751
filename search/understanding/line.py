"""The line while it is being read: what one reader has taken, the next does not see."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from search.text.folding import FoldedText, fold, is_han
from search.understanding.results import Span
from search.vocabulary.reader import load_asking_words

LONGEST_LINE = 600
"""Characters that are read for constraints; a pasted document beyond that is words."""

PROSE_BREADTH = 75
"""Breadth from which a line without a type is a sentence: only dates and sums with a word of limit count in it."""

TAKEN = "\x00"
"""Stands for a taken character: neither a word character nor a blank, so nothing can be read across it."""

_ONE_FOR_ONE = str.maketrans(
    {chr(code): " " for code in (*range(32), *range(0x7F, 0xA0))}
    | dict.fromkeys("Øø⌀∅ϕ", "φ")
    | dict.fromkeys("∼〜〰", "~")
    | dict.fromkeys("‒―─", "-")
)
"""Spellings that mean something in a line of wishes only: a diameter sign, dashes between two dates, control characters."""


def spelled(typed: str) -> FoldedText:
    """The one spelling in which a line and the words of a vocabulary are compared."""
    return fold(typed[:LONGEST_LINE].translate(_ONE_FOR_ONE))


@dataclass(slots=True)
class Line:
    """One typed line, its folded spelling, and which characters of it are still unread.

    `consumed` are the places of pieces that are understood; what is not consumed is searched as words.
    """

    typed: str
    folded: FoldedText
    unread: str
    consumed: set[int] = field(default_factory=set[int])

    @classmethod
    def of(cls, typed: str) -> "Line":
        folded = spelled(typed)
        return cls(typed, folded, folded.text)

    @property
    def breadth(self) -> int:
        """How much was said: letters, a Han character counting two."""
        return sum(2 if is_han(character) else 1 for character in self.folded.text)

    def each(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Each match in what is still unread; a match whose text another reader took meanwhile is passed over."""
        for match in pattern.finditer(self.unread):
            if TAKEN not in self.unread[match.start() : match.end()]:
                yield match

    def take(self, start: int, end: int) -> None:
        """The piece is understood: later readers do not see it, and it is no longer a word."""
        start, end = self._trimmed(start, end)
        self.consumed.update(range(start, end))
        self._hide(start, end)

    def keep(self, start: int, end: int) -> None:
        """The piece is a word on purpose: later readers leave it alone."""
        self._hide(start, end)

    def give_back(self, span: Span) -> None:
        """A taken piece (span as typed) is searched as plain words after all."""
        self.consumed -= {at for at in self.consumed if span[0] <= self.folded.span(at, at + 1)[0] < span[1]}

    def written(self, span: Span) -> str:
        return self.typed[span[0] : span[1]]

    def remaining_words(self) -> str:
        """What was not understood, as typed, with the joints closed; punctuation and words of asking are no words."""
        gone = {self.folded.span(at, at + 1)[0] for at in self.consumed}
        text = "".join(" " if at in gone else character for at, character in enumerate(self.typed))
        words = re.sub(r"[\s\x00-\x1f;；、。！!？?|]+|(?<!\d)[：:,，]|[：:,，](?!\d)", " ", text).strip()
        return " ".join(word for word in words.split(" ") if _is_content(word))

    def _trimmed(self, start: int, end: int) -> Span:
        piece = self.folded.text[start:end]
        return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))

    def _hide(self, start: int, end: int) -> None:
        self.unread = self.unread[:start] + TAKEN * (end - start) + self.unread[end:]


_ASKING_RUN = re.compile(
    r"(?:我们?|咱们?|想要?|要|找|求|租|需要?|急|寻|一[台个家套下]|能够?|可以?|做|的|用|来|有|没|请问?|帮忙?|在|和|带|给|把|吗|呢|了|是|园区|里|加工|一下|附近|台班|个|之间)+"
)


def _is_content(word: str) -> bool:
    plain = spelled(word).text
    if plain in load_asking_words() or _ASKING_RUN.fullmatch(plain):
        return False
    return any(character.isalnum() for character in word)
